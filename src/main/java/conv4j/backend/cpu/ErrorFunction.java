package conv4j.backend.cpu;

/** The error function, to about double precision: Abramowitz and Stegun 1964, 7.1.6 (series), 7.1.14 (continued fraction). */
final class ErrorFunction {

    private static final double BORDER = 2.5;
    private static final int SERIES_TERMS = 45;
    private static final int FRACTION_TERMS = 40;

    private ErrorFunction() {}

    /** {@code erfc(x) = 1 - erf(x)}, accurate also where it is tiny. */
    static double complement(double x) {
        if (x < -BORDER) {
            return 2 - fraction(-x);
        }
        return x > BORDER ? fraction(x) : 1 - series(x);
    }

    /** {@code erf(x) = 2 / sqrt(pi) * exp(-x^2) * sum over n of 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))}. */
    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; n < SERIES_TERMS; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
    }

    /** {@code erfc(x) = exp(-x^2) / sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / (x + ...))))}, for x > 0. */
    private static double fraction(double x) {
        double tail = x;
        for (int n = FRACTION_TERMS; n > 0; n--) {
            tail = x + n / 2.0 / tail;
        }
        return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
    }
}
