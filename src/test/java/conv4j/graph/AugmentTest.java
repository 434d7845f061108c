package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Augment.Edge;
import conv4j.graph.Augment.Kind;
import conv4j.graph.Augment.Range;
import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AugmentTest {

    /** The share of good generators that would fail: the draws are fixed, so a test fails always or never. */
    private static final double LEVEL = 1e-3;

    private static final int DRAWS = 20_000;

    @Test
    void aRangeCoversItsNumbersAndNoOthers() {
        Range range = new Range(-4, 4);
        assertEquals(-4, range.draw(0));
        assertEquals(4, range.draw(-1));
        assertEquals(0, range.draw(Integer.MIN_VALUE));
        assertEquals(7, new Range(7, 7).draw(-1));
    }

    /** Flips are ranges of 2 numbers, shifts by up to 4 pixels of 9, centres of as many as there are pixels. */
    @ParameterizedTest
    @CsvSource({"0, 1", "-4, 4", "0, 31", "-3, 0"})
    void drawsOfImagesStepsAndStreamsAreEven(int low, int high) {
        Range range = new Range(low, high);
        for (int word = 0; word < 4; word++) {
            int w = word;
            assertEven(range, IntStream.range(0, DRAWS).map(item -> range.draw(Augment.words(5, 3, item, 2)[w])));
            assertEven(range, IntStream.range(0, DRAWS).map(step -> range.draw(Augment.words(5, step, 3, 2)[w])));
            assertEven(range, IntStream.range(0, DRAWS).map(stream -> range.draw(Augment.words(5, 3, 3, stream)[w])));
        }
    }

    private static void assertEven(Range range, IntStream draws) {
        long[] counts = new long[range.count()];
        draws.forEach(draw -> counts[draw - range.low()]++);
        double[] expected = new double[counts.length];
        Arrays.fill(expected, (double) DRAWS / counts.length);
        assertTrue(new ChiSquareTest().chiSquareTest(expected, counts) > LEVEL, () -> Arrays.toString(counts));
    }

    /** Rows and columns of one image, and neighbouring images, are drawn independently: all pairs come as often. */
    @Test
    void pairsOfDrawsAreEven() {
        Range range = new Range(0, 4);
        long[] within = new long[25];
        long[] between = new long[25];
        for (int item = 0; item < DRAWS; item++) {
            int[] words = Augment.words(1, 0, item, 0);
            within[range.draw(words[0]) * 5 + range.draw(words[1])]++;
            between[range.draw(words[0]) * 5 + range.draw(Augment.words(1, 0, item + 1, 0)[0])]++;
        }
        double[] expected = new double[25];
        Arrays.fill(expected, DRAWS / 25.0);
        assertTrue(new ChiSquareTest().chiSquareTest(expected, within) > LEVEL);
        assertTrue(new ChiSquareTest().chiSquareTest(expected, between) > LEVEL);
    }

    @Test
    void noWordIsSharedWithDropout() {
        int[] dropout = new int[4];
        for (int stream = 0; stream < 50; stream++) {
            for (int item = 0; item < 50; item++) {
                Philox.block(1, 0, item, 0, 0, stream, dropout);
                for (int other = 0; other < 50; other++) {
                    int[] ours = Augment.words(1, 0, item, other);
                    assertTrue(!Arrays.equals(dropout, ours), "stream " + stream + " and " + other);
                }
            }
        }
    }

    @Test
    void edgesMirrorRepeatAndHold() {
        assertEdge(Edge.CONSTANT, -1, -1, -1, -1, -1, -1, 0, 1, 2, -1, -1, -1, -1);
        assertEdge(Edge.REFLECT, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0);
        assertEdge(Edge.WRAP, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0);
        assertEdge(Edge.NEAREST, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2);
    }

    /** Positions -6 to 6 of an axis of 3. */
    private static void assertEdge(Edge edge, int... want) {
        int[] got = IntStream.rangeClosed(-6, 6).map(i -> edge.inside(i, 3)).toArray();
        assertArrayEquals(want, got, edge + " " + Arrays.toString(got));
    }

    @Test
    void whatCannotBeIsRefused() {
        Value image = Value.input("x", Shape.of(4, 4, 3));
        Value output = Value.activation("y", Shape.of(4, 4, 3));
        Value vector = Value.input("v", Shape.of(4));
        Value fill = Value.state("fill", Shape.of(3));
        Range one = new Range(0, 1);
        Range far = new Range(-2, 2);
        assertRefused("needs a fill", () -> new Augment(image, null, output, Kind.CUTOUT, one, one, Edge.CONSTANT, 0));
        assertRefused("no use", () -> new Augment(image, fill, output, Kind.FLIP, one, one, Edge.CONSTANT, 0));
        assertRefused("cannot draw", () -> new Augment(image, null, output, Kind.FLIP, far, one, Edge.CONSTANT, 0));
        assertRefused("stream", () -> new Augment(image, null, output, Kind.FLIP, one, one, Edge.CONSTANT, -1));
        assertRefused(
                "images (height, width, channels)",
                () -> new Augment(vector, null, vector, Kind.FLIP, one, one, Edge.CONSTANT, 0));
        assertRefused("upwards", () -> new Range(1, 0));
        assertRefused("2^27", () -> new Range(0, 1 << 28));
    }

    private static void assertRefused(String text, org.junit.jupiter.api.function.Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(text), message);
    }
}
