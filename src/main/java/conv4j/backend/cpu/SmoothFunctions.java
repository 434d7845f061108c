package conv4j.backend.cpu;

import conv4j.graph.Activation;

/**
 * Activations made of powers of e, and their derivatives, on arrays. Every loop is one that HotSpot makes vector
 * instructions of, so that what depends on a sign is computed both ways and one of them multiplied by 0. Formulas as in
 * {@link Activation.Kind}; polynomials are fits.
 */
final class SmoothFunctions {

    private static final float SELU_SCALE = (float) Activation.SELU_SCALE;
    private static final float SELU_LIMIT = (float) (Activation.SELU_SCALE * Activation.SELU_ALPHA);
    private static final float GELU_CUBIC = 0.044715f;
    /** Of {@code (1 + tanh(z)) / 2 = sigmoid(2z)}: {@code 2 sqrt(2 / pi)}. */
    private static final float GELU_ARGUMENT = 1.59576912f;
    /** From here on the derivative of GELU is that of its limit, and powers of x must not overflow. */
    private static final float GELU_FAR = 20f;
    /** {@code 1 / sqrt(2 pi)}. */
    private static final float BELL_PEAK = 0.39894228f;

    private final float[] rest;
    private final float[] scale;
    private final int count;

    private SmoothFunctions(int count, Lane lane) {
        this.rest = Exponential.rest(lane, count);
        this.scale = Exponential.scale(lane, count);
        this.count = count;
    }

    /**
     * {@code values[i] = f(values[i])}.
     *
     * @param f not of the ReLU family
     * @param values arguments, then results
     * @param count how many
     * @param lane arrays to compute in: those of {@link Exponential}
     */
    static void apply(Activation f, float[] values, int count, Lane lane) {
        SmoothFunctions functions = new SmoothFunctions(count, lane);
        switch (f.kind()) {
            case ELU -> functions.elu(values, 1f, f.alpha());
            case SELU -> functions.elu(values, SELU_SCALE, SELU_LIMIT);
            case GELU -> functions.gelu(values);
            case GELU_TANH -> functions.geluTanh(values);
            case SWISH -> functions.swish(values);
            case SIGMOID -> functions.sigmoid(values);
            case TANH -> functions.tanh(values);
            case SOFTPLUS -> functions.softplus(values);
            default -> throw new IllegalArgumentException(f.kind() + " has no powers of e");
        }
    }

    /**
     * {@code upstream[i] *= f'}.
     *
     * @param f not of the ReLU family
     * @param saved f's outputs where {@link Activation#gradientFromOutput()}, else its arguments
     * @param upstream gradients of outputs, then of arguments
     * @param count how many
     * @param lane arrays to compute in: those of {@link Exponential}
     */
    static void gradient(Activation f, float[] saved, float[] upstream, int count, Lane lane) {
        SmoothFunctions functions = new SmoothFunctions(count, lane);
        switch (f.kind()) {
            case ELU -> functions.eluGradient(f, saved, upstream);
            case SELU -> functions.bentGradient(saved, upstream, SELU_SCALE, SELU_LIMIT);
            case GELU -> functions.geluGradient(saved, upstream);
            case GELU_TANH -> functions.geluTanhGradient(saved, upstream);
            case SWISH -> functions.swishGradient(saved, upstream);
            case SIGMOID -> functions.sigmoidGradient(saved, upstream);
            case TANH -> functions.tanhGradient(saved, upstream);
            case SOFTPLUS -> functions.softplusGradient(saved, upstream);
            default -> throw new IllegalArgumentException(f.kind() + " has no powers of e");
        }
    }

    /** {@code positive * max(x, 0) + negative * (e^min(x, 0) - 1)} */
    private void elu(float[] x, float positive, float negative) {
        for (int i = 0; i < count; i++) {
            rest[i] = Math.min(x[i], 0f);
        }
        Exponential.split(rest, scale, count);
        for (int i = 0; i < count; i++) {
            x[i] = positive * Math.max(x[i], 0f) + negative * Exponential.powerLessOne(rest[i], scale[i]);
        }
    }

    private void eluGradient(Activation f, float[] saved, float[] upstream) {
        if (f.gradientFromOutput()) {
            bentGradient(saved, upstream, 1f, f.alpha());
            return;
        }
        float alpha = f.alpha();
        for (int i = 0; i < count; i++) {
            rest[i] = Math.min(saved[i], 0f);
        }
        Exponential.split(rest, scale, count);
        for (int i = 0; i < count; i++) {
            float above = Functions.positive(saved[i]);
            upstream[i] *= above + (1f - above) * alpha * Exponential.power(rest[i], scale[i]);
        }
    }

    /** The slope is {@code above} for outputs y above 0, else {@code y + limit}. */
    private void bentGradient(float[] y, float[] upstream, float above, float limit) {
        for (int i = 0; i < count; i++) {
            float bend = Functions.positive(y[i]);
            upstream[i] *= above * bend + (1f - bend) * (Math.min(y[i], 0f) + limit);
        }
    }

    /** Prepares {@code e^-|x|}. */
    private void decay(float[] x) {
        for (int i = 0; i < count; i++) {
            rest[i] = -Math.abs(x[i]);
        }
        Exponential.split(rest, scale, count);
    }

    /** {@code 1 / (1 + e^-x)} of x and {@code e = e^-|x|}. */
    private static float sigmoid(float x, float e) {
        float below = Functions.positive(-x);
        return (1f - below + below * e) / (1f + e);
    }

    private void sigmoid(float[] x) {
        decay(x);
        for (int i = 0; i < count; i++) {
            x[i] = sigmoid(x[i], Exponential.power(rest[i], scale[i]));
        }
    }

    private void sigmoidGradient(float[] y, float[] upstream) {
        for (int i = 0; i < count; i++) {
            upstream[i] *= y[i] * (1f - y[i]);
        }
    }

    /** {@code x *= sigmoid(a)} for a prepared {@code e^-|a|}, a having the sign of x. */
    private void timesSigmoid(float[] x) {
        for (int i = 0; i < count; i++) {
            x[i] *= sigmoid(x[i], Exponential.power(rest[i], scale[i]));
        }
    }

    private void swish(float[] x) {
        decay(x);
        timesSigmoid(x);
    }

    private void swishGradient(float[] x, float[] upstream) {
        decay(x);
        for (int i = 0; i < count; i++) {
            float e = Exponential.power(rest[i], scale[i]);
            upstream[i] *= sigmoid(x[i], e) * Math.fma(x[i], sigmoid(-x[i], e), 1f);
        }
    }

    /** By {@code (e^2x - 1) / (e^2x + 1)}. */
    private void tanh(float[] x) {
        for (int i = 0; i < count; i++) {
            rest[i] = 2f * x[i];
        }
        Exponential.split(rest, scale, count);
        for (int i = 0; i < count; i++) {
            float lessOne = Exponential.powerLessOne(rest[i], scale[i]);
            x[i] = lessOne / (lessOne + 2f);
        }
    }

    private void tanhGradient(float[] y, float[] upstream) {
        for (int i = 0; i < count; i++) {
            upstream[i] *= (1f - y[i]) * (1f + y[i]);
        }
    }

    /** {@code max(x, 0) + log(1 + e^-|x|)} */
    private void softplus(float[] x) {
        decay(x);
        for (int i = 0; i < count; i++) {
            x[i] = Math.max(x[i], 0f) + logOnePlus(Exponential.power(rest[i], scale[i]));
        }
    }

    /** {@code log(1 + e)} for e from 0 to 1, within 0.1 units of 2^-24 of itself. */
    private static float logOnePlus(float e) {
        float high = Math.fma(Math.fma(-0.0032440254f, e, 0.0198514648f), e, -0.0569595434f);
        float middle = Math.fma(Math.fma(Math.fma(high, e, 0.106036566f), e, -0.153055936f), e, 0.196759403f);
        return e
                * Math.fma(
                        Math.fma(Math.fma(Math.fma(middle, e, -0.249541342f), e, 0.333299637f), e, -0.499999017f),
                        e,
                        1f);
    }

    /** {@code 1 - e^-y} */
    private void softplusGradient(float[] y, float[] upstream) {
        for (int i = 0; i < count; i++) {
            rest[i] = -y[i];
        }
        Exponential.split(rest, scale, count);
        for (int i = 0; i < count; i++) {
            upstream[i] *= -Exponential.powerLessOne(rest[i], scale[i]);
        }
    }

    /** Prepares {@code e^(-x^2 / 2)}. */
    private void bell(float[] x) {
        for (int i = 0; i < count; i++) {
            rest[i] = -0.5f * x[i] * x[i];
        }
        Exponential.split(rest, scale, count);
    }

    /**
     * The share of the normal distribution that is above {@code size >= 0}, of that and {@code b = e^(-size^2 / 2)}: b
     * times a polynomial in {@code t = 1 / (1 + 0.26 size)} (the form of Abramowitz and Stegun 1964, 7.1.26), within one
     * unit of 1.
     */
    static float normalTail(float size, float b) {
        float t = 1f / Math.fma(0.26f, size, 1f);
        float high = Math.fma(Math.fma(Math.fma(-0.073351033f, t, 0.230262727f), t, -0.108123645f), t, 0.167513371f);
        float terms = Math.fma(Math.fma(Math.fma(high, t, 0.0729438588f), t, 0.107242234f), t, 0.103512429f);
        return b * t * terms;
    }

    /** The share of the normal distribution that is below x, of x and {@code b = e^(-x^2 / 2)}. */
    private static float normalBelow(float x, float b) {
        float below = Functions.positive(-x);
        return 1f - below + (2f * below - 1f) * normalTail(Math.abs(x), b);
    }

    private void gelu(float[] x) {
        bell(x);
        for (int i = 0; i < count; i++) {
            x[i] *= normalBelow(x[i], Exponential.power(rest[i], scale[i]));
        }
    }

    private void geluGradient(float[] x, float[] upstream) {
        bell(x);
        for (int i = 0; i < count; i++) {
            float b = Exponential.power(rest[i], scale[i]);
            upstream[i] *= normalBelow(x[i], b) + x[i] * BELL_PEAK * b;
        }
    }

    /** Prepares {@code e^-|a|} of the argument a of the sigmoid in GELU's approximation. */
    private void geluDecay(float[] x) {
        for (int i = 0; i < count; i++) {
            rest[i] = -GELU_ARGUMENT * Math.abs(Math.fma(GELU_CUBIC * x[i] * x[i], x[i], x[i]));
        }
        Exponential.split(rest, scale, count);
    }

    private void geluTanh(float[] x) {
        geluDecay(x);
        timesSigmoid(x);
    }

    private void geluTanhGradient(float[] x, float[] upstream) {
        geluDecay(x);
        for (int i = 0; i < count; i++) {
            float e = Exponential.power(rest[i], scale[i]);
            float near = Math.max(-GELU_FAR, Math.min(GELU_FAR, x[i]));
            float share = sigmoid(x[i], e);
            float slope = GELU_ARGUMENT * Math.fma(3f * GELU_CUBIC * near, near, 1f);
            upstream[i] *= share + near * share * sigmoid(-x[i], e) * slope;
        }
    }
}
