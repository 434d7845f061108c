package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;

/**
 * Steps of convolutions by Winograd's method on GPUs, see winograd_tiles.cl: transforms, which go through global memory,
 * around sixteen matrix products in tiles, for a part of the batch at a time.
 */
final class WinogradTileSteps {

    /** The file of the transforms. */
    static final String FILE = "winograd_tiles";

    private static final String SOURCE = "winograd_source";

    // Elements of a transform.
    private static final int ELEMENTS = 16;

    private WinogradTileSteps() {}

    /** Such that working memory has both transforms of a part. */
    static BatchParts parts(Style style, GatherGeometry g, int maxBatch) {
        return BatchParts.of(style, floats(g), maxBatch);
    }

    /** Floats of both transforms of an item. */
    private static long floats(GatherGeometry g) {
        return ELEMENTS * g.patches() * (g.sources() + g.targets());
    }

    /** Floats of scratch of a convolution or an input gradient: the transformed kernel, source and sums. */
    static long scratch(Style style, GatherGeometry g, int maxBatch) {
        return ELEMENTS * pairs(g) + transforms(g, parts(style, g, maxBatch));
    }

    /** Floats of scratch of a kernel gradient: the transformed source and gradients, and the sums of all parts. */
    static long gradientScratch(Style style, GatherGeometry g, int maxBatch) {
        BatchParts parts = parts(style, g, maxBatch);
        return transforms(g, parts) + parts.count() * Tuning.winogradSplits(style, g, parts) * ELEMENTS * pairs(g);
    }

    private static long transforms(GatherGeometry g, BatchParts parts) {
        return parts.items() * floats(g);
    }

    /** Elements of the transformed source, of which the ones of the target are behind. */
    private static long source(GatherGeometry g, BatchParts parts) {
        return ELEMENTS * parts.items() * g.patches() * g.sources();
    }

    private static long pairs(GatherGeometry g) {
        return (long) g.sources() * g.targets();
    }

    /** The convolution or, with the kernel's taps met in reverse, the input gradient. */
    static Step gather(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, boolean reversed) {
        BatchParts parts = parts(preparation.style(), g, preparation.maxBatch());
        return Preparation.inOrder(
                weights(preparation, g, arrays, reversed),
                parts.each(first -> gather(preparation, g, arrays, reversed, parts, first)));
    }

    /** U from the kernel. */
    static Step weights(Preparation preparation, GatherGeometry g, ConvolutionSteps.Arrays arrays, boolean reversed) {
        int columns = arrays.weights().columns();
        KernelCall call = kernel(preparation, "winograd_weights", columns);
        call.array(arrays.weights()).scratch(arrays.op(), 0).number(pairs(g)).ints(reversed ? 1 : 0);
        long width = preparation.style().width(columns);
        return call.over(batch -> new long[] {pairs(g) / width});
    }

    /** A part of the batch from an item on. */
    static Step gather(
            Preparation preparation,
            GatherGeometry g,
            ConvolutionSteps.Arrays arrays,
            boolean reversed,
            BatchParts parts,
            int first) {
        long transformed = ELEMENTS * pairs(g);
        long sums = transformed + source(g, parts);
        TileProgram program = TileProgram.product(
                false, reversed, g.sources(), arrays.weights().columns(), g.targets());
        long rows = parts.items() * g.patches();
        Tile usual = Tuning.tile(preparation.style(), rows, g.targets(), ELEMENTS);
        Tile tile = preparation.tile(program, shape("convolution", rows, g), usual);
        KernelCall product = preparation.kernel(program, tile).control();
        product.scratch(arrays.op(), transformed).scratch(arrays.op(), 0).arrayOr(null, arrays.source());
        product.scratch(arrays.op(), sums);
        product.ints(
                MatMulSteps.sizes(g.patches(), g.targets(), g.sources(), 1, false, reversed, first, parts.items()));
        product.activation(Activation.LINEAR).ints(0).ints(1);

        KernelCall target = kernel(preparation, "winograd_targets", g.targets()).control();
        target.array(arrays.source()).array(arrays.weights()).scratch(arrays.op(), sums);
        ConvolutionSteps.finish(target, g, arrays)
                .ints(reversed ? 1 : 0)
                .ints(first)
                .ints(parts.items());
        return Preparation.inOrder(
                transform(preparation, g, SOURCE, arrays.source(), arrays.op(), transformed, parts, first),
                product.overTiles(tile, batch -> parts.items(first, batch) * g.patches(), g.targets(), ELEMENTS),
                overPatches(preparation, target, g, g.targets(), parts, first));
    }

    /** The gradient with respect to the kernel. */
    static Step kernelGradient(Preparation preparation, GatherGeometry g, Conv2d.KernelGradient op) {
        BatchParts parts = parts(preparation.style(), g, preparation.maxBatch());
        int splits = Tuning.winogradSplits(preparation.style(), g, parts);
        long sums = transforms(g, parts);
        KernelCall sum = kernel(preparation, "winograd_sum", g.targets()).control();
        sum.array(op.input()).array(op.outputGradient()).scratch(op, sums).array(op.kernelGradient());
        sum.ints(g.words()).ints(parts.items()).ints(splits);
        long width = preparation.style().width(g.targets());
        long sumsOfPart = splits * ELEMENTS * pairs(g);
        return Preparation.inOrder(
                parts.each(first -> gradientSums(
                        preparation, g, op, parts, first, splits, sums + first / parts.items() * sumsOfPart)),
                sum.over(batch -> new long[] {pairs(g) / width}));
    }

    /** The sums over a part of the batch from an item on, left at a place in scratch. */
    static Step gradientSums(
            Preparation preparation,
            GatherGeometry g,
            Conv2d.KernelGradient op,
            BatchParts parts,
            int first,
            int splits,
            long sums) {
        long gradients = source(g, parts);
        TileProgram program = TileProgram.product(true, false, g.sources(), g.targets(), g.targets());
        Tile usual = Tuning.winogradGradientTile(preparation.style(), g);
        Tile tile = preparation.tile(program, shape("kernel gradient", parts.items() * g.patches(), g), usual);
        KernelCall product = preparation.kernel(program, tile).control();
        product.scratch(op, 0).scratch(op, gradients).arrayOr(null, op.input()).scratch(op, sums);
        product.ints(MatMulSteps.sizes(g.sources(), g.targets(), g.patches(), 2, true, false, first, parts.items()));
        product.activation(Activation.LINEAR).ints(0).ints(splits);
        return Preparation.inOrder(
                transform(preparation, g, SOURCE, op.input(), op, 0, parts, first),
                transform(preparation, g, "winograd_gradients", op.outputGradient(), op, gradients, parts, first),
                product.overTiles(tile, batch -> g.sources(), g.targets(), (long) ELEMENTS * splits));
    }

    /** The transform of a value by one of the kernels that read a part of it, left at a place in scratch. */
    private static Step transform(
            Preparation preparation,
            GatherGeometry g,
            String kernel,
            Value from,
            Operation op,
            long to,
            BatchParts parts,
            int first) {
        int channels = from.columns();
        KernelCall call = kernel(preparation, kernel, channels).control();
        call.array(from).scratch(op, to).ints(g.words()).ints(first).ints(parts.items());
        return overPatches(preparation, call, g, channels, parts, first);
    }

    private static KernelCall kernel(Preparation preparation, String name, int columns) {
        return preparation.kernel(FILE, preparation.style().widthOption(columns), name);
    }

    private static Step overPatches(
            Preparation preparation, KernelCall call, GatherGeometry g, int channels, BatchParts parts, int first) {
        long vectors = channels / preparation.style().width(channels);
        return call.over(batch -> new long[] {parts.items(first, batch) * g.patches() * vectors});
    }

    private static String shape(String what, long patches, GatherGeometry g) {
        return "Winograd's " + what + ", " + patches + " patches, " + g.sources() + " to " + g.targets() + " channels";
    }
}
