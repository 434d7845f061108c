package conv4j.backend.cpu;

import java.util.Objects;

/**
 * A value's place in memory. Indices count from the value's first element.
 *
 * @param memory where it lies
 * @param offset its first element there
 */
record Floats(CpuMemory memory, int offset) implements Place {

    @Override
    public Floats on(Lane lane) {
        return this;
    }

    /** Copies {@code count} elements from {@code index} on into {@code to}, from its start. */
    void get(long index, float[] to, int count) {
        memory.floats().get(place(index, count), to, 0, count);
    }

    /** Copies {@code count} elements from {@code index} on into {@code to}, from {@code at} on. */
    void get(long index, float[] to, int at, int count) {
        memory.floats().get(place(index, count), to, at, count);
    }

    /** Copies {@code count} elements from the start of {@code from} to {@code index} on. */
    void put(long index, float[] from, int count) {
        memory.floats().put(place(index, count), from, 0, count);
    }

    /** Copies {@code count} elements of {@code from}, from {@code at} on, to {@code index} on. */
    void put(long index, float[] from, int at, int count) {
        memory.floats().put(place(index, count), from, at, count);
    }

    /** Checked before it becomes an int, which would otherwise wrap around and be another element. */
    private int place(long index, int count) {
        return (int) Objects.checkFromIndexSize(offset + index, (long) count, memory.elements());
    }
}
