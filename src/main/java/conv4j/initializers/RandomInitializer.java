package conv4j.initializers;

import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.special.Erf;

/**
 * An initializer that draws every value from a distribution by inverting its distribution function. Element i takes
 * words 2 (i mod 2) and 2 (i mod 2) + 1 of the Philox block i / 2, so it depends on seed, stream and index alone.
 */
abstract class RandomInitializer implements Initializer {

    /** Sets the key apart from those of dropout masks and of shuffling, which use the same generator. */
    private static final int KEY = 0x696E6974;

    private static final double SQRT_2 = Math.sqrt(2);

    private final Long seed;

    RandomInitializer(Long seed) {
        this.seed = seed;
    }

    /** The inverse of the distribution function, from (0, 1) to values, for a parameter of this shape. */
    abstract DoubleUnaryOperator quantile(Shape shape);

    @Override
    public final void fill(float[] values, Shape shape, long modelSeed, int stream) {
        DoubleUnaryOperator quantile = quantile(shape);
        long key = seed == null ? modelSeed : seed;
        int ownStream = seed == null ? stream : 0;
        int[] words = new int[4];
        for (int i = 0; i < values.length; i++) {
            if (i % 2 == 0) {
                Philox.block((int) key ^ KEY, (int) (key >>> 32), i / 2, 0, ownStream, 0, words);
            }
            values[i] = (float) quantile.applyAsDouble(unit(words[2 * (i % 2)], words[2 * (i % 2) + 1]));
        }
    }

    /** The middle of one of the 2^52 equal parts of (0, 1): never 0 or 1, where quantiles are infinite. */
    private static double unit(int high, int low) {
        long bits = (Integer.toUnsignedLong(high) << 20) | (low >>> 12);
        return (bits + 0.5) * 0x1p-52;
    }

    static DoubleUnaryOperator uniform(double low, double high) {
        return u -> low + (high - low) * u;
    }

    static DoubleUnaryOperator normal(double mean, double deviation) {
        return u -> mean + deviation * SQRT_2 * Erf.erfInv(2 * u - 1);
    }

    /** A normal distribution of which only what lies within two deviations is kept. */
    static DoubleUnaryOperator truncatedNormal(double mean, double deviation) {
        double kept = Erf.erf(SQRT_2);
        return u -> mean + deviation * SQRT_2 * Erf.erfInv(kept * (2 * u - 1));
    }

    static void checkNormal(double mean, double deviation) {
        if (!Double.isFinite(mean) || !Double.isFinite(deviation) || deviation < 0) {
            throw new IllegalArgumentException(
                    "an initializer needs a mean and a standard deviation of 0 or more, but was given " + mean + " and "
                            + deviation);
        }
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("seed", seed);
        return config;
    }
}
