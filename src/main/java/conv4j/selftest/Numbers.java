package conv4j.selftest;

import conv4j.graph.Activation;
import conv4j.graph.Precision;
import java.util.Random;

/** Arrays to try operations with, and bounds of their rounding errors. */
final class Numbers {

    /** The unit roundoff of float: the largest relative error of one correctly rounded operation. */
    static final double UNIT = 0x1p-24;

    /** What a device may lose that turns denormal numbers into zero. */
    static final double SMALLEST = 0x1p-126;

    /** The sizes around the edges of tiles, work-groups and vectors. */
    static final int[] EDGES = {1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65};

    private Numbers() {}

    /**
     * The bound of the relative error of n float operations in a row, {@code n u / (1 - n u)}; a sum of n products in any
     * order is off by at most {@code gamma(n) * sum |a| |b|}. Higham 2002, sections 3.1 and 4.2.
     */
    static double gamma(double n) {
        return n * UNIT / (1 - n * UNIT);
    }

    /**
     * The same bound where operands are rounded first. Tensor cores cut off what does not fit a sum (Fasi et al. 2021), so
     * that the unit is twice as large.
     *
     * <p>In binary16 an operand a becomes {@code a + d} with {@code |d| <= 2^-11 |a|} from 2^-14 on, and {@code |d| <= 2^-25}
     * below, where its numbers are 2^-24 apart. With {@code A = max(|a|, 2^-14)} both are {@code |d| <= 2^-11 A}, so that a
     * product of two is off by at most {@code (2 * 2^-11 + 2^-22) A B}: the bound is that of {@code sum A B}, {@link
     * Trial#absolute(Precision)}.
     */
    static double gamma(double n, Precision precision) {
        double first = precision.productError();
        return precision == Precision.FLOAT32 ? gamma(n) : first + (1 + first) * gamma(2 * n);
    }

    static float[] integers(Random random, int size, int limit) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextInt(2 * limit + 1) - limit;
        }
        return values;
    }

    static float[] reals(Random random, int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Numbers that are evenly distributed between two limits. */
    static float[] between(Random random, int size, double low, double high) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    /** Positive numbers, but for zeros none below a limit. */
    static float[] raised(float[] values, float limit) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i] == 0 ? 0 : Math.max(values[i], limit);
        }
        return result;
    }

    static float[] absolute(float[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = Math.abs(values[i]);
        }
        return result;
    }

    /**
     * How far an activation may be off, its argument being exact. With exp, expm1, log1p good to 3 units in the last place
     * (6 u), tanh to 5 and erf to 16, as OpenCL 1.2 asks (section 7.4), and a few operations around them; where the
     * formula subtracts from 1, the error is relative to that 1.
     */
    static double error(Activation f, double x, double y) {
        double size =
                switch (f.kind()) {
                    case LINEAR -> 0;
                    case RELU -> Math.abs(x) + Math.abs(f.threshold());
                    case ELU -> Math.abs(y) + Math.abs(f.alpha());
                    case SELU -> Math.abs(y) + 2;
                    case GELU, GELU_TANH -> 2 * Math.abs(x);
                    case SWISH, SIGMOID, TANH, SOFTPLUS -> Math.abs(y);
                };
        return 16 * UNIT * size + SMALLEST * (1 + Math.abs(x));
    }

    /** The largest slope of an activation, which an error of its argument is multiplied by. */
    static double slope(Activation f) {
        return switch (f.kind()) {
            case SELU -> Activation.SELU_SCALE * Activation.SELU_ALPHA;
            case GELU, GELU_TANH, SWISH -> 1.13;
            default -> Math.max(1, Math.abs(f.alpha()));
        };
    }
}
