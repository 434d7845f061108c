package conv4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.data.ImageSet;
import conv4j.evaluation.Classification;
import conv4j.pictures.Picture;
import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What pictures of results show, of results that are known. */
class ResultPicturesTest {

    private static final List<String> NAMES = List.of("cat", "dog", "owl", "ant");
    private static final Shape IMAGE = Shape.of(1, 2, 1);
    private static final int[] LABELS = {0, 1, 2};

    /** Right, taken for a cat, taken for a dog. */
    private static final float[][] OUTPUTS = {{0.75f, 0.25f, 0, 0}, {0.5f, 0.25f, 0.125f, 0.125f}, {0, 1, 0, 0}};

    private static final String GREEN = "var(--green)";
    private static final String ORANGE = "var(--orange)";
    private static final String NOTE =
            "below each image its true class, green where the model is right and orange where it is wrong";

    private final Dataset images = new ImageSet(IMAGE, new byte[] {0, 51, 102, -1, 0, 0}, LABELS, NAMES);
    private final ResultPictures pictures = new ResultPictures(images, Classification.of(OUTPUTS, LABELS, NAMES));

    private static int level(BufferedImage image, int x) {
        return image.getRGB(x, 0) & 0xFF;
    }

    @Test
    void samplesAreTheFirstImagesWithTheirClasses() {
        Picture two = pictures.samples(2);
        assertEquals(List.of("2 of 3 images", "cat", "dog"), DrawnWords.of(two));
        assertEquals(51, level(DrawnWords.images(two).get(0), 1));
        assertEquals(102, level(DrawnWords.images(two).get(1), 0));
        assertEquals(255, level(DrawnWords.images(two).get(1), 1));
        assertEquals(3, DrawnWords.images(pictures.samples(9)).size());
        assertEquals("3 of 3 images", DrawnWords.of(pictures.samples(9)).get(0));
    }

    /** Numbers that are no bytes are shown from the smallest to the largest. */
    @Test
    void numbersAreStretched() {
        Dataset numbers =
                new ArraySet(Shape.of(1, 3, 1), new float[] {2, 3, 4, 7, 7, 7}, Shape.of(1), new float[] {0, 5});
        Picture picture = new ResultPictures(numbers, null).samples(9);
        assertEquals(List.of("2 of 2 images", "class 0", "class 5"), DrawnWords.of(picture));
        BufferedImage first = DrawnWords.images(picture).get(0);
        assertEquals(List.of(0, 128, 255), List.of(level(first, 0), level(first, 1), level(first, 2)));
        assertEquals(0, level(DrawnWords.images(picture).get(1), 0));
    }

    @Test
    void predictionsHaveThreeBarsAndTheColourOfTheirTruth() {
        Picture two = pictures.predictions(2);
        assertEquals(
                List.of(
                        "Predictions of 2 images",
                        NOTE,
                        "cat",
                        "cat",
                        "75 %",
                        "dog",
                        "25 %",
                        "owl",
                        "0 %",
                        "dog",
                        "cat",
                        "50 %",
                        "dog",
                        "25 %",
                        "owl",
                        "13 %"),
                DrawnWords.of(two));
        assertEquals(List.of(GREEN, "var(--ink)", "var(--ink)"), DrawnWords.colors(two, "cat"));
        assertEquals(ORANGE, DrawnWords.colors(two, "dog").get(1));
        assertEquals(
                "Predictions of 3 images",
                DrawnWords.of(pictures.predictions(9)).get(0));
    }

    @Test
    void barsAreGreenForTheTruthAndOrangeForTheMistake() {
        String svg = conv4j.pictures.VectorCanvas.render(pictures.mistakes(1), "");
        List<String> bars = java.util.regex.Pattern.compile("<rect [^>]*fill=\"([^\"]*)\"")
                .matcher(svg)
                .results()
                .map(found -> found.group(1))
                .toList();
        String grid = "var(--grid)";
        assertEquals(List.of(grid, ORANGE, grid, "var(--pale)", grid, GREEN), bars);
    }

    @Test
    void mistakesAreTheMostConfidentOnes() {
        Picture picture = pictures.mistakes(9);
        List<String> words = DrawnWords.of(picture);
        assertEquals(2, DrawnWords.images(picture).size());
        assertEquals("owl", words.get(2));
        assertTrue(words.get(0).contains("2"), words::toString);
        assertEquals(1, DrawnWords.images(pictures.mistakes(1)).size());
        int[] right = {0, 0, 1};
        ResultPictures good = new ResultPictures(images, Classification.of(OUTPUTS, right, NAMES));
        assertEquals("No mistakes", DrawnWords.of(good.mistakes(9)).get(0));
    }

    @Test
    void theMatrixAndTheCalibrationHaveTheirFiguresInTheTitle() {
        List<String> matrix = DrawnWords.of(pictures.confusion());
        assertEquals("Confusion matrix: 1 of 3 images right", matrix.get(0));
        assertEquals(
                List.of("1", "0", "0", "0", "1", "0", "0", "0", "0", "1", "0", "0", "0", "0", "0", "0"),
                matrix.subList(1, 17));
        assertTrue(matrix.containsAll(List.of("actual class", "predicted class", "ant")), matrix::toString);
        // Confidences 0.75, right, 0.5 and 1, both wrong: (0.25 + 0.5 + 1) / 3.
        assertEquals(
                "Calibration: expected error 58.3 %",
                DrawnWords.of(pictures.calibration()).get(0));
    }
}
