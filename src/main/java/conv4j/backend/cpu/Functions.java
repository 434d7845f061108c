package conv4j.backend.cpu;

import conv4j.graph.Activation;

/**
 * Activations and their derivatives on arrays. The ReLU family is written without branches, which random signs would
 * make thirty times slower; the others are computed in double precision.
 */
final class Functions {

    private static final double SQRT_HALF = Math.sqrt(0.5);
    private static final double SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
    private static final double GELU_CUBIC = 0.044715;

    /** Large enough that twice multiplied with the smallest float it is above 1. */
    static final float HUGE = 3e38f;

    private Functions() {}

    /** {@code values[i] = f(values[i])}. */
    static void apply(Activation f, float[] values, int count) {
        switch (f.kind()) {
            case LINEAR -> {}
            case RELU -> relu(f, values, count);
            default -> {
                for (int i = 0; i < count; i++) {
                    values[i] = (float) value(f, values[i]);
                }
            }
        }
    }

    private static void relu(Activation f, float[] values, int count) {
        if (f.threshold() != 0 || f.maximum() != Float.POSITIVE_INFINITY) {
            generalRelu(f, values, count);
        } else if (f.alpha() == 0) {
            plainRelu(values, count);
        } else {
            leakyRelu(values, count, f.alpha());
        }
    }

    private static void plainRelu(float[] values, int count) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.max(values[i], 0f);
        }
    }

    private static void leakyRelu(float[] values, int count, float alpha) {
        for (int i = 0; i < count; i++) {
            values[i] = Math.max(values[i], 0f) + alpha * Math.min(values[i], 0f);
        }
    }

    private static void generalRelu(Activation f, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            float x = values[i];
            if (x >= f.maximum()) {
                values[i] = f.maximum();
            } else if (!(x >= f.threshold())) {
                values[i] = f.alpha() == 0 && x < f.threshold() ? 0f : f.alpha() * (x - f.threshold());
            }
        }
    }

    private static double value(Activation f, double x) {
        return switch (f.kind()) {
            case LINEAR, RELU -> throw new IllegalArgumentException(f.kind() + " is handled on arrays");
            case ELU -> x > 0 ? x : f.alpha() * Math.expm1(x);
            case SELU -> Activation.SELU_SCALE * (x > 0 ? x : Activation.SELU_ALPHA * Math.expm1(x));
            case GELU -> x * normalShare(x);
            case GELU_TANH -> 0.5 * x * (1 + Math.tanh(geluArgument(x)));
            case SWISH -> x * sigmoid(x);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        };
    }

    /** Whether there is neither a NaN nor an infinity from {@code from} up to, not including, {@code to}. */
    static boolean finite(float[] values, int from, int to) {
        // Several sums, none of which waits for another one.
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int i = from;
        for (; i + 3 < to; i += 4) {
            a += values[i] * 0f;
            b += values[i + 1] * 0f;
            c += values[i + 2] * 0f;
            d += values[i + 3] * 0f;
        }
        for (; i < to; i++) {
            a += values[i] * 0f;
        }
        return a + b + c + d == 0;
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double geluArgument(double x) {
        return SQRT_2_OVER_PI * (x + GELU_CUBIC * x * x * x);
    }

    /** The standard normal distribution function. */
    private static double normalShare(double x) {
        return 0.5 * ErrorFunction.complement(-x * SQRT_HALF);
    }

    /** {@code upstream[i] *= f'}, f' from {@code saved[i]}: the output where that is enough, else the input. */
    static void gradient(Activation f, float[] saved, float[] upstream, int count) {
        boolean simple = f.kind() == Activation.Kind.RELU
                && f.threshold() == 0
                && f.maximum() == Float.POSITIVE_INFINITY
                && f.alpha() >= 0
                && f.alpha() <= 1;
        if (simple) {
            leakyGradient(saved, upstream, count, f.alpha());
            return;
        }
        for (int i = 0; i < count; i++) {
            upstream[i] = (float) (upstream[i] * derivative(f, saved[i]));
        }
    }

    /** The slope is 1 where saved is positive, else alpha: {@code min(1, saved * huge)} is 1 or not above 0. */
    private static void leakyGradient(float[] saved, float[] upstream, int count, float alpha) {
        for (int i = 0; i < count; i++) {
            float positive = Math.min(1f, Math.max(0f, saved[i]) * HUGE * HUGE);
            upstream[i] *= Math.max(alpha, positive);
        }
    }

    /** {@code f'} in terms of {@code f(x)} where {@link Activation#gradientFromOutput()}, else of x. */
    private static double derivative(Activation f, double saved) {
        return switch (f.kind()) {
            case LINEAR -> 1;
            case RELU -> reluDerivative(f, saved);
            case ELU -> f.alpha() >= 0 ? eluFromOutput(saved, f.alpha()) : saved > 0 ? 1 : f.alpha() * Math.exp(saved);
            case SELU -> saved > 0 ? Activation.SELU_SCALE : saved + Activation.SELU_SCALE * Activation.SELU_ALPHA;
            case GELU -> normalShare(saved) + saved * Math.exp(-0.5 * saved * saved) / Math.sqrt(2 * Math.PI);
            case GELU_TANH -> geluTanhDerivative(saved);
            case SWISH -> {
                double s = sigmoid(saved);
                yield s * (1 + saved * (1 - s));
            }
            case SIGMOID -> saved * (1 - saved);
            case TANH -> 1 - saved * saved;
            case SOFTPLUS -> -Math.expm1(-saved);
        };
    }

    private static double reluDerivative(Activation f, double saved) {
        if (saved >= f.maximum()) {
            return 0;
        }
        return saved > (f.gradientFromOutput() ? 0 : f.threshold()) ? 1 : f.alpha();
    }

    private static double eluFromOutput(double y, double alpha) {
        return y > 0 ? 1 : y + alpha;
    }

    private static double geluTanhDerivative(double x) {
        double tanh = Math.tanh(geluArgument(x));
        return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * SQRT_2_OVER_PI * (1 + 3 * GELU_CUBIC * x * x);
    }
}
