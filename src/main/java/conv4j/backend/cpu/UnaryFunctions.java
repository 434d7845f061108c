package conv4j.backend.cpu;

import conv4j.graph.UnaryFunction;

/**
 * Functions of one number and their derivatives on arrays: those that networks spend time in by loops that HotSpot makes
 * vector instructions of, the others by their formulas in double precision.
 */
final class UnaryFunctions {

    private static final float SQRT_2 = 1.41421356f;
    /** From here on {@code tanh(log(1 + e^x))} is 1 to the last bit. */
    private static final float MISH_FAR = 20f;

    private UnaryFunctions() {}

    /**
     * {@code values[i] = f(values[i])}.
     *
     * @param f the function
     * @param values arguments, then results
     * @param count how many
     * @param lane arrays to compute in: those of {@link Exponential}
     */
    static void apply(UnaryFunction f, float[] values, int count, Lane lane) {
        switch (f.kind()) {
            case AFFINE -> affine(values, count, f.alpha(), f.beta());
            case CLIP -> clip(values, count, f.alpha(), f.beta());
            case HARD_SIGMOID -> {
                affine(values, count, f.alpha(), f.beta());
                clip(values, count, 0f, 1f);
            }
            case HARD_SWISH -> hardSwish(values, count);
            case ERF -> erf(values, count, lane);
            case MISH -> mish(values, count, lane);
            default -> {
                for (int i = 0; i < count; i++) {
                    values[i] = (float) f.value(values[i]);
                }
            }
        }
    }

    /**
     * {@code upstream[i] *= f'(x[i])}.
     *
     * @param f the function
     * @param x its arguments
     * @param upstream gradients of results, then of arguments
     * @param count how many
     * @param lane arrays to compute in: those of {@link Exponential}
     */
    static void gradient(UnaryFunction f, float[] x, float[] upstream, int count, Lane lane) {
        if (f.kind() == UnaryFunction.Kind.MISH) {
            mishGradient(x, upstream, count, lane);
            return;
        }
        for (int i = 0; i < count; i++) {
            upstream[i] = (float) (upstream[i] * f.slope(x[i]));
        }
    }

    private static void affine(float[] values, int count, float alpha, float beta) {
        for (int i = 0; i < count; i++) {
            values[i] = alpha * values[i] + beta;
        }
    }

    private static void clip(float[] values, int count, float least, float most) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.min(Math.max(values[i], least), most);
        }
    }

    private static void hardSwish(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] *= Math.max(0f, Math.min(1f, values[i] / 6f + 0.5f));
        }
    }

    private static void erf(float[] x, int count, Lane lane) {
        float[] rest = Exponential.rest(lane, count);
        float[] scale = Exponential.scale(lane, count);
        for (int i = 0; i < count; i++) {
            rest[i] = -x[i] * x[i];
        }
        Exponential.split(rest, scale, count);
        for (int i = 0; i < count; i++) {
            x[i] = erf(x[i], Exponential.power(rest[i], scale[i]));
        }
    }

    /**
     * The error function of x and {@code b = e^(-x^2)}: up to 1 an odd polynomial (a fit, within 0.7 units of 2^-24 of
     * itself), from there on what the normal distribution leaves beyond {@code sqrt(2) |x|}, which cancels near 0.
     */
    private static float erf(float x, float b) {
        float near = Math.max(-1f, Math.min(1f, x));
        float s = near * near;
        float high = Math.fma(Math.fma(-0.000563242139f, s, 0.0049175513f), s, -0.0267113112f);
        float inner = near * Math.fma(Math.fma(Math.fma(high, s, 0.112801698f), s, -0.37612325f), s, 1.12837911f);
        float outer =
                (2f * Functions.positive(x) - 1f) * (1f - 2f * SmoothFunctions.normalTail(SQRT_2 * Math.abs(x), b));
        float far = Functions.positive(Math.abs(x) - 1f);
        return (1f - far) * inner + far * outer;
    }

    /** Prepares {@code e^x}. */
    private static void mishPower(float[] x, float[] rest, float[] scale, int count) {
        for (int i = 0; i < count; i++) {
            rest[i] = Math.min(x[i], MISH_FAR);
        }
        Exponential.split(rest, scale, count);
    }

    /** {@code tanh(log(1 + e)) = n / (n + 2)} with {@code n = e (e + 2)}. */
    private static float tanhOfSoftplus(float e) {
        float n = e * (e + 2f);
        return n / (n + 2f);
    }

    private static void mish(float[] x, int count, Lane lane) {
        float[] rest = Exponential.rest(lane, count);
        float[] scale = Exponential.scale(lane, count);
        mishPower(x, rest, scale, count);
        for (int i = 0; i < count; i++) {
            x[i] *= tanhOfSoftplus(Exponential.power(rest[i], scale[i]));
        }
    }

    private static void mishGradient(float[] x, float[] upstream, int count, Lane lane) {
        float[] rest = Exponential.rest(lane, count);
        float[] scale = Exponential.scale(lane, count);
        mishPower(x, rest, scale, count);
        for (int i = 0; i < count; i++) {
            float e = Exponential.power(rest[i], scale[i]);
            float t = tanhOfSoftplus(e);
            upstream[i] *= t + x[i] * (1f - t * t) * (e / (1f + e));
        }
    }
}
