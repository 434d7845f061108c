package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;

/** Steps of convolutions of few channels, and of their kernel gradients, over copied lines with padding around them. */
final class LineSteps {

    /** The file of kernels. */
    static final String FILE = "line_vectors";

    // What the kernels have room for: LINE_FLOATS and LINE_TAP_ROWS.
    private static final int FLOATS = 8192;
    private static final int TAP_ROWS = 256;

    // Target rows of a work-item: enough for the ring of lines to be filled seldom.
    private static final int ROWS_PER_ITEM = 8;

    private LineSteps() {}

    /** Whether the kernels can do a convolution: without groups and gaps, and with lines that fit. */
    static boolean canDo(Style style, GatherGeometry g) {
        boolean plain = g.groups() == 1 && g.rows().gap() == 1 && g.columns().gap() == 1;
        return plain && floats(style, g) <= FLOATS && g.tapRows() <= TAP_ROWS;
    }

    // struct Ring, and a line of zeros.
    private static long floats(Style style, GatherGeometry g) {
        GatherGeometry.Axis x = g.columns();
        long slots = (g.rows().taps() - 1L) * g.rows().dilation() + 1;
        int tile = style.tileRows() + style.tileRows() / 3;
        long pitch = divideUp(x.target(), tile) * tile + (x.taps() - 1L) * x.dilation() / x.step();
        return (slots * g.sources() * x.step() + 1) * pitch;
    }

    /** The convolution, after its kernel was packed. */
    static Step step(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays) {
        int rows = preparation.smallPieces() ? 1 : ROWS_PER_ITEM;
        KernelCall call = preparation.kernel(FILE, "line_convolution");
        call.control().array(arrays.source()).scratch(arrays.op(), 0);
        ConvolutionSteps.finish(call, g, arrays).ints(rows);
        return call.over(batch -> new long[] {divideUp((long) batch * g.rows().target(), rows)}, 1);
    }

    /** Partial sums of a kernel gradient over runs of target rows, for a call that has its arguments. */
    static Step kernelGradient(Preparation preparation, GatherGeometry g, int splits, KernelCall call) {
        long vectors = divideUp(g.targets(), preparation.style().vectorWidth());
        return call.over(batch -> new long[] {vectors, splits}, 1, 1);
    }
}
