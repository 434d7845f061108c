package conv4j.arithmetic;

/** What a window does at each of its places. */
public enum Kind {
    /** Multiplies by a kernel and sums. */
    CONVOLUTION("convolution"),
    /** Goes the way back of a convolution, as its input gradient does: to a larger output, usually. */
    TRANSPOSED("transposed convolution"),
    /** Takes the maximum or the mean. */
    POOLING("pooling");

    private final String title;

    Kind(String title) {
        this.title = title;
    }

    /**
     * Its name in sentences.
     *
     * @return words in lower case
     */
    public String title() {
        return title;
    }
}
