package conv4j.backend.cpu;

import java.util.Arrays;

/**
 * The loop that all products in Java end in: eight scaled rows are added to one. HotSpot makes vector instructions of it
 * because every array is indexed by the loop variable alone; eight rows at a time make it wait for arithmetic rather than
 * for memory (about 45 of 100 GFLOP/s on one core with AVX2).
 */
final class Kernel {

    /** Rows added at a time. */
    static final int ROWS = 8;

    private Kernel() {}

    /**
     * {@code c[row][j] += sum over t of a[at + row * stride + t] * b[t][j]} for all rows.
     *
     * @param c the rows to add to
     * @param rows how many
     * @param b the rows that are added, in groups of 8; {@code depth} rounded up to 8 of them
     * @param depth how many of them count
     * @param n the elements of every row
     * @param a the factors; as many beyond {@code depth} as complete a group of 8, which meet zeros or are zero
     * @param at where the first row's factors begin
     * @param stride from one row's factors to the next one's
     */
    static void multiplyAdd(float[][] c, int rows, float[][] b, int depth, int n, float[] a, int at, int stride) {
        for (int t = 0; t < depth; t += ROWS) {
            for (int row = 0; row < rows; row++) {
                int f = at + row * stride + t;
                add8(
                        c[row], b[t], b[t + 1], b[t + 2], b[t + 3], b[t + 4], b[t + 5], b[t + 6], b[t + 7], n, a[f],
                        a[f + 1], a[f + 2], a[f + 3], a[f + 4], a[f + 5], a[f + 6], a[f + 7]);
            }
        }
    }

    static void add8(
            float[] c,
            float[] b0,
            float[] b1,
            float[] b2,
            float[] b3,
            float[] b4,
            float[] b5,
            float[] b6,
            float[] b7,
            int n,
            float a0,
            float a1,
            float a2,
            float a3,
            float a4,
            float a5,
            float a6,
            float a7) {
        for (int j = 0; j < n; j++) {
            c[j] = Math.fma(
                    a0,
                    b0[j],
                    Math.fma(
                            a1,
                            b1[j],
                            Math.fma(
                                    a2,
                                    b2[j],
                                    Math.fma(
                                            a3,
                                            b3[j],
                                            Math.fma(
                                                    a4,
                                                    b4[j],
                                                    Math.fma(
                                                            a5,
                                                            b5[j],
                                                            Math.fma(a6, b6[j], Math.fma(a7, b7[j], c[j]))))))));
        }
    }

    /** Rounds a depth up to whole groups. */
    static int padded(int depth) {
        return (depth + ROWS - 1) / ROWS * ROWS;
    }

    /** Sets rows {@code from} up to the next whole group to zero. */
    static void clearTail(float[][] b, int from, int n) {
        for (int t = from; t < padded(from); t++) {
            Arrays.fill(b[t], 0, n, 0);
        }
    }
}
