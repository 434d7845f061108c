package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;

import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A convolution and the max pooling of its output, which some devices do at once, with and without the places of the maxima.
 * A maximum is off by no more than what is most off in its window.
 */
final class PooledConvolutionContract extends Contract {

    PooledConvolutionContract(Subject subject) {
        super("pooled convolution", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("maxima are exact on integers", this::maximaAreExactOnIntegers),
                check("maxima without bias are exact on integers", this::maximaWithoutBiasAreExactOnIntegers),
                check("maxima stay within the bound of their sums", this::maximaStayWithinTheBoundOfTheirSums),
                check("every activation that never falls is exact", this::everyActivationThatNeverFallsIsExact),
                check("not a number wins every window that has it", this::notANumberWinsEveryWindowThatHasIt),
                check("infinity comes out as infinity", this::infinityComesOutAsInfinity),
                check("places are those of the first maxima", this::placesAreThoseOfTheFirstMaxima),
                check("places are those of the largest sums", this::placesAreThoseOfTheLargestSums),
                check("an activation of maxima is exact, their places stay", this::anActivationOfMaximaIsExact),
                check("gradients from places are exact on integers", this::gradientsFromPlacesAreExactOnIntegers),
                check("input gradient from places stays within the bound of its sums", this::inputGradientsAreBounded),
                check(
                        "kernel gradient from places stays within the bound of its sums",
                        this::kernelGradientsAreBounded),
                check("an infinite gradient goes through its place", this::anInfiniteGradientGoesThroughItsPlace));
    }

    /** A convolution, and whether windows that are not whole count. */
    private record Case(ConvolutionContract.Case convolution, Padding padding) {

        PooledConv2d operation(boolean biased, Activation f) {
            return operation(biased, f, false);
        }

        /** With places, for which the convolution can have no activation. */
        PooledConv2d noting() {
            return operation(true, Activation.LINEAR, true);
        }

        private PooledConv2d operation(boolean biased, Activation f, boolean noting) {
            ConvGeometry g = convolution.geometry();
            Value bias = biased ? Value.parameter("bias", Shape.of(g.outputChannels())) : null;
            Value sums = convolution.output("output");
            PoolGeometry windows = windows();
            Value maxima = Value.activation("maxima", windows.outputShape());
            return new PooledConv2d(
                    new Conv2d(convolution.input(), convolution.kernel(), bias, sums, g, f),
                    new MaxPool2d(sums, maxima, noting ? maxima.like("places") : null, windows));
        }

        /** With places and an activation of the maxima. */
        PooledConv2d activated(Activation f) {
            PooledConv2d noting = noting();
            Value maxima = noting.output();
            return new PooledConv2d(
                    noting.convolution(), noting.pooling(), new Activate(maxima, maxima.like("activated"), f));
        }

        private PoolGeometry windows() {
            ConvGeometry g = convolution.geometry();
            return new PoolGeometry(
                    padding.rows(g.rows().output(), 2, 2, 1),
                    padding.columns(g.columns().output(), 2, 2, 1),
                    g.outputChannels());
        }

        private MaxPool2d.PlacesGradient poolingGradient() {
            Value gradient = Value.activation("gradient of maxima", windows().outputShape());
            Value passed = convolution.output("output gradient");
            return new MaxPool2d.PlacesGradient(gradient.like("places"), gradient, passed, windows());
        }

        PooledConv2d.InputGradient inputGradient() {
            MaxPool2d.PlacesGradient pooling = poolingGradient();
            ConvGeometry g = convolution.geometry();
            Value result = Value.activation("input gradient", g.inputShape());
            return new PooledConv2d.InputGradient(
                    pooling, new Conv2d.InputGradient(pooling.inputGradient(), convolution.kernel(), result, g));
        }

        PooledConv2d.KernelGradient kernelGradient() {
            MaxPool2d.PlacesGradient pooling = poolingGradient();
            ConvGeometry g = convolution.geometry();
            Value result = Value.unbatched("kernel gradient", g.kernelShape());
            return new PooledConv2d.KernelGradient(
                    pooling, new Conv2d.KernelGradient(convolution.input(), pooling.inputGradient(), result, g));
        }

        /** Places in every window that are inside the image. */
        float[] places(Random random) {
            PoolGeometry g = windows();
            float[] places = new float[convolution.n() * g.outputShape().size()];
            for (int i = 0; i < places.length; i++) {
                int pixel = i / g.channels();
                int x = pixel % g.columns().output();
                int y = pixel / g.columns().output() % g.rows().output();
                int across = Math.min(2, g.columns().input() - 2 * x);
                int down = Math.min(2, g.rows().input() - 2 * y);
                places[i] = 2 * random.nextInt(down) + random.nextInt(across);
            }
            return places;
        }

        Trial trial(Operation operation) {
            return Trial.of(this, operation, convolution.n(), convolution.maxBatch());
        }

        Trial trial(Activation f) {
            return trial(operation(true, f));
        }
    }

    private static ConvolutionContract.Case three(String name, int h, int w, Padding padding, int in, int out) {
        return ConvolutionContract.conv(name, h, w, 3, 1, 1, padding, in, out);
    }

    private static List<ConvolutionContract.Case> convolutions() {
        List<ConvolutionContract.Case> cases = new ArrayList<>();
        cases.add(three("plain", 6, 8, Padding.SAME, 4, 6));
        cases.add(three("odd height", 7, 6, Padding.SAME, 5, 3));
        cases.add(three("odd width", 4, 9, Padding.SAME, 3, 7));
        cases.add(three("no padding", 7, 8, Padding.VALID, 3, 5));
        cases.add(three("full", 4, 5, Padding.FULL, 3, 4));
        cases.add(three("explicit", 5, 6, Padding.explicit(0, 2, 1, 3), 3, 4));
        cases.add(three("two source pixels", 2, 1, Padding.SAME, 3, 5));
        cases.add(three("more source channels than a block", 4, 5, Padding.SAME, 131, 9));
        cases.add(three("more target channels than a block", 5, 3, Padding.SAME, 9, 131));
        cases.add(ConvolutionContract.conv("kernel 1x1", 5, 4, 1, 1, 1, Padding.VALID, 5, 7));
        cases.add(ConvolutionContract.conv("stride 2", 9, 8, 3, 2, 1, Padding.SAME, 3, 5));
        cases.add(ConvolutionContract.conv("dilation 2", 9, 8, 3, 1, 2, Padding.SAME, 3, 4));
        cases.add(ConvolutionContract.conv("two groups", 5, 6, 3, 1, 1, Padding.SAME, 6, 8, 2));
        for (int i = 0; i < Numbers.EDGES.length; i++) {
            int in = Numbers.EDGES[i];
            int out = Numbers.EDGES[(i + 5) % Numbers.EDGES.length];
            cases.add(three("edges, channels", 4, 3, Padding.SAME, in, out));
            cases.add(three("edges, width", 3, in, Padding.FULL, 2, 9));
        }
        ConvGeometry plain = cases.get(0).geometry();
        cases.add(new ConvolutionContract.Case("batch 1 of 1", plain, 1, 1));
        cases.add(new ConvolutionContract.Case("batch 1 of 5", plain, 1, 5));
        cases.add(new ConvolutionContract.Case("17 of 20", cases.get(1).geometry(), 17, 20));
        return cases;
    }

    /** All convolutions with both paddings of the pooling. */
    private List<Case> all() {
        List<ConvolutionContract.Case> convolutions = convolutions();
        Random random = random();
        for (int i = 0; i < randomCases(); i++) {
            ConvGeometry g =
                    new ConvGeometry(window(random), window(random), 1 + random.nextInt(40), 1 + random.nextInt(40), 1);
            int n = 1 + random.nextInt(4);
            convolutions.add(new ConvolutionContract.Case("random", g, n, n + random.nextInt(3)));
        }
        List<Case> cases = new ArrayList<>();
        for (ConvolutionContract.Case convolution : convolutions) {
            cases.add(new Case(convolution, Padding.SAME));
            ConvGeometry g = convolution.geometry();
            if (g.rows().output() > 1 && g.columns().output() > 1) {
                cases.add(new Case(convolution, Padding.VALID));
            }
        }
        return cases;
    }

    private static Window window(Random random) {
        int low = random.nextInt(3);
        int high = random.nextInt(3);
        return new Window(Math.max(1, 3 - low - high) + random.nextInt(12), 3, 1, 1, low, high);
    }

    private void maximaAreExactOnIntegers() {
        each(all(), c -> c.trial(Activation.RELU).integers(random(), 4).assertExact(subject()));
    }

    private void maximaWithoutBiasAreExactOnIntegers() {
        each(all(), c -> c.trial(c.operation(false, Activation.LINEAR))
                .integers(random(), 4)
                .assertExact(subject()));
    }

    private void maximaStayWithinTheBoundOfTheirSums() {
        each(all(), c -> {
            PooledConv2d operation = c.operation(true, Activation.LINEAR);
            Trial trial = c.trial(operation).reals(random());
            float[] errors = errors(c, operation.convolution(), trial.with(operation.convolution()));
            MaxPool2d pooling = operation.pooling();
            float[] most =
                    c.trial(pooling).put(pooling.input(), errors).onReference().single();
            trial.assertWithin(subject(), (v, i, want) -> most[i] + Numbers.SMALLEST);
        });
    }

    /** By how much each sum of a convolution may be off. */
    private float[] errors(Case c, Conv2d convolution, Trial sums) {
        ConvGeometry g = convolution.geometry();
        ConvolutionBound bound =
                ConvolutionBound.of(backend(), sums, ConvolutionContract.taps(g), g.groupInputChannels(), 2);
        float[] errors = new float[c.convolution().n() * g.outputShape().size()];
        for (int i = 0; i < errors.length; i++) {
            errors[i] = Math.nextUp((float) bound.at(convolution.output(), i));
        }
        return errors;
    }

    private void placesAreThoseOfTheFirstMaxima() {
        each(all(), c -> c.trial(c.noting()).integers(random(), 2).assertExact(subject()));
    }

    private void anActivationOfMaximaIsExact() {
        each(all(), c -> c.trial(c.activated(ElementwiseContract.BENT))
                .integers(random(), 2)
                .assertExact(subject()));
    }

    /** No sum is larger than the one in the noted place by more than both may be off. */
    private void placesAreThoseOfTheLargestSums() {
        each(all(), c -> {
            PooledConv2d operation = c.noting();
            Trial trial = c.trial(operation).reals(random());
            MaxPool2d pooling = operation.pooling();
            float[] places = trial.on(subject()).of(pooling.places());
            Trial convolution = trial.with(operation.convolution());
            float[] errors = errors(c, operation.convolution(), convolution);
            float[] sums = convolution.onReference().single();
            float[] least = new float[sums.length];
            for (int i = 0; i < sums.length; i++) {
                least[i] = Math.nextDown(sums[i] - errors[i]);
            }
            float[] needed =
                    c.trial(pooling).put(pooling.input(), least).onReference().of(pooling.output());
            for (int i = 0; i < places.length; i++) {
                int chosen = inWindow(i, (int) places[i], pooling.geometry());
                boolean largest = Math.nextUp(sums[chosen] + errors[chosen]) >= needed[i];
                assertTrue(
                        largest, c + ": place " + places[i] + " of maximum " + i + " has a smaller sum than another");
            }
        });
    }

    /** The element of a pooling's input in a place of the window of an element of its output. */
    private static int inWindow(int output, int place, PoolGeometry g) {
        int channel = output % g.channels();
        int pixel = output / g.channels();
        int x = pixel % g.columns().output() * 2 + place % 2;
        int row = pixel / g.columns().output();
        int y = row % g.rows().output() * 2 + place / 2;
        int item = row / g.rows().output();
        return ((item * g.rows().input() + y) * g.columns().input() + x) * g.channels() + channel;
    }

    private void gradientsFromPlacesAreExactOnIntegers() {
        each(all(), c -> {
            PooledConv2d.InputGradient toInput = c.inputGradient();
            c.trial(toInput)
                    .put(toInput.pooling().places(), c.places(random()))
                    .integers(random(), 4)
                    .assertExact(subject());
            PooledConv2d.KernelGradient toKernel = c.kernelGradient();
            c.trial(toKernel)
                    .put(toKernel.pooling().places(), c.places(random()))
                    .integers(random(), 4)
                    .assertExact(subject());
        });
    }

    private void inputGradientsAreBounded() {
        each(all(), c -> {
            PooledConv2d.InputGradient operation = c.inputGradient();
            Value kernel = operation.convolution().kernel();
            Trial trial = c.trial(operation)
                    .put(operation.pooling().places(), c.places(random()))
                    .reals(random());
            Trial sums = sums(c, operation.pooling(), operation.convolution(), kernel, trial);
            ConvGeometry g = c.convolution().geometry();
            ConvolutionBound bound =
                    ConvolutionBound.of(backend(), sums, ConvolutionContract.taps(g), g.groupOutputChannels(), 1);
            trial.assertWithin(subject(), (v, i, want) -> bound.at(v, i) + Numbers.SMALLEST);
        });
    }

    private void kernelGradientsAreBounded() {
        each(all(), c -> {
            PooledConv2d.KernelGradient operation = c.kernelGradient();
            Value input = operation.convolution().input();
            Trial trial = c.trial(operation)
                    .put(operation.pooling().places(), c.places(random()))
                    .reals(random());
            Trial sums = sums(c, operation.pooling(), operation.convolution(), input, trial);
            ConvolutionBound bound = ConvolutionBound.ofKernelGradient(
                    backend(), sums, c.convolution().n(), 1);
            trial.assertWithin(subject(), (v, i, want) -> bound.at(v, i) + Numbers.SMALLEST);
        });
    }

    /** A convolution's gradient alone, of what the pooling passes on in a trial, with the trial's other operand. */
    private static Trial sums(
            Case c, MaxPool2d.PlacesGradient pooling, Operation convolution, Value other, Trial trial) {
        float[] passed = c.trial(pooling)
                .put(pooling.places(), trial.elements(pooling.places()))
                .put(pooling.outputGradient(), trial.elements(pooling.outputGradient()))
                .onReference()
                .single();
        return c.trial(convolution).put(pooling.inputGradient(), passed).put(other, trial.elements(other));
    }

    /** That of a kernel only where nothing is padded: times padding infinity gives no number in an implicit product. */
    private void anInfiniteGradientGoesThroughItsPlace() {
        for (Padding padding : List.of(Padding.SAME, Padding.VALID)) {
            Case c = new Case(three("infinite gradient", 7, 5, padding, 5, 12), Padding.SAME);
            PooledConv2d.InputGradient toInput = c.inputGradient();
            isExactWithAnInfiniteGradient(
                    c,
                    c.trial(toInput),
                    toInput.pooling(),
                    toInput.convolution().kernel());
            PooledConv2d.KernelGradient toKernel = c.kernelGradient();
            if (padding == Padding.VALID) {
                isExactWithAnInfiniteGradient(
                        c,
                        c.trial(toKernel),
                        toKernel.pooling(),
                        toKernel.convolution().input());
            }
        }
    }

    private void isExactWithAnInfiniteGradient(Case c, Trial trial, MaxPool2d.PlacesGradient pooling, Value positive) {
        trial.put(pooling.places(), c.places(random())).integers(random(), 4);
        float[] gradient = trial.elements(pooling.outputGradient());
        int channels = pooling.outputGradient().columns();
        int pixel = gradient.length / channels / 2;
        // Of the last vector some channels stay finite, and are computed once more with the others.
        Arrays.fill(gradient, pixel * channels, (pixel + 1) * channels - 2, Float.POSITIVE_INFINITY);
        trial.put(positive, ConvolutionContract.positive(trial.elements(positive)));
        trial.put(pooling.outputGradient(), gradient).assertExact(subject());
    }

    /** Slopes that are powers of two keep integers exact. */
    private void everyActivationThatNeverFallsIsExact() {
        Activation leaky = Activation.leakyRelu(0.25f);
        Activation limited = new Activation(Activation.Kind.RELU, 0, 6, 0);
        each(List.of(Activation.LINEAR, Activation.RELU, leaky, limited), f -> {
            for (ConvolutionContract.Case convolution : convolutions().subList(0, 3)) {
                new Case(convolution, Padding.SAME)
                        .trial(f)
                        .integers(random(), 4)
                        .assertExact(subject());
            }
        });
    }

    private void notANumberWinsEveryWindowThatHasIt() {
        Case c = new Case(three("NaN at row 2, column 3", 6, 5, Padding.SAME, 3, 5), Padding.SAME);
        PooledConv2d operation = c.operation(true, Activation.RELU);
        float[] x = Numbers.integers(random(), 2 * 90, 4);
        x[(2 * 5 + 3) * 3 + 1] = Float.NaN;
        Trial trial = c.trial(operation).put(operation.convolution().input(), x).integers(random(), 4);
        trial.assertExact(subject());
        PooledConv2d noting = c.noting();
        c.trial(noting)
                .put(noting.convolution().input(), x)
                .integers(random(), 4)
                .assertExact(subject());
        int found = 0;
        for (float value : trial.on(subject()).single()) {
            found += Float.isNaN(value) ? 1 : 0;
        }
        assertEquals(4 * 5, found, "rows 1 to 3 and columns 2 to 4 are of 4 windows in each of the 5 filters");
    }

    private void infinityComesOutAsInfinity() {
        for (float infinity : new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            Case c = new Case(three("infinite pixel", 7, 5, Padding.SAME, 5, 9), Padding.SAME);
            PooledConv2d operation = c.noting();
            Trial trial = c.trial(operation).integers(random(), 4);
            Value kernel = operation.convolution().kernel();
            float[] x = trial.elements(operation.convolution().input());
            float[] w = ConvolutionContract.positive(trial.elements(kernel));
            x[(2 * 5 + 3) * 5 + 1] = infinity;
            trial.put(operation.convolution().input(), x).put(kernel, w).assertExact(subject());
        }
    }
}
