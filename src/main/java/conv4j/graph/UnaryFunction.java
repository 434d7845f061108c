package conv4j.graph;

import java.util.Objects;
import org.apache.commons.math3.special.Erf;
import org.apache.commons.math3.util.FastMath;

/**
 * A function of one number, by its formula in double precision: what every backend must come near. NaN stays NaN.
 *
 * @param kind the formula
 * @param alpha its first parameter, for those that name it
 * @param beta its second parameter, for those that name it
 */
public record UnaryFunction(Kind kind, float alpha, float beta) {

    /** The formulas. */
    public enum Kind {
        /** {@code |x|}. */
        ABSOLUTE,
        /** {@code alpha * x + beta}. */
        AFFINE,
        /** The least whole number that is not below x. */
        CEILING,
        /** The largest whole number that is not above x. */
        FLOOR,
        /** The nearest whole number, the even one of two. */
        ROUND,
        /** -1, 0 or 1. */
        SIGN,
        /** {@code e^x}. */
        EXPONENTIAL,
        /** The natural logarithm. */
        LOGARITHM,
        /** The square root. */
        SQUARE_ROOT,
        /** {@code 1 / x}. */
        RECIPROCAL,
        /** The error function. */
        ERF,
        /** The sine of an angle in radians. */
        SINE,
        /** The cosine of an angle in radians. */
        COSINE,
        /** The tangent of an angle in radians. */
        TANGENT,
        /** The angle whose sine is x. */
        ARCSINE,
        /** The angle whose cosine is x. */
        ARCCOSINE,
        /** The angle whose tangent is x. */
        ARCTANGENT,
        /** The hyperbolic sine. */
        HYPERBOLIC_SINE,
        /** The hyperbolic cosine. */
        HYPERBOLIC_COSINE,
        /** The number whose hyperbolic sine is x. */
        AREA_SINE,
        /** The number of 0 or more whose hyperbolic cosine is x. */
        AREA_COSINE,
        /** The number whose hyperbolic tangent is x. */
        AREA_TANGENT,
        /** {@code min(max(x, alpha), beta)}. */
        CLIP,
        /** {@code max(0, min(1, alpha * x + beta))}. */
        HARD_SIGMOID,
        /** {@code x * max(0, min(1, x / 6 + 1 / 2))}. Howard et al. 2019. */
        HARD_SWISH,
        /** {@code x / (1 + |x|)}; NaN at infinity. */
        SOFTSIGN,
        /** {@code max(0, x) + min(0, alpha * (exp(x / alpha) - 1))}. Barron 2017. */
        CELU,
        /** {@code beta * x} for {@code x > 0}, else {@code beta * alpha * (exp(x) - 1)}. */
        SCALED_ELU,
        /** {@code x} for {@code x > alpha}, else 0. */
        THRESHOLDED_RELU,
        /** {@code x + beta} for {@code x < -alpha}, {@code x - beta} for {@code x > alpha}, else 0. */
        SHRINK,
        /** {@code x * tanh(log(1 + e^x))}. Misra 2019. */
        MISH
    }

    public UnaryFunction {
        Objects.requireNonNull(kind, "kind");
    }

    /**
     * A function without parameters.
     *
     * @param kind the formula
     * @return the function
     */
    public static UnaryFunction of(Kind kind) {
        return new UnaryFunction(kind, 0, 0);
    }

    /**
     * The function's value.
     *
     * @param x its argument
     * @return f(x)
     */
    public double value(double x) {
        return switch (kind) {
            case ABSOLUTE -> Math.abs(x);
            case AFFINE -> alpha * x + beta;
            case CEILING -> Math.ceil(x);
            case FLOOR -> Math.floor(x);
            case ROUND -> Math.rint(x);
            case SIGN -> Math.signum(x);
            case EXPONENTIAL -> Math.exp(x);
            case LOGARITHM -> Math.log(x);
            case SQUARE_ROOT -> Math.sqrt(x);
            case RECIPROCAL -> 1 / x;
            case ERF -> Double.isNaN(x) ? x : Erf.erf(x);
            case SINE -> Math.sin(x);
            case COSINE -> Math.cos(x);
            case TANGENT -> Math.tan(x);
            case ARCSINE -> Math.asin(x);
            case ARCCOSINE -> Math.acos(x);
            case ARCTANGENT -> Math.atan(x);
            case HYPERBOLIC_SINE -> Math.sinh(x);
            case HYPERBOLIC_COSINE -> Math.cosh(x);
            case AREA_SINE -> FastMath.asinh(x);
            case AREA_COSINE -> x < 1 ? Double.NaN : FastMath.acosh(x);
            case AREA_TANGENT -> FastMath.atanh(x);
            default -> bent(x);
        };
    }

    /** The functions of several pieces. */
    private double bent(double x) {
        return switch (kind) {
            case CLIP -> Math.min(Math.max(x, alpha), beta);
            case HARD_SIGMOID -> clipped(alpha * x + beta);
            case HARD_SWISH -> x * clipped(x / 6 + 0.5);
            case SOFTSIGN -> x / (1 + Math.abs(x));
            case CELU -> x > 0 ? x : alpha * Math.expm1(x / alpha);
            case SCALED_ELU -> beta * (x > 0 ? x : alpha * Math.expm1(x));
            case THRESHOLDED_RELU -> x <= alpha ? 0 : x;
            case SHRINK -> x < -alpha ? x + beta : x > alpha ? x - beta : Double.isNaN(x) ? x : 0;
            case MISH -> x * Math.tanh(softplus(x));
            default -> throw new IllegalStateException("no formula for " + kind);
        };
    }

    private static double clipped(double x) {
        return Math.max(0, Math.min(1, x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /**
     * The function's derivative; at a kink that of one of its sides, 0 for functions of steps.
     *
     * @param x the argument of the function
     * @return f'(x)
     */
    public double slope(double x) {
        return switch (kind) {
            case ABSOLUTE -> Math.signum(x);
            case AFFINE -> alpha;
            case CEILING, FLOOR, ROUND, SIGN -> 0;
            case EXPONENTIAL -> Math.exp(x);
            case LOGARITHM -> 1 / x;
            case SQUARE_ROOT -> 0.5 / Math.sqrt(x);
            case RECIPROCAL -> -1 / (x * x);
            case ERF -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
            case SINE -> Math.cos(x);
            case COSINE -> -Math.sin(x);
            case TANGENT -> 1 / (Math.cos(x) * Math.cos(x));
            case ARCSINE -> 1 / Math.sqrt((1 - x) * (1 + x));
            case ARCCOSINE -> -1 / Math.sqrt((1 - x) * (1 + x));
            case ARCTANGENT -> 1 / (1 + x * x);
            case HYPERBOLIC_SINE -> Math.cosh(x);
            case HYPERBOLIC_COSINE -> Math.sinh(x);
            case AREA_SINE -> 1 / Math.sqrt(1 + x * x);
            case AREA_COSINE -> 1 / Math.sqrt((x - 1) * (x + 1));
            case AREA_TANGENT -> 1 / ((1 - x) * (1 + x));
            default -> bentSlope(x);
        };
    }

    private double bentSlope(double x) {
        return switch (kind) {
            case CLIP -> x >= alpha && x <= beta ? 1 : 0;
            case HARD_SIGMOID -> alpha * x + beta > 0 && alpha * x + beta < 1 ? alpha : 0;
            case HARD_SWISH -> x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
            case SOFTSIGN -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
            case CELU -> x > 0 ? 1 : Math.exp(x / alpha);
            case SCALED_ELU -> beta * (x > 0 ? 1 : alpha * Math.exp(x));
            case THRESHOLDED_RELU -> x > alpha ? 1 : 0;
            case SHRINK -> x < -alpha || x > alpha ? 1 : 0;
            case MISH -> mishSlope(x);
            default -> throw new IllegalStateException("no derivative for " + kind);
        };
    }

    private static double mishSlope(double x) {
        double t = Math.tanh(softplus(x));
        return t + x * (1 - t * t) / (1 + Math.exp(-x));
    }
}
