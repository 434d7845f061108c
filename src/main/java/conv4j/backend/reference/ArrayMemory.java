package conv4j.backend.reference;

import conv4j.backend.Memory;
import conv4j.graph.ElementType;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;

/** Memory that is one Java array. */
final class ArrayMemory implements Memory {

    private final ElementType type;
    private final int elements;
    private final Consumer<ArrayMemory> release;
    private Object array;

    /**
     * Memory full of zeros.
     *
     * @param release is told when this memory is closed
     */
    ArrayMemory(ElementType type, int elements, Consumer<ArrayMemory> release) {
        this.type = type;
        this.elements = elements;
        this.release = release;
        this.array = switch (type) {
            case FLOAT32 -> new float[elements];
            case INT32 -> new int[elements];
            case UINT8 -> new byte[elements];
        };
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long elements() {
        return elements;
    }

    /** The array itself, a float[], int[] or byte[]. */
    Object array() {
        if (array == null) {
            throw new IllegalStateException("this memory of " + elements + " elements is closed");
        }
        return array;
    }

    private Object arrayOf(ElementType wanted) {
        if (type != wanted) {
            throw new IllegalArgumentException("this memory holds " + type + " elements, not " + wanted);
        }
        return array();
    }

    @Override
    public void write(long offset, float[] values, int from, int count) {
        copy(values, from, arrayOf(ElementType.FLOAT32), index(offset, count), count);
    }

    @Override
    public void write(long offset, int[] values, int from, int count) {
        copy(values, from, arrayOf(ElementType.INT32), index(offset, count), count);
    }

    @Override
    public void write(long offset, byte[] values, int from, int count) {
        copy(values, from, arrayOf(ElementType.UINT8), index(offset, count), count);
    }

    @Override
    public void read(long offset, float[] values, int from, int count) {
        copy(arrayOf(ElementType.FLOAT32), index(offset, count), values, from, count);
    }

    @Override
    public void fill(long offset, long count, float value) {
        float[] floats = (float[]) arrayOf(ElementType.FLOAT32);
        int first = index(offset, count);
        Arrays.fill(floats, first, (int) (first + count), value);
    }

    private static void copy(Object source, int from, Object target, int to, int count) {
        System.arraycopy(source, from, target, to, count);
    }

    private int index(long offset, long count) {
        return (int) Objects.checkFromIndexSize(offset, count, elements);
    }

    @Override
    public void close() {
        if (array != null) {
            array = null;
            release.accept(this);
        }
    }
}
