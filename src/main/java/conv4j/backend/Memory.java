package conv4j.backend;

import conv4j.graph.ElementType;

/**
 * An array on a device. Reading and writing wait for what was started before. All offsets and lengths are in elements;
 * going beyond the end throws {@link IndexOutOfBoundsException}, using closed memory {@link IllegalStateException}, and
 * elements of another type {@link IllegalArgumentException}.
 */
public interface Memory extends AutoCloseable {

    /**
     * The type of the elements.
     *
     * @return the type
     */
    ElementType type();

    /**
     * The number of elements.
     *
     * @return 0 or more
     */
    long elements();

    /**
     * Copies floats to the device.
     *
     * @param offset the first element to write
     * @param values FLOAT32 elements
     * @param from the first one to take
     * @param count how many
     */
    void write(long offset, float[] values, int from, int count);

    /**
     * Copies integers to the device.
     *
     * @param offset the first element to write
     * @param values INT32 elements
     * @param from the first one to take
     * @param count how many
     */
    void write(long offset, int[] values, int from, int count);

    /**
     * Copies bytes to the device.
     *
     * @param offset the first element to write
     * @param values UINT8 elements
     * @param from the first one to take
     * @param count how many
     */
    void write(long offset, byte[] values, int from, int count);

    /**
     * Copies floats from the device.
     *
     * @param offset the first element to read
     * @param values receives FLOAT32 elements
     * @param from where the first one goes
     * @param count how many
     */
    void read(long offset, float[] values, int from, int count);

    /**
     * Sets FLOAT32 elements to one number.
     *
     * @param offset the first element
     * @param count how many
     * @param value the number
     */
    void fill(long offset, long count, float value);

    @Override
    void close();
}
