package conv4j.layers;

import conv4j.graph.Binary;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;

/**
 * A layer that joins inputs element by element with a function of two numbers, from the first input to the last. Shapes
 * broadcast as in Keras: an extent of 1 is repeated.
 *
 * @param <L> the layer's own type
 */
abstract class MergeLayer<L extends MergeLayer<L>> extends FluentLayer<L> {

    /** What two elements become. */
    abstract Binary.Function function();

    @Override
    protected final Shape computeOutputShape(List<Shape> inputs) {
        Shape shape = Add.several(inputs).get(0);
        for (Shape next : inputs.subList(1, inputs.size())) {
            shape = Binary.broadcast(shape, next);
        }
        return shape;
    }

    @Override
    public final Value call(LayerContext context, List<Value> inputs) {
        Value result = inputs.get(0);
        for (Value next : inputs.subList(1, inputs.size())) {
            Value output = Value.activation(describeName(), Binary.broadcast(result.shape(), next.shape()));
            context.graph().add(new Binary(result, next, output, function()));
            result = output;
        }
        return result;
    }
}
