package conv4j.backend.cpu;

import conv4j.backend.Placement;
import conv4j.graph.Value;

/** Cuts values into blocks that fit the first-level cache and runs them on all threads; finds where values lie. */
final class Blocks {

    /** Elements of a block: three or four of them fit 32 KiB of first-level cache or nearly so. */
    static final int SIZE = 2048;

    /** Work below so many elements is not worth waking another thread for. */
    private static final long SMALL = 16_384;

    private final Workers workers;
    private final Placement placement;

    Blocks(Workers workers, Placement placement) {
        this.workers = workers;
        this.placement = placement;
    }

    /** What to do with one block. */
    @FunctionalInterface
    interface Body {
        /**
         * Handles a block.
         *
         * @param from its first row (or element)
         * @param count its rows (or elements)
         * @param lane arrays to compute in
         */
        void run(long from, int count, Lane lane);
    }

    Workers workers() {
        return workers;
    }

    Placement placement() {
        return placement;
    }

    Floats floats(Value value) {
        Placement.Location location = placement.of(value);
        return new Floats((CpuMemory) location.memory(), Math.toIntExact(location.offset()));
    }

    /** Runs over elements in blocks. */
    void elements(long elements, Body body) {
        rows(elements, 1, body);
    }

    /** Runs over rows in blocks of whole rows. */
    void rows(long rows, int columns, Body body) {
        int perBlock = rowsPerBlock(columns);
        int blocks = Math.toIntExact((rows + perBlock - 1) / perBlock);
        if (rows * columns <= SMALL) {
            workers.run(1, (unused, lane) -> {
                for (int block = 0; block < blocks; block++) {
                    run(block, perBlock, rows, body, lane);
                }
            });
        } else {
            workers.run(blocks, (block, lane) -> run(block, perBlock, rows, body, lane));
        }
    }

    private static void run(int block, int perBlock, long rows, Body body, Lane lane) {
        long from = (long) block * perBlock;
        body.run(from, (int) Math.min(perBlock, rows - from), lane);
    }

    static int rowsPerBlock(int columns) {
        return Math.max(1, SIZE / columns);
    }
}
