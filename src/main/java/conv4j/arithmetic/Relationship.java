package conv4j.arithmetic;

import conv4j.shape.Window;

/**
 * The relationships between the size of an input and that of an output, numbered as in Dumoulin and Visin 2016, "A guide
 * to convolution arithmetic for deep learning", for one axis: i input, k kernel, s stride, p padding on each side, d
 * dilation, o output, a = (i + 2p - k) mod s; primes belong to the transposed convolution.
 */
public enum Relationship {
    /** The kernel slides over the bare input. */
    UNIT_STRIDE(1, "o = i - k + 1", "stride 1, no padding"),
    /** Zeros around the input. */
    PADDED(2, "o = i - k + 2*p + 1", "stride 1, any padding"),
    /** As many outputs as inputs. */
    HALF(3, "o = i", "half padding: k = 2n + 1, p = n, stride 1"),
    /** Every overlap of kernel and input. */
    FULL(4, "o = i + k - 1", "full padding: p = k - 1, stride 1"),
    /** The kernel jumps over the bare input. */
    STRIDED(5, "o = floor((i - k) / s) + 1", "any stride, no padding"),
    /** Zeros and jumps. */
    STRIDED_PADDED(6, "o = floor((i + 2*p - k) / s) + 1", "any stride, any padding"),
    /** Pooling, whose window moves as a kernel does. */
    POOLED(7, "o = floor((i - k) / s) + 1", "pooling, any stride, no padding"),
    /** The way back of 1. */
    TRANSPOSED_UNIT_STRIDE(8, "o' = i' + k - 1", "transposed: stride 1, p = 0, so p' = k - 1"),
    /** The way back of 2. */
    TRANSPOSED_PADDED(9, "o' = i' + (k - 1) - 2*p", "transposed: stride 1, any p, so p' = k - p - 1"),
    /** The way back of 3. */
    TRANSPOSED_HALF(10, "o' = i'", "transposed, half padding: k = 2n + 1, p = n, stride 1, so p' = n"),
    /** The way back of 4. */
    TRANSPOSED_FULL(11, "o' = i' - (k - 1)", "transposed, full padding: p = k - 1, stride 1, so p' = 0"),
    /** The way back of 5 when the stride divides i - k. */
    TRANSPOSED_STRIDED(
            12, "o' = s*(i' - 1) + k", "transposed: p = 0, s divides i - k; s - 1 zeros between inputs, p' = k - 1"),
    /** The way back of 6 when the stride divides i + 2p - k. */
    TRANSPOSED_STRIDED_PADDED(
            13,
            "o' = s*(i' - 1) + k - 2*p",
            "transposed: s divides i + 2p - k; s - 1 zeros between inputs, p' = k - p - 1"),
    /** The way back of 6 whatever the stride leaves out. */
    TRANSPOSED_REMAINDER(
            14,
            "o' = s*(i' - 1) + a + k - 2*p",
            "transposed: a = (i + 2p - k) mod s; s - 1 zeros between inputs, p' = k - p - 1, a more zeros at the end"),
    /** A kernel with holes. */
    DILATED(15, "o = floor((i + 2*p - k - (k - 1)*(d - 1)) / s) + 1", "dilation: d - 1 holes between kernel elements");

    private final int number;
    private final String formula;
    private final String description;

    Relationship(int number, String formula, String description) {
        this.number = number;
        this.formula = formula;
        this.description = description;
    }

    /**
     * The number in the guide.
     *
     * @return 1 to 15
     */
    public int number() {
        return number;
    }

    /**
     * The formula.
     *
     * @return {@code o = } or {@code o' = } and an expression with {@code + - * / ( )} and {@code floor}
     */
    public String formula() {
        return formula;
    }

    /**
     * When it holds.
     *
     * @return a few words
     */
    public String description() {
        return description;
    }

    /** The most special relationship that holds for an axis. */
    static Relationship of(Axis axis) {
        if (axis.kind() == Kind.TRANSPOSED) {
            return transposed(axis);
        }
        Window window = axis.window();
        if (window.dilation() > 1) {
            return DILATED;
        }
        if (axis.kind() == Kind.POOLING) {
            return window.unpadded() ? POOLED : STRIDED_PADDED;
        }
        if (window.stride() > 1) {
            return window.unpadded() ? STRIDED : STRIDED_PADDED;
        }
        return ofUnitStride(axis, UNIT_STRIDE, HALF, FULL, PADDED);
    }

    private static Relationship transposed(Axis axis) {
        Window window = axis.window();
        if (window.stride() == 1) {
            return ofUnitStride(axis, TRANSPOSED_UNIT_STRIDE, TRANSPOSED_HALF, TRANSPOSED_FULL, TRANSPOSED_PADDED);
        }
        if (axis.remainder() > 0) {
            return TRANSPOSED_REMAINDER;
        }
        return window.unpadded() ? TRANSPOSED_STRIDED : TRANSPOSED_STRIDED_PADDED;
    }

    private static Relationship ofUnitStride(
            Axis axis, Relationship none, Relationship half, Relationship full, Relationship any) {
        Window window = axis.window();
        if (window.unpadded()) {
            return none;
        }
        if (axis.symmetric() && 2 * window.padLow() + 1 == window.extent()) {
            return half;
        }
        return axis.symmetric() && window.padLow() + 1 == window.extent() ? full : any;
    }
}
