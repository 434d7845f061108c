package conv4j.layers;

import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;

/** The element-wise sum of two or more inputs of the same shape, which the output has as well. */
public final class Add extends FluentLayer<Add> {

    /** There is nothing to set. */
    public Add() {
        // Nothing to set.
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape first = several(inputs).get(0);
        if (!inputs.stream().allMatch(first::equals)) {
            throw new IllegalArgumentException(
                    "inputs of equal shapes are needed; bring them to the same size and number of channels first");
        }
        return first;
    }

    /** Checks that there is something to join. */
    static List<Shape> several(List<Shape> inputs) {
        if (inputs.size() < 2) {
            throw new IllegalArgumentException("two inputs or more are needed, but " + inputs.size() + " is given");
        }
        return inputs;
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value sum = inputs.get(0);
        for (Value next : inputs.subList(1, inputs.size())) {
            Value output = output(inputs);
            context.graph().add(new conv4j.graph.Add(sum, next, output));
            sum = output;
        }
        return sum;
    }
}
