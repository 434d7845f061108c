package conv4j.shape;

/**
 * A kernel sliding along one axis of an input: the arithmetic of convolution and pooling (Dumoulin and Visin 2016, "A
 * guide to convolution arithmetic for deep learning"). An instance is always a valid window: the dilated kernel fits
 * the padded input at least once.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a size is out of range or the kernel does not fit
 * the padded input.
 *
 * @param input positions of the input, 1 or more
 * @param kernel positions of the kernel, 1 or more
 * @param stride positions between two places of the kernel, 1 or more
 * @param dilation positions between two elements of the kernel, 1 or more
 * @param padLow padding positions before the input, 0 or more
 * @param padHigh padding positions after the input, 0 or more
 */
public record Window(int input, int kernel, int stride, int dilation, int padLow, int padHigh) {

    public Window {
        atLeast(1, input, "input size");
        atLeast(1, kernel, "kernel size");
        atLeast(1, stride, "stride");
        atLeast(1, dilation, "dilation");
        atLeast(0, padLow, "padding");
        atLeast(0, padHigh, "padding");
        long extent = extent(kernel, dilation);
        long padded = (long) input + padLow + padHigh;
        if (padded > Integer.MAX_VALUE || extent > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a window of extent " + extent + " over " + padded
                    + " positions is larger than 2147483647; use smaller sizes");
        }
        if (extent > padded) {
            throw new IllegalArgumentException("a window of extent " + extent + " (kernel " + kernel + ", dilation "
                    + dilation + ") does not fit the padded input of " + padded + " (" + input + " + " + padLow + " + "
                    + padHigh + "); use padding \"same\", a smaller kernel or a larger input");
        }
    }

    /**
     * The positions that the dilated kernel spans.
     *
     * @return {@code (kernel - 1) * dilation + 1}
     */
    public int extent() {
        return (int) extent(kernel, dilation);
    }

    /**
     * The places at which the kernel fits, relationship 15 of the guide (1 to 7 are special cases).
     *
     * @return {@code floor((input + padLow + padHigh - extent) / stride) + 1}
     */
    public int output() {
        return (input + padLow + padHigh - extent()) / stride + 1;
    }

    /**
     * Whether every position of the kernel is inside the input at every place, so that no bounds need checking.
     *
     * @return true when nothing is padded
     */
    public boolean unpadded() {
        return padLow == 0 && padHigh == 0;
    }

    /**
     * The window whose transposed convolution turns {@code transposedInput} positions into a larger output: the direct
     * window from that output back to the {@code transposedInput}. Relationships 8 to 14 of the guide.
     *
     * @param transposedInput positions of the transposed convolution's input
     * @param kernel positions of the kernel
     * @param stride the stride
     * @param dilation the dilation
     * @param crop positions cut from each side of the output, the direct convolution's padding
     * @param outputPadding positions appended to the output, below the stride
     * @return the direct window; its {@link #input()} is the size of the transposed convolution's output
     * @throws IllegalArgumentException when the output would be empty or the output padding is not below the stride
     */
    public static Window transposed(
            int transposedInput, int kernel, int stride, int dilation, int crop, int outputPadding) {
        atLeast(1, transposedInput, "input size");
        atLeast(1, stride, "stride");
        if (outputPadding < 0 || outputPadding >= Math.max(stride, dilation)) {
            throw new IllegalArgumentException("output padding " + outputPadding
                    + " must be 0 or more and smaller than the stride (" + stride + ") or the dilation");
        }
        long output = (long) stride * (transposedInput - 1) + extent(kernel, dilation) - 2L * crop + outputPadding;
        if (output < 1 || output > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a transposed convolution of " + transposedInput + " positions (kernel "
                    + kernel + ", stride " + stride + ", dilation " + dilation + ", cropped by " + crop
                    + " on each side) would have " + output + " output positions; use a larger kernel or less padding");
        }
        Window direct = new Window((int) output, kernel, stride, dilation, crop, crop);
        if (direct.output() != transposedInput) {
            throw new IllegalArgumentException("output padding " + outputPadding + " is too large for stride " + stride
                    + ": the output of " + output + " positions does not lead back to " + transposedInput);
        }
        return direct;
    }

    /**
     * The direct convolution that does what this window's transposed convolution does: the kernel, turned by 180 degrees,
     * slides with stride 1 over the transposed convolution's input, stretched by {@code stride - 1} zeros between its
     * positions and padded by {@code p' = extent - 1 - padLow} zeros before and, in front of the remainder that the
     * stride leaves out, {@code extent - 1 - padHigh} after it. Relationships 8 to 14 of the guide.
     *
     * @return a window whose {@link #output()} is this one's {@link #input()}
     * @throws IllegalArgumentException when this window is padded by its extent or more, so that the transposed
     *     convolution's input would have to be cropped instead
     */
    public Window stretched() {
        int size = stride * (output() - 1) + 1;
        int before = extent() - 1 - padLow;
        int after = input + extent() - 1 - size - before;
        if (before < 0 || after < 0) {
            throw new IllegalArgumentException("padding " + padLow + " and " + padHigh + " is not below the extent "
                    + extent() + " of the kernel, so whole positions of the transposed convolution's input would be cut"
                    + " off; use less padding");
        }
        return new Window(size, kernel, 1, dilation, before, after);
    }

    /**
     * The positions that a kernel spans.
     *
     * @param kernel positions of the kernel, 1 or more
     * @param dilation positions between two elements of the kernel, 1 or more
     * @return {@code (kernel - 1) * dilation + 1}
     */
    public static long extent(int kernel, int dilation) {
        return (kernel - 1L) * dilation + 1;
    }

    private static void atLeast(int least, int value, String what) {
        if (value < least) {
            throw new IllegalArgumentException(what + " must be " + least + " or more, but is " + value);
        }
    }
}
