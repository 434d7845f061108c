package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;

import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.Dropout;
import conv4j.graph.Value;
import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.inference.ChiSquareTest;

/** Activations and their derivatives, sums, dropout. */
final class ElementwiseContract extends Contract {

    ElementwiseContract(Subject subject) {
        super("elementwise", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("activations are as good as their functions", this::activationsAreAsGoodAsTheirFunctions),
                check("activations cover any size", this::activationsCoverAnySize),
                check("not a number stays not a number", this::notANumberStaysNotANumber),
                check("infinity goes to the limit of the function", this::infinityGoesToTheLimitOfTheFunction),
                check("derivatives are as good as their functions", this::derivativesAreAsGoodAsTheirFunctions),
                check("derivatives cover any size", this::derivativesCoverAnySize),
                check("the kink of relu has the slope below it", this::theKinkOfReluHasTheSlopeBelowIt),
                check("sums are exact", this::sumsAreExact),
                check("a value may be added to itself", this::aValueMayBeAddedToItself),
                check("dropout masks are the same everywhere", this::dropoutMasksAreTheSameEverywhere),
                check("dropout keeps what its random words say", this::dropoutKeepsWhatItsRandomWordsSay),
                check("dropout and the derivative before it are exact", this::dropoutAndTheDerivativeBeforeItAreExact),
                check("dropout masks depend on seed step and stream", this::dropoutMasksDependOnSeedStepAndStream),
                check(
                        "dropout masks have the distribution of their rate",
                        this::dropoutMasksHaveTheDistributionOfTheirRate),
                check("dropped not a number is zero and kept one stays", this::droppedNotANumberIsZeroAndKeptOneStays));
    }

    /** A relu that whole numbers meet below, at and above its threshold and its maximum, and leave exactly. */
    static final Activation BENT = new Activation(Activation.Kind.RELU, 0.25f, 40, 2);

    /** More elements in a batch than a work-item takes. */
    private static final int MANY = 5000;

    /** Every function, those with parameters also with others than the defaults. */
    static List<Activation> activations() {
        List<Activation> all = new ArrayList<>();
        for (Activation.Kind kind : Activation.Kind.values()) {
            all.add(Activation.of(kind));
        }
        all.add(Activation.leakyRelu(0.1f));
        all.add(new Activation(Activation.Kind.RELU, 0, 6, 0));
        all.add(new Activation(Activation.Kind.RELU, 0.3f, 2, 0.5f));
        all.add(new Activation(Activation.Kind.RELU, -0.5f, Float.POSITIVE_INFINITY, -0.25f));
        all.add(new Activation(Activation.Kind.ELU, 0.7f, Float.POSITIVE_INFINITY, 0));
        all.add(new Activation(Activation.Kind.ELU, -0.7f, Float.POSITIVE_INFINITY, 0));
        return all;
    }

    /** Arguments from tiny to huge, of both signs. */
    static float[] arguments() {
        float[] x = new float[2 * 64 + 2];
        for (int i = 0; i < 64; i++) {
            x[2 * i] = (float) Math.scalb(1 + i / 64.0, i / 3 - 12);
            x[2 * i + 1] = -x[2 * i];
        }
        return x;
    }

    /** The edges of vectors and groups, and many. */
    private static int[] sizes() {
        int[] sizes = Arrays.copyOf(Numbers.EDGES, Numbers.EDGES.length + 1);
        sizes[Numbers.EDGES.length] = MANY;
        return sizes;
    }

    private static Value items(int size, String name) {
        return Value.activation(name, Shape.of(size));
    }

    private void activationsAreAsGoodAsTheirFunctions() {
        float[] x = arguments();
        each(activations(), f -> {
            Activate operation = new Activate(items(x.length, "x"), items(x.length, "y"), f);
            Trial trial = Trial.of(f, operation, 1, 2).put(operation.input(), x);
            trial.assertWithin(subject(), (v, i, want) -> Numbers.error(f, x[i], want));
        });
    }

    private void activationsCoverAnySize() {
        for (int size : sizes()) {
            Activate operation = new Activate(items(size, "x"), items(size, "y"), BENT);
            Trial.of(size, operation, 3, 4).integers(random(), 100).assertExact(subject());
        }
        Value weights = Value.parameter("weights", Shape.of(5, 7));
        Activate unbatched = new Activate(weights, weights.like("y"), BENT);
        Trial.of("unbatched", unbatched, 3, 4).integers(random(), 100).assertExact(subject());
    }

    private void derivativesCoverAnySize() {
        for (int size : sizes()) {
            Activate.Gradient operation =
                    new Activate.Gradient(items(size, "dy"), items(size, "saved"), items(size, "dx"), BENT);
            Trial.of(size, operation, 3, 4).integers(random(), 50).assertExact(subject());
        }
    }

    private void notANumberStaysNotANumber() {
        float[] x = {1, Float.NaN, -1};
        each(activations(), f -> {
            Activate operation = new Activate(items(3, "x"), items(3, "y"), f);
            Trial trial = Trial.of(f, operation, 1, 1).put(operation.input(), x);
            float[] y = trial.on(subject()).of(operation.output());
            assertTrue(Float.isNaN(y[1]), () -> f + " of NaN is " + y[1]);
            assertTrue(Float.isFinite(y[0]) && Float.isFinite(y[2]), () -> f + " spreads NaN");
        });
    }

    private void infinityGoesToTheLimitOfTheFunction() {
        each(activations(), f -> assertLimit(f, Float.POSITIVE_INFINITY));
        for (Activation.Kind kind : List.of(
                Activation.Kind.RELU, Activation.Kind.SIGMOID, Activation.Kind.TANH, Activation.Kind.SOFTPLUS)) {
            assertLimit(Activation.of(kind), Float.NEGATIVE_INFINITY);
        }
    }

    private void assertLimit(Activation f, float x) {
        Activate operation = new Activate(items(1, "x"), items(1, "y"), f);
        Trial.of(f + " at " + x, operation, 1, 1)
                .put(operation.input(), x)
                .assertWithin(subject(), (v, i, want) -> Float.isFinite(want) ? 16 * Numbers.UNIT * want : 0);
    }

    /** The points at which the derivative is tried: values of the function or its arguments, whichever is saved. */
    private static float[] saved(Activation f) {
        float[] x = arguments();
        if (!f.gradientFromOutput()) {
            return x;
        }
        Activate operation = new Activate(items(x.length, "x"), items(x.length, "y"), f);
        return Trial.of(f, operation, 1, 1)
                .put(operation.input(), x)
                .onReference()
                .of(operation.output());
    }

    private void derivativesAreAsGoodAsTheirFunctions() {
        each(activations(), f -> {
            float[] saved = saved(f);
            Activate.Gradient operation = new Activate.Gradient(
                    items(saved.length, "dy"), items(saved.length, "saved"), items(saved.length, "dx"), f);
            float[] dy = Numbers.reals(random(), saved.length);
            // The formulas are differences and products of numbers up to |saved| + 2, each good to 16 u.
            Trial.of(f, operation, 1, 2)
                    .put(operation.outputGradient(), dy)
                    .put(operation.saved(), saved)
                    .assertWithin(
                            subject(),
                            (v, i, want) ->
                                    32 * Numbers.UNIT * Math.abs(dy[i]) * (2 + Math.abs(saved[i])) + Numbers.SMALLEST);
        });
    }

    private void theKinkOfReluHasTheSlopeBelowIt() {
        Activation relu6 = new Activation(Activation.Kind.RELU, 0, 6, 0);
        Activate.Gradient operation = new Activate.Gradient(items(5, "dy"), items(5, "y"), items(5, "dx"), relu6);
        Trial trial = Trial.of("relu6", operation, 1, 1)
                .put(operation.outputGradient(), 1, 2, 3, 4, 5)
                .put(operation.saved(), 0, 0.5f, 5.5f, 6, 0);
        trial.assertExact(subject());
        assertEquals(
                "[0.0, 2.0, 3.0, 0.0, 0.0]",
                Arrays.toString(Numbers.absolute(trial.on(subject()).of(operation.inputGradient()))),
                "the derivative at 0, 0.5, 5.5, 6 and 0");
    }

    private void sumsAreExact() {
        for (int size : sizes()) {
            Add operation = new Add(items(size, "a"), items(size, "b"), items(size, "sum"));
            Trial.of(size, operation, 3, 5).reals(random()).assertExact(subject());
        }
        Value weights = Value.parameter("weights", Shape.of(1000));
        Add operation = new Add(weights, weights.like("b"), weights.like("sum"));
        Trial.of("unbatched", operation, 1, 5).reals(random()).assertExact(subject());
    }

    private void aValueMayBeAddedToItself() {
        Value x = items(33, "x");
        Trial.of("x + x", new Add(x, x, items(33, "sum")), 2, 2).reals(random()).assertExact(subject());
    }

    private static Run training(int n, int step, long seed) {
        return new Run(n, step, seed, 0, 0, 0, 0, 0);
    }

    private void dropoutMasksAreTheSameEverywhere() {
        for (float rate : new float[] {0, 0.1f, 0.5f, 0.999f}) {
            for (int size : new int[] {1, 3, 4, 5, 63, 65, 1000, MANY}) {
                Dropout operation = new Dropout(items(size, "x"), items(size, "y"), rate, 7);
                Run run = training(3, 1234567, 0xFEDCBA9876543210L);
                Trial.of("rate " + rate + ", size " + size, operation, 5, run)
                        .reals(new Random(size))
                        .assertExact(subject());
            }
        }
    }

    private void dropoutAndTheDerivativeBeforeItAreExact() {
        Activation tanh = Activation.of(Activation.Kind.TANH);
        for (Activation f : List.of(BENT, Activation.RELU, Activation.leakyRelu(0.125f), tanh)) {
            for (int size : new int[] {1, 3, 4, 5, 63, 65, 1000, MANY}) {
                Dropout dropout = new Dropout(items(size, "dy"), items(size, "kept"), 0.25f, 7);
                Activate.Gradient gradient =
                        new Activate.Gradient(dropout.output(), items(size, "saved"), items(size, "dx"), f);
                Trial.of(f + ", size " + size, new Dropout.ActivationGradient(dropout, gradient), 5, training(3, 5, 6))
                        .integers(new Random(size), 40)
                        .assertExact(subject());
            }
        }
    }

    private void dropoutKeepsWhatItsRandomWordsSay() {
        Dropout operation = new Dropout(items(6, "x"), items(6, "y"), 0.25f, 3);
        long seed = 0x0123456789ABCDEFL;
        float[] y = Trial.of("by hand", operation, 2, training(2, 9, seed))
                .put(operation.input(), 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3)
                .on(subject())
                .of(operation.output());
        int[] words = new int[4];
        for (int i = 0; i < 12; i++) {
            Philox.block(0x89ABCDEF, 0x01234567, i / 4, 0, 9, 3, words);
            boolean kept = Integer.toUnsignedLong(words[i % 4]) >= 1L << 30;
            assertEquals(kept ? 4f : 0f, y[i], 4 * Numbers.UNIT, "element " + i);
        }
    }

    private void dropoutMasksDependOnSeedStepAndStream() {
        float[] ones = new float[256];
        Arrays.fill(ones, 1);
        List<String> masks = new ArrayList<>();
        for (Run run : List.of(training(1, 0, 1), training(1, 1, 1), training(1, 0, 2), training(1, 0, 1L << 32 | 1))) {
            for (int stream : new int[] {0, 1}) {
                Dropout operation = new Dropout(items(256, "x"), items(256, "y"), 0.5f, stream);
                Trial trial = Trial.of(run, operation, 1, run).put(operation.input(), ones);
                masks.add(Arrays.toString(trial.on(subject()).of(operation.output())));
            }
        }
        assertEquals(8, masks.stream().distinct().count(), "different masks");
    }

    /** Neighbours in memory, which one block of four random words decides, and neighbours in different blocks. */
    private static final int[] DISTANCES = {1, 2, 3, 4, 64};

    /**
     * Counts of dropped and kept elements, and of pairs of them, against what the rate says: chi-square tests at a
     * significance of 10^-6 each, so that a right device fails one of the few hundred of a run once in thousands of seeds.
     */
    private void dropoutMasksHaveTheDistributionOfTheirRate() {
        each(List.of(0.1f, 0.25f, 0.5f, 0.9f), rate -> {
            int size = 20_000;
            float[] ones = new float[size];
            Arrays.fill(ones, 1);
            Dropout operation = new Dropout(items(size, "x"), items(size, "y"), rate, 3);
            float[] y = Trial.of("rate " + rate, operation, 1, training(1, 17, random().nextLong()))
                    .put(operation.input(), ones)
                    .on(subject())
                    .of(operation.output());
            double keep = 1 - (double) rate;
            for (int distance : DISTANCES) {
                long[] pairs = new long[4];
                for (int i = 0; i + distance < size; i += 2 * distance) {
                    pairs[(y[i] == 0 ? 0 : 1) + (y[i + distance] == 0 ? 0 : 2)]++;
                }
                double[] expected = {rate * (double) rate, keep * rate, rate * keep, keep * keep};
                double p = new ChiSquareTest().chiSquareTest(expected, pairs);
                assertTrue(
                        p > 1e-6,
                        () -> "pairs " + distance + " apart at rate " + rate + " have the counts "
                                + Arrays.toString(pairs) + ", whose probability is " + p);
            }
        });
    }

    private void droppedNotANumberIsZeroAndKeptOneStays() {
        float[] x = new float[64];
        Arrays.fill(x, Float.NaN);
        Dropout operation = new Dropout(items(64, "x"), items(64, "y"), 0.5f, 0);
        Trial.of("NaN", operation, 1, training(1, 0, 5))
                .put(operation.input(), x)
                .assertExact(subject());
    }
}
