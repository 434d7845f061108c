package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Gives items another shape with as many elements; their order in memory stays. */
public final class Reshape extends FluentLayer<Reshape> {

    private final int[] targetShape;

    /**
     * A change of shape.
     *
     * @param targetShape the new extents without the batch axis; one of them may be -1, which takes what is left
     * @throws IllegalArgumentException when an extent is neither -1 nor 1 or more, or -1 occurs twice
     */
    public Reshape(int... targetShape) {
        this.targetShape = targetShape.clone();
        long open = Arrays.stream(targetShape).filter(extent -> extent == -1).count();
        if (open > 1 || Arrays.stream(targetShape).anyMatch(extent -> extent < 1 && extent != -1)) {
            throw new IllegalArgumentException("Reshape needs extents of 1 or more and at most one -1, but was given "
                    + Arrays.toString(targetShape));
        }
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape input = single(inputs);
        long known = Arrays.stream(targetShape)
                .filter(extent -> extent != -1)
                .asLongStream()
                .reduce(1, Math::multiplyExact);
        boolean open = Arrays.stream(targetShape).anyMatch(extent -> extent == -1);
        if (open ? input.size() % known != 0 : input.size() != known) {
            throw new IllegalArgumentException("the input's " + input.size() + " elements do not fill the target shape "
                    + Arrays.toString(targetShape) + (open ? ", which needs a multiple of " : ", which needs ")
                    + known);
        }
        int rest = (int) (input.size() / known);
        return Shape.of(Arrays.stream(targetShape)
                .map(extent -> extent == -1 ? rest : extent)
                .toArray());
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        return view(context, inputs.get(0), output(inputs));
    }

    /** The input's memory under the output's name and shape; the input itself where the shape stays. */
    static Value view(LayerContext context, Value input, Value output) {
        if (input.shape().equals(output.shape())) {
            return input;
        }
        Value view = input.reshaped(output.name(), output.shape());
        context.graph().add(new conv4j.graph.Reshape(input, view));
        return view;
    }

    static Reshape from(Config config) {
        return new Reshape(config.integers("target_shape"));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("target_shape", Settings.list(targetShape));
        return config;
    }
}
