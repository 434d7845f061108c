package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures whose pixels are known: value v of 0 to 255 has the grey v. */
class WeightPictureTest {

    private static BufferedImage picture(Shape shape, float... values) {
        return WeightPicture.of(shape, values).orElseThrow();
    }

    /** The values of a band, row by row. */
    private static int[][] levels(BufferedImage image, int band) {
        int[][] levels = new int[image.getHeight()][image.getWidth()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                levels[y][x] = image.getRaster().getSample(x, y, band);
            }
        }
        return levels;
    }

    private static void assertLevels(BufferedImage image, int[]... rows) {
        assertEquals(1, image.getRaster().getNumBands());
        assertArrayEquals(rows, levels(image, 0));
    }

    private static int[] row(int... levels) {
        return levels;
    }

    @Test
    void aMatrixThatIsWideIsDrawnAsItIs() {
        assertLevels(picture(Shape.of(2, 3), 0, 10, 20, 30, 40, 255), row(0, 10, 20), row(30, 40, 255));
    }

    @Test
    void aMatrixThatIsHighIsDrawnLyingDown() {
        assertLevels(picture(Shape.of(3, 2), 0, 10, 20, 30, 40, 255), row(0, 20, 40), row(10, 30, 255));
    }

    @Test
    void aSquareMatrixIsNotTurned() {
        assertLevels(picture(Shape.of(2, 2), 0, 10, 20, 255), row(0, 10), row(20, 255));
    }

    @Test
    void aVectorIsARow() {
        assertLevels(picture(Shape.of(3), 0, 7, 255), row(0, 7, 255));
        assertLevels(picture(Shape.of(3, 1), 0, 7, 255), row(0, 7, 255));
    }

    @Test
    void axesOfOneElementAreLeftOut() {
        assertLevels(picture(Shape.of(1, 2, 1, 2, 1), 0, 10, 20, 255), row(0, 10), row(20, 255));
        assertLevels(picture(Shape.of(1, 2, 2), 0, 10, 20, 255), row(0, 10), row(20, 255));
    }

    @Test
    void levelsAreStretchedFromTheSmallestToTheLargest() {
        assertLevels(picture(Shape.of(4), -1, -0.5f, 0, 1), row(0, 64, 128, 255));
    }

    @Test
    void equalWeightsAreGrey() {
        assertLevels(picture(Shape.of(2), 3, 3), row(127, 127));
    }

    /** Two filters of 2 x 3, of one channel: 0 to 5 and 10 to 15, and the largest in the corner. */
    @Test
    void kernelsStandSideBySideWithALineBetween() {
        BufferedImage image = picture(Shape.of(2, 3, 1, 2), 0, 10, 1, 11, 2, 12, 3, 13, 4, 14, 5, 255);
        assertLevels(image, row(0, 1, 2, 0, 10, 11, 12), row(3, 4, 5, 0, 13, 14, 255));
    }

    @Test
    void sixteenKernelsStandInARow() {
        float[] values = new float[33];
        IntStream.range(0, 33).forEach(i -> values[i] = i * 5);
        values[32] = 255;
        BufferedImage image = picture(Shape.of(1, 1, 1, 33), values);
        assertEquals(31, image.getWidth());
        assertEquals(5, image.getHeight());
        int[][] levels = levels(image, 0);
        for (int filter = 0; filter < 32; filter++) {
            assertEquals(filter * 5, levels[filter / 16 * 2][filter % 16 * 2], "filter " + filter);
        }
        assertEquals(255, levels[4][0]);
        assertArrayEquals(new int[31], levels[1]);
        assertEquals(31, picture(Shape.of(1, 1, 1, 16), new float[16]).getWidth());
        assertEquals(1, picture(Shape.of(1, 1, 1, 16), new float[16]).getHeight());
    }

    /** A kernel of 2 x 1, three channels, two filters: value 100 band + 10 y + filter. */
    @Test
    void threeChannelsAreColours() {
        BufferedImage image = picture(Shape.of(2, 1, 3, 2), 0, 1, 100, 101, 200, 201, 10, 11, 110, 111, 210, 255);
        assertEquals(3, image.getRaster().getNumBands());
        for (int band = 0; band < 3; band++) {
            int last = band == 2 ? 255 : 100 * band + 11;
            int[][] expected = {{100 * band, 0, 100 * band + 1}, {100 * band + 10, 0, last}};
            assertArrayEquals(expected, levels(image, band), "band " + band);
        }
    }

    /** Kernels of 2 x 3, three channels, three filters, every weight another one. */
    @Test
    void everyWeightHasItsPlace() {
        float[] values = new float[2 * 3 * 3 * 3];
        IntStream.range(0, values.length).forEach(i -> values[i] = i * 4);
        values[values.length - 1] = 255;
        BufferedImage image = picture(Shape.of(2, 3, 3, 3), values);
        for (int i = 0; i < values.length; i++) {
            int x = i / 9 % 3 + i % 3 * 4;
            assertEquals(values[i], image.getRaster().getSample(x, i / 27, i / 3 % 3), "weight " + i);
        }
    }

    @Test
    void theFourthChannelIsLeftOut() {
        BufferedImage image = picture(Shape.of(1, 2, 4, 1), 0, 1, 2, 77, 3, 4, 5, 255);
        assertEquals(3, image.getRaster().getNumBands());
        assertArrayEquals(new int[][] {{0, 3}}, levels(image, 0));
        assertArrayEquals(new int[][] {{1, 4}}, levels(image, 1));
        assertArrayEquals(new int[][] {{2, 5}}, levels(image, 2));
    }

    @Test
    void whatHasMoreThanTwoAxesIsNotDrawn() {
        assertTrue(WeightPicture.of(Shape.of(2, 2, 2), new float[8]).isEmpty());
        assertTrue(WeightPicture.of(Shape.of(2, 2, 2, 2), new float[16]).isEmpty());
        assertTrue(WeightPicture.of(Shape.of(2, 2, 5, 2), new float[40]).isEmpty());
        assertEquals(Optional.empty(), WeightPicture.of(Shape.of(1), new float[1]));
        assertEquals(Optional.empty(), WeightPicture.of(Shape.of(1, 1), new float[1]));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 5})
    void kernelsOfOtherChannelsAreDrawnOnlyAsAMatrix(int channels) {
        BufferedImage image = picture(Shape.of(1, 1, channels, 3), new float[channels * 3]);
        assertEquals(Math.max(channels, 3), image.getWidth());
        assertEquals(Math.min(channels, 3), image.getHeight());
    }
}
