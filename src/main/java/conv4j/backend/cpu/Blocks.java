package conv4j.backend.cpu;

import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Value;
import java.util.Map;

/** Cuts values into blocks that fit the first-level cache and runs them on all threads; finds where values lie. */
final class Blocks {

    /** Elements of a block: three or four of them fit 32 KiB of first-level cache or nearly so. */
    static final int SIZE = 2048;

    /**
     * Elements of a block where several long arrays are read side by side and little is computed: the processor asks for
     * what comes next in each of them the better, the shorter it stays in one.
     */
    static final int STREAMED = 512;

    /** Work below so many elements is not worth waking another thread for. */
    private static final long SMALL = 16_384;

    private final Workers workers;
    private final Placement placement;
    private final Map<Value, Place> ofThreads;

    /**
     * Blocks of one executable.
     *
     * @param workers the threads
     * @param placement where values lie that all threads see
     * @param ofThreads where the others lie, by their roots
     */
    Blocks(Workers workers, Placement placement, Map<Value, Place> ofThreads) {
        this.workers = workers;
        this.placement = placement;
        this.ofThreads = ofThreads;
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

    /** What to do with one block in a run. */
    @FunctionalInterface
    interface RunBody {
        /**
         * Handles a block.
         *
         * @param run what changes from run to run
         * @param from its first row (or element)
         * @param count its rows (or elements)
         * @param lane arrays to compute in
         */
        void run(Run run, long from, int count, Lane lane);
    }

    /** What to do with one part of an item. */
    @FunctionalInterface
    interface PartBody {
        /**
         * Handles a part.
         *
         * @param run what changes from run to run
         * @param item the item's index in the batch
         * @param part the part's index in the item
         * @param lane arrays to compute in
         */
        void run(Run run, int item, int part, Lane lane);
    }

    Workers workers() {
        return workers;
    }

    Placement placement() {
        return placement;
    }

    /** Where a value lies that all threads see. */
    Floats floats(Value value) {
        Placement.Location location = placement.of(value);
        return new Floats((CpuMemory) location.memory(), Math.toIntExact(location.offset()));
    }

    /** Where any value lies. */
    Place place(Value value) {
        Place ofThread = ofThreads.get(value.root());
        return ofThread == null ? floats(value) : ofThread;
    }

    /** A step that treats every element of a value by itself. */
    Step elementwise(Value value, RunBody body) {
        return rowwise(value, 1, SIZE, () -> {}, body);
    }

    /** The same in blocks of {@link #STREAMED}. */
    Step streamedElementwise(Value value, RunBody body) {
        return rowwise(value, 1, STREAMED, () -> {}, body);
    }

    /** A step that treats every row of a value by itself, in blocks of {@link #STREAMED} or a row. */
    Step streamedRowwise(Value value, int columns, RunBody body) {
        return streamedRowwise(value, columns, () -> {}, body);
    }

    /** The same with what is done once before. */
    Step streamedRowwise(Value value, int columns, Runnable before, RunBody body) {
        return rowwise(value, columns, rowsPerBlock(columns, STREAMED), before, body);
    }

    private Step rowwise(Value value, int columns, int perBlock, Runnable before, RunBody body) {
        if (!value.batched()) {
            return run -> all(run, value, columns, perBlock, before, body);
        }
        int perItem = value.shape().size() / columns;
        return new ItemStep() {
            @Override
            public void run(Run run) {
                all(run, value, columns, perBlock, before, body);
            }

            @Override
            public void begin(Run run, Lane lane) {
                before.run();
            }

            @Override
            public void run(Run run, int first, int items, Lane lane) {
                long end = (long) (first + items) * perItem;
                for (long from = (long) first * perItem; from < end; from += perBlock) {
                    body.run(run, from, (int) Math.min(perBlock, end - from), lane);
                }
            }
        };
    }

    private void all(Run run, Value value, int columns, int perBlock, Runnable before, RunBody body) {
        before.run();
        rows(
                value.elements(run.batch()) / columns,
                columns,
                perBlock,
                (from, count, lane) -> body.run(run, from, count, lane));
    }

    /** A step that treats every item in so many parts, each by itself. */
    Step partwise(int perItem, PartBody body) {
        return partwise(perItem, () -> {}, body);
    }

    /** The same with what is done once before. */
    Step partwise(int perItem, Runnable before, PartBody body) {
        return new ItemStep() {
            @Override
            public void begin(Run run, Lane lane) {
                before.run();
            }

            @Override
            public void run(Run run) {
                before.run();
                workers.run(
                        Math.multiplyExact(run.batch(), perItem),
                        (task, lane) -> body.run(run, task / perItem, task % perItem, lane));
            }

            @Override
            public void run(Run run, int first, int items, Lane lane) {
                for (int item = first; item < first + items; item++) {
                    for (int part = 0; part < perItem; part++) {
                        body.run(run, item, part, lane);
                    }
                }
            }
        };
    }

    /** Runs over elements in blocks. */
    void elements(long elements, Body body) {
        rows(elements, 1, body);
    }

    /** The same in blocks of {@link #STREAMED}. */
    void streamedElements(long elements, Body body) {
        streamedRows(elements, 1, body);
    }

    /** Runs over rows in blocks of whole rows. */
    void rows(long rows, int columns, Body body) {
        rows(rows, columns, rowsPerBlock(columns), body);
    }

    /** The same in blocks of {@link #STREAMED}. */
    void streamedRows(long rows, int columns, Body body) {
        rows(rows, columns, rowsPerBlock(columns, STREAMED), body);
    }

    private void rows(long rows, int columns, int perBlock, Body body) {
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
        return rowsPerBlock(columns, SIZE);
    }

    private static int rowsPerBlock(int columns, int size) {
        return Math.max(1, size / columns);
    }
}
