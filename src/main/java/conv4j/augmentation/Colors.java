package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** What changes of colors have in common: the argument {@code value_range} and their operation. */
final class Colors {

    /** The values of bytes. */
    static final Interval BYTES = new Interval(0, 255);

    private static final double UNITS = 1 << 24;

    private Colors() {}

    static Interval valueRange(Config config) {
        return config.has("value_range")
                ? Interval.from(config, "value_range", upper -> new Interval(0, upper))
                : BYTES;
    }

    /**
     * Adds the operation.
     *
     * @param means (1, 1, channels) for contrast, null for brightness
     * @param factors from which an image's factor is drawn
     * @param valueRange what values are limited to, in the units of the data set
     */
    static Value emit(AugmentationContext context, Value images, Value means, Interval factors, Interval valueRange) {
        Value changed = images.like(means == null ? "brighter images" : "images of other contrast");
        Value limits = context.constant("limits", Shape.of(3, images.columns()), limits(context, valueRange));
        context.graph().add(new Augment.Colors(images, means, limits, changed, factors.times(UNITS), context.stream()));
        return changed;
    }

    /** (3, channels): the whole range, its lower and its upper end, as the model sees them. */
    private static float[] limits(AugmentationContext context, Interval valueRange) {
        float[] lower = context.normalized(valueRange.lower());
        float[] upper = context.normalized(valueRange.upper());
        int channels = lower.length;
        float[] limits = new float[3 * channels];
        for (int c = 0; c < channels; c++) {
            limits[c] = upper[c] - lower[c];
            limits[channels + c] = Math.min(lower[c], upper[c]);
            limits[2 * channels + c] = Math.max(lower[c], upper[c]);
        }
        return limits;
    }
}
