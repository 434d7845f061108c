package conv4j.selftest;

import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import java.util.Arrays;
import java.util.List;

/** The gradients of a convolution from that of the maxima of its output and their places, which some devices do at once. */
final class PooledGradientContract extends Contract {

    PooledGradientContract(Subject subject) {
        super("pooled convolution", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("gradients from places are exact on integers", this::gradientsFromPlacesAreExactOnIntegers),
                check("input gradient from places stays within the bound of its sums", this::inputGradientsAreBounded),
                check(
                        "kernel gradient from places stays within the bound of its sums",
                        this::kernelGradientsAreBounded),
                check("an infinite gradient goes through its place", this::anInfiniteGradientGoesThroughItsPlace));
    }

    /** All convolutions with both paddings of the pooling. */
    private List<PooledConvolutionCase> cases() {
        return PooledConvolutionCase.all(random(), randomCases());
    }

    private void gradientsFromPlacesAreExactOnIntegers() {
        each(cases(), c -> {
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
        each(cases(), c -> {
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
        each(cases(), c -> {
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
            PooledConvolutionCase c,
            MaxPool2d.PlacesGradient pooling,
            Operation convolution,
            Value other,
            Trial trial) {
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
            PooledConvolutionCase c = new PooledConvolutionCase(
                    PooledConvolutionCase.three("infinite gradient", 7, 5, padding, 5, 12), Padding.SAME);
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

    private void isExactWithAnInfiniteGradient(
            PooledConvolutionCase c, Trial trial, MaxPool2d.PlacesGradient pooling, Value positive) {
        trial.put(pooling.places(), c.places(random())).integers(random(), 4);
        float[] gradient = trial.elements(pooling.outputGradient());
        int channels = pooling.outputGradient().columns();
        int pixel = gradient.length / channels / 2;
        // Of the last vector some channels stay finite, and are computed once more with the others.
        Arrays.fill(gradient, pixel * channels, (pixel + 1) * channels - 2, Float.POSITIVE_INFINITY);
        trial.put(positive, ConvolutionContract.positive(trial.elements(positive)));
        trial.put(pooling.outputGradient(), gradient).assertExact(subject());
    }
}
