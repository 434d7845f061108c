package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Rearrange;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Puts the axes of items into another order: {@code Permute(2, 1)} turns (a, b) into (b, a). */
public final class Permute extends FluentLayer<Permute> {

    private final int[] dims;

    /**
     * An order of axes.
     *
     * @param dims for every axis of the output the input's, counted from 1 as the batch axis is 0
     * @throws IllegalArgumentException when they are no order of 1, 2, ...
     */
    public Permute(int... dims) {
        this.dims = dims.clone();
        int[] sorted = dims.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            if (sorted[i] != i + 1) {
                throw new IllegalArgumentException("Permute needs every number from 1 to the number of axes once, but"
                        + " was given " + Arrays.toString(dims));
            }
        }
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape input = single(inputs);
        if (input.rank() != dims.length) {
            throw new IllegalArgumentException("an input of " + dims.length + " axes is needed for the order "
                    + Arrays.toString(dims) + ", but it has " + input.rank());
        }
        return Shape.of(Arrays.stream(dims).map(axis -> input.dim(axis - 1)).toArray());
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        List<Rearrange.Axis> axes = Arrays.stream(dims)
                .mapToObj(axis -> Rearrange.Axis.whole(axis - 1))
                .toList();
        context.graph().add(new Rearrange(inputs.get(0), output, axes, Rearrange.Outside.FILL, 0));
        return output;
    }

    static Permute from(Config config) {
        return new Permute(config.integers("dims"));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("dims", Settings.list(dims));
        return config;
    }
}
