package conv4j.backend.opencl;

import conv4j.graph.PooledConv2d;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;

/**
 * A convolution as the kernels see it, {@code struct Convolution} of common.cl: for each position of the target, which
 * positions of the source it sums over. A convolution gathers from its input, its input gradient from the output's
 * gradient.
 *
 * @param rows along the height
 * @param columns along the width
 * @param sourceChannels channels of what is read
 * @param targetChannels channels of what is written
 * @param groups groups of channels that are convolved separately
 */
record GatherGeometry(Axis rows, Axis columns, int sourceChannels, int targetChannels, int groups) {

    /**
     * One axis: target position t meets tap k at {@code s = t * step + k * dilation - padLow}, which counts when {@code
     * gap} divides s and {@code 0 <= s / gap < source}.
     */
    record Axis(int target, int source, int taps, int step, int gap, int dilation, int padLow) {

        static Axis forward(Window w) {
            return new Axis(w.output(), w.input(), w.kernel(), w.stride(), 1, w.dilation(), w.padLow());
        }

        /** The taps are met in reverse, so the far end of the kernel decides the padding. */
        static Axis inputGradient(Window w) {
            int padLow = (w.kernel() - 1) * w.dilation() - w.padLow();
            return new Axis(w.input(), w.output(), w.kernel(), 1, w.stride(), w.dilation(), padLow);
        }

        /** The axis with at most so many target positions. */
        Axis upTo(int targets) {
            return new Axis(Math.min(target, targets), source, taps, step, gap, dilation, padLow);
        }

        /** The axis with at most so many source positions. */
        Axis fromUpTo(int sources) {
            return new Axis(target, Math.min(source, sources), taps, step, gap, dilation, padLow);
        }

        /** Whether the axis is that of a kernel of 3 that moves and spreads by 1. */
        boolean isPlainThree() {
            return taps == 3 && step == 1 && gap == 1 && dilation == 1;
        }

        /** Pairs of a target position and a tap that meet a source position; step, gap and dilation are 1. */
        long pairs() {
            long pairs = 0;
            for (int tap = 0; tap < taps; tap++) {
                int first = Math.max(0, padLow - tap);
                pairs += Math.max(0, Math.min(target, source + padLow - tap) - first);
            }
            return pairs;
        }
    }

    /** The convolution itself; also the form in which its kernel gradient wants it. */
    static GatherGeometry forward(ConvGeometry g) {
        return new GatherGeometry(
                Axis.forward(g.rows()), Axis.forward(g.columns()), g.inputChannels(), g.outputChannels(), g.groups());
    }

    /** A convolution whose patches are the windows of a pooling: without the last row or column where no window has it. */
    static GatherGeometry pooled(PooledConv2d op) {
        return pooled(op.convolution().geometry(), op.pooling().geometry());
    }

    /** The same for the kernel gradient of such a convolution. */
    static GatherGeometry pooled(PooledConv2d.KernelGradient op) {
        return pooled(op.convolution().geometry(), op.pooling().geometry());
    }

    private static GatherGeometry pooled(ConvGeometry convolution, PoolGeometry pool) {
        GatherGeometry g = forward(convolution);
        return g.with(
                g.rows.upTo(2 * pool.rows().output()),
                g.columns.upTo(2 * pool.columns().output()));
    }

    /** The input gradient of such a convolution, which reads the gradient that windows pass on. */
    static GatherGeometry pooled(PooledConv2d.InputGradient op) {
        GatherGeometry g = inputGradient(op.convolution().geometry());
        PoolGeometry pool = op.pooling().geometry();
        return g.with(
                g.rows.fromUpTo(2 * pool.rows().output()),
                g.columns.fromUpTo(2 * pool.columns().output()));
    }

    private GatherGeometry with(Axis otherRows, Axis otherColumns) {
        return new GatherGeometry(otherRows, otherColumns, sourceChannels, targetChannels, groups);
    }

    /** The gradient with respect to the input, which is the transposed convolution. */
    static GatherGeometry inputGradient(ConvGeometry g) {
        return new GatherGeometry(
                Axis.inputGradient(g.rows()),
                Axis.inputGradient(g.columns()),
                g.outputChannels(),
                g.inputChannels(),
                g.groups());
    }

    /** Source channels of a group. */
    int sources() {
        return sourceChannels / groups;
    }

    /** Target channels of a group. */
    int targets() {
        return targetChannels / groups;
    }

    int taps() {
        return rows.taps * columns.taps;
    }

    /** Target positions of one item of the batch. */
    long positions() {
        return (long) rows.target * columns.target;
    }

    /** Patches of 2x2 target positions of one item of the batch, the last ones of a row or column smaller. */
    long patches() {
        return ((long) rows.target + 1) / 2 * ((columns.target + 1) / 2);
    }

    /** Rows of the kernel as a matrix: (tap, source channel of the group). */
    int tapRows() {
        return Math.multiplyExact(taps(), sources());
    }

    /** The same with the source channels of a group filled up to a multiple of four, as tiles read them. */
    int tapRowsInFours() {
        return Math.multiplyExact(taps(), (sources() + 3) / 4 * 4);
    }

    /** Elements of the kernel. */
    long weights() {
        return (long) tapRows() * targetChannels;
    }

    /** The words of the struct. */
    int[] words() {
        return new int[] {
            rows.target,
            rows.source,
            rows.taps,
            rows.step,
            rows.gap,
            rows.dilation,
            rows.padLow,
            columns.target,
            columns.source,
            columns.taps,
            columns.step,
            columns.gap,
            columns.dilation,
            columns.padLow,
            sourceChannels,
            targetChannels,
            groups
        };
    }
}
