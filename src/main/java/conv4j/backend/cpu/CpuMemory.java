package conv4j.backend.cpu;

import conv4j.backend.Memory;
import conv4j.graph.ElementType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.Objects;

/** An array in main memory: outside the heap where the native library can use it there, else a Java array. */
final class CpuMemory implements Memory {

    private final ElementType type;
    private final long elements;
    private final Runnable release;
    private ByteBuffer bytes;
    private FloatBuffer floats;
    private IntBuffer ints;

    /**
     * Memory outside the heap.
     *
     * @param type the type of its elements
     * @param bytes zeros in native order
     * @param release frees them
     */
    CpuMemory(ElementType type, ByteBuffer bytes, Runnable release) {
        this.type = type;
        this.elements = bytes.capacity() / type.bytes();
        this.release = release;
        this.bytes = bytes;
        this.floats = bytes.asFloatBuffer();
        this.ints = bytes.asIntBuffer();
    }

    /**
     * Memory in the heap.
     *
     * @param type the type of its elements
     * @param elements how many
     * @param release is told when it is closed
     */
    CpuMemory(ElementType type, int elements, Runnable release) {
        this.type = type;
        this.elements = elements;
        this.release = release;
        switch (type) {
            case FLOAT32 -> floats = FloatBuffer.allocate(elements);
            case INT32 -> ints = IntBuffer.allocate(elements);
            case UINT8 -> bytes = ByteBuffer.allocate(elements);
        }
    }

    FloatBuffer floats() {
        return open(floats);
    }

    IntBuffer ints() {
        return open(ints);
    }

    ByteBuffer bytes() {
        return open(bytes);
    }

    private <B> B open(B buffer) {
        if (buffer == null) {
            throw new IllegalStateException("this memory is closed");
        }
        return buffer;
    }

    private void check(ElementType needed, long offset, int from, int count, int length) {
        if (floats == null && ints == null && bytes == null) {
            throw new IllegalStateException("this memory is closed");
        }
        if (type != needed) {
            throw new IllegalArgumentException("memory of " + type + " was used as " + needed);
        }
        Objects.checkFromIndexSize(offset, count, elements);
        Objects.checkFromIndexSize(from, count, length);
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long elements() {
        return elements;
    }

    @Override
    public void write(long offset, float[] values, int from, int count) {
        check(ElementType.FLOAT32, offset, from, count, values.length);
        floats.put((int) offset, values, from, count);
    }

    @Override
    public void write(long offset, int[] values, int from, int count) {
        check(ElementType.INT32, offset, from, count, values.length);
        ints.put((int) offset, values, from, count);
    }

    @Override
    public void write(long offset, byte[] values, int from, int count) {
        check(ElementType.UINT8, offset, from, count, values.length);
        bytes.put((int) offset, values, from, count);
    }

    @Override
    public void read(long offset, float[] values, int from, int count) {
        check(ElementType.FLOAT32, offset, from, count, values.length);
        floats.get((int) offset, values, from, count);
    }

    @Override
    public void fill(long offset, long count, float value) {
        check(ElementType.FLOAT32, offset, 0, Math.toIntExact(count), Integer.MAX_VALUE);
        for (long i = offset; i < offset + count; i++) {
            floats.put((int) i, value);
        }
    }

    @Override
    public void close() {
        if (floats != null || ints != null || bytes != null) {
            floats = null;
            ints = null;
            bytes = null;
            release.run();
        }
    }
}
