package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Augment;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rotates every image about its centre, with bilinear interpolation.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the factor is beyond -1 to 1.
 *
 * @param factor the angle as a share of a whole turn, counterclockwise; it is rounded to multiples of 2^-24
 * @param fillMode what lies outside of an image
 * @param fillValue the constant outside, in the units of the data set
 */
public record RandomRotation(Interval factor, Augment.Edge fillMode, double fillValue) implements Augmentation {

    private static final double UNITS_PER_TURN = 1 << 24;

    public RandomRotation {
        factor.within(-1, 1, "the factor of RandomRotation, a share of a turn,");
        Outside.check(fillMode, fillValue);
    }

    /**
     * Rotates either way; outside lies the mirrored image.
     *
     * @param factor the largest angle as a share of a whole turn
     */
    public RandomRotation(double factor) {
        this(Interval.around(factor), Augment.Edge.REFLECT, 0);
    }

    @Override
    public Value emit(AugmentationContext context, Value images) {
        Value rotated = images.like("rotated images");
        context.graph()
                .add(new Augment(
                        images,
                        Outside.fill(context, fillMode, fillValue),
                        rotated,
                        Augment.Kind.ROTATION,
                        factor.times(UNITS_PER_TURN),
                        Augment.Range.ZERO,
                        fillMode,
                        context.stream()));
        return rotated;
    }

    static RandomRotation from(Config config) {
        return new RandomRotation(
                Interval.from(config, "factor", Interval::around), Outside.mode(config), Outside.value(config));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("factor", factor.toList());
        Outside.write(config, fillMode, fillValue);
        return config;
    }
}
