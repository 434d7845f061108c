package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.ColumnSums;
import conv4j.graph.MatMul;

/** Matrix products and sums over rows. */
final class MatrixProduct {

    private MatrixProduct() {}

    static Step product(MatMul operation, Places places) {
        Floats a = places.of(operation.a());
        Floats b = places.of(operation.b());
        Floats bias = places.ofOptional(operation.bias());
        Floats y = places.of(operation.output());
        int n = operation.n();
        return run -> {
            int m = (int) operation.m(run.batch());
            int inner = (int) operation.k(run.batch());
            double[][] left = rows(a, m, inner, operation.transposeA());
            double[][] right = rows(b, inner, n, operation.transposeB());
            for (int r = 0; r < m; r++) {
                double[] sums = new double[n];
                for (int k = 0; k < inner; k++) {
                    Rows.add(sums, left[r][k], right[k]);
                }
                for (int c = 0; c < n; c++) {
                    double sum = sums[c] + (bias == null ? 0 : bias.get(c));
                    y.set(r * n + c, Functions.value(operation.activation(), sum));
                }
            }
        };
    }

    private static double[][] rows(Floats values, int rows, int columns, boolean transposed) {
        return transposed
                ? Rows.transposed(Rows.of(values, 0, columns, rows), rows)
                : Rows.of(values, 0, rows, columns);
    }

    static Step columnSums(ColumnSums operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        int columns = operation.input().columns();
        return run -> {
            long rows = operation.input().rows(run.batch());
            for (int c = 0; c < columns; c++) {
                double sum = 0;
                for (int r = 0; r < rows; r++) {
                    sum += x.get(r * columns + c);
                }
                y.set(c, sum);
            }
        };
    }
}
