package conv4j.data;

import conv4j.shape.Shape;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A finite list of examples, each an input array and a target array. Values are raw, as stored: bytes are 0 to 255, not
 * normalised. All methods may be called by several threads at once.
 */
public interface Dataset {

    /** {@return the number of examples} */
    int size();

    /** {@return the shape of one input, for images (height, width, channels)} */
    Shape inputShape();

    /** {@return the shape of one target: the empty shape for a class index, (k) for k numbers} */
    Shape targetShape();

    /** {@return the class names in the order of the class indices; empty when the set is not a classification set} */
    List<String> classNames();

    /** {@return whether every input value is a whole number from 0 to 255, so that {@link #inputBytes} works} */
    boolean bytes();

    /**
     * Writes one input.
     *
     * @param index the example, 0 to size() - 1
     * @param out gets inputShape().size() raw values
     * @param offset where in out the first value goes
     * @throws DataException when the example cannot be read
     */
    void input(int index, float[] out, int offset);

    /**
     * One input as an array of its own, for example to show or to predict it.
     *
     * @param index the example, 0 to size() - 1
     * @return inputShape().size() raw values
     * @throws DataException when the example cannot be read
     */
    default float[] input(int index) {
        float[] values = new float[inputShape().size()];
        input(index, values, 0);
        return values;
    }

    /**
     * Writes one target.
     *
     * @param index the example, 0 to size() - 1
     * @param out gets targetShape().size() values; a class index is written as a float, exactly
     * @param offset where in out the first value goes
     */
    void target(int index, float[] out, int offset);

    /**
     * The class of one example.
     *
     * @param index the example, 0 to size() - 1
     * @return its class index
     * @throws DataException when targets are not class indices
     */
    default int label(int index) {
        if (targetShape().size() != 1) {
            throw new DataException("the targets of this data set have the shape " + targetShape()
                    + ", so that they are no class indices; read them with target()");
        }
        float[] value = new float[1];
        target(index, value, 0);
        return (int) value[0];
    }

    /**
     * Writes one input as unsigned bytes.
     *
     * @param index the example, 0 to size() - 1
     * @param out gets inputShape().size() bytes
     * @param offset where in out the first byte goes
     * @throws UnsupportedOperationException when {@link #bytes()} is false
     * @throws DataException when the example cannot be read
     */
    default void inputBytes(int index, byte[] out, int offset) {
        throw new UnsupportedOperationException("the inputs of this data set are not bytes; use input()");
    }

    /** {@return whether every example is in memory already; if not, {@link Batches} should read ahead of training} */
    default boolean inMemory() {
        return true;
    }

    /**
     * The first examples of this set, as a view.
     *
     * @param n how many, 1 to size()
     * @return the view
     * @throws DataException when the set does not have that many
     */
    default Dataset take(int n) {
        if (n < 1 || n > size()) {
            throw new DataException("cannot take " + n + " examples of a set of " + size() + "; give 1 to " + size());
        }
        return new Selection(this, IntStream.range(0, n).toArray());
    }

    /**
     * Splits off the last examples, unshuffled, as Keras' {@code validation_split} does: the first floor(size * (1 -
     * fraction)) train, the others validate.
     *
     * @param fraction the part that validates, more than 0 and less than 1
     * @return both parts, as views
     * @throws DataException when a part would be empty
     */
    default Split split(double fraction) {
        int first = (int) Math.floor(size() * (1 - fraction));
        if (!(fraction > 0 && fraction < 1) || first == 0 || first == size()) {
            throw new DataException("a validation part of " + fraction + " of " + size()
                    + " examples leaves one part empty; give a fraction between 0 and 1, or more examples");
        }
        return new Split(
                new Selection(this, IntStream.range(0, first).toArray()),
                new Selection(this, IntStream.range(first, size()).toArray()));
    }
}
