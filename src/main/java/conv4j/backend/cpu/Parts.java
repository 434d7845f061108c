package conv4j.backend.cpu;

/**
 * How a sum over a batch is cut into parts that are summed separately and then added in order. The number of parts
 * follows from sizes alone, never from the number of threads, so the result does not depend on that either.
 */
final class Parts {

    private static final int MOST = 32;
    private static final int LEAST = 8;
    private static final int ELEMENTS = 4 << 20;

    private Parts() {}

    /** Parts for sums of {@code size} elements: at most one per item, fewer when the sums are large. */
    static int count(int batch, int size) {
        return Math.min(batch, Math.max(LEAST, Math.min(MOST, ELEMENTS / size)));
    }

    /** The first item of a part; that of the part after the last one is the batch. */
    static int start(int part, int parts, int batch) {
        return (int) ((long) part * batch / parts);
    }

    /** The items of the largest part. */
    static int largest(int batch, int parts) {
        return (batch + parts - 1) / parts;
    }

    /** Adds the parts' sums, which lie one after the other. */
    static void sum(Blocks blocks, Floats partial, int parts, int size, Floats into) {
        blocks.elements(size, (from, count, lane) -> {
            float[] sum = lane.floats(0, count);
            float[] other = lane.floats(1, count);
            partial.get(from, sum, count);
            for (int part = 1; part < parts; part++) {
                partial.get((long) part * size + from, other, count);
                Elementwise.add(sum, other, count);
            }
            into.put(from, sum, count);
        });
    }
}
