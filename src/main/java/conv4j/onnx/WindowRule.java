package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.shape.Window;
import java.util.Arrays;

/**
 * The windows that a node's attributes {@code kernel_shape, strides, dilations, pads, auto_pad, ceil_mode} describe.
 *
 * @param node the convolution or pooling
 * @param kernel the window's extents without dilation, one for each spatial axis
 */
record WindowRule(OnnxNode node, int... kernel) {

    int stride(int axis) {
        return positive(node.sizes("strides", kernel.length, 1)[axis], "strides");
    }

    int dilation(int axis) {
        return positive(node.sizes("dilations", kernel.length, 1)[axis], "dilations");
    }

    private int positive(int number, String attribute) {
        if (number < 1) {
            throw new FileFormatException(
                    node.label() + ": attribute '" + attribute + "' has " + number + ", but needs 1 or more");
        }
        return number;
    }

    long extent(int axis) {
        return Window.extent(kernel[axis], dilation(axis));
    }

    private String autoPad() {
        return node.text("auto_pad", "NOTSET");
    }

    boolean isSame() {
        return autoPad().startsWith("SAME");
    }

    boolean oddZeroFirst() {
        return autoPad().equals("SAME_LOWER");
    }

    /** The padding that is written down, before and behind an axis. */
    int[] pads(int axis) {
        int[] pads = autoPad().equals("NOTSET") ? node.sizes("pads", 2 * kernel.length, 0) : new int[2 * kernel.length];
        if (Arrays.stream(pads).anyMatch(pad -> pad < 0)) {
            throw new Unsupported("negative padding " + Arrays.toString(pads));
        }
        return new int[] {pads[axis], pads[axis + kernel.length]};
    }

    /** The padding of an axis of so many positions, computed where the node asks for that. */
    int[] pads(int axis, int input) {
        if (!isSame()) {
            return pads(axis);
        }
        int stride = stride(axis);
        long output = (input + stride - 1L) / stride;
        int total = (int) Math.max(0, (output - 1) * stride + extent(axis) - input);
        int first = oddZeroFirst() ? total - total / 2 : total / 2;
        return new int[] {first, total - first};
    }

    /** The window along an axis; with {@code ceil_mode} it is padded so that the last partial place counts. */
    Window window(int axis, int input) {
        int[] pads = pads(axis, input);
        int stride = stride(axis);
        int high = pads[1];
        if (node.flag("ceil_mode", false)) {
            long span = (long) input + pads[0] + pads[1] - extent(axis);
            long places = (span + stride - 1) / stride + 1;
            boolean onPaddingAlone = (places - 1) * stride >= (long) input + pads[0];
            long needed = ((onPaddingAlone ? places - 1 : places) - 1) * stride + extent(axis) - input - pads[0];
            high = (int) Math.max(high, needed);
        }
        return new Window(input, kernel[axis], stride, dilation(axis), pads[0], high);
    }

    /**
     * The window from a transposed convolution's output back to its input of so many positions: sizes by
     * {@code output_shape}, {@code output_padding} and the padding.
     */
    Window transposed(int axis, int input) {
        int stride = stride(axis);
        int appended = node.sizes("output_padding", kernel.length, 0)[axis];
        long full = (input - 1L) * stride + extent(axis);
        int[] pads = pads(axis);
        int cutLow = pads[0];
        long output = full + appended - pads[0] - pads[1];
        if (node.has("output_shape") || isSame()) {
            long wanted = node.has("output_shape")
                    ? node.sizes("output_shape", kernel.length, 0)[axis]
                    : (long) input * stride;
            int total = (int) Math.max(0, full + appended - wanted);
            cutLow = autoPad().equals("SAME_UPPER") ? total / 2 : total - total / 2;
            output = wanted;
        }
        long cutHigh = Math.max(full - output - cutLow, 0);
        return new Window(
                Sizes.checked(output, node.label() + ": the output"),
                kernel[axis],
                stride,
                dilation(axis),
                cutLow,
                Sizes.checked(cutHigh, node.label() + ": padding"));
    }
}
