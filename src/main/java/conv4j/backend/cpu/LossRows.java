package conv4j.backend.cpu;

import conv4j.graph.LossFunction;

/** The loss of one row and its gradient, {@link LossFunction.Kind}, in double precision. */
final class LossRows {

    private static final double LEAST = LossFunction.EPSILON;
    private static final double MOST = 1f - LossFunction.EPSILON;

    private final LossFunction function;
    private final int columns;
    private final double smoothing;

    LossRows(LossFunction function, int columns) {
        this.function = function;
        this.columns = columns;
        this.smoothing = function.labelSmoothing();
    }

    /** The loss of a row of predictions {@code p} with targets {@code t} (for sparse losses one class index per row). */
    double loss(float[] p, float[] t, int row) {
        return switch (function.kind()) {
            case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> categorical(p, t, row);
            default -> {
                double sum = 0;
                for (int c = row * columns; c < (row + 1) * columns; c++) {
                    sum += element(p[c], t[c]);
                }
                yield sum / columns;
            }
        };
    }

    /** Replaces a row of predictions by the gradient of its loss times {@code scale}. */
    void gradient(float[] p, float[] t, int row, double scale) {
        switch (function.kind()) {
            case CATEGORICAL_CROSSENTROPY, SPARSE_CATEGORICAL_CROSSENTROPY -> {
                if (function.fromLogits()) {
                    logitsGradient(p, t, row, scale);
                } else {
                    probabilitiesGradient(p, t, row, scale);
                }
            }
            default -> {
                for (int c = row * columns; c < (row + 1) * columns; c++) {
                    p[c] = (float) (elementGradient(p[c], t[c]) * scale / columns);
                }
            }
        }
    }

    static float max(float[] values, int at, int columns) {
        // Several maxima, none of which waits for another one.
        float a = values[at];
        float b = a;
        float c = a;
        float d = a;
        int i = at;
        for (; i + 3 < at + columns; i += 4) {
            a = Math.max(a, values[i]);
            b = Math.max(b, values[i + 1]);
            c = Math.max(c, values[i + 2]);
            d = Math.max(d, values[i + 3]);
        }
        for (; i < at + columns; i++) {
            a = Math.max(a, values[i]);
        }
        return Math.max(Math.max(a, b), Math.max(c, d));
    }

    /** The smoothed target of a class; NaN when a class index is out of range. */
    private double target(float[] t, int row, int column) {
        double target;
        if (function.sparse()) {
            float index = t[row];
            boolean valid = index >= 0 && index < columns && index == (int) index;
            target = !valid ? Double.NaN : column == (int) index ? 1 : 0;
        } else {
            target = t[row * columns + column];
        }
        return target * (1 - smoothing) + smoothing / columns;
    }

    private double categorical(float[] p, float[] t, int row) {
        int at = row * columns;
        double offset = function.fromLogits() ? logSumExp(p, at) : Math.log(sum(p, at));
        double loss = 0;
        for (int c = 0; c < columns; c++) {
            double target = target(t, row, c);
            // A class that does not count must not turn an infinite logarithm into NaN.
            if (target != 0) {
                loss -= target * (function.fromLogits() ? p[at + c] - offset : Math.log(clip(p[at + c] / sum(p, at))));
            }
        }
        return loss;
    }

    private double logSumExp(float[] p, int at) {
        double max = max(p, at, columns);
        double sum = 0;
        for (int c = at; c < at + columns; c++) {
            sum += Math.exp(p[c] - max);
        }
        return max + Math.log(sum);
    }

    private double sum(float[] p, int at) {
        double sum = 0;
        for (int c = at; c < at + columns; c++) {
            sum += p[c];
        }
        return sum;
    }

    private static double clip(double p) {
        return Math.max(LEAST, Math.min(MOST, p));
    }

    private static boolean inside(double p) {
        return p >= LEAST && p <= MOST;
    }

    /** {@code p * (sum of targets) - t}, p being the softmax. */
    private void logitsGradient(float[] p, float[] t, int row, double scale) {
        int at = row * columns;
        double offset = logSumExp(p, at);
        double total = 0;
        for (int c = 0; c < columns; c++) {
            total += target(t, row, c);
        }
        for (int c = 0; c < columns; c++) {
            p[at + c] = (float) ((Math.exp(p[at + c] - offset) * total - target(t, row, c)) * scale);
        }
    }

    /** {@code (sum of u) / S - u / p}: S the sum of the row, u the targets of classes whose {@code p / S} is not clipped. */
    private void probabilitiesGradient(float[] p, float[] t, int row, double scale) {
        int at = row * columns;
        double sum = sum(p, at);
        double total = 0;
        for (int c = 0; c < columns; c++) {
            total += unclipped(p[at + c] / sum, target(t, row, c));
        }
        for (int c = 0; c < columns; c++) {
            double u = unclipped(p[at + c] / sum, target(t, row, c));
            p[at + c] = (float) ((total / sum - (u == 0 ? 0 : u / p[at + c])) * scale);
        }
    }

    private static double unclipped(double share, double target) {
        return inside(share) || Double.isNaN(share) || Double.isNaN(target) ? target : 0;
    }

    private double element(double p, double t) {
        return switch (function.kind()) {
            case BINARY_CROSSENTROPY -> binary(p, smooth(t));
            case MEAN_SQUARED_ERROR -> (p - t) * (p - t);
            case MEAN_ABSOLUTE_ERROR -> Math.abs(p - t);
            case HUBER -> huber(Math.abs(p - t));
            default -> throw new IllegalArgumentException(function.kind() + " is not a loss of single elements");
        };
    }

    private double elementGradient(double p, double t) {
        return switch (function.kind()) {
            case BINARY_CROSSENTROPY -> binaryGradient(p, smooth(t));
            case MEAN_SQUARED_ERROR -> 2 * (p - t);
            case MEAN_ABSOLUTE_ERROR -> Math.signum(p - t);
            case HUBER -> Math.abs(p - t) <= function.delta() ? p - t : function.delta() * Math.signum(p - t);
            default -> throw new IllegalArgumentException(function.kind() + " is not a loss of single elements");
        };
    }

    private double smooth(double t) {
        return t * (1 - smoothing) + smoothing / 2;
    }

    private double binary(double p, double t) {
        if (function.fromLogits()) {
            return Math.max(p, 0) - p * t + Math.log1p(Math.exp(-Math.abs(p)));
        }
        double clipped = clip(p);
        return -t * Math.log(clipped) - (1 - t) * Math.log(1 - clipped);
    }

    private double binaryGradient(double p, double t) {
        if (function.fromLogits()) {
            return 1 / (1 + Math.exp(-p)) - t;
        }
        return inside(p) || Double.isNaN(p) ? (p - t) / (p * (1 - p)) : 0;
    }

    private double huber(double error) {
        double delta = function.delta();
        return error <= delta ? 0.5 * error * error : delta * error - 0.5 * delta * delta;
    }
}
