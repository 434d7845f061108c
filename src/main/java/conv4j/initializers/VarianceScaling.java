package conv4j.initializers;

import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * Random values whose variance is {@code scale / n}, with n the number of inputs of a unit, of its outputs, or their
 * mean. Inputs and outputs are counted as Keras does: for a kernel (height, width, inputs, outputs) the last two extents
 * times height times width.
 */
public class VarianceScaling extends RandomInitializer {

    /** The deviation of a standard normal distribution cut at two deviations. */
    private static final double TRUNCATED_DEVIATION = 0.87962566103423978;

    private final double scale;
    private final Mode mode;
    private final Distribution distribution;

    /** What n counts. */
    public enum Mode {
        /** The inputs of a unit. */
        FAN_IN,
        /** The outputs of a unit. */
        FAN_OUT,
        /** The mean of both. */
        FAN_AVG
    }

    /** The distribution of the values. */
    public enum Distribution {
        /** Uniform in {@code [-limit, limit]}, {@code limit = sqrt(3 * scale / n)}. */
        UNIFORM,
        /** Normal, cut at two deviations and widened so that the variance is right. */
        TRUNCATED_NORMAL,
        /** Normal. */
        UNTRUNCATED_NORMAL
    }

    /**
     * An initializer that takes the model's seed.
     *
     * @param scale the variance times n, above 0
     * @param mode what n counts
     * @param distribution the distribution
     * @throws IllegalArgumentException when the scale is not a number above 0
     */
    public VarianceScaling(double scale, Mode mode, Distribution distribution) {
        this(scale, mode, distribution, null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param scale the variance times n, above 0
     * @param mode what n counts
     * @param distribution the distribution
     * @param seed the seed, or null for the model's
     * @throws IllegalArgumentException when the scale is not a number above 0
     */
    public VarianceScaling(double scale, Mode mode, Distribution distribution, Long seed) {
        super(seed);
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new IllegalArgumentException("an initializer's scale must be a number above 0, but is " + scale);
        }
        this.scale = scale;
        this.mode = mode;
        this.distribution = distribution;
    }

    @Override
    final DoubleUnaryOperator quantile(Shape shape) {
        double variance = scale / Math.max(1, fan(shape));
        return switch (distribution) {
            case UNIFORM -> uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance));
            case TRUNCATED_NORMAL -> truncatedNormal(0, Math.sqrt(variance) / TRUNCATED_DEVIATION);
            case UNTRUNCATED_NORMAL -> normal(0, Math.sqrt(variance));
        };
    }

    private double fan(Shape shape) {
        return switch (mode) {
            case FAN_IN -> fanIn(shape);
            case FAN_OUT -> fanOut(shape);
            case FAN_AVG -> (fanIn(shape) + fanOut(shape)) / 2;
        };
    }

    /**
     * The inputs of a unit.
     *
     * @param shape a parameter's shape
     * @return the last but one extent times all before it
     */
    static double fanIn(Shape shape) {
        return shape.rank() < 2 ? shape.size() : shape.rows();
    }

    /**
     * The outputs of a unit.
     *
     * @param shape a parameter's shape
     * @return the last extent times all but the last two
     */
    static double fanOut(Shape shape) {
        return shape.rank() < 2 ? shape.size() : shape.size() / (double) shape.dim(-2);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("scale", scale);
        config.put("mode", mode.name().toLowerCase(Locale.ROOT));
        config.put("distribution", distribution.name().toLowerCase(Locale.ROOT));
        config.putAll(super.config());
        return config;
    }

    /** The arguments of a subclass, whose scale, mode and distribution follow from its name. */
    final Map<String, Object> seedOnly() {
        return super.config();
    }
}
