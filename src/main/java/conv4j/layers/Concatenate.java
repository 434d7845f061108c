package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/** Joins two or more inputs along one axis, along which alone their shapes may differ. */
public final class Concatenate extends FluentLayer<Concatenate> {

    private final int axis;

    /** Joins along the last axis, the channels of images. */
    public Concatenate() {
        this(-1);
    }

    /**
     * Joins along any axis of the items.
     *
     * @param axis the axis as Keras counts it: 0 is the batch axis, which cannot be chosen, 1 the first of an item, -1 the
     *     last
     * @throws IllegalArgumentException when it is 0
     */
    public Concatenate(int axis) {
        if (axis == 0) {
            throw new IllegalArgumentException(
                    "Concatenate cannot join along axis 0, the batch axis; use 1 or more, or -1 for the last axis");
        }
        this.axis = axis;
    }

    private int itemAxis(Shape shape) {
        return shape.checkedAxis(axis > 0 ? axis - 1 : axis);
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape first = Add.several(inputs).get(0);
        if (axis > first.rank()) {
            throw new IllegalArgumentException("there is no axis " + axis + " to join along; the last one is "
                    + first.rank() + ", counted with the batch axis");
        }
        int along = itemAxis(first);
        int sum = 0;
        for (Shape shape : inputs) {
            if (shape.rank() != first.rank()
                    || !shape.with(along, first.dim(along)).equals(first)) {
                throw new IllegalArgumentException("inputs that agree except along axis " + axis
                        + " are needed; bring them to the same size first");
            }
            sum = Math.addExact(sum, shape.dim(along));
        }
        return first.with(along, sum);
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        context.graph().add(new conv4j.graph.Concatenate(inputs, output, itemAxis(output.shape())));
        return output;
    }

    static Concatenate from(Config config) {
        return new Concatenate(config.integer("axis", -1));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("axis", axis);
        return config;
    }
}
