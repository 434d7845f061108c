package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Value;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Stretches the distance of all values of an image from their mean, per channel, by one factor: {@code (x - mean) * f +
 * mean}, limited to the value range. f lies between {@code 1 - lower} and {@code 1 + upper}.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a bound is beyond 0 to 1.
 *
 * @param lower how much weaker at most, from 0 to 1
 * @param upper how much stronger at most, from 0 to 1
 * @param valueRange the least and the largest value, in the units of the data set
 */
public record RandomContrast(double lower, double upper, Interval valueRange) implements Augmentation {

    public RandomContrast {
        if (!(lower >= 0 && lower <= 1 && upper >= 0 && upper <= 1)) {
            throw new IllegalArgumentException(
                    "the bounds of RandomContrast must lie between 0 and 1, but are " + lower + " and " + upper);
        }
    }

    /**
     * Changes the contrast of images of bytes.
     *
     * @param factor the largest change either way, from 0 to 1
     */
    public RandomContrast(double factor) {
        this(factor, factor, Colors.BYTES);
    }

    @Override
    public Value emit(AugmentationContext context, Value images) {
        PoolGeometry whole = geometry(images.shape());
        Value means = Value.activation("means of images", whole.outputShape());
        context.graph().add(new AveragePool2d(images, means, whole));
        return Colors.emit(context, images, means, new Interval(1 - lower, 1 + upper), valueRange);
    }

    private static PoolGeometry geometry(Shape image) {
        return new PoolGeometry(
                Padding.VALID.rows(image.dim(0), image.dim(0), 1, 1),
                Padding.VALID.columns(image.dim(1), image.dim(1), 1, 1),
                image.dim(2));
    }

    static RandomContrast from(Config config) {
        boolean one = !(config.value("factor") instanceof List);
        double[] bounds = one ? new double[] {config.number("factor")} : config.numbers("factor");
        return new RandomContrast(bounds[0], bounds[bounds.length - 1], Colors.valueRange(config));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("factor", List.of(lower, upper));
        config.put("value_range", valueRange.toList());
        return config;
    }
}
