package conv4j.shape;

import java.util.Locale;
import java.util.Objects;

/**
 * How the border of an image is padded with zeros before a window slides over it.
 *
 * <p>The four rules are those of Dumoulin and Visin 2016: {@link #VALID} none, {@link #SAME} as much as gives
 * {@code ceil(input / stride)} outputs ("half" padding for odd kernels and stride 1; an odd zero goes to the bottom and
 * right, as in Keras), {@link #FULL} every place at which kernel and input overlap, and explicit numbers.
 */
public final class Padding {

    /** No padding: only places at which the whole kernel lies on the input. */
    public static final Padding VALID = new Padding("valid", 0, 0, 0, 0);

    /** {@code ceil(input / stride)} outputs per axis; an odd zero goes to the bottom and right. */
    public static final Padding SAME = new Padding("same", 0, 0, 0, 0);

    /** Extent - 1 zeros on each side: every place at which kernel and input overlap. */
    public static final Padding FULL = new Padding("full", 0, 0, 0, 0);

    private final String name;
    private final int top;
    private final int bottom;
    private final int left;
    private final int right;

    private Padding(String name, int top, int bottom, int left, int right) {
        this.name = name;
        this.top = top;
        this.bottom = bottom;
        this.left = left;
        this.right = right;
    }

    /**
     * Padding by explicit numbers of zero rows and columns.
     *
     * @param top rows above
     * @param bottom rows below
     * @param left columns to the left
     * @param right columns to the right
     * @return the padding
     * @throws IllegalArgumentException when a number is negative
     */
    public static Padding explicit(int top, int bottom, int left, int right) {
        if (Math.min(Math.min(top, bottom), Math.min(left, right)) < 0) {
            throw new IllegalArgumentException("explicit padding needs numbers of 0 or more, but was given top " + top
                    + ", bottom " + bottom + ", left " + left + ", right " + right);
        }
        return new Padding("explicit", top, bottom, left, right);
    }

    /**
     * The padding that Keras calls by this name.
     *
     * @param name {@code valid}, {@code same} or {@code full}, in any case
     * @return the padding
     * @throws IllegalArgumentException for any other name
     */
    public static Padding named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "valid" -> VALID;
            case "same" -> SAME;
            case "full" -> FULL;
            default -> throw new IllegalArgumentException("padding must be valid, same or full, but is '" + name + "'");
        };
    }

    /**
     * The name in configurations.
     *
     * @return {@code valid}, {@code same}, {@code full} or {@code explicit}
     */
    public String name() {
        return name;
    }

    /**
     * The explicit numbers of zeros.
     *
     * @return top, bottom, left, right; all 0 for the named rules
     */
    public int[] explicitPads() {
        return new int[] {top, bottom, left, right};
    }

    /**
     * The window along the height.
     *
     * @param input rows of the input
     * @param kernel rows of the kernel
     * @param stride rows between two places
     * @param dilation rows between two kernel elements
     * @return the resolved window
     * @throws IllegalArgumentException when the kernel does not fit the padded input
     */
    public Window rows(int input, int kernel, int stride, int dilation) {
        return window(input, kernel, stride, dilation, top, bottom);
    }

    /**
     * The window along the width.
     *
     * @param input columns of the input
     * @param kernel columns of the kernel
     * @param stride columns between two places
     * @param dilation columns between two kernel elements
     * @return the resolved window
     * @throws IllegalArgumentException when the kernel does not fit the padded input
     */
    public Window columns(int input, int kernel, int stride, int dilation) {
        return window(input, kernel, stride, dilation, left, right);
    }

    private Window window(int input, int kernel, int stride, int dilation, int low, int high) {
        if (this == SAME) {
            int extent = extent(kernel, stride, dilation);
            int outputs = (int) (((long) input + stride - 1) / stride);
            int total = (int) Math.max(0, (outputs - 1L) * stride + extent - input);
            return new Window(input, kernel, stride, dilation, total / 2, total - total / 2);
        }
        if (this == FULL) {
            int most = extent(kernel, stride, dilation) - 1;
            return new Window(input, kernel, stride, dilation, most, most);
        }
        return new Window(input, kernel, stride, dilation, low, high);
    }

    /** The positions that the kernel spans; sizes that no window can have are refused as a window refuses them. */
    private static int extent(int kernel, int stride, int dilation) {
        return new Window(Integer.MAX_VALUE, kernel, stride, dilation, 0, 0).extent();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Padding that
                && name.equals(that.name)
                && top == that.top
                && bottom == that.bottom
                && left == that.left
                && right == that.right;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, top, bottom, left, right);
    }

    @Override
    public String toString() {
        return name.equals("explicit") ? "explicit(" + top + ", " + bottom + ", " + left + ", " + right + ")" : name;
    }
}
