package conv4j.graph;

/** The type of a value's elements. Everything that is computed is float32; the others hold data sets. */
public enum ElementType {
    /** IEEE 754 single precision. */
    FLOAT32(4),
    /** Two's complement 32-bit integers: the order in which a data set's items are visited. */
    INT32(4),
    /** Bytes 0 to 255: pixels as files hold them. */
    UINT8(1);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The size of an element.
     *
     * @return bytes
     */
    public int bytes() {
        return bytes;
    }
}
