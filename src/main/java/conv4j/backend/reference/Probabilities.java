package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Softmax;

/** Softmax, row by row. */
final class Probabilities {

    private Probabilities() {}

    static Step softmax(Softmax operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        int columns = operation.input().columns();
        return run -> {
            long rows = operation.input().rows(run.batch());
            for (int r = 0; r < rows; r++) {
                double[] row = softmax(row(x, r, columns));
                for (int c = 0; c < columns; c++) {
                    y.set(r * columns + c, row[c]);
                }
            }
        };
    }

    static Step softmaxGradient(Softmax.Gradient operation, Places places) {
        Floats dy = places.of(operation.outputGradient());
        Floats y = places.of(operation.output());
        Floats dx = places.of(operation.inputGradient());
        int columns = operation.output().columns();
        return run -> {
            long rows = operation.output().rows(run.batch());
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                for (int i = r * columns; i < (r + 1) * columns; i++) {
                    sum += (double) dy.get(i) * y.get(i);
                }
                for (int i = r * columns; i < (r + 1) * columns; i++) {
                    dx.set(i, y.get(i) * (dy.get(i) - sum));
                }
            }
        };
    }

    /** One row of a matrix. */
    static double[] row(Floats x, int row, int columns) {
        double[] values = new double[columns];
        for (int c = 0; c < columns; c++) {
            values[c] = x.get(row * columns + c);
        }
        return values;
    }

    /** The softmax of a row; NaN everywhere when an element is NaN. */
    static double[] softmax(double[] row) {
        double[] probabilities = logSoftmax(row);
        for (int c = 0; c < row.length; c++) {
            probabilities[c] = Math.exp(probabilities[c]);
        }
        return probabilities;
    }

    /** The logarithms of a row's softmax, the maximum being subtracted first: nothing overflows, nothing is absorbed. */
    static double[] logSoftmax(double[] row) {
        double max = Double.NEGATIVE_INFINITY;
        for (double value : row) {
            max = Math.max(max, value);
        }
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value - max);
        }
        double[] logarithms = new double[row.length];
        for (int c = 0; c < row.length; c++) {
            logarithms[c] = row[c] - max - Math.log(sum);
        }
        return logarithms;
    }
}
