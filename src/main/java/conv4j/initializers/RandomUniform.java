package conv4j.initializers;

import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Values uniform between two limits. */
public final class RandomUniform extends RandomInitializer {

    private final double low;
    private final double high;

    /** Keras' defaults: -0.05 and 0.05. */
    public RandomUniform() {
        this(-0.05, 0.05, null);
    }

    /**
     * An initializer that takes the model's seed.
     *
     * @param low the lower limit
     * @param high the upper limit, not below the lower one
     * @throws IllegalArgumentException when the limits are not numbers in that order
     */
    public RandomUniform(double low, double high) {
        this(low, high, null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param low the lower limit
     * @param high the upper limit, not below the lower one
     * @param seed the seed, or null for the model's
     * @throws IllegalArgumentException when the limits are not numbers in that order
     */
    public RandomUniform(double low, double high, Long seed) {
        super(seed);
        if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
            throw new IllegalArgumentException(
                    "an initializer's limits must be two numbers in rising order, but are " + low + " and " + high);
        }
        this.low = low;
        this.high = high;
    }

    @Override
    DoubleUnaryOperator quantile(Shape shape) {
        return uniform(low, high);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("minval", low);
        config.put("maxval", high);
        config.putAll(super.config());
        return config;
    }
}
