package conv4j.files;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What the header of a safetensors file says of one tensor.
 *
 * @param name its name
 * @param format how its elements are stored
 * @param shape its extents, outermost first; empty for a single number, 0 is possible
 * @param begin where its bytes begin, counted from the end of the header
 * @param end where they end
 */
public record TensorEntry(String name, ElementFormat format, long[] shape, long begin, long end) {

    /** Copies the shape. */
    public TensorEntry {
        shape = shape.clone();
    }

    /** {@return a copy of the extents} */
    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** {@return the number of elements} */
    public long elements() {
        return (end - begin) / format.bytes();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorEntry that
                && name.equals(that.name)
                && format == that.format
                && Arrays.equals(shape, that.shape)
                && begin == that.begin
                && end == that.end;
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Long.hashCode(begin);
    }

    /**
     * {@inheritDoc} For example {@code conv2d/kernel F32 (3, 3, 3, 16)}; control characters of the name are replaced, and
     * a long one is cut.
     */
    @Override
    public String toString() {
        String extents = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        return SafetensorsHeader.safe(name) + " " + format + " (" + extents + ")";
    }
}
