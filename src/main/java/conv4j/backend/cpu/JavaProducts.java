package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.MatMul;
import java.util.Arrays;

/**
 * Matrix products by Java loops: tiles of the result, for each of which slices of both operands are copied into rows that
 * fit the caches.
 */
final class JavaProducts {

    private static final int TILE_ROWS = 64;
    private static final int WIDE = 256;
    private static final int NARROW = 128;
    private static final int DEPTH = 256;

    private final Blocks blocks;

    JavaProducts(Blocks blocks) {
        this.blocks = blocks;
    }

    Step matMul(MatMul operation) {
        Operand a = new Operand(blocks.floats(operation.a()), operation.a().columns(), operation.transposeA());
        Operand b = new Operand(blocks.floats(operation.b()), operation.b().columns(), operation.transposeB());
        Floats bias = operation.bias() == null ? null : blocks.floats(operation.bias());
        Floats output = blocks.floats(operation.output());
        int n = operation.n();
        int width = n > 4 * WIDE ? WIDE : NARROW;
        int tileColumns = (n + width - 1) / width;
        return run -> {
            int m = Math.toIntExact(operation.m(run.batch()));
            int k = Math.toIntExact(operation.k(run.batch()));
            int tileRows = (m + TILE_ROWS - 1) / TILE_ROWS;
            blocks.workers().run(Math.multiplyExact(tileRows, tileColumns), (task, lane) -> {
                int row = task / tileColumns * TILE_ROWS;
                int column = task % tileColumns * width;
                int rows = Math.min(TILE_ROWS, m - row);
                int columns = Math.min(width, n - column);
                float[][] c = start(bias, column, rows, columns, lane);
                for (int from = 0; from < k; from += DEPTH) {
                    int depth = Math.min(DEPTH, k - from);
                    float[] factors = a.factors(row, rows, from, depth, lane);
                    float[][] slice = b.slice(from, depth, column, columns, lane);
                    Kernel.multiplyAdd(c, rows, slice, depth, columns, factors, 0, Kernel.padded(depth));
                }
                for (int r = 0; r < rows; r++) {
                    Functions.apply(operation.activation(), c[r], columns, lane);
                    output.put((long) (row + r) * n + column, c[r], columns);
                }
            });
        };
    }

    private static float[][] start(Floats bias, int column, int rows, int columns, Lane lane) {
        float[][] c = lane.rows(0, TILE_ROWS, WIDE);
        for (int r = 0; r < rows; r++) {
            if (bias == null) {
                Arrays.fill(c[r], 0, columns, 0);
            } else {
                bias.get(column, c[r], columns);
            }
        }
        return c;
    }

    /** A matrix stored row after row, read as it is or transposed. */
    private record Operand(Floats floats, int storedColumns, boolean transposed) {

        /** Elements (row + r, from + t) of the left operand at {@code r * padded(depth) + t}, zero beyond the depth. */
        float[] factors(int row, int rows, int from, int depth, Lane lane) {
            int stride = Kernel.padded(depth);
            float[] factors = lane.floats(0, rows * stride);
            float[] line = lane.floats(1, rows);
            if (transposed) {
                for (int t = 0; t < depth; t++) {
                    floats.get((long) (from + t) * storedColumns + row, line, rows);
                    for (int r = 0; r < rows; r++) {
                        factors[r * stride + t] = line[r];
                    }
                }
            }
            for (int r = 0; r < rows; r++) {
                if (!transposed) {
                    floats.get((long) (row + r) * storedColumns + from, factors, r * stride, depth);
                }
                Arrays.fill(factors, r * stride + depth, (r + 1) * stride, 0);
            }
            return factors;
        }

        /** Rows {@code from} to {@code from + depth} of the right operand, cut to some columns; whole groups of rows. */
        float[][] slice(int from, int depth, int column, int columns, Lane lane) {
            float[][] slice = lane.rows(1, DEPTH, WIDE);
            if (transposed) {
                float[] line = lane.floats(1, depth);
                for (int j = 0; j < columns; j++) {
                    floats.get((long) (column + j) * storedColumns + from, line, depth);
                    for (int t = 0; t < depth; t++) {
                        slice[t][j] = line[t];
                    }
                }
            } else {
                for (int t = 0; t < depth; t++) {
                    floats.get((long) (from + t) * storedColumns + column, slice[t], columns);
                }
            }
            Kernel.clearTail(slice, depth, columns);
            return slice;
        }
    }
}
