package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;

import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import java.util.List;

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
                check("an activation of maxima is exact, their places stay", this::anActivationOfMaximaIsExact));
    }

    /** All convolutions with both paddings of the pooling. */
    private List<PooledConvolutionCase> cases() {
        return PooledConvolutionCase.all(random(), randomCases());
    }

    private void maximaAreExactOnIntegers() {
        each(cases(), c -> c.trial(Activation.RELU).integers(random(), 4).assertExact(subject()));
    }

    private void maximaWithoutBiasAreExactOnIntegers() {
        each(cases(), c -> c.trial(c.operation(false, Activation.LINEAR))
                .integers(random(), 4)
                .assertExact(subject()));
    }

    private void maximaStayWithinTheBoundOfTheirSums() {
        each(cases(), c -> {
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
    private float[] errors(PooledConvolutionCase c, Conv2d convolution, Trial sums) {
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
        each(cases(), c -> c.trial(c.noting()).integers(random(), 2).assertExact(subject()));
    }

    private void anActivationOfMaximaIsExact() {
        each(cases(), c -> c.trial(c.activated(ElementwiseContract.BENT))
                .integers(random(), 2)
                .assertExact(subject()));
    }

    /** No sum is larger than the one in the noted place by more than both may be off. */
    private void placesAreThoseOfTheLargestSums() {
        each(cases(), c -> {
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

    /** Slopes that are powers of two keep integers exact. */
    private void everyActivationThatNeverFallsIsExact() {
        Activation leaky = Activation.leakyRelu(0.25f);
        Activation limited = new Activation(Activation.Kind.RELU, 0, 6, 0);
        each(List.of(Activation.LINEAR, Activation.RELU, leaky, limited), f -> {
            for (ConvolutionContract.Case convolution :
                    PooledConvolutionCase.convolutions().subList(0, 3)) {
                new PooledConvolutionCase(convolution, Padding.SAME)
                        .trial(f)
                        .integers(random(), 4)
                        .assertExact(subject());
            }
        });
    }

    private void notANumberWinsEveryWindowThatHasIt() {
        PooledConvolutionCase c = new PooledConvolutionCase(
                PooledConvolutionCase.three("NaN at row 2, column 3", 6, 5, Padding.SAME, 3, 5), Padding.SAME);
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
            PooledConvolutionCase c = new PooledConvolutionCase(
                    PooledConvolutionCase.three("infinite pixel", 7, 5, Padding.SAME, 5, 9), Padding.SAME);
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
