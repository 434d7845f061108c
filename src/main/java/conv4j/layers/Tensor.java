package conv4j.layers;

import conv4j.shape.Shape;
import java.util.List;

/**
 * What a layer returns for given inputs, before anything is computed: a node of the graph of layers that {@code Model}
 * is made of. Two calls of one layer give two tensors that share the layer's parameters.
 */
public final class Tensor {

    private final Layer layer;
    private final List<Tensor> inputs;
    private final Shape shape;

    Tensor(Layer layer, List<Tensor> inputs) {
        this.layer = layer;
        this.inputs = List.copyOf(inputs);
        this.shape = layer.outputShape(inputs.stream().map(Tensor::shape).toList());
    }

    /**
     * The layer that was applied.
     *
     * @return an {@link Input} where a model begins
     */
    public Layer layer() {
        return layer;
    }

    /**
     * What the layer was applied to.
     *
     * @return in the layer's order; empty for an {@link Input}
     */
    public List<Tensor> inputs() {
        return inputs;
    }

    /**
     * The shape of an item.
     *
     * @return without the batch axis
     */
    public Shape shape() {
        return shape;
    }

    @Override
    public String toString() {
        return layer.describe(inputs.stream().map(Tensor::shape).toList()) + " -> " + shape;
    }
}
