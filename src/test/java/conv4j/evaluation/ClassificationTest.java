package conv4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.data.ArraySet;
import conv4j.data.DataException;
import conv4j.shape.Shape;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Figures of classifiers against values computed by hand. */
class ClassificationTest {

    private static final List<String> NAMES = List.of("cat", "dog", "owl");

    /** Labels 0 0 0 1 1 2 are taken for 0 0 1 1 0 1; nothing is taken for an owl. */
    private static final float[][] OUTPUTS = {
        {.8f, .1f, .1f}, {.6f, .3f, .1f}, {.1f, .9f, 0}, {.2f, .5f, .3f}, {.7f, .2f, .1f}, {.05f, .95f, 0}
    };

    private static final int[] LABELS = {0, 0, 0, 1, 1, 2};

    private final Classification result = Classification.of(OUTPUTS, LABELS, NAMES);

    @Test
    void rowsOfTheMatrixAreLabelsAndColumnsArePredictions() {
        long[][] expected = {{2, 1, 0}, {1, 1, 0}, {0, 1, 0}};
        ConfusionMatrix matrix = result.confusion();
        for (int actual = 0; actual < 3; actual++) {
            for (int predicted = 0; predicted < 3; predicted++) {
                assertEquals(expected[actual][predicted], matrix.count(actual, predicted), actual + ", " + predicted);
            }
        }
        assertEquals(3, matrix.support(0));
        assertEquals(3, matrix.predictions(1));
        assertEquals(6, matrix.total());
        assertEquals(3, matrix.correct());
    }

    @Test
    void precisionRecallAndF1AreThoseOfTheirDefinitions() {
        ClassificationReport report = result.report();
        assertScores(2 / 3.0, 2 / 3.0, 2 / 3.0, 3, report.classes().get(0));
        assertScores(1 / 3.0, 1 / 2.0, 2 / 5.0, 2, report.classes().get(1));
        assertScores(0, 0, 0, 1, report.classes().get(2));
        assertScores(1 / 3.0, 7 / 18.0, 16 / 45.0, 6, report.macroAverage());
        assertScores((2 + 2 / 3.0) / 6, 1 / 2.0, (2 + 0.8) / 6, 6, report.weightedAverage());
        assertEquals(0.5, report.accuracy());
    }

    private static void assertScores(
            double precision, double recall, double f1, long support, ClassificationReport.Scores scores) {
        assertEquals(precision, scores.precision(), 1e-12, scores.name());
        assertEquals(recall, scores.recall(), 1e-12, scores.name());
        assertEquals(f1, scores.f1(), 1e-12, scores.name());
        assertEquals(support, scores.support(), scores.name());
    }

    @Test
    void theReportIsATableLikeThatOfScikitLearn() {
        List<String> lines = result.report().toString().lines().toList();
        assertEquals("              precision     recall   f1-score    support", lines.get(0));
        assertEquals("         dog     0.3333     0.5000     0.4000          2", lines.get(2));
        assertEquals("    accuracy                           0.5000          6", lines.get(5));
        assertEquals("weighted avg     0.4444     0.5000     0.4667          6", lines.get(7));
    }

    @Test
    void theColumnOfNamesIsAsWideAsTheLongest() {
        List<String> names = List.of("a name of 20 letters", "dog");
        List<String> lines = Classification.of(new float[][] {{1, 0}, {0, 1}}, new int[] {0, 1}, names)
                .report()
                .toString()
                .lines()
                .toList();
        assertEquals("                 dog     1.0000     1.0000     1.0000          1", lines.get(2));
        assertEquals("a name of 20 letters     1.0000     1.0000     1.0000          1", lines.get(1));
    }

    @Test
    void topKCountsLabelsAmongTheMostProbable() {
        assertEquals(3 / 6.0, result.topK(1));
        assertEquals(5 / 6.0, result.topK(2));
        assertEquals(1, result.topK(3));
        assertEquals(List.of(1, 2, 0), result.ranking(3));
        Classification ties = Classification.of(new float[][] {{.5f, .5f}}, new int[] {1}, List.of());
        assertEquals(0, ties.accuracy());
        assertEquals(List.of("class 0", "class 1"), ties.classNames());
    }

    @Test
    void theMostConfidentMistakeComesFirst() {
        List<Classification.Mistake> mistakes = result.mistakes();
        assertEquals(
                List.of(5, 2, 4),
                mistakes.stream().map(Classification.Mistake::index).toList());
        assertEquals(2, mistakes.get(0).actual());
        assertEquals(1, mistakes.get(0).predicted());
        assertEquals(0.95f, mistakes.get(0).confidence());
        assertEquals(0.1f, mistakes.get(1).probability());
    }

    @Test
    void calibrationComparesConfidenceWithAccuracyBinByBin() {
        double[] confidences = {0, 0.5, 0.5, 0.6, 0.9, 1};
        boolean[] right = {false, true, false, true, true, true};
        Calibration calibration = Calibration.of(confidences, right, 2);
        Calibration.Bin first = calibration.bins().get(0);
        assertEquals(3, first.count());
        assertEquals(1 / 3.0, first.confidence(), 1e-12);
        assertEquals(1 / 3.0, first.accuracy(), 1e-12);
        Calibration.Bin second = calibration.bins().get(1);
        assertEquals(2.5 / 3, second.confidence(), 1e-12);
        assertEquals(1, second.accuracy());
        assertEquals(0.5 / 6, calibration.expectedError(), 1e-12);
        assertEquals(-0.5 / 6, calibration.overconfidence(), 1e-12);
        assertEquals(0, Calibration.of(confidences, right, 100).bins().get(50).count());
    }

    @Test
    void theCalibrationOfAClassificationIsThatOfItsPredictedClasses() {
        // Confidences .8 .6 .9 .5 .7 .95, right: yes yes no yes no no.
        Calibration calibration = result.calibration(1);
        assertEquals(4.45 / 6, calibration.bins().get(0).confidence(), 1e-6);
        assertEquals(4.45 / 6 - 0.5, calibration.expectedError(), 1e-6);
    }

    @Test
    void oneOutputIsTheProbabilityOfTheSecondOfTwoClasses() {
        Classification binary =
                Classification.of(new float[][] {{.25f}, {.75f}}, new int[] {1, 1}, List.of("no", "yes"));
        assertEquals(0.5, binary.accuracy());
        assertEquals(0.75, binary.probability(0, 0));
    }

    @Test
    void everyItemHasALabelAndAPredictedClass() {
        assertEquals(6, result.size());
        for (int item = 0; item < LABELS.length; item++) {
            assertEquals(LABELS[item], result.label(item));
        }
        assertEquals(List.of(0, 0, 1, 1, 0, 1), predictions(result));
        assertEquals(
                0,
                Classification.of(new float[][] {{.5f, .5f}}, new int[] {1}, List.of())
                        .predicted(0));
    }

    private static List<Integer> predictions(Classification result) {
        return IntStream.range(0, result.size()).mapToObj(result::predicted).toList();
    }

    @Test
    void outputsFromZeroToOneAreNoLogits() {
        Classification certain = Classification.of(new float[][] {{0, 1, 0}}, new int[] {1}, NAMES);
        assertEquals(1, certain.probability(0, 1));
        assertEquals(0, certain.probability(0, 0));
    }

    @Test
    void binsLieSideBySide() {
        List<Calibration.Bin> bins =
                Calibration.of(new double[] {0.25, 0.75}, new boolean[2], 4).bins();
        for (int bin = 0; bin < 4; bin++) {
            assertEquals(bin / 4.0, bins.get(bin).low());
            assertEquals((bin + 1) / 4.0, bins.get(bin).high());
        }
        assertEquals(
                List.of(1L, 0L, 1L, 0L),
                bins.stream().map(Calibration.Bin::count).toList());
    }

    @Test
    void aMatrixNeedsPairsOfClassesThatThereAre() {
        int[] one = {1};
        assertRefused("2 labels and 1 predictions", () -> ConfusionMatrix.of(new int[2], one, NAMES));
        assertRefused(
                "item 0 has the label 1 and the prediction 3, but there are the classes 0 to 2",
                () -> ConfusionMatrix.of(one, new int[] {3}, NAMES));
        assertRefused("the label -1", () -> ConfusionMatrix.of(new int[] {-1}, one, NAMES));
        assertEquals(1, ConfusionMatrix.of(new int[1], one, NAMES).count(0, 1));
    }

    @Test
    void logitsBecomeProbabilities() {
        float[][] logits = {{(float) Math.log(2), (float) Math.log(5), 0}, {0, 0, 0}};
        Classification result = Classification.of(logits, new int[] {1, 2}, NAMES);
        assertEquals(2 / 8.0, result.probability(0, 0), 1e-6);
        assertEquals(5 / 8.0, result.probability(0, 1), 1e-6);
        assertEquals(1 / 3.0, result.probability(1, 2), 1e-6);
        Classification binary = Classification.of(new float[][] {{-(float) Math.log(3)}}, new int[] {1}, List.of());
        assertEquals(0.25, binary.probability(0, 1), 1e-6);
        Classification large = Classification.of(new float[][] {{1000, 900, -1000}}, new int[] {0}, NAMES);
        assertEquals(1, large.probability(0, 0));
    }

    @Test
    void labelsOfADataSetAreTaken() {
        ArraySet set = ArraySet.labelled(Shape.of(1), new float[6], LABELS, NAMES);
        assertEquals(0.5, Classification.of(OUTPUTS, set).accuracy());
        assertEquals(2, Classification.of(OUTPUTS, set).label(5));
        ArraySet numbers = new ArraySet(Shape.of(1), new float[6], Shape.of(2), new float[12]);
        String message = assertThrows(DataException.class, () -> Classification.of(OUTPUTS, numbers))
                .getMessage();
        assertTrue(message.contains("targets of shape (2,)"), message);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertRefused("6 rows of outputs and 2 labels", () -> Classification.of(OUTPUTS, new int[2], NAMES));
        assertRefused("label of item 0 is 3", () -> Classification.of(new float[][] {{1, 0, 0}}, new int[] {3}, NAMES));
        assertRefused(
                "item 1 has 2 outputs, but the first has 3",
                () -> Classification.of(new float[][] {{1, 0, 0}, {1, 0}}, new int[2], NAMES));
        assertRefused(
                "is -1, but the outputs have 3 classes, 0 to 2",
                () -> Classification.of(new float[][] {{1, 0, 0}}, new int[] {-1}, NAMES));
        assertRefused("output NaN", () -> Classification.of(new float[][] {{1, Float.NaN, 0}}, new int[] {0}, NAMES));
        assertRefused("0 bins", () -> result.calibration(0));
    }

    private static void assertRefused(String part, Runnable action) {
        String message =
                assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(message.contains(part), message);
    }
}
