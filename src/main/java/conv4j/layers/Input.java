package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Where items enter a model. Keras calls the layer {@code InputLayer}. */
public final class Input extends FluentLayer<Input> {

    private final Shape shape;

    /**
     * An input of the given shape.
     *
     * @param dims the extents of an item without the batch axis: height, width, channels for images
     */
    public Input(int... dims) {
        this(Shape.of(dims));
    }

    /**
     * An input of the given shape.
     *
     * @param shape the shape of an item without the batch axis
     */
    public Input(Shape shape) {
        this.shape = shape;
    }

    /**
     * A new input as a tensor, the beginning of a functional model.
     *
     * @param dims the extents of an item without the batch axis
     * @return the tensor
     */
    public static Tensor of(int... dims) {
        return new Input(dims).tensor();
    }

    /**
     * This input as a tensor, the beginning of a functional model.
     *
     * @return a tensor without inputs
     */
    public Tensor tensor() {
        return apply();
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
    public String className() {
        return "InputLayer";
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        if (!inputs.isEmpty()) {
            throw new IllegalArgumentException("an input of a model cannot be applied to other layers");
        }
        return shape;
    }

    /** {@inheritDoc} There is nothing to compute: the result is a new input of the graph. */
    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        return Value.input(describeName(), shape);
    }

    static Input from(Config config) {
        String key = config.has("batch_shape") ? "batch_shape" : "batch_input_shape";
        if (!(config.value(key) instanceof List<?> batchShape) || batchShape.isEmpty()) {
            throw new IllegalArgumentException("InputLayer needs the argument batch_shape, [null, height, width, ...]");
        }
        Config items = new Config("InputLayer", Map.of(key, batchShape.subList(1, batchShape.size())));
        return new Input(items.integers(key));
    }

    /** {@inheritDoc} As in Keras, {@code batch_shape} begins with null for the batch axis, and nothing can be trained. */
    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        List<Object> batchShape = new ArrayList<>();
        batchShape.add(null);
        for (int dim : shape.toArray()) {
            batchShape.add(dim);
        }
        config.remove("trainable");
        config.put("batch_shape", batchShape);
        return config;
    }
}
