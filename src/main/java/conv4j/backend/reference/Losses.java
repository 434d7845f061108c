package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Value;
import java.util.Arrays;

/** The loss functions: for one row of predictions {@code p} and targets {@code t}, their value and their derivative. */
final class Losses {

    private static final double LOWEST = LossFunction.EPSILON;

    /** {@code 1 - EPSILON} as a float, which is what {@code 1 - p} makes sense against. */
    private static final double HIGHEST = 1f - LossFunction.EPSILON;

    private final LossFunction function;
    private final Floats prediction;
    private final Floats target;
    private final int columns;

    private Losses(LossFunction function, Value prediction, Value target, Places places) {
        this.function = function;
        this.prediction = places.of(prediction);
        this.target = places.of(target);
        this.columns = prediction.columns();
    }

    static Step loss(Loss operation, Places places) {
        Losses losses = new Losses(operation.function(), operation.prediction(), operation.target(), places);
        Floats perItem = places.of(operation.perItem());
        int rows = operation.prediction().shape().rows();
        return run -> {
            for (int item = 0; item < run.batch(); item++) {
                double sum = 0;
                for (int r = item * rows; r < (item + 1) * rows; r++) {
                    sum += losses.value(losses.predictions(r), losses.targets(r));
                }
                perItem.set(item, sum / rows);
            }
        };
    }

    static Step gradient(Loss.Gradient operation, Places places) {
        Losses losses = new Losses(operation.function(), operation.prediction(), operation.target(), places);
        Floats dp = places.of(operation.predictionGradient());
        int columns = operation.prediction().columns();
        return run -> {
            long rows = operation.prediction().rows(run.batch());
            for (int r = 0; r < rows; r++) {
                double[] derivative = losses.derivative(losses.predictions(r), losses.targets(r));
                for (int c = 0; c < columns; c++) {
                    dp.set(r * columns + c, derivative[c] / rows);
                }
            }
        };
    }

    private double[] predictions(int row) {
        return Probabilities.row(prediction, row, columns);
    }

    /** The targets of a row, one per class, smoothed; NaN when a class index is out of range. */
    private double[] targets(int row) {
        double[] t = function.sparse() ? oneHot(target.get(row)) : Probabilities.row(target, row, columns);
        double classes =
                switch (function.kind()) {
                    case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> columns;
                    case BINARY_CROSSENTROPY -> 2;
                    default -> Double.POSITIVE_INFINITY;
                };
        if (classes < Double.POSITIVE_INFINITY) {
            double smoothing = function.labelSmoothing();
            Arrays.setAll(t, c -> t[c] * (1 - smoothing) + smoothing / classes);
        }
        return t;
    }

    private double[] oneHot(float index) {
        double[] t = new double[columns];
        if (index >= 0 && index < columns) {
            t[(int) index] = 1;
        } else {
            Arrays.fill(t, Double.NaN);
        }
        return t;
    }

    private double value(double[] p, double[] t) {
        return switch (function.kind()) {
            case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> crossEntropy(p, t);
            default -> {
                double sum = 0;
                for (int c = 0; c < columns; c++) {
                    sum += elementValue(p[c], t[c]);
                }
                yield sum / columns;
            }
        };
    }

    private double crossEntropy(double[] p, double[] t) {
        double[] logarithms = function.fromLogits() ? Probabilities.logSoftmax(p) : p.clone();
        if (!function.fromLogits()) {
            double total = sum(p);
            Arrays.setAll(logarithms, c -> Math.log(clip(p[c] / total)));
        }
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum -= t[c] * logarithms[c];
        }
        return sum;
    }

    private double elementValue(double p, double t) {
        double error = p - t;
        return switch (function.kind()) {
            case BINARY_CROSSENTROPY -> function.fromLogits()
                    ? Math.max(p, 0) - p * t + Math.log1p(Math.exp(-Math.abs(p)))
                    : -t * Math.log(clip(p)) - (1 - t) * Math.log(1 - clip(p));
            case MEAN_SQUARED_ERROR -> error * error;
            case MEAN_ABSOLUTE_ERROR -> Math.abs(error);
            case HUBER -> {
                double delta = function.delta();
                double size = Math.abs(error);
                yield size <= delta ? error * error / 2 : delta * size - delta * delta / 2;
            }
            default -> throw new IllegalArgumentException(function.kind() + " has no loss per element");
        };
    }

    /** The derivative of the row's loss with respect to each of its predictions. */
    private double[] derivative(double[] p, double[] t) {
        double[] d = new double[columns];
        switch (function.kind()) {
            case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> {
                return function.fromLogits() ? derivativeOfLogits(p, t) : derivativeOfProbabilities(p, t);
            }
            default -> Arrays.setAll(d, c -> elementDerivative(p[c], t[c]) / columns);
        }
        return d;
    }

    private double[] derivativeOfLogits(double[] p, double[] t) {
        double[] d = Probabilities.softmax(p);
        double weight = sum(t);
        Arrays.setAll(d, c -> d[c] * weight - t[c]);
        return d;
    }

    /** With {@code q = p / sum p}: {@code dL/dq = -t / q}, and {@code dL/dp = (dL/dq - sum of dL/dq * q) / sum p}. */
    private double[] derivativeOfProbabilities(double[] p, double[] t) {
        double total = sum(p);
        double[] d = new double[columns];
        double along = 0;
        for (int c = 0; c < columns; c++) {
            double q = p[c] / total;
            d[c] = clipped(q) ? 0 : -t[c] / q;
            along += d[c] * q;
        }
        for (int c = 0; c < columns; c++) {
            d[c] = (d[c] - along) / total;
        }
        return d;
    }

    private double elementDerivative(double p, double t) {
        double error = p - t;
        return switch (function.kind()) {
            case BINARY_CROSSENTROPY -> {
                if (function.fromLogits()) {
                    yield Functions.sigmoid(p) - t;
                }
                yield clipped(p) ? 0 : -t / p + (1 - t) / (1 - p);
            }
            case MEAN_SQUARED_ERROR -> 2 * error;
            case MEAN_ABSOLUTE_ERROR -> Math.signum(error);
            case HUBER -> Math.abs(error) <= function.delta() ? error : function.delta() * Math.signum(error);
            default -> throw new IllegalArgumentException(function.kind() + " has no derivative per element");
        };
    }

    private static double clip(double p) {
        return Double.isNaN(p) ? p : Math.min(Math.max(p, LOWEST), HIGHEST);
    }

    private static boolean clipped(double p) {
        return p < LOWEST || p > HIGHEST;
    }

    private static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
