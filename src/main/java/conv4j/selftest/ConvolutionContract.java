package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;

import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Convolution, its two gradients, and thereby the transposed convolution, in every kind of geometry. */
final class ConvolutionContract extends Contract {

    ConvolutionContract(Subject subject) {
        super("convolution", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("convolution is exact on integers", this::convolutionIsExactOnIntegers),
                check("convolution without bias is exact on integers", this::convolutionWithoutBiasIsExactOnIntegers),
                check("input gradient is exact on integers", this::inputGradientIsExactOnIntegers),
                check("kernel gradient is exact on integers", this::kernelGradientIsExactOnIntegers),
                check("convolution stays within the bound of its sums", this::convolutionStaysWithinTheBoundOfItsSums),
                check(
                        "input gradient stays within the bound of its sums",
                        this::inputGradientStaysWithinTheBoundOfItsSums),
                check(
                        "kernel gradient stays within the bound of its sums",
                        this::kernelGradientStaysWithinTheBoundOfItsSums),
                check("every activation is fused into convolution", this::everyActivationIsFusedIntoConvolution),
                check("a relu with all its parameters is fused exactly", this::aReluWithAllItsParametersIsFusedExactly),
                check(
                        "not a number reaches exactly the outputs that read it",
                        this::notANumberReachesExactlyTheOutputsThatReadIt),
                check("infinity comes out as infinity", this::infinityComesOutAsInfinity));
    }

    /** A geometry with the batch to run it on. */
    record Case(String name, ConvGeometry geometry, int n, int maxBatch) {

        Value input() {
            return Value.input("input", geometry.inputShape());
        }

        Value kernel() {
            return Value.parameter("kernel", geometry.kernelShape());
        }

        Value output(String name) {
            return Value.activation(name, geometry.outputShape());
        }

        Conv2d forward(Activation activation) {
            Value bias = Value.parameter("bias", Shape.of(geometry.outputChannels()));
            return new Conv2d(input(), kernel(), bias, output("output"), geometry, activation);
        }

        Conv2d.InputGradient inputGradient() {
            Value dx = Value.activation("input gradient", geometry.inputShape());
            return new Conv2d.InputGradient(output("output gradient"), kernel(), dx, geometry);
        }

        Conv2d.KernelGradient kernelGradient() {
            Value dw = Value.unbatched("kernel gradient", geometry.kernelShape());
            return new Conv2d.KernelGradient(input(), output("output gradient"), dw, geometry);
        }

        Trial trial(Operation operation) {
            return Trial.of(this, operation, n, maxBatch);
        }
    }

    static Case conv(String name, Window rows, Window columns, int in, int out, int groups) {
        return new Case(name, new ConvGeometry(rows, columns, in, out, groups), 2, 3);
    }

    /** A square kernel over an image of height h and width w. */
    static Case conv(
            String name, int h, int w, int kernel, int stride, int dilation, Padding padding, int... channels) {
        Window rows = padding.rows(h, kernel, stride, dilation);
        Window columns = padding.columns(w, kernel, stride, dilation);
        return conv(name, rows, columns, channels[0], channels[1], channels.length > 2 ? channels[2] : 1);
    }

    /** Named geometries: plain ones, the edges of tiles, and everything that shifts an index. */
    private static List<Case> named() {
        List<Case> cases = new ArrayList<>();
        cases.add(conv("plain", 6, 5, 3, 1, 1, Padding.SAME, 4, 6));
        cases.add(conv("one element", 1, 1, 1, 1, 1, Padding.VALID, 1, 1));
        cases.add(conv("one pixel, padded", 1, 1, 3, 1, 1, Padding.SAME, 3, 5));
        cases.add(conv("kernel covers the image", 5, 5, 5, 1, 1, Padding.VALID, 3, 7));
        cases.add(conv("stride above the kernel", 11, 9, 2, 3, 1, Padding.VALID, 3, 4));
        cases.add(conv("stride leaves a rest", 8, 10, 3, 2, 1, Padding.VALID, 5, 3));
        cases.add(conv("odd padding at the end", 7, 10, 4, 1, 1, Padding.SAME, 3, 5));
        cases.add(conv("odd padding at the end, stride 2", 7, 10, 3, 2, 1, Padding.SAME, 3, 5));
        cases.add(conv("dilation 2", 9, 8, 3, 1, 2, Padding.SAME, 3, 4));
        cases.add(conv("dilation 2, stride 2", 11, 10, 3, 2, 2, Padding.VALID, 2, 5));
        cases.add(conv("full", 4, 6, 3, 1, 1, Padding.FULL, 3, 4));
        cases.add(conv("full, stride 2", 5, 4, 3, 2, 1, Padding.FULL, 3, 4));
        cases.add(conv("explicit", 5, 6, 3, 1, 1, Padding.explicit(0, 2, 1, 3), 3, 4));
        cases.add(conv("padding beyond the kernel", 3, 2, 2, 1, 1, Padding.explicit(3, 4, 4, 3), 2, 3));
        cases.add(conv("two groups", 5, 6, 3, 1, 1, Padding.SAME, 6, 8, 2));
        cases.add(conv("three groups, stride 2", 7, 6, 3, 2, 1, Padding.SAME, 9, 6, 3));
        cases.add(conv("wide groups", 4, 3, 3, 1, 1, Padding.SAME, 34, 66, 2));
        cases.add(conv("depthwise", 6, 7, 3, 1, 1, Padding.SAME, 8, 8, 8));
        cases.add(conv("depthwise, many channels", 4, 5, 3, 2, 1, Padding.SAME, 33, 33, 33));
        cases.add(conv("depthwise, multiplier 2", 5, 6, 3, 1, 1, Padding.SAME, 7, 14, 7));
        cases.add(conv("depthwise, multiplier 3, dilation", 7, 6, 2, 1, 2, Padding.VALID, 5, 15, 5));
        cases.add(conv("depthwise, multiplier 6", 5, 4, 3, 1, 1, Padding.SAME, 3, 18, 3));
        cases.add(conv("first layer", 12, 12, 3, 1, 1, Padding.SAME, 3, 16));
        cases.add(conv("long rows", 2, 65, 3, 1, 1, Padding.SAME, 3, 5));
        cases.add(conv("high columns", 33, 2, 3, 1, 1, Padding.SAME, 5, 3));
        cases.add(conv("large kernel", 12, 11, 7, 2, 1, Padding.SAME, 3, 8));
        Window row = new Window(9, 1, 1, 1, 0, 0);
        Window wide = new Window(10, 5, 2, 1, 1, 2);
        cases.add(conv("kernel of one row", row, wide, 3, 4, 1));
        cases.add(conv("kernel of one column", wide, row, 3, 4, 1));
        cases.add(conv("different strides and dilations", wide, new Window(9, 2, 1, 3, 2, 0), 4, 3, 1));
        for (int i = 0; i < Numbers.EDGES.length; i++) {
            int in = Numbers.EDGES[i];
            int out = Numbers.EDGES[(i + 5) % Numbers.EDGES.length];
            cases.add(conv("edges, 1x1", 3, 5, 1, 1, 1, Padding.VALID, in, out));
            cases.add(conv("edges, 3x3", 4, 3, 3, 1, 1, Padding.SAME, out, in));
            cases.add(conv("edges, width", 2, out, 2, 1, 1, Padding.SAME, 2, 9));
        }
        cases.add(conv("more source channels than a block", 4, 5, 3, 1, 1, Padding.SAME, 131, 9));
        cases.add(conv("more source channels than a pass", 3, 2, 2, 1, 1, Padding.SAME, 521, 3));
        cases.add(conv("more target channels than a block", 5, 3, 3, 1, 1, Padding.VALID, 9, 131));
        cases.addAll(manyPositions());
        cases.add(new Case("batch 1 of 1", cases.get(0).geometry(), 1, 1));
        cases.add(new Case("batch 1 of 5", cases.get(0).geometry(), 1, 5));
        cases.add(new Case("full batch of 7", cases.get(0).geometry(), 7, 7));
        cases.add(new Case("33 of 40", cases.get(5).geometry(), 33, 40));
        return cases;
    }

    /** So many positions that devices cut the sums of kernel gradients into parts, none of them of equal length. */
    private static List<Case> manyPositions() {
        return List.of(
                conv("many positions", 21, 23, 3, 1, 1, Padding.SAME, 3, 5),
                conv("more positions than a pass", 67, 69, 3, 1, 1, Padding.SAME, 2, 3),
                conv("many positions and weights", 17, 19, 3, 1, 1, Padding.SAME, 7, 33),
                conv("many positions, stride 2", 43, 45, 3, 2, 1, Padding.SAME, 4, 3),
                conv("many positions, two groups", 19, 21, 3, 1, 1, Padding.SAME, 20, 24, 2),
                conv("many positions, depthwise", 21, 20, 3, 1, 1, Padding.SAME, 9, 9, 9),
                conv("many positions, multiplier 2", 19, 23, 3, 1, 1, Padding.SAME, 5, 10, 5),
                conv("rows longer than a block", 5, 130, 3, 1, 1, Padding.SAME, 2, 5),
                new Case(
                        "more than 128 parts",
                        conv("", 190, 180, 1, 1, 1, Padding.VALID, 1, 2).geometry(),
                        1,
                        1));
    }

    private List<Case> all() {
        List<Case> cases = named();
        Random random = random();
        for (int i = 0; i < randomCases(); i++) {
            ConvGeometry geometry = geometry(random);
            int n = 1 + random.nextInt(4);
            cases.add(new Case("random", geometry, n, n + random.nextInt(3)));
        }
        return cases;
    }

    /** Any strides, dilations, paddings and groups. */
    static ConvGeometry geometry(Random random) {
        int groups = 1 + random.nextInt(3) * random.nextInt(2);
        int in = groups * (1 + random.nextInt(20));
        int out = groups * (1 + random.nextInt(20));
        return new ConvGeometry(window(random), window(random), in, out, groups);
    }

    private static Window window(Random random) {
        int kernel = 1 + random.nextInt(5);
        int dilation = 1 + random.nextInt(2);
        int extent = (kernel - 1) * dilation + 1;
        int low = random.nextInt(extent);
        int high = random.nextInt(extent);
        int input = Math.max(1, extent - low - high) + random.nextInt(12);
        return new Window(input, kernel, 1 + random.nextInt(3), dilation, low, high);
    }

    /** The number of products in one sum. */
    static int taps(ConvGeometry g) {
        return g.rows().kernel() * g.columns().kernel();
    }

    private void withinTheBoundOfSums(Trial trial, ConvGeometry g, int channels, int others) {
        ConvolutionBound bound = ConvolutionBound.of(backend(), trial, taps(g), channels, others);
        withinTheBound(trial, bound);
    }

    private void withinTheBound(Trial trial, ConvolutionBound bound) {
        trial.assertWithin(subject(), (v, i, want) -> bound.at(v, i) + Numbers.SMALLEST);
    }

    private void convolutionIsExactOnIntegers() {
        each(
                all(),
                c -> c.trial(c.forward(Activation.RELU)).integers(random(), 4).assertExact(subject()));
    }

    private void convolutionWithoutBiasIsExactOnIntegers() {
        each(all(), c -> {
            Conv2d bare = new Conv2d(c.input(), c.kernel(), c.output("output"), c.geometry());
            c.trial(bare).integers(random(), 4).assertExact(subject());
        });
    }

    private void inputGradientIsExactOnIntegers() {
        each(all(), c -> c.trial(c.inputGradient()).integers(random(), 4).assertExact(subject()));
    }

    private void kernelGradientIsExactOnIntegers() {
        each(all(), c -> c.trial(c.kernelGradient()).integers(random(), 4).assertExact(subject()));
    }

    private void convolutionStaysWithinTheBoundOfItsSums() {
        each(
                all(),
                c -> withinTheBoundOfSums(
                        c.trial(c.forward(Activation.LINEAR)).reals(random()),
                        c.geometry(),
                        c.geometry().groupInputChannels(),
                        2));
    }

    private void inputGradientStaysWithinTheBoundOfItsSums() {
        each(
                all(),
                c -> withinTheBoundOfSums(
                        c.trial(c.inputGradient()).reals(random()),
                        c.geometry(),
                        c.geometry().groupOutputChannels(),
                        1));
    }

    private void kernelGradientStaysWithinTheBoundOfItsSums() {
        each(all(), c -> {
            Trial trial = c.trial(c.kernelGradient()).reals(random());
            withinTheBound(trial, ConvolutionBound.ofKernelGradient(backend(), trial, c.n(), 1));
        });
    }

    private void everyActivationIsFusedIntoConvolution() {
        each(ElementwiseContract.activations(), f -> {
            for (Case c : List.of(named().get(0), named().get(17))) {
                Conv2d operation = c.forward(f);
                Trial trial = c.trial(operation).reals(random());
                Conv2d linear = new Conv2d(
                        operation.input(),
                        operation.kernel(),
                        operation.bias(),
                        operation.output(),
                        c.geometry(),
                        Activation.LINEAR);
                Trial before = trial.with(linear);
                float[] x = before.onReference().of(linear.output());
                int channels = c.geometry().groupInputChannels();
                ConvolutionBound sum = ConvolutionBound.of(backend(), before, taps(c.geometry()), channels, 2);
                trial.assertWithin(
                        subject(), (v, i, want) -> Numbers.slope(f) * sum.at(v, i) + Numbers.error(f, x[i], want));
            }
        });
    }

    private void aReluWithAllItsParametersIsFusedExactly() {
        each(named(), c -> c.trial(c.forward(ElementwiseContract.BENT))
                .integers(random(), 4)
                .assertExact(subject()));
    }

    private void notANumberReachesExactlyTheOutputsThatReadIt() {
        Case c = conv("NaN at row 2, column 3", 6, 5, 3, 1, 1, Padding.SAME, 3, 5);
        Conv2d operation = c.forward(Activation.RELU);
        float[] x = Numbers.integers(random(), 2 * 90, 4);
        x[(2 * 5 + 3) * 3 + 1] = Float.NaN;
        Trial trial = c.trial(operation).put(operation.input(), x).integers(random(), 4);
        trial.assertExact(subject());
        float[] y = trial.on(subject()).of(operation.output());
        int found = 0;
        for (float value : y) {
            found += Float.isNaN(value) ? 1 : 0;
        }
        assertEquals(9 * 5, found, "a 3x3 kernel carries a NaN to 9 places in each of the 5 filters");
    }

    private void infinityComesOutAsInfinity() {
        Case c = conv("infinite pixel", 4, 5, 1, 1, 1, Padding.VALID, 2, 3);
        Conv2d operation = c.forward(Activation.LINEAR);
        float[] x = Numbers.integers(random(), 2 * 40, 4);
        x[7] = Float.POSITIVE_INFINITY;
        Trial trial = c.trial(operation)
                .put(operation.input(), x)
                .put(operation.kernel(), 1, -1, 2, 1, -2, 1)
                .integers(random(), 4);
        trial.assertExact(subject());
        float[] y = trial.on(subject()).of(operation.output());
        assertEquals(Float.POSITIVE_INFINITY, y[9], "an infinite pixel times 1");
        assertEquals(Float.NEGATIVE_INFINITY, y[10], "an infinite pixel times -2");
        assertTrue(Float.isFinite(y[12]), "an infinite pixel spreads to its neighbour");
        infinitiesAmongOthersComeOutAsInfinity();
    }

    /** An infinite weight only where nothing is padded: times padding it gives no number in an implicit product. */
    private void infinitiesAmongOthersComeOutAsInfinity() {
        for (Padding padding : List.of(Padding.SAME, Padding.VALID, Padding.FULL)) {
            Case c = conv("infinite pixel and weight, 3x3", 7, 5, 3, 1, 1, padding, 5, 9);
            Conv2d forward = c.forward(Activation.LINEAR);
            isExactWithInfinities(c.trial(forward), forward.input(), forward.kernel(), padding == Padding.VALID);
            Conv2d.InputGradient gradient = c.inputGradient();
            isExactWithInfinities(
                    c.trial(gradient), gradient.outputGradient(), gradient.kernel(), padding == Padding.FULL);
            Conv2d.KernelGradient toKernel = c.kernelGradient();
            isExactWithInfinities(
                    c.trial(toKernel), toKernel.input(), toKernel.outputGradient(), padding == Padding.VALID);
        }
    }

    /** Positive numbers, of which one of the source's third row and perhaps one of the other operand are infinite. */
    private void isExactWithInfinities(Trial trial, Value source, Value kernel, boolean alsoInKernel) {
        trial.integers(random(), 4);
        float[] x = positive(trial.elements(source));
        float[] w = positive(trial.elements(kernel));
        x[(2 * source.shape().dim(1) + 3) * source.shape().dim(2) + 1] = Float.POSITIVE_INFINITY;
        w[4] = alsoInKernel ? Float.POSITIVE_INFINITY : w[4];
        trial.put(source, x).put(kernel, w).assertExact(subject());
    }

    /** Whole numbers from 1 on. */
    static float[] positive(float[] integers) {
        float[] numbers = Numbers.absolute(integers);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i]++;
        }
        return numbers;
    }
}
