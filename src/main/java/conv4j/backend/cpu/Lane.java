package conv4j.backend.cpu;

/** The arrays that one thread computes in; they grow to what was asked for and are used again. */
final class Lane {

    private final int number;
    private final float[][] floats = new float[16][];
    private final float[][][] rows = new float[2][][];
    private final int[][] ints = new int[5][];
    private byte[] bytes = new byte[0];
    private int firstItem;

    /**
     * A lane without arrays yet.
     *
     * @param number its thread's number, 0 for the calling one
     */
    Lane(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /**
     * The first item of those that an {@link ItemChain} has this thread work on.
     *
     * @return its index in the batch
     */
    int firstItem() {
        return firstItem;
    }

    void firstItem(int item) {
        firstItem = item;
    }

    /**
     * An array for one purpose within a task.
     *
     * @param slot tells the arrays of one task apart, from 0 to 15
     * @param length the least number of elements
     * @return an array with any content, at least so long
     */
    float[] floats(int slot, int length) {
        float[] array = floats[slot];
        if (array == null || array.length < length) {
            array = new float[Math.max(length, Blocks.SIZE)];
            floats[slot] = array;
        }
        return array;
    }

    /**
     * Several arrays for one purpose within a task.
     *
     * @param slot tells the sets of one task apart, 0 or 1
     * @param count the least number of arrays
     * @param length the least number of elements of each
     * @return arrays with any content
     */
    float[][] rows(int slot, int count, int length) {
        float[][] set = rows[slot];
        if (set == null || set.length < count || set[0].length < length) {
            set = new float[Math.max(count, set == null ? 0 : set.length)]
                    [Math.max(length, set == null ? 0 : set[0].length)];
            rows[slot] = set;
        }
        return set;
    }

    int[] ints(int slot, int length) {
        if (ints[slot] == null || ints[slot].length < length) {
            ints[slot] = new int[length];
        }
        return ints[slot];
    }

    byte[] bytes(int length) {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        return bytes;
    }
}
