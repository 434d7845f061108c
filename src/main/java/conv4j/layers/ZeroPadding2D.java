package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Pad2d;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/** Surrounds images with zeros: (height, width, channels) to (height + top + bottom, width + left + right, channels). */
public final class ZeroPadding2D extends FluentLayer<ZeroPadding2D> {

    private final int[] margins;

    /** One row and column on every side. */
    public ZeroPadding2D() {
        this(1);
    }

    /**
     * The same number of rows and columns on every side.
     *
     * @param padding rows and columns added on each side, 0 or more
     */
    public ZeroPadding2D(int padding) {
        this(padding, padding);
    }

    /**
     * The same number of rows above and below, and of columns left and right.
     *
     * @param rows rows added on each side, 0 or more
     * @param columns columns added on each side, 0 or more
     */
    public ZeroPadding2D(int rows, int columns) {
        this(rows, rows, columns, columns);
    }

    /**
     * Any number on every side.
     *
     * @param top rows added above, 0 or more
     * @param bottom rows added below, 0 or more
     * @param left columns added to the left, 0 or more
     * @param right columns added to the right, 0 or more
     * @throws IllegalArgumentException when a number is negative
     */
    public ZeroPadding2D(int top, int bottom, int left, int right) {
        this.margins = new int[] {top, bottom, left, right};
        if (Math.min(Math.min(top, bottom), Math.min(left, right)) < 0) {
            throw new IllegalArgumentException("ZeroPadding2D needs numbers of 0 or more, but was given top " + top
                    + ", bottom " + bottom + ", left " + left + ", right " + right);
        }
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape image = image(inputs);
        return Shape.of(
                Math.addExact(image.dim(0), Math.addExact(margins[0], margins[1])),
                Math.addExact(image.dim(1), Math.addExact(margins[2], margins[3])),
                image.dim(2));
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        context.graph().add(new Pad2d(inputs.get(0), output, margins[0], margins[2]));
        return output;
    }

    static ZeroPadding2D from(Config config) {
        int[] sides = config.margins("padding");
        return new ZeroPadding2D(sides[0], sides[1], sides[2], sides[3]);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("padding", Settings.margins(margins));
        config.put("data_format", "channels_last");
        return config;
    }
}
