package conv4j.initializers;

import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Normally distributed values of which only those within two deviations are kept. */
public final class TruncatedNormal extends RandomInitializer {

    private final double mean;
    private final double deviation;

    /** Keras' defaults: 0.0 and 0.05. */
    public TruncatedNormal() {
        this(0.0, 0.05, null);
    }

    /**
     * An initializer that takes the model's seed.
     *
     * @param mean their mean
     * @param deviation the deviation before the cut, 0 or more
     * @throws IllegalArgumentException when the deviation is negative or one of both is not a number
     */
    public TruncatedNormal(double mean, double deviation) {
        this(mean, deviation, null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param mean their mean
     * @param deviation the deviation before the cut, 0 or more
     * @param seed the seed, or null for the model's
     * @throws IllegalArgumentException when the deviation is negative or one of both is not a number
     */
    public TruncatedNormal(double mean, double deviation, Long seed) {
        super(seed);
        checkNormal(mean, deviation);
        this.mean = mean;
        this.deviation = deviation;
    }

    @Override
    DoubleUnaryOperator quantile(Shape shape) {
        return truncatedNormal(mean, deviation);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("mean", mean);
        config.put("stddev", deviation);
        config.putAll(super.config());
        return config;
    }
}
