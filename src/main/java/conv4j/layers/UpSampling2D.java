package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/** Enlarges images by whole factors: (height, width, channels) to (height * rows, width * columns, channels). */
public final class UpSampling2D extends FluentLayer<UpSampling2D> {

    private final int[] size;
    private String interpolation = "nearest";

    /** Twice as high and wide. */
    public UpSampling2D() {
        this(2);
    }

    /**
     * Enlarges height and width by the same factor.
     *
     * @param size the factor, 1 or more
     */
    public UpSampling2D(int size) {
        this(size, size);
    }

    /**
     * Enlarges height and width.
     *
     * @param rows the factor of the height, 1 or more
     * @param columns the factor of the width, 1 or more
     * @throws IllegalArgumentException when a factor is below 1
     */
    public UpSampling2D(int rows, int columns) {
        this.size = new int[] {
            Settings.positive("UpSampling2D", "a factor", rows), Settings.positive("UpSampling2D", "a factor", columns)
        };
    }

    /**
     * Sets what lies between the pixels.
     *
     * @param name {@code nearest}, the default, or {@code bilinear}
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public UpSampling2D interpolation(String name) {
        if (!name.equals("nearest") && !name.equals("bilinear")) {
            throw new IllegalArgumentException(
                    "UpSampling2D needs the interpolation nearest or bilinear, but was given '" + name + "'");
        }
        this.interpolation = name;
        return this;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape image = image(inputs);
        return Shape.of(
                Math.multiplyExact(image.dim(0), size[0]), Math.multiplyExact(image.dim(1), size[1]), image.dim(2));
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        boolean bilinear = interpolation.equals("bilinear");
        context.graph().add(new UpSample2d(inputs.get(0), output, size[0], size[1], bilinear));
        return output;
    }

    static UpSampling2D from(Config config) {
        int[] factors = config.pair("size", 2);
        return new UpSampling2D(factors[0], factors[1]).interpolation(config.text("interpolation", "nearest"));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("size", Settings.list(size));
        config.put("data_format", "channels_last");
        config.put("interpolation", interpolation);
        return config;
    }
}
