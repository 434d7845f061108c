package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Pad2d;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/** Cuts rows and columns off images: (height, width, channels) to (height - top - bottom, width - left - right, channels). */
public final class Cropping2D extends FluentLayer<Cropping2D> {

    private final int[] margins;

    /**
     * The same number of rows and columns on every side.
     *
     * @param cropping rows and columns cut on each side, 0 or more
     */
    public Cropping2D(int cropping) {
        this(cropping, cropping);
    }

    /**
     * The same number of rows above and below, and of columns left and right.
     *
     * @param rows rows cut on each side, 0 or more
     * @param columns columns cut on each side, 0 or more
     */
    public Cropping2D(int rows, int columns) {
        this(rows, rows, columns, columns);
    }

    /**
     * Any number on every side.
     *
     * @param top rows cut above, 0 or more
     * @param bottom rows cut below, 0 or more
     * @param left columns cut to the left, 0 or more
     * @param right columns cut to the right, 0 or more
     * @throws IllegalArgumentException when a number is negative
     */
    public Cropping2D(int top, int bottom, int left, int right) {
        this.margins = new int[] {top, bottom, left, right};
        if (Math.min(Math.min(top, bottom), Math.min(left, right)) < 0) {
            throw new IllegalArgumentException("Cropping2D needs numbers of 0 or more, but was given top " + top
                    + ", bottom " + bottom + ", left " + left + ", right " + right);
        }
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape image = image(inputs);
        long height = (long) image.dim(0) - margins[0] - margins[1];
        long width = (long) image.dim(1) - margins[2] - margins[3];
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("cutting " + Settings.margins(margins)
                    + " (rows above and below, columns left and right) leaves nothing of the image; cut less");
        }
        return Shape.of((int) height, (int) width, image.dim(2));
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        context.graph().add(new Pad2d.Crop(inputs.get(0), output, margins[0], margins[2]));
        return output;
    }

    static Cropping2D from(Config config) {
        int[] sides = config.margins("cropping");
        return new Cropping2D(sides[0], sides[1], sides[2], sides[3]);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("cropping", Settings.margins(margins));
        config.put("data_format", "channels_last");
        return config;
    }
}
