package conv4j.backend.opencl;

import static conv4j.backend.opencl.FarCase.ITEMS;
import static conv4j.backend.opencl.FarCase.SMALL_TIMES;
import static conv4j.backend.opencl.FarCase.TIMES;
import static conv4j.backend.opencl.FarCases.input;
import static conv4j.backend.opencl.FarCases.output;
import static conv4j.backend.opencl.FarCases.perChannel;

import conv4j.graph.Activation;
import conv4j.graph.BatchNormalization;
import conv4j.graph.ClipByNorm;
import conv4j.graph.ColumnSums;
import conv4j.graph.Conv2d;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Penalty;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Unscale;
import conv4j.graph.Update;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Cases of {@link FarCase} with weights or sums over the batch: convolutions, products, normalization, updates. */
final class FarTrainingCases {

    private static final BatchParts LAST_PART = new BatchParts(ITEMS, 1);

    private final List<FarCase> cases = new ArrayList<>();
    private final Style style;

    private FarTrainingCases(Style style) {
        this.style = style;
    }

    static List<FarCase> of(Style style) {
        FarTrainingCases all = new FarTrainingCases(style);
        all.convolutions();
        all.products();
        all.sums();
        all.normalization();
        all.updates();
        all.unscaling();
        all.penalties();
        return all.cases;
    }

    /** Convolutions for Winograd's method, among them one with infinities, which it computes once more directly. */
    static List<FarCase> winograd(Style style) {
        FarTrainingCases all = new FarTrainingCases(style);
        ConvGeometry g = new ConvGeometry(new Window(4, 3, 1, 1, 1, 0), new Window(5, 3, 1, 1, 1, 1), 3, 5, 1);
        all.convolutions("plain", g);
        all.convolutions("with infinities", g);
        for (FarCase one : all.cases.subList(all.cases.size() - 3, all.cases.size())) {
            one.withInfinities();
        }
        if (style.vectors()) {
            all.gradientsFromPlaces(g);
        }
        return all.cases;
    }

    private void gradientsFromPlaces(ConvGeometry g) {
        PoolGeometry windows = new PoolGeometry(
                Padding.SAME.rows(g.rows().output(), 2, 2, 1),
                Padding.SAME.columns(g.columns().output(), 2, 2, 1),
                g.outputChannels());
        Value passed = Value.activation("passed on", g.outputShape());
        Value maxima = Value.activation("gradient of maxima", windows.outputShape());
        MaxPool2d.PlacesGradient pooling = new MaxPool2d.PlacesGradient(maxima.like("places"), maxima, passed, windows);
        float[] places = FarCases.indices(windows.outputShape().size(), 4);
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        PooledConv2d.InputGradient toInput =
                new PooledConv2d.InputGradient(pooling, new Conv2d.InputGradient(passed, w, x.like("dx"), g));
        add("convolution input gradient from places", toInput)
                .with(pooling.places(), places)
                .scratch((int) ConvolutionSteps.scratch(style, toInput));
        Value dw = Value.unbatched("dw", g.kernelShape());
        add(
                        "convolution kernel gradient from places",
                        new PooledConv2d.KernelGradient(pooling, new Conv2d.KernelGradient(x, passed, dw, g)))
                .with(pooling.places(), places)
                .given(dw)
                .movingScratch(g.kernelShape().size());
    }

    /** The same in tiles: the last part of the batch, which has all items that exist. */
    static List<FarCase> winogradInParts() {
        ConvGeometry g = new ConvGeometry(new Window(4, 3, 1, 1, 1, 0), new Window(5, 3, 1, 1, 1, 1), 3, 5, 1);
        GatherGeometry gather = GatherGeometry.forward(g);
        int pairs = 16 * 3 * 5;
        int transforms = Math.toIntExact(16 * ITEMS * gather.patches() * (3 + 5));
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value y = Value.activation("y", g.outputShape());
        Conv2d forward = new Conv2d(x, w, perChannel("bias", 5), y, g, Activation.RELU);
        ConvolutionSteps.Arrays arrays =
                new ConvolutionSteps.Arrays(forward, x, w, forward.bias(), y, forward.activation());
        FarCase.Maker step = (preparation, batch) -> Preparation.inOrder(
                WinogradTileSteps.weights(preparation, gather, arrays, false),
                WinogradTileSteps.gather(preparation, gather, arrays, false, LAST_PART, batch - ITEMS));
        FarCase plain = new FarCase("convolution by Winograd's method", forward, step);
        FarCase infinite = new FarCase("the same with infinities", forward, step);
        Value dw = Value.unbatched("dw", g.kernelShape());
        Conv2d.KernelGradient gradient = new Conv2d.KernelGradient(x, y, dw, g);
        FarCase sums = new FarCase(
                "kernel gradient by Winograd's method",
                gradient,
                (preparation, batch) -> WinogradTileSteps.gradientSums(
                        preparation, gather, gradient, LAST_PART, batch - ITEMS, 1, transforms));
        return List.of(
                plain.scratch(pairs + transforms),
                infinite.scratch(pairs + transforms).withInfinities(),
                sums.scratch(pairs + transforms).given(dw).only("winograd_source", "winograd_gradients"));
    }

    /** The last part of an input gradient in columns. */
    static FarCase col2im() {
        ConvGeometry g = new ConvGeometry(new Window(4, 3, 2, 1, 1, 1), new Window(5, 2, 1, 1, 1, 0), 3, 5, 1);
        GatherGeometry gather = GatherGeometry.inputGradient(g);
        Value w = Value.parameter("w", g.kernelShape());
        Value dy = Value.input("dy", g.outputShape());
        Value dx = Value.activation("dx", g.inputShape());
        Conv2d.InputGradient gradient = new Conv2d.InputGradient(dy, w, dx, g);
        ConvolutionSteps.Arrays arrays = new ConvolutionSteps.Arrays(gradient, dy, w, null, dx, Activation.LINEAR);
        FarCase last = new FarCase(
                "input gradient in columns",
                gradient,
                (preparation, batch) -> Col2ImSteps.step(preparation, gather, arrays, LAST_PART, batch - ITEMS));
        return last.scratch(g.outputShape().rows() * ITEMS * 6 * 3);
    }

    private FarCase add(String name, Operation operation) {
        FarCase added = new FarCase(name, operation);
        cases.add(added);
        return added;
    }

    private void convolutions() {
        Window y = new Window(4, 3, 2, 1, 1, 1);
        Window x = new Window(5, 2, 1, 2, 1, 0);
        convolutions("of few channels", new ConvGeometry(y, x, 3, 5, 1));
        convolutions("plain", new ConvGeometry(y, x, 5, 5, 1));
        convolutions("in two groups", new ConvGeometry(y, x, 32, 32, 2));
        convolutions("depthwise", new ConvGeometry(y, x, 3, 3, 3));
    }

    private void convolutions(String kind, ConvGeometry g) {
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value y = Value.activation("y", g.outputShape());
        Value dx = x.like("dx");
        Value dw = Value.unbatched("dw", g.kernelShape());
        Value bias = perChannel("bias", g.outputChannels());
        Conv2d forward = new Conv2d(x, w, bias, y, g, Activation.RELU);
        Conv2d.InputGradient gradient = new Conv2d.InputGradient(y, w, dx, g);
        add("convolution, " + kind, forward).scratch((int) ConvolutionSteps.scratch(style, forward, ITEMS * TIMES));
        add("convolution input gradient, " + kind, gradient)
                .scratch((int) ConvolutionSteps.scratch(style, gradient, ITEMS * TIMES));
        add("convolution kernel gradient, " + kind, new Conv2d.KernelGradient(x, y, dw, g))
                .given(dw)
                .movingScratch(g.kernelShape().size())
                .groups(Tuning.gradientAcrossGroups(style, GatherGeometry.forward(g)) ? 1 : g.groups());
    }

    private void products() {
        Value x = input("x", 3, 5); // so that there are more than 2^32 rows
        Value w = Value.parameter("w", Shape.of(5, 7));
        Value y = output("y", 3, 7);
        Value bias = perChannel("bias", 7);
        add("product", new MatMul(x, w, bias, y, false, false, Activation.RELU));
        add("product with b'", new MatMul(y, w, null, x.like("dx"), false, true, Activation.LINEAR));
        Value dw = Value.unbatched("dw", Shape.of(5, 7));
        add("product with a'", new MatMul(x, y, null, dw, true, false, Activation.LINEAR))
                .given(dw)
                .movingScratch(35);
    }

    private void sums() {
        Value x = input("x", 3, 5);
        Value sums = Value.unbatched("sums", Shape.of(5));
        add("column sums", new ColumnSums(x, sums)).given(sums).movingScratch(5);
        Value w = Value.parameter("w", Shape.of(5, 7));
        Value y = output("y", 3, 7);
        Value bias = perChannel("bias", 7);
        MatMul product = new MatMul(x, w, bias, y, false, false, Activation.RELU);
        FarCase sum = new FarCase(
                "sum of parts",
                product,
                (preparation, batch) -> MatMulSteps.sum(preparation, product, bias, y, 1, Activation.RELU));
        cases.add(sum.movingScratch(21 * ITEMS).holding(random(21 * ITEMS)));
    }

    private void normalization() {
        Value x = input("x", 3, 5);
        Value y = x.like("y");
        Value gamma = perChannel("gamma", 5);
        Value beta = perChannel("beta", 5);
        Value movingMean = Value.state("moving mean", Shape.of(5));
        Value movingVariance = Value.state("moving variance", Shape.of(5));
        Value mean = Value.unbatched("mean", Shape.of(5));
        Value inverse = Value.unbatched("inverse", Shape.of(5));
        BatchNormalization training =
                new BatchNormalization(x, gamma, beta, movingMean, movingVariance, y, mean, inverse, 0.9f, 0.001f);
        add("batch normalization", training)
                .given(mean)
                .given(inverse)
                .given(movingMean)
                .given(movingVariance)
                .movingScratch(10);
        Value dx = x.like("dx");
        Value dgamma = Value.unbatched("dgamma", Shape.of(5));
        Value dbeta = Value.unbatched("dbeta", Shape.of(5));
        float[] sums = random(5);
        float[] farSums = sums.clone();
        for (int i = 0; i < sums.length; i++) {
            farSums[i] *= TIMES / SMALL_TIMES; // means over the batch are the same then
        }
        add(
                        "batch normalization gradient",
                        new BatchNormalization.Gradient(x, y, gamma, mean, inverse, dx, dgamma, dbeta))
                .given(dgamma)
                .given(dbeta)
                .with(dgamma, sums, farSums)
                .with(dbeta, sums, farSums)
                .movingScratch(10);
    }

    private void updates() {
        for (Update.Kind kind : Update.Kind.values()) {
            Update.Rule rule = new Update.Rule(kind, 0.9f, 0.99f, 1e-3f, true, false, 0.01f, 0.5f);
            List<Value> arrays = new ArrayList<>();
            for (int i = 0; i < 2 + rule.slots(); i++) {
                arrays.add(Value.state("array " + i, Shape.of(4 * ITEMS)));
            }
            add("update " + kind, new Update(rule, arrays.get(0), arrays.get(1), arrays.subList(2, arrays.size())))
                    .flat(arrays);
        }
        Value gradient = Value.unbatched("gradient", Shape.of(4 * ITEMS));
        ClipByNorm clip = new ClipByNorm(gradient, 1);
        add("clipping, squares", clip)
                .flat(List.of(gradient))
                .only("penalty_sums")
                .movingScratch(1);
        add("clipping, scaling", clip)
                .flat(List.of(gradient))
                .only("clip_scale")
                .scratch((int) SumSteps.scratch(clip))
                .holding(random((int) SumSteps.scratch(clip)));
    }

    private void unscaling() {
        Value gradient = Value.unbatched("gradient", Shape.of(4 * ITEMS));
        Value scale = Value.state("scale", Shape.SCALAR);
        Value steps = Value.state("steps", Shape.SCALAR);
        Value finite = Value.unbatched("finite", Shape.SCALAR);
        add("unscaling", new Unscale(gradient, scale, steps, finite, 5))
                .flat(List.of(gradient))
                .given(scale)
                .given(steps)
                .given(finite)
                .only("unscale")
                .movingScratch(1);
    }

    private void penalties() {
        Value w = Value.parameter("w", Shape.of(4 * ITEMS));
        Value dw = Value.unbatched("dw", Shape.of(4 * ITEMS));
        add("derivative of a penalty", new Penalty.Gradient(w, dw, 0.5f, 0.25f)).flat(List.of(w, dw));
        Value loss = Value.input("loss", Shape.SCALAR);
        Penalty penalty = new Penalty(perChannel("weights", 5), loss, loss.like("penalized"), 0.5f, 0.25f);
        int parts = (int) PenaltySteps.scratch(penalty);
        add("penalty", penalty).only("add_penalty").scratch(parts).holding(random(parts));
    }

    private static float[] random(int count) {
        Random random = new Random(10);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextFloat();
        }
        return numbers;
    }
}
