package conv4j.backend.cpu;

/**
 * Sums over rows. Rows are cut into chunks that depend on the shape alone; chunks are summed in single precision within a
 * block and in double precision across blocks and chunks, always in the same order.
 */
final class Columns {

    private static final int BLOCKS_PER_CHUNK = 8;

    private final Blocks blocks;

    Columns(Blocks blocks) {
        this.blocks = blocks;
    }

    /** Computes the numbers to be summed for some rows. */
    @FunctionalInterface
    interface Source {
        /**
         * Fills arrays of {@code rows * columns} numbers.
         *
         * @param row the first row
         * @param rows how many
         * @param into one array per sum
         * @param lane arrays to compute in, slots 8 and up
         */
        void fill(long row, int rows, float[][] into, Lane lane);
    }

    /**
     * Sums columns.
     *
     * @param sums how many sums are wanted per column, at most 3
     * @param rows how many rows there are
     * @param columns how many columns
     * @param source gives the numbers
     * @return {@code [sum][column]}
     */
    double[][] sum(int sums, long rows, int columns, Source source) {
        int perBlock = Blocks.rowsPerBlock(columns);
        long perChunk = (long) perBlock * BLOCKS_PER_CHUNK;
        int chunks = Math.toIntExact((rows + perChunk - 1) / perChunk);
        double[][] partial = new double[chunks][sums * columns];
        blocks.workers().run(chunks, (chunk, lane) -> {
            long end = Math.min(rows, (chunk + 1) * perChunk);
            for (long row = chunk * perChunk; row < end; row += perBlock) {
                addBlock(sums, row, (int) Math.min(perBlock, end - row), columns, source, partial[chunk], lane);
            }
        });
        double[][] total = new double[sums][columns];
        for (double[] part : partial) {
            for (int i = 0; i < sums * columns; i++) {
                total[i / columns][i % columns] += part[i];
            }
        }
        return total;
    }

    private static void addBlock(int sums, long row, int rows, int columns, Source source, double[] into, Lane lane) {
        float[][] numbers = new float[sums][];
        for (int s = 0; s < sums; s++) {
            numbers[s] = lane.floats(s, rows * columns);
        }
        source.fill(row, rows, numbers, lane);
        for (int s = 0; s < sums; s++) {
            fold(numbers[s], rows, columns, lane);
            for (int c = 0; c < columns; c++) {
                into[s * columns + c] += numbers[s][c];
            }
        }
    }

    /** Adds the second half of the rows to the first until one is left. */
    private static void fold(float[] numbers, int rows, int columns, Lane lane) {
        int left = rows;
        while (left > 1) {
            int half = (left + 1) / 2;
            int count = (left - half) * columns;
            float[] second = lane.floats(3, count);
            System.arraycopy(numbers, half * columns, second, 0, count);
            Elementwise.add(numbers, second, count);
            left = half;
        }
    }
}
