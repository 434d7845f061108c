package conv4j.backend.cpu;

import conv4j.backend.Run;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/** Forward convolution or input gradient, of some items at a time; all read a kernel that is packed once in a run. */
final class OneDnnConvolutionStep implements ItemStep, AutoCloseable {

    private final OneDnn library;
    private final Blocks blocks;
    private final OneDnnSteps.Owned owned = new OneDnnSteps.Owned();
    private final OneDnnConvolution.Direction direction;
    private final ConvGeometry g;
    private final Place source;
    private final Place target;
    private final Floats bias;
    private final float[] slope;
    private final Activation after;
    private final dnnl_memory_desc layout;
    private final Pointer weights;
    private final OneDnnCall pack;
    private final List<ByBatch<Items>> byLane = new ArrayList<>();

    /**
     * A convolution, with its bias and activation.
     *
     * @param library the library
     * @param blocks threads and places
     * @param operation what to compute
     * @param maxBatch the largest batch
     * @return the step
     * @throws OneDnn.Refusal when oneDNN does not compute such a convolution
     */
    static OneDnnConvolutionStep forward(OneDnn library, Blocks blocks, Conv2d operation, int maxBatch) {
        return new OneDnnConvolutionStep(
                library,
                blocks,
                OneDnnConvolution.Direction.FORWARD,
                operation.geometry(),
                new Operands(operation.input(), operation.kernel(), operation.bias(), operation.output()),
                operation.activation(),
                maxBatch);
    }

    /** The same for the gradient of a convolution's input. */
    static OneDnnConvolutionStep inputGradient(
            OneDnn library, Blocks blocks, Conv2d.InputGradient operation, int maxBatch) {
        return new OneDnnConvolutionStep(
                library,
                blocks,
                OneDnnConvolution.Direction.INPUT_GRADIENT,
                operation.geometry(),
                new Operands(operation.inputGradient(), operation.kernel(), null, operation.outputGradient()),
                Activation.LINEAR,
                maxBatch);
    }

    /** What lies on both sides of the convolution, its kernel and its bias, which may be null. */
    private record Operands(Value source, Value kernel, Value bias, Value target) {}

    private OneDnnConvolutionStep(
            OneDnn library,
            Blocks blocks,
            OneDnnConvolution.Direction direction,
            ConvGeometry g,
            Operands operands,
            Activation activation,
            int maxBatch) {
        this.library = library;
        this.blocks = blocks;
        this.direction = direction;
        this.g = g;
        this.source = blocks.place(operands.source());
        this.target = blocks.place(operands.target());
        this.bias = operands.bias() == null ? null : blocks.floats(operands.bias());
        this.slope = OneDnnSteps.fusedSlope(activation);
        this.after = slope == null ? activation : Activation.LINEAR;
        int largest = Parts.largest(maxBatch, Parts.count(maxBatch, 1));
        OneDnnConvolution whole = owned.add(describe(largest, null));
        this.layout = whole.packedKernel();
        Pointer plain = OneDnnCall.pointer(blocks.floats(operands.kernel()), 0);
        if (dnnl.dnnl_memory_desc_equal(layout, whole.plainKernel()) == 1) {
            this.weights = plain;
            this.pack = null;
        } else {
            this.weights = owned.add(library.arena("packed kernels")).atLeast(4L * whole.packedElements());
            this.pack = owned.add(OneDnnCall.reorder(library, whole.plainKernel(), plain, layout, weights));
        }
        for (int lane = 0; lane < blocks.workers().count(); lane++) {
            byLane.add(owned.add(new ByBatch<>(Items::new)));
        }
        // Refused here, Java's loops take its place; refused in a run, nothing could.
        byLane.get(0).get(largest);
    }

    private OneDnnConvolution describe(int items, dnnl_memory_desc packed) {
        return new OneDnnConvolution(library, direction, g, items, bias != null, slope, packed);
    }

    private boolean forward() {
        return direction == OneDnnConvolution.Direction.FORWARD;
    }

    private int sourceRole() {
        return forward() ? dnnl.DNNL_ARG_SRC : dnnl.DNNL_ARG_DIFF_SRC;
    }

    private int targetRole() {
        return forward() ? dnnl.DNNL_ARG_DST : dnnl.DNNL_ARG_DIFF_DST;
    }

    @Override
    public void begin(Run run, Lane lane) {
        if (pack != null) {
            pack.execute(lane);
        }
    }

    @Override
    public void run(Run run) {
        blocks.workers().run(1, (unused, lane) -> begin(run, lane));
        int parts = Parts.count(run.batch(), 1);
        blocks.workers().run(parts, (part, lane) -> {
            int first = Parts.start(part, parts, run.batch());
            run(run, first, Parts.start(part + 1, parts, run.batch()) - first, lane);
        });
    }

    @Override
    public void run(Run run, int first, int items, Lane lane) {
        byLane.get(lane.number()).get(items).run(first, lane);
        if (!after.isLinear()) {
            long size = forward() ? g.outputShape().size() : g.inputShape().size();
            OneDnnSteps.apply(after, target.on(lane), first * size, (first + items) * size, lane);
        }
    }

    /** The call for some items, wherever in the batch. */
    private final class Items implements AutoCloseable {
        private final OneDnnConvolution what;
        private final OneDnnCall call;

        Items(int items) {
            what = describe(items, layout);
            call = new OneDnnCall(library, what.description())
                    .with(sourceRole(), what.source())
                    .with(targetRole(), what.target())
                    .with(dnnl.DNNL_ARG_WEIGHTS, layout, weights);
            if (bias != null) {
                call.with(dnnl.DNNL_ARG_BIAS, what.bias(), OneDnnCall.pointer(bias, 0));
            }
        }

        void run(int first, Lane lane) {
            call.place(
                    sourceRole(), source.on(lane), (long) first * g.inputShape().size());
            call.place(
                    targetRole(),
                    target.on(lane),
                    (long) first * g.outputShape().size());
            call.execute(lane);
        }

        @Override
        public void close() {
            call.close();
            what.close();
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
