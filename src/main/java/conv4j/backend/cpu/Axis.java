package conv4j.backend.cpu;

import conv4j.shape.Window;

/**
 * One axis of a convolution in either direction: tap k of target position t reads the source at {@code (t * step - padLow
 * + k * dilation) / gap}, where that is whole and inside.
 *
 * @param target positions that are computed
 * @param source positions that are read
 * @param taps positions of the kernel
 * @param step source positions (times gap) between two targets
 * @param gap spacing of the source, 1 in the forward direction
 * @param dilation spacing of the taps
 * @param padLow positions before the source, may be negative
 */
record Axis(int target, int source, int taps, int step, int gap, int dilation, int padLow) {

    /** The axis of the convolution itself. */
    static Axis forward(Window window) {
        return new Axis(
                window.output(),
                window.input(),
                window.kernel(),
                window.stride(),
                1,
                window.dilation(),
                window.padLow());
    }

    /** The axis of its input gradient, which meets the kernel's taps in reverse order. */
    static Axis backward(Window window) {
        return new Axis(
                window.input(),
                window.output(),
                window.kernel(),
                1,
                window.stride(),
                window.dilation(),
                (window.kernel() - 1) * window.dilation() - window.padLow());
    }

    /** The place before division by the gap. */
    int place(int position, int tap) {
        return position * step - padLow + tap * dilation;
    }

    /** The source position, or -1 for none. */
    int source(int position, int tap) {
        int place = place(position, tap);
        return place >= 0 && place % gap == 0 && place / gap < source ? place / gap : -1;
    }
}
