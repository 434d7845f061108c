package conv4j.model;

import conv4j.backend.Placement;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/**
 * Brings the items of a data set into a model's input and target, batch by batch: gathered on the device when the whole
 * set lies there ({@link ResidentFeed}), otherwise written by the host ({@link StreamedFeed}).
 */
interface Feed extends AutoCloseable {

    /** The number of items of an epoch. */
    int items();

    /** The shape of a target, without the batch axis. */
    Shape targetShape();

    /** The weight of every item of a batch in the loss, null where all count the same. */
    default Value weights() {
        return null;
    }

    /** The order of the epoch on the device, for what else is gathered by it; null where the host keeps it. */
    default Value order() {
        return null;
    }

    /** Adds what must run before the model's first layer. The target is null when only predictions are wanted. */
    void connect(Graph graph, Value input, Value target);

    /**
     * Allocates and places what {@link #connect} added; nothing is allocated before. The placement is looked at again when
     * batches are written.
     */
    void attach(Placement placement);

    /** Begins an epoch that visits the items in the given order. */
    void begin(int[] order);

    /** Makes the next batch ready. */
    void next(int cursor, int count);

    /** {@return the nanoseconds in which training stood still since {@link #begin}, because no batch had been read yet} */
    default long waitedNanos() {
        return 0;
    }

    @Override
    void close();
}
