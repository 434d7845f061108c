package conv4j.backend.cpu;

import conv4j.backend.Placement;
import conv4j.backend.Step;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.MatMul;
import conv4j.shape.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.bytedeco.dnnl.global.dnnl;

/** Convolutions and matrix products by oneDNN: every thread calls it for its part of the batch or of the result. */
final class OneDnnSteps implements AutoCloseable {

    private final OneDnn library;
    private final Blocks blocks;
    private final int maxBatch;
    private final Owned owned = new Owned();

    OneDnnSteps(OneDnn library, Blocks blocks, int maxBatch) {
        this.library = library;
        this.blocks = blocks;
        this.maxBatch = maxBatch;
    }

    /** Things that are closed together, the last one first. */
    static final class Owned implements AutoCloseable {
        private final List<AutoCloseable> list = new ArrayList<>();

        <T extends AutoCloseable> T add(T closeable) {
            list.add(closeable);
            return closeable;
        }

        @Override
        public void close() {
            for (int i = list.size() - 1; i >= 0; i--) {
                try {
                    list.get(i).close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            list.clear();
        }
    }

    /** Calls for one size of batch, and what they need. */
    record Calls(Owned owned, OneDnnCall[] parts) implements AutoCloseable {
        @Override
        public void close() {
            owned.close();
        }
    }

    private ByBatch<Calls> byBatch(IntFunction<Calls> make) {
        ByBatch<Calls> made = owned.add(new ByBatch<>(make));
        // What the full batch needs is allocated before training begins.
        made.get(maxBatch);
        return made;
    }

    private void execute(Calls calls) {
        blocks.workers().run(calls.parts().length, (part, lane) -> calls.parts()[part].execute(lane));
    }

    Step forward(Conv2d operation) {
        return owned.add(OneDnnConvolutionStep.forward(library, blocks, operation, maxBatch));
    }

    Step inputGradient(Conv2d.InputGradient operation) {
        return owned.add(OneDnnConvolutionStep.inputGradient(library, blocks, operation, maxBatch));
    }

    private void apply(Activation f, Floats values, long elements) {
        blocks.elements(elements, (from, count, lane) -> apply(f, values, from, from + count, lane));
    }

    /** The elements from the first up to, not including, the end. */
    static void apply(Activation f, Floats values, long first, long end, Lane lane) {
        float[] block = lane.floats(0, Blocks.SIZE);
        for (long from = first; from < end; from += Blocks.SIZE) {
            int count = (int) Math.min(Blocks.SIZE, end - from);
            values.get(from, block, count);
            Functions.apply(f, block, count, lane);
            values.put(from, block, count);
        }
    }

    /** The slope where an activation is a leaky ReLU that oneDNN can apply itself; plain ReLU would swallow NaN there. */
    static float[] fusedSlope(Activation f) {
        boolean leaky = f.kind() == Activation.Kind.RELU
                && f.alpha() > 0
                && f.threshold() == 0
                && f.maximum() == Float.POSITIVE_INFINITY;
        return leaky ? new float[] {f.alpha()} : null;
    }

    private static OneDnnConvolution wholePart(OneDnn library, Conv2d.KernelGradient operation, int maxBatch) {
        int parts = Parts.count(maxBatch, operation.kernelGradient().shape().size());
        return new OneDnnConvolution(
                library,
                OneDnnConvolution.Direction.KERNEL_GRADIENT,
                operation.geometry(),
                Parts.largest(maxBatch, parts),
                false,
                null,
                null);
    }

    /** Working memory of a kernel gradient: a packed kernel for every part. */
    static long scratch(OneDnn library, Conv2d.KernelGradient operation, int maxBatch) {
        int parts = Parts.count(maxBatch, operation.kernelGradient().shape().size());
        try (OneDnnConvolution part = wholePart(library, operation, maxBatch)) {
            return (long) parts * part.packedElements();
        }
    }

    Step kernelGradient(Conv2d.KernelGradient operation) {
        Placement.Location place = blocks.placement().scratch(operation);
        Floats working = new Floats((CpuMemory) place.memory(), Math.toIntExact(place.offset()));
        OneDnnConvolution whole = owned.add(wholePart(library, operation, maxBatch));
        OneDnnCall unpack = owned.add(OneDnnCall.reorder(
                library,
                whole.packedKernel(),
                OneDnnCall.pointer(working, 0),
                whole.plainKernel(),
                OneDnnCall.pointer(blocks.floats(operation.kernelGradient()), 0)));
        ByBatch<Calls> calls = byBatch(batch -> kernelGradient(operation, batch, working, whole));
        return run -> {
            Calls current = calls.get(run.batch());
            execute(current);
            Parts.sum(blocks, working, current.parts().length, whole.packedElements(), working);
            blocks.workers().run(1, (unused, lane) -> unpack.execute(lane));
        };
    }

    private Calls kernelGradient(Conv2d.KernelGradient operation, int batch, Floats working, OneDnnConvolution whole) {
        ConvGeometry g = operation.geometry();
        Floats input = blocks.floats(operation.input());
        Floats outputGradient = blocks.floats(operation.outputGradient());
        Owned mine = new Owned();
        OneDnnCall[] calls = new OneDnnCall
                [Parts.count(batch, operation.kernelGradient().shape().size())];
        for (int part = 0; part < calls.length; part++) {
            int first = Parts.start(part, calls.length, batch);
            int items = Parts.start(part + 1, calls.length, batch) - first;
            OneDnnConvolution what = mine.add(new OneDnnConvolution(
                    library, OneDnnConvolution.Direction.KERNEL_GRADIENT, g, items, false, null, whole.packedKernel()));
            calls[part] = mine.add(new OneDnnCall(library, what.description()))
                    .with(
                            dnnl.DNNL_ARG_SRC,
                            what.source(),
                            OneDnnCall.pointer(
                                    input, (long) first * g.inputShape().size()))
                    .with(
                            dnnl.DNNL_ARG_DIFF_DST,
                            what.target(),
                            OneDnnCall.pointer(
                                    outputGradient,
                                    (long) first * g.outputShape().size()))
                    .with(
                            dnnl.DNNL_ARG_DIFF_WEIGHTS,
                            whole.packedKernel(),
                            OneDnnCall.pointer(working, (long) part * whole.packedElements()));
        }
        return new Calls(mine, calls);
    }

    Step matMul(MatMul operation) {
        Activation f = operation.activation();
        float[] slope = fusedSlope(f);
        Floats output = blocks.floats(operation.output());
        OneDnnProduct product = new OneDnnProduct(library, blocks, operation, slope);
        ByBatch<Calls> calls = byBatch(product::calls);
        boolean after = slope == null && !f.isLinear();
        return run -> {
            execute(calls.get(run.batch()));
            if (after) {
                apply(f, output, operation.m(run.batch()) * operation.n());
            }
        };
    }

    @Override
    public void close() {
        owned.close();
    }
}
