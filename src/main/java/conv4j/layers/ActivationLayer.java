package conv4j.layers;

import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;

/**
 * A layer that only applies a function.
 *
 * @param <L> the layer's own type
 */
abstract class ActivationLayer<L extends ActivationLayer<L>> extends FluentLayer<L> {

    /** What is applied. */
    abstract LayerActivation function();

    @Override
    protected final Shape computeOutputShape(List<Shape> inputs) {
        return single(inputs);
    }

    @Override
    public final Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        return function().apply(context, inputs.get(0), output.name());
    }
}
