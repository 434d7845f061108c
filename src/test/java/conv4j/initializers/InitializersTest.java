package conv4j.initializers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.initializers.VarianceScaling.Distribution;
import conv4j.initializers.VarianceScaling.Mode;
import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.io.File;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.distribution.AbstractRealDistribution;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.UniformRealDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InitializersTest {
    private static final Shape KERNEL = Shape.of(3, 5, 24, 36);
    private static final double FAN_IN = 3 * 5 * 24;
    private static final double FAN_OUT = 3 * 5 * 36;

    /** Chance that a right initializer fails one of the two tests of a case; seeds are fixed, so none can flicker. */
    private static final double LEAST_P = 1e-4;

    static Stream<Arguments> distributions() {
        return Stream.concat(named(), Stream.of(Mode.values()).flatMap(InitializersTest::varianceScalings));
    }

    private static Stream<Arguments> varianceScalings(Mode mode) {
        double variance = 3
                / switch (mode) {
                    case FAN_IN -> FAN_IN;
                    case FAN_OUT -> FAN_OUT;
                    case FAN_AVG -> (FAN_IN + FAN_OUT) / 2;
                };
        return Stream.of(
                Arguments.of(new VarianceScaling(3, mode, Distribution.UNIFORM), uniform(Math.sqrt(3 * variance))),
                Arguments.of(
                        new VarianceScaling(3, mode, Distribution.TRUNCATED_NORMAL), new Truncated(0, cut(variance))),
                Arguments.of(
                        new VarianceScaling(3, mode, Distribution.UNTRUNCATED_NORMAL),
                        new NormalDistribution(0, Math.sqrt(variance))));
    }

    private static Stream<Arguments> named() {
        return Stream.of(
                Arguments.of(new GlorotUniform(), uniform(Math.sqrt(6 / (FAN_IN + FAN_OUT)))),
                Arguments.of(new HeUniform(), uniform(Math.sqrt(6 / FAN_IN))),
                Arguments.of(new LecunUniform(), uniform(Math.sqrt(3 / FAN_IN))),
                Arguments.of(new RandomUniform(), uniform(0.05)),
                Arguments.of(new RandomUniform(1, 3), new UniformRealDistribution(1, 3)),
                Arguments.of(new GlorotNormal(), new Truncated(0, cut(2 / (FAN_IN + FAN_OUT)))),
                Arguments.of(new HeNormal(), new Truncated(0, cut(2 / FAN_IN))),
                Arguments.of(new LecunNormal(), new Truncated(0, cut(1 / FAN_IN))),
                Arguments.of(new TruncatedNormal(1, 0.5), new Truncated(1, 0.5)),
                Arguments.of(new TruncatedNormal(), new Truncated(0, 0.05)),
                Arguments.of(new RandomNormal(-2, 3), new NormalDistribution(-2, 3)),
                Arguments.of(new RandomNormal(), new NormalDistribution(0, 0.05)));
    }

    /** Every initializer is either compared with a distribution or a constant. */
    @Test
    void noInitializerIsLeftOut() throws Exception {
        Set<String> tested = all().map(Initializer::className).collect(Collectors.toSet());
        Set<String> known = new HashSet<>();
        File folder =
                new File(Initializer.class.getResource("Initializer.class").toURI()).getParentFile();
        for (File file : folder.listFiles()) {
            Class<?> type = Class.forName("conv4j.initializers."
                    + file.getName().replace(".class", "").replace("package-info", "Initializer"));
            if (Initializer.class.isAssignableFrom(type) && !Modifier.isAbstract(type.getModifiers())) {
                known.add(type.getSimpleName());
            }
        }
        assertEquals(known, tested);
        assertTrue(known.size() >= 13);
    }

    @ParameterizedTest
    @MethodSource("distributions")
    void valuesFollowTheDistribution(Initializer initializer, AbstractRealDistribution expected) {
        double[] values = doubles(values(initializer, 7, 3));
        for (double value : values) {
            assertTrue(
                    value >= (float) expected.getSupportLowerBound()
                            && value <= (float) expected.getSupportUpperBound(),
                    () -> initializer.className() + " gives " + value);
        }
        double p = new KolmogorovSmirnovTest().kolmogorovSmirnovTest(expected, values);
        assertTrue(p > LEAST_P, () -> initializer.className() + ": Kolmogorov-Smirnov p = " + p);
        double q = new ChiSquareTest().chiSquareTest(equalParts(), counts(expected, values));
        assertTrue(q > LEAST_P, () -> initializer.className() + ": chi-square p = " + q);
    }

    /** The cut is made up for: what the paper asks for is the variance of the values, not of the uncut normal. */
    @Test
    void truncatedNormalHasTheVarianceThatWasAskedFor() {
        double variance = StatUtils.variance(doubles(values(new HeNormal(), 1, 0)));
        assertEquals(2 / FAN_IN, variance, 0.03 * 2 / FAN_IN);
    }

    /** The first two words of a block and the last two make one number each: two values of a block are not alike. */
    @Test
    void everyBlockGivesTwoValues() {
        float[] values = values(new RandomUniform(0, 1), 11, 4);
        int[] words = new int[4];
        for (int i = 0; i < 100; i += 2) {
            Philox.block(11 ^ 0x696E6974, 0, i / 2, 0, 4, 0, words);
            assertEquals((Integer.toUnsignedLong(words[0]) + 0.5) * 0x1p-32, values[i], 1e-7);
            assertEquals((Integer.toUnsignedLong(words[2]) + 0.5) * 0x1p-32, values[i + 1], 1e-7);
        }
    }

    /** The median word of the generator gives the mean, and a larger word a larger value. */
    @Test
    void normalValuesRiseWithTheirWords() {
        float[] uniform = values(new RandomUniform(0, 1), 3, 1);
        float[] normal = values(new RandomNormal(5, 2), 3, 1);
        float[] truncated = values(new TruncatedNormal(5, 2), 3, 1);
        for (int i = 0; i < 1000; i++) {
            assertEquals(uniform[i] > 0.5f, normal[i] > 5, "element " + i);
            assertEquals(uniform[i] > 0.5f, truncated[i] > 5, "element " + i);
        }
    }

    @Test
    void fansAreCountedAsInKeras() {
        assertEquals(3 * 3 * 16, VarianceScaling.fanIn(Shape.of(3, 3, 16, 32)));
        assertEquals(3 * 3 * 32, VarianceScaling.fanOut(Shape.of(3, 3, 16, 32)));
        assertEquals(3 * 3 * 16, VarianceScaling.fanIn(Shape.of(3, 3, 16, 1)), "depthwise");
        assertEquals(9, VarianceScaling.fanOut(Shape.of(3, 3, 16, 1)), "depthwise");
        assertEquals(100, VarianceScaling.fanIn(Shape.of(100, 10)));
        assertEquals(10, VarianceScaling.fanOut(Shape.of(100, 10)));
        assertEquals(10, VarianceScaling.fanIn(Shape.of(10)));
        assertEquals(10, VarianceScaling.fanOut(Shape.of(10)));
        assertEquals(1, VarianceScaling.fanIn(Shape.SCALAR));
    }

    @Test
    void valuesDependOnSeedStreamAndIndexOnly() {
        Initializer initializer = new RandomNormal();
        float[] values = values(initializer, 5, 2);
        assertArrayEquals(values, values(initializer, 5, 2));
        float[] few = new float[11];
        initializer.fill(few, Shape.of(11), 5, 2);
        assertArrayEquals(few, Arrays.copyOf(values, 11));
        assertFalse(Arrays.equals(values, values(initializer, 5, 3)), "another stream");
        assertFalse(Arrays.equals(values, values(initializer, 6, 2)), "another seed");
        assertFalse(Arrays.equals(values, values(initializer, 5 + (1L << 32), 2)), "another high word of the seed");
    }

    @Test
    void streamsOfOneSeedAreNotCorrelated() {
        double[] a = doubles(values(new RandomUniform(-1, 1), 5, 0));
        double[] b = doubles(values(new RandomUniform(-1, 1), 5, 1));
        double sum = IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
        assertEquals(0, sum / a.length, 4 * (1.0 / 3) / Math.sqrt(a.length));
    }

    @Test
    void anOwnSeedTakesThePlaceOfTheModels() {
        Initializer own = new GlorotUniform(42L);
        assertArrayEquals(values(own, 1, 2), values(own, 3, 4));
        assertArrayEquals(values(own, 1, 2), values(new GlorotUniform(), 42, 0));
    }

    @Test
    void constantsFillTheWholeArray() {
        for (float value : values(new Zeros(), 1, 1)) {
            assertEquals(0f, value);
        }
        for (float value : values(new Ones(), 1, 1)) {
            assertEquals(1f, value);
        }
        for (float value : values(new Constant(0.3), 1, 1)) {
            assertEquals(0.3f, value);
        }
    }

    static Stream<Initializer> all() {
        return Stream.concat(
                distributions().map(arguments -> (Initializer) arguments.get()[0]),
                Stream.of(new Zeros(), new Ones(), new Constant(3), new HeNormal(9L), new RandomUniform(0, 1, 8L)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void configurationsMakeTheSameInitializerAgain(Initializer initializer) {
        Initializer again = Initializers.fromConfig(initializer.className(), initializer.config());
        assertEquals(initializer.config(), again.config());
        assertEquals(initializer.className(), again.className());
        assertArrayEquals(values(initializer, 3, 1), values(again, 3, 1));
    }

    @Test
    void configurationsHoldTheArgumentsUnderKerasNames() {
        assertEquals(Map.of("mean", 1.0, "stddev", 2.0, "seed", 3L), new RandomNormal(1, 2, 3L).config());
        assertEquals(Map.of("mean", 1.0, "stddev", 2.0, "seed", 3L), new TruncatedNormal(1, 2, 3L).config());
        assertEquals(Map.of("minval", 1.0, "maxval", 2.0, "seed", 3L), new RandomUniform(1, 2, 3L).config());
        assertEquals(
                Map.of("scale", 2.0, "mode", "fan_avg", "distribution", "uniform", "seed", 4L),
                new VarianceScaling(2, Mode.FAN_AVG, Distribution.UNIFORM, 4L).config());
        for (Initializer own : new Initializer[] {
            new GlorotUniform(5L),
            new GlorotNormal(5L),
            new HeUniform(5L),
            new HeNormal(5L),
            new LecunUniform(5L),
            new LecunNormal(5L)
        }) {
            assertEquals(Map.of("seed", 5L), own.config(), own.className());
        }
    }

    /** Older files of Keras say normal for the truncated one. */
    @Test
    void normalMeansTruncatedNormal() {
        Initializer old = Initializers.fromConfig(
                "VarianceScaling", Map.of("scale", 2, "mode", "fan_out", "distribution", "normal"));
        assertEquals(new VarianceScaling(2, Mode.FAN_OUT, Distribution.TRUNCATED_NORMAL).config(), old.config());
    }

    @Test
    void numbersThatNoDistributionHasAreRefused() {
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(wrong, () -> new VarianceScaling(wrong, Mode.FAN_IN, Distribution.UNIFORM));
        }
        for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertRefused(wrong, () -> new RandomNormal(0, wrong));
            assertRefused(wrong, () -> new TruncatedNormal(0, wrong));
        }
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertRefused(wrong, () -> new RandomNormal(wrong, 1));
            assertRefused(wrong, () -> new TruncatedNormal(wrong, 1));
            assertRefused(wrong, () -> new RandomUniform(wrong, 1));
            assertRefused(wrong, () -> new RandomUniform(-1, wrong));
        }
        assertRefused(2, () -> new RandomUniform(2, 1));
        assertRefused(
                "VarianceScaling has no mode 'fan'",
                () -> Initializers.fromConfig("VarianceScaling", Map.of("mode", "fan")));
    }

    @Test
    void aDistributionMayHaveNoWidth() {
        for (Initializer narrow :
                new Initializer[] {new RandomNormal(2, 0), new TruncatedNormal(2, 0), new RandomUniform(2, 2)}) {
            for (float value : values(narrow, 1, 1)) {
                assertEquals(2f, value);
            }
        }
    }

    private static void assertRefused(Object said, Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(String.valueOf(said)), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"glorot_uniform", "he_normal", "lecun_uniform", "zeros", "truncated_normal"})
    void kerasNamesAreKnown(String name) {
        assertEquals(name.replace("_", ""), Initializers.named(name).className().toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void unknownNamesAndArgumentsAreRefused() {
        String unknown = assertThrows(IllegalArgumentException.class, () -> Initializers.named("orthogonal"))
                .getMessage();
        assertTrue(unknown.contains("'orthogonal'") && unknown.contains("glorot_"), unknown);
        String argument = assertThrows(
                        IllegalArgumentException.class, () -> Initializers.fromConfig("HeNormal", Map.of("gain", 2)))
                .getMessage();
        assertTrue(argument.contains("HeNormal") && argument.contains("gain"), argument);
    }

    private static float[] values(Initializer initializer, long seed, int stream) {
        float[] values = new float[KERNEL.size()];
        Arrays.fill(values, Float.NaN);
        initializer.fill(values, KERNEL, seed, stream);
        return values;
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private static AbstractRealDistribution uniform(double limit) {
        return new UniformRealDistribution(-limit, limit);
    }

    /** The deviation before the cut that leaves this variance. */
    private static double cut(double variance) {
        return Math.sqrt(variance) / 0.87962566103423978;
    }

    private static double[] equalParts() {
        double[] expected = new double[64];
        Arrays.fill(expected, KERNEL.size() / 64.0);
        return expected;
    }

    private static long[] counts(AbstractRealDistribution distribution, double[] values) {
        long[] counts = new long[64];
        for (double value : values) {
            counts[Math.min(63, Math.max(0, (int) (64 * distribution.cumulativeProbability(value))))]++;
        }
        return counts;
    }

    /** A normal distribution cut at two deviations. */
    private static final class Truncated extends AbstractRealDistribution {
        private static final long serialVersionUID = 1;
        private final double mean;
        private final double deviation;
        private final NormalDistribution standard = new NormalDistribution();

        Truncated(double mean, double deviation) {
            super(new Well19937c(1));
            this.mean = mean;
            this.deviation = deviation;
        }

        @Override
        public double cumulativeProbability(double x) {
            double below = standard.cumulativeProbability(-2);
            double z = Math.max(-2, Math.min(2, (x - mean) / deviation));
            return (standard.cumulativeProbability(z) - below) / (1 - 2 * below);
        }

        @Override
        public double density(double x) {
            throw new UnsupportedOperationException();
        }

        @Override
        public double getNumericalMean() {
            return mean;
        }

        @Override
        public double getNumericalVariance() {
            return deviation * deviation * 0.87962566103423978 * 0.87962566103423978;
        }

        @Override
        public double getSupportLowerBound() {
            return mean - 2 * deviation;
        }

        @Override
        public double getSupportUpperBound() {
            return mean + 2 * deviation;
        }

        @Override
        @SuppressWarnings("deprecation")
        public boolean isSupportLowerBoundInclusive() {
            return true;
        }

        @Override
        @SuppressWarnings("deprecation")
        public boolean isSupportUpperBoundInclusive() {
            return true;
        }

        @Override
        public boolean isSupportConnected() {
            return true;
        }
    }
}
