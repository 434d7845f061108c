package conv4j.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class RandomStreamTest {

    /** Chance that a right generator fails one of the statistical tests; the seeds are fixed, so it cannot flicker. */
    private static final double LEVEL = 1e-4;

    @Test
    void theWordsAreThePhiloxBlocksInOrder() {
        RandomStream random = new RandomStream(0x0000000500000007L, 0x0000000B0000000DL);
        int[] block = new int[4];
        for (int b = 0; b < 3; b++) {
            Philox.block(7 ^ 0x636F6E76, 5, b, 0, 13, 11, block);
            for (int lane = 0; lane < 4; lane++) {
                assertEquals(block[lane], random.nextInt());
            }
        }
    }

    @Test
    void boundedIntegersAreUniform() {
        for (int bound : new int[] {1, 2, 3, 10, 1000}) {
            RandomStream random = new RandomStream(42, bound);
            long[] counts = new long[bound];
            IntStream.range(0, 200 * bound).forEach(i -> counts[random.nextInt(bound)]++);
            double[] expected = new double[bound];
            Arrays.fill(expected, 200);
            assertTrue(bound == 1 || new ChiSquareTest().chiSquareTest(expected, counts) > LEVEL, "bound " + bound);
        }
    }

    @Test
    void aBoundOfThreeQuartersOfTheRangeIsNotBiased() {
        int bound = 3 << 29;
        RandomStream random = new RandomStream(1, 2);
        long low = IntStream.range(0, 100_000)
                .filter(i -> random.nextInt(bound) < bound / 2)
                .count();
        assertEquals(50_000, low, 4 * Math.sqrt(25_000), "a plain remainder gives 66,667");
    }

    /** Words times 3 * 2^29 fall on the three remainders of the result 3 : 3 : 2 unless some words are thrown away. */
    @Test
    void wordsThatWouldFavourSomeResultsAreThrownAway() {
        RandomStream random = new RandomStream(7, 8);
        long[] counts = new long[3];
        IntStream.range(0, 60_000).forEach(i -> counts[random.nextInt(3 << 29) % 3]++);
        assertTrue(new ChiSquareTest().chiSquareTest(new double[] {20_000, 20_000, 20_000}, counts) > LEVEL);
    }

    @Test
    void aBoundThatIsNotPositiveIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new RandomStream(1, 1).nextInt(0));
        assertThrows(IllegalArgumentException.class, () -> RandomStream.permutation(-1, 1, 1));
    }

    @Test
    void floatsAndDoublesAreUniformInTheUnitInterval() {
        RandomStream random = new RandomStream(3, 4);
        double[] uniform = new double[20_000];
        for (int i = 0; i < uniform.length; i++) {
            uniform[i] = i % 2 == 0 ? random.nextFloat() : random.nextDouble();
            assertTrue(uniform[i] >= 0 && uniform[i] < 1);
        }
        var law = new org.apache.commons.math3.distribution.UniformRealDistribution(0, 1);
        assertTrue(new KolmogorovSmirnovTest().kolmogorovSmirnovTest(law, uniform) > LEVEL);
    }

    @Test
    void floatsAndDoublesTakeTheUpperBitsOfTheirWords() {
        RandomStream words = new RandomStream(3, 4);
        RandomStream random = new RandomStream(3, 4);
        for (int i = 0; i < 50; i++) {
            assertEquals((words.nextInt() >>> 8) / 16777216f, random.nextFloat());
            long high = Integer.toUnsignedLong(words.nextInt()) / 64;
            long low = Integer.toUnsignedLong(words.nextInt()) / 32;
            assertEquals((high * 134217728.0 + low) / 9007199254740992.0, random.nextDouble());
            assertEquals(-3 + 5 * ((words.nextInt() >>> 8) / 16777216f), random.nextFloat(-3, 2));
        }
    }

    /** Box and Muller's pair: the cosine first, then the sine of the same angle. */
    @Test
    void gaussiansComeInPairs() {
        RandomStream uniform = new RandomStream(5, 6);
        RandomStream random = new RandomStream(5, 6);
        for (int pair = 0; pair < 50; pair++) {
            double radius = Math.sqrt(-2 * Math.log(1 - uniform.nextDouble()));
            double angle = 2 * Math.PI * uniform.nextDouble();
            assertEquals(radius * Math.cos(angle), random.nextGaussian(), 1e-14);
            assertEquals(radius * Math.sin(angle), random.nextGaussian(), 1e-14);
        }
    }

    @Test
    void gaussiansAreNormallyDistributed() {
        RandomStream random = new RandomStream(5, 6);
        double[] normal = new double[20_000];
        Arrays.setAll(normal, i -> random.nextGaussian());
        var law = new org.apache.commons.math3.distribution.NormalDistribution(0, 1);
        assertTrue(new KolmogorovSmirnovTest().kolmogorovSmirnovTest(law, normal) > LEVEL);
    }

    @Test
    void aPermutationHoldsEveryIndexOnce() {
        for (int n : new int[] {0, 1, 2, 31, 10_000}) {
            int[] order = RandomStream.permutation(n, 9, 0);
            int[] sorted = order.clone();
            Arrays.sort(sorted);
            assertArrayEquals(IntStream.range(0, n).toArray(), sorted);
        }
    }

    @Test
    void everyPermutationOfFourIsEquallyLikely() {
        long[] counts = new long[256];
        for (int epoch = 0; epoch < 24_000; epoch++) {
            int[] p = RandomStream.permutation(4, 17, epoch);
            counts[p[0] * 64 + p[1] * 16 + p[2] * 4 + p[3]]++;
        }
        long[] seen = Arrays.stream(counts).filter(c -> c > 0).toArray();
        double[] expected = new double[24];
        Arrays.fill(expected, 1000);
        assertEquals(24, seen.length);
        assertTrue(new ChiSquareTest().chiSquareTest(expected, seen) > LEVEL);
    }

    @Test
    void theSameSeedAndEpochGiveTheSameOrderAndOthersDoNot() {
        int[] order = RandomStream.permutation(1000, 1, 2);
        assertArrayEquals(order, RandomStream.permutation(1000, 1, 2));
        assertFalse(Arrays.equals(order, RandomStream.permutation(1000, 1, 3)));
        assertFalse(Arrays.equals(order, RandomStream.permutation(1000, 2, 2)));
    }
}
