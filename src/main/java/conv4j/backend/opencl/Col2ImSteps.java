package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Activation;

/**
 * Steps of input gradients of few channels on GPUs: a matrix product for taps and channels together, and what gathers
 * them, see col2im.cl; for a part of the batch at a time.
 */
final class Col2ImSteps {

    /** The kernel and its file. */
    static final String FILE = "col2im";

    private Col2ImSteps() {}

    /** Whether it can do a gather that is an input gradient. */
    static boolean canDo(GatherGeometry g) {
        return g.groups() == 1 && g.rows().dilation() == 1 && g.columns().dilation() == 1;
    }

    private static long sourcePositions(GatherGeometry g) {
        return (long) g.rows().source() * g.columns().source();
    }

    private static int columns(GatherGeometry g) {
        return Math.multiplyExact(g.taps(), g.targets());
    }

    private static BatchParts parts(Style style, GatherGeometry g, int maxBatch) {
        return BatchParts.of(style, sourcePositions(g) * columns(g), maxBatch);
    }

    /** Floats of scratch: the columns of a part of the batch. */
    static long scratch(Style style, GatherGeometry g, int maxBatch) {
        return parts(style, g, maxBatch).items() * sourcePositions(g) * columns(g);
    }

    /** The input gradient. */
    static Step step(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays) {
        BatchParts parts = parts(preparation.style(), g, preparation.maxBatch());
        return parts.each(first -> step(preparation, g, arrays, parts, first));
    }

    /** A part of the batch from an item on. */
    static Step step(
            Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, BatchParts parts, int first) {
        TileProgram program = TileProgram.product(false, true, g.sources(), g.sources(), columns(g));
        long rows = parts.items() * sourcePositions(g);
        Tile usual = Tuning.tile(preparation.style(), rows, columns(g), 1);
        String shape = "columns of an input gradient, " + rows + " x " + g.sources() + " x " + columns(g);
        Tile tile = preparation.tile(program, shape, usual);
        KernelCall product = preparation.kernel(program, tile).control();
        product.array(arrays.source(), first * sourcePositions(g) * g.sources()).array(arrays.weights());
        product.arrayOr(null, arrays.source()).scratch(arrays.op(), 0);
        product.ints(
                MatMulSteps.sizes(sourcePositions(g), columns(g), g.sources(), 1, false, true, first, parts.items()));
        product.activation(Activation.LINEAR).ints(0).ints(1);
        KernelCall gather = preparation.kernel(FILE, FILE).control();
        gather.scratch(arrays.op(), 0)
                .array(arrays.target())
                .ints(g.words())
                .ints(first)
                .ints(parts.items());
        return Preparation.inOrder(
                product.overTiles(tile, batch -> parts.items(first, batch) * sourcePositions(g), columns(g), 1),
                gather.over(batch -> new long[] {parts.items(first, batch) * g.positions() * g.targets()}));
    }
}
