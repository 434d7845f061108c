package conv4j.backend.reference;

/**
 * Elements in double precision, row by row. Convolutions and products are sums of multiples of rows: each sum is added up
 * in the order that its formula names, and a compiler makes vectors of the elements of a row.
 */
final class Rows {

    private Rows() {}

    /** The elements from one on as so many rows. */
    static double[][] of(Floats values, int from, int count, int length) {
        double[][] rows = new double[count][length];
        for (int r = 0; r < count; r++) {
            for (int c = 0; c < length; c++) {
                rows[r][c] = values.get(from + r * length + c);
            }
        }
        return rows;
    }

    /** The columns as rows. */
    static double[][] transposed(double[][] rows, int columns) {
        double[][] transposed = new double[columns][rows.length];
        for (int r = 0; r < rows.length; r++) {
            for (int c = 0; c < columns; c++) {
                transposed[c][r] = rows[r][c];
            }
        }
        return transposed;
    }

    /** {@code sums += factor * row}. */
    static void add(double[] sums, double factor, double[] row) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += factor * row[i];
        }
    }

    /** Rounds the elements to float, from one on. */
    static void store(double[][] rows, Floats target, int from) {
        int at = from;
        for (double[] row : rows) {
            for (double value : row) {
                target.set(at++, value);
            }
        }
    }
}
