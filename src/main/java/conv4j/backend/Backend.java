package conv4j.backend;

import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import java.util.List;

/**
 * One device and everything on it. Backends may be used by one thread at a time. Closing a backend frees whatever is left
 * of its memory and executables.
 */
public interface Backend extends AutoCloseable {

    /**
     * What is known of the device.
     *
     * @return its description
     */
    DeviceInfo device();

    /**
     * Memory on the device, filled with zeros.
     *
     * @param purpose what it is for, named in errors
     * @param type the type of its elements
     * @param elements how many
     * @return the memory; the caller closes it
     * @throws OutOfMemoryException when the device has no room for it
     */
    Memory allocate(String purpose, ElementType type, long elements);

    /**
     * The form of a graph that this backend runs: the one to plan memory for and to {@link #prepare}.
     *
     * @param graph operations in running order
     * @param maxBatch the largest batch
     * @return a graph that computes the same retained values, perhaps with operations that are several of the given ones
     */
    default Graph suited(Graph graph, int maxBatch) {
        return graph;
    }

    /**
     * The working memory that an operation wants while it runs.
     *
     * @param operation an operation of a graph
     * @param precision what the graph allows
     * @param maxBatch the largest batch
     * @return float32 elements, 0 for none
     */
    long scratch(Operation operation, Precision precision, int maxBatch);

    /**
     * Whether an operation is a convolution, or a gradient of one, that is done by Winograd's F(2x2, 3x3) or F(3x3, 2x2).
     * Its rounding errors then follow sums of transformed numbers, which may be larger than those of the convolution itself;
     * infinities and what is not a number come out as the convolution has them.
     *
     * @param operation an operation of a graph
     * @param maxBatch the largest batch
     * @return whether it is
     */
    default boolean usesWinograd(Operation operation, int maxBatch) {
        return false;
    }

    /**
     * Turns a graph into steps.
     *
     * @param graph operations in running order
     * @param placement where every value and all working memory lies
     * @param maxBatch the largest batch
     * @return the steps; the caller closes them
     * @throws BackendException when the device refuses
     */
    Executable prepare(Graph graph, Placement placement, int maxBatch);

    /**
     * What this backend rounds operands of products to in every graph, whatever precision that allows: anything but float32 is
     * for tests of such kernels.
     *
     * @return the precision
     */
    default Precision precision() {
        return Precision.FLOAT32;
    }

    /**
     * Allows so many seconds for finding the fastest kernels of graphs that are prepared from now on. What was found is kept
     * for later starts; results do not change by it.
     *
     * @param seconds for all graphs together, 0 for no search
     * @return false when this device has nothing to choose
     */
    default boolean search(double seconds) {
        return false;
    }

    /**
     * What searches have found, now or earlier.
     *
     * @return a line for every shape
     */
    default List<String> found() {
        return List.of();
    }

    /** Waits until everything that was started has ended. */
    void finish();

    /**
     * The memory that this backend has allocated and not yet freed.
     *
     * @return bytes on the device
     */
    long allocatedBytes();

    /**
     * The most memory that was allocated at any time.
     *
     * @return bytes on the device
     */
    long peakBytes();

    /**
     * Measures the most that the device does, which takes a second or two and some of its memory.
     *
     * @return the peak, {@link Peak#UNKNOWN} where this backend cannot tell
     */
    default Peak peak() {
        return Peak.UNKNOWN;
    }

    /**
     * Adds up the time of all kernels or operations of what is prepared from now on. Runs get slower by that.
     *
     * @param profile where times are added; complete after {@link #finish()}
     * @throws UnsupportedOperationException when this backend cannot
     */
    default void profile(Profile profile) {
        throw new UnsupportedOperationException(device().describe() + " cannot be profiled");
    }

    /** Frees what is left on the device; closing again does nothing. */
    @Override
    void close();
}
