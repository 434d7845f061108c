package conv4j.backend.reference;

import conv4j.graph.Activation;
import org.apache.commons.math3.special.Erf;

/** The functions of {@link Activation} and their derivatives, in double precision. */
final class Functions {

    private static final double TANH_SCALE = Math.sqrt(2 / Math.PI);
    private static final double TANH_CUBE = 0.044715;

    private Functions() {}

    /** {@code f(x)}; NaN for NaN. */
    static double value(Activation f, double x) {
        return switch (f.kind()) {
            case LINEAR -> x;
            case RELU -> relu(f, x);
            case ELU -> x > 0 ? x : f.alpha() * Math.expm1(x);
            case SELU -> Activation.SELU_SCALE * (x > 0 ? x : Activation.SELU_ALPHA * Math.expm1(x));
            case GELU -> x * normalShareBelow(x);
            case GELU_TANH -> x * (1 + Math.tanh(tanhArgument(x))) / 2;
            case SWISH -> x * sigmoid(x);
            case SIGMOID -> sigmoid(x);
            case TANH -> Math.tanh(x);
            case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
        };
    }

    private static double relu(Activation f, double x) {
        if (x >= f.maximum()) {
            return f.maximum();
        }
        if (x >= f.threshold()) {
            return x;
        }
        double below = x - f.threshold();
        // 0 * -infinity would be NaN.
        return f.alpha() == 0 && !Double.isNaN(x) ? 0 : f.alpha() * below;
    }

    /** {@code f'} at the point whose {@code f(x)}, or where that does not determine it {@code x}, is saved. */
    static double derivative(Activation f, double saved) {
        return switch (f.kind()) {
            case LINEAR -> 1;
            case RELU -> f.gradientFromOutput() ? reluSlope(f, saved, 0) : reluSlope(f, saved, f.threshold());
            case ELU -> saved > 0 ? 1 : f.gradientFromOutput() ? saved + f.alpha() : f.alpha() * Math.exp(saved);
            case SELU -> saved > 0 ? Activation.SELU_SCALE : saved + Activation.SELU_SCALE * Activation.SELU_ALPHA;
            case GELU -> normalShareBelow(saved) + saved * normalDensity(saved);
            case GELU_TANH -> geluTanhDerivative(saved);
            case SWISH -> sigmoid(saved) * (1 + saved * (1 - sigmoid(saved)));
            case SIGMOID -> saved * (1 - saved);
            case TANH -> 1 - saved * saved;
            case SOFTPLUS -> -Math.expm1(-saved);
        };
    }

    private static double reluSlope(Activation f, double saved, double threshold) {
        if (saved >= f.maximum()) {
            return 0;
        }
        return saved > threshold ? 1 : f.alpha();
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The distribution function of the standard normal distribution, {@code (1 + erf(x / sqrt(2))) / 2}. */
    private static double normalShareBelow(double x) {
        return Double.isNaN(x) ? x : Erf.erfc(-x / Math.sqrt(2)) / 2;
    }

    private static double normalDensity(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    private static double tanhArgument(double x) {
        return TANH_SCALE * (x + TANH_CUBE * x * x * x);
    }

    private static double geluTanhDerivative(double x) {
        double t = Math.tanh(tanhArgument(x));
        return (1 + t) / 2 + x * (1 - t * t) / 2 * TANH_SCALE * (1 + 3 * TANH_CUBE * x * x);
    }
}
