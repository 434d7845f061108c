package conv4j.backend.cpu;

/**
 * Powers of e on arrays, in float32 arithmetic without branches and calls, which HotSpot makes vector instructions of;
 * {@link Math#exp} for one number after the other takes twenty times as long.
 */
final class Exponential {

    /** From here down powers are 0: the smallest normal float is {@code e^-87.3}. */
    private static final float LEAST = -88f;

    /** From here up powers are {@code e^88 = 1.7e38}, half of the largest float. */
    private static final float MOST = 88f;

    private static final float LOG2_E = 1.44269504f;
    /** The first 13 bits of log(2), and what is left of it (Cody and Waite 1980, chapter 6). */
    private static final float LN2_HIGH = 0.693145752f;

    private static final float LN2_LOW = 1.42860677e-6f;

    /** Added to a float below 2^22 and taken away again, it leaves the nearest whole number. */
    private static final float ROUND = 12582912f;

    private static final int EXPONENT_BIAS = 127;
    private static final int MANTISSA_BITS = 23;

    /** The lane's arrays that rests and scales go to; nothing else may use them. */
    private static final int REST = 14;

    private static final int SCALE = 15;

    private Exponential() {}

    /** An array of the lane for {@code rest}. */
    static float[] rest(Lane lane, int count) {
        return lane.floats(REST, count);
    }

    /** An array of the lane for {@code scale}. */
    static float[] scale(Lane lane, int count) {
        return lane.floats(SCALE, count);
    }

    /**
     * Splits {@code e^x} so that it and {@code e^x - 1} are found without cancellation, by {@link #power} and
     * {@link #powerLessOne}. NaN gives NaN.
     *
     * @param rest the arguments x, which {@code e^f - 1} takes the place of, f being x less the nearest multiple of log(2)
     * @param scale receives the power of two, 0 for arguments below {@value #LEAST}
     * @param count how many
     */
    static void split(float[] rest, float[] scale, int count) {
        for (int i = 0; i < count; i++) {
            float bounded = Math.max(LEAST, Math.min(MOST, rest[i]));
            float n = (bounded * LOG2_E + ROUND) - ROUND;
            scale[i] = n;
            rest[i] = lessOne(Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, bounded)));
        }
        // Apart, since a cast is computed for one number after the other.
        for (int i = 0; i < count; i++) {
            scale[i] = Float.intBitsToFloat(((int) scale[i] + EXPONENT_BIAS) << MANTISSA_BITS);
        }
    }

    /** {@code e^f - 1} for {@code |f| <= log(2) / 2}: a polynomial fit, within 0.2 units of 2^-24 of itself. */
    private static float lessOne(float f) {
        float high = Math.fma(Math.fma(0.00139486103f, f, 0.0083691664f), f, 0.0416662395f);
        return f * Math.fma(Math.fma(Math.fma(high, f, 0.166665047f), f, 0.5f), f, 1f);
    }

    /** {@code e^x} of its parts. */
    static float power(float rest, float scale) {
        return Math.fma(scale, rest, scale);
    }

    /** {@code e^x - 1} of the parts of {@code e^x}. */
    static float powerLessOne(float rest, float scale) {
        return Math.fma(scale, rest, scale - 1f);
    }
}
