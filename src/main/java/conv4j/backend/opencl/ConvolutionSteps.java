package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Value;
import java.util.stream.Stream;

/**
 * Steps of convolutions and their gradients. The input gradient is the same gather as the convolution, over the kernel
 * with its taps reversed; weights are rearranged into scratch first where kernels with vectors read them so.
 */
final class ConvolutionSteps {

    /** What a gather reads and writes; the operation owns the scratch. */
    record Arrays(Operation op, Value source, Value weights, Value bias, Value target, Activation f) {}

    /** The file of direct convolutions with vectors. */
    static final String VECTORS = "convolution_vectors";

    /** The same of their kernel gradients. */
    static final String VECTORS_GRADIENT = "kernel_gradient_vectors";

    private ConvolutionSteps() {}

    /** Floats of scratch of a convolution. */
    static long scratch(Style style, Conv2d op, int maxBatch) {
        return gatherScratch(style, GatherGeometry.forward(op.geometry()), maxBatch);
    }

    /** Floats of scratch of a convolution with its pooling. */
    static long scratch(Style style, PooledConv2d op) {
        return WinogradSteps.scratch(style, GatherGeometry.pooled(op));
    }

    /** Floats of scratch of an input gradient. */
    static long scratch(Style style, Conv2d.InputGradient op, int maxBatch) {
        GatherGeometry g = GatherGeometry.inputGradient(op.geometry());
        return Tuning.col2im(style, g) ? Col2ImSteps.scratch(style, g, maxBatch) : gatherScratch(style, g, maxBatch);
    }

    /** Floats of scratch of an input gradient with that of a pooling. */
    static long scratch(Style style, PooledConv2d.InputGradient op) {
        return WinogradSteps.scratch(style, GatherGeometry.pooled(op));
    }

    private static long gatherScratch(Style style, GatherGeometry g, int maxBatch) {
        if (Tuning.winograd(style, g, maxBatch)) {
            return style.vectors() ? WinogradSteps.scratch(style, g) : WinogradTileSteps.scratch(style, g, maxBatch);
        }
        return style.vectors() && !Tuning.acrossGroups(style, g) ? packed(style, g) : 0;
    }

    /** Floats of scratch of a kernel gradient: the partial sums, in tiles by Winograd's method the transforms too. */
    static long scratch(Style style, Conv2d.KernelGradient op, int maxBatch) {
        GatherGeometry g = GatherGeometry.forward(op.geometry());
        boolean transforms = !style.vectors() && Tuning.winogradGradient(style, g, maxBatch);
        return transforms ? WinogradTileSteps.gradientScratch(style, g, maxBatch) : partialSums(style, g, maxBatch);
    }

    /** Floats of scratch of a kernel gradient with that of a pooling. */
    static long scratch(Style style, PooledConv2d.KernelGradient op, int maxBatch) {
        return partialSums(style, GatherGeometry.pooled(op), maxBatch);
    }

    private static long partialSums(Style style, GatherGeometry g, int maxBatch) {
        int splits = Tuning.splits(style, g, maxBatch);
        return splits == 1 ? 0 : splits * g.weights();
    }

    /** Whether an operation is a convolution, or a gradient of one, that Winograd's method does. */
    static boolean usesWinograd(Style style, Operation operation, int maxBatch) {
        if (operation instanceof Conv2d op) {
            return Tuning.winograd(style, GatherGeometry.forward(op.geometry()), maxBatch);
        }
        if (operation instanceof Conv2d.KernelGradient op) {
            return Tuning.winogradGradient(style, GatherGeometry.forward(op.geometry()), maxBatch);
        }
        return operation instanceof Conv2d.InputGradient op
                && Tuning.winograd(style, GatherGeometry.inputGradient(op.geometry()), maxBatch);
    }

    private static long panels(Style style, GatherGeometry g) {
        return divideUp(g.targets(), Tuning.vectorColumns(style));
    }

    private static long packed(Style style, GatherGeometry g) {
        return g.groups() * panels(style, g) * g.tapRows() * Tuning.vectorColumns(style);
    }

    /** The convolution, with bias and activation. */
    static Step forward(Preparation preparation, Conv2d op) {
        GatherGeometry g = GatherGeometry.forward(op.geometry());
        Arrays arrays = new Arrays(op, op.input(), op.kernel(), op.bias(), op.output(), op.activation());
        return gather(preparation, g, arrays, false);
    }

    /** The gradient with respect to the input, or the transposed convolution. */
    static Step inputGradient(Preparation preparation, Conv2d.InputGradient op) {
        GatherGeometry g = GatherGeometry.inputGradient(op.geometry());
        Arrays arrays = new Arrays(op, op.outputGradient(), op.kernel(), null, op.inputGradient(), Activation.LINEAR);
        if (Tuning.col2im(preparation.style(), g)) {
            return Col2ImSteps.step(preparation, g, arrays);
        }
        return gather(preparation, g, arrays, true);
    }

    private static Step gather(Preparation preparation, GatherGeometry g, Arrays arrays, boolean reversed) {
        if (Tuning.acrossGroups(preparation.style(), g)) {
            return grouped(preparation, g, arrays, reversed);
        }
        return preparation.style().vectors()
                ? direct(preparation, g, arrays, reversed)
                : tiled(preparation, g, arrays, reversed);
    }

    /** The convolution by Winograd's method with the pooling of its patches and an activation, with vectors. */
    static Step pooled(Preparation preparation, PooledConv2d op) {
        GatherGeometry g = GatherGeometry.pooled(op);
        Conv2d conv = op.convolution();
        Arrays arrays = new Arrays(op, conv.input(), conv.kernel(), conv.bias(), op.output(), op.activation());
        return WinogradSteps.pooled(preparation, g, arrays, op.pooling().places());
    }

    /** The input gradient by Winograd's method from that of the maxima, with vectors. */
    static Step inputGradient(Preparation preparation, PooledConv2d.InputGradient op) {
        GatherGeometry g = GatherGeometry.pooled(op);
        Conv2d.InputGradient conv = op.convolution();
        Value maxima = op.pooling().outputGradient();
        Arrays arrays = new Arrays(op, maxima, conv.kernel(), null, conv.inputGradient(), Activation.LINEAR);
        return WinogradSteps.fromMaxima(preparation, g, arrays, op.pooling().places());
    }

    /** The weights in panels of columns, left at the beginning of scratch. */
    private static Step packing(Preparation preparation, GatherGeometry g, Arrays arrays, boolean reversed) {
        long panels = panels(preparation.style(), g);
        KernelCall pack = preparation.kernel(VECTORS, VectorBlock.OPTIONS, "convolution_pack");
        pack.array(arrays.weights).scratch(arrays.op, 0).ints(g.words()).ints(reversed ? 1 : 0);
        return pack.over(batch -> new long[] {g.taps(), panels, g.groups()}, 1, 1, 1);
    }

    private static Step direct(Preparation preparation, GatherGeometry g, Arrays arrays, boolean reversed) {
        if (Tuning.winograd(preparation.style(), g, preparation.maxBatch())) {
            return WinogradSteps.step(preparation, g, arrays, reversed);
        }
        Step packing = packing(preparation, g, arrays, reversed);
        if (Tuning.lines(preparation.style(), g)) {
            return Preparation.inOrder(packing, LineSteps.step(preparation, g, arrays));
        }
        // Taps are packed in the order in which they are met.
        Stream<Step> phases = GatherPhase.of(g, false).stream().map(phase -> direct(preparation, phase, arrays));
        return Preparation.inOrder(Stream.concat(Stream.of(packing), phases).toArray(Step[]::new));
    }

    private static Step direct(Preparation preparation, GatherPhase phase, Arrays arrays) {
        GatherGeometry g = phase.gather();
        KernelCall call = preparation.kernel(VECTORS, VectorBlock.OPTIONS, "convolution");
        call.control().array(arrays.source).scratch(arrays.op, 0);
        finish(call, g, arrays).ints(phase.words());
        return call.overBlocks(batch -> batch * g.positions(), g.targets(), g.groups());
    }

    private static Step tiled(Preparation preparation, GatherGeometry g, Arrays arrays, boolean reversed) {
        if (Tuning.winograd(preparation.style(), g, preparation.maxBatch())) {
            return WinogradTileSteps.gather(preparation, g, arrays, reversed);
        }
        long positions = preparation.maxBatch() * g.positions();
        long together = positions / ((long) g.rows().gap() * g.columns().gap());
        TileProgram program = TileProgram.convolution(g, reversed);
        Tile usual = Tuning.tile(preparation.style(), together, g.targets(), g.groups());
        Tile tile = preparation.tile(program, shape("convolution", positions, g), usual);
        return Preparation.inOrder(GatherPhase.of(g, reversed).stream()
                .map(phase -> tiled(preparation, program, tile, phase, arrays))
                .toArray(Step[]::new));
    }

    private static Step tiled(
            Preparation preparation, TileProgram program, Tile tile, GatherPhase phase, Arrays arrays) {
        GatherGeometry g = phase.gather();
        KernelCall call = preparation.kernel(program, tile);
        call.control().array(arrays.source).array(arrays.weights).arrayOr(arrays.bias, arrays.source);
        call.array(arrays.target).ints(g.words()).ints(phase.words());
        activate(call, arrays);
        return call.overTiles(tile, batch -> batch * g.positions(), g.targets(), g.groups());
    }

    /** For the table of tiles: what decides how long a convolution takes, but for the part of it that is padding. */
    private static String shape(String what, long positions, GatherGeometry g) {
        String gap = g.rows().gap() == 1
                ? ""
                : " of " + g.rows().gap() + " x " + g.columns().gap();
        return what + " " + g.rows().taps() + "x" + g.columns().taps() + ", " + positions + " positions, "
                + g.sources() + " to " + g.targets() + " channels, groups " + g.groups() + ", step "
                + g.rows().step() + "x" + g.columns().step() + gap;
    }

    private static Step grouped(Preparation preparation, GatherGeometry g, Arrays arrays, boolean reversed) {
        Style style = preparation.style();
        KernelCall call = preparation.kernel(groupedFile(style), "grouped_convolution");
        call.control().array(arrays.source).array(arrays.weights);
        finish(call, g, arrays).ints(reversed ? 1 : 0);
        if (style.vectors()) {
            long columns = divideUp(g.targetChannels(), style.vectorWidth());
            return call.over(
                    batch -> new long[] {columns, (long) batch * g.rows().target()}, 1, 1);
        }
        return call.over(batch -> new long[] {g.targetChannels(), batch * g.positions()}, Tuning.GROUPED_ITEMS, 1);
    }

    /** The arguments that all kernels of a gather end with. */
    static KernelCall finish(KernelCall call, GatherGeometry g, Arrays arrays) {
        call.arrayOr(arrays.bias, arrays.source).array(arrays.target).ints(g.words());
        return activate(call, arrays);
    }

    private static KernelCall activate(KernelCall call, Arrays arrays) {
        return call.activation(arrays.f).ints(arrays.bias == null ? 0 : 1);
    }

    private static String groupedFile(Style style) {
        return style.vectors() ? "grouped_vectors" : "grouped_tiles";
    }

    /** What a kernel gradient reads and writes; the operation owns the scratch. Places are null but behind a pooling. */
    private record GradientArrays(
            Operation op, Value input, Value outputGradient, Value places, Value kernelGradient) {}

    /** The gradient with respect to the kernel: partial sums over runs of target positions, then their sum in order. */
    static Step kernelGradient(Preparation preparation, Conv2d.KernelGradient op) {
        Style style = preparation.style();
        GatherGeometry g = GatherGeometry.forward(op.geometry());
        if (!style.vectors() && Tuning.winogradGradient(style, g, preparation.maxBatch())) {
            return WinogradTileSteps.kernelGradient(preparation, g, op);
        }
        int splits = Tuning.splits(style, g, preparation.maxBatch());
        GradientArrays arrays = new GradientArrays(op, op.input(), op.outputGradient(), null, op.kernelGradient());
        Step partial = Tuning.gradientAcrossGroups(style, g)
                ? groupedGradient(preparation, g, arrays, splits)
                : style.vectors()
                        ? directGradient(preparation, g, arrays, splits)
                        : tiledGradient(preparation, g, arrays, splits);
        return summed(preparation, partial, arrays, splits);
    }

    /** The gradient with respect to the kernel by Winograd's method from that of the maxima, with vectors. */
    static Step kernelGradient(Preparation preparation, PooledConv2d.KernelGradient op) {
        GatherGeometry g = GatherGeometry.pooled(op);
        int splits = Tuning.splits(preparation.style(), g, preparation.maxBatch());
        MaxPool2d.PlacesGradient pooling = op.pooling();
        GradientArrays arrays = new GradientArrays(
                op,
                op.convolution().input(),
                pooling.outputGradient(),
                pooling.places(),
                op.convolution().kernelGradient());
        return summed(preparation, winogradGradient(preparation, g, arrays, splits), arrays, splits);
    }

    private static Step summed(Preparation preparation, Step partial, GradientArrays arrays, int splits) {
        if (splits == 1) {
            return partial;
        }
        Step sum = MatMulSteps.sum(preparation, arrays.op, null, arrays.kernelGradient, splits, Activation.LINEAR);
        return Preparation.inOrder(partial, sum);
    }

    private static KernelCall gradient(KernelCall call, GatherGeometry g, GradientArrays arrays, int splits) {
        call.control().array(arrays.input).array(arrays.outputGradient);
        KernelCall target = splits == 1 ? call.array(arrays.kernelGradient) : call.scratch(arrays.op, 0);
        return target.ints(g.words()).ints(splits);
    }

    private static Step winogradGradient(Preparation preparation, GatherGeometry g, GradientArrays arrays, int splits) {
        KernelCall call = WinogradSteps.gradientCall(preparation, arrays.places != null);
        gradient(call, g, arrays, splits);
        return WinogradSteps.kernelGradient(preparation, g, splits, call, arrays.places);
    }

    private static Step directGradient(Preparation preparation, GatherGeometry g, GradientArrays arrays, int splits) {
        if (Tuning.winogradGradient(preparation.style(), g, preparation.maxBatch())) {
            return winogradGradient(preparation, g, arrays, splits);
        }
        if (Tuning.linesGradient(preparation.style(), g)) {
            KernelCall call = preparation.kernel(LineSteps.FILE, "line_kernel_gradient");
            return LineSteps.kernelGradient(preparation, g, splits, gradient(call, g, arrays, splits));
        }
        KernelCall call = preparation.kernel(VECTORS_GRADIENT, VectorBlock.OPTIONS, "convolution_kernel_gradient");
        return gradient(call, g, arrays, splits)
                .overBlocks(batch -> g.tapRows(), g.targets(), Math.multiplyExact(g.groups(), splits));
    }

    private static Step tiledGradient(Preparation preparation, GatherGeometry g, GradientArrays arrays, int splits) {
        String shape = shape("kernel gradient", preparation.maxBatch() * g.positions(), g);
        TileProgram program = TileProgram.kernelGradient(g);
        Tile tile = preparation.tile(program, shape, Tuning.gradientTile(preparation.style(), g));
        KernelCall call = preparation.kernel(program, tile);
        return gradient(call, g, arrays, splits)
                .overTiles(tile, batch -> g.tapRowsInFours(), g.targets(), (long) g.groups() * splits);
    }

    private static Step groupedGradient(Preparation preparation, GatherGeometry g, GradientArrays arrays, int splits) {
        Style style = preparation.style();
        KernelCall call = preparation.kernel(groupedFile(style), "grouped_kernel_gradient");
        gradient(call, g, arrays, splits);
        if (style.vectors()) {
            long columns = divideUp(g.targetChannels(), style.vectorWidth());
            return call.over(batch -> new long[] {columns, splits}, 1, 1);
        }
        return call.over(batch -> new long[] {g.targetChannels(), g.tapRows(), splits}, Tuning.GROUPED_ITEMS, 1, 1);
    }
}
