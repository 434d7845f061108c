package conv4j.backend;

/**
 * Everything that changes from one run of an executable to the next.
 *
 * @param batch items in this batch, from 1 to the largest that was prepared for
 * @param step training steps done before this one; with the seed it decides dropout masks
 * @param seed the seed of all randomness
 * @param cursor the place in the epoch's order of the batch's first item
 * @param c0 the optimizer's first coefficient, the learning rate
 * @param c1 its second, see {@link conv4j.graph.Update.Kind}
 * @param c2 its third
 * @param c3 its fourth
 */
public record Run(int batch, int step, long seed, int cursor, float c0, float c1, float c2, float c3) {

    /**
     * A run without training.
     *
     * @param batch items in this batch
     * @param cursor the place in the order of the batch's first item
     * @return the run
     */
    public static Run inference(int batch, int cursor) {
        return new Run(batch, 0, 0, cursor, 0, 0, 0, 0);
    }
}
