package conv4j.selftest;

import static conv4j.selftest.Assertions.assertArrayEquals;

import conv4j.graph.Metric;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Scores: accuracies and top-k. */
final class MetricContract extends Contract {

    MetricContract(Subject subject) {
        super("metric", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("scores are counts divided by rows", this::scoresAreCountsDividedByRows),
                check("the first of equal predictions counts", this::theFirstOfEqualPredictionsCounts),
                check(
                        "not a number and classes out of range are never right",
                        this::notANumberAndClassesOutOfRangeAreNeverRight));
    }

    /** A score of predictions of a shape. */
    record Case(Metric.Kind kind, int k, Shape shape, int n, int maxBatch) {

        Metric operation() {
            boolean sparse = kind == Metric.Kind.SPARSE_CATEGORICAL_ACCURACY || kind == Metric.Kind.SPARSE_TOP_K;
            Value target = Value.input("target", sparse ? Shape.of(shape.rows()) : shape);
            Value score = Value.activation("score", Shape.SCALAR);
            return new Metric(Value.activation("prediction", shape), target, score, kind, k);
        }
    }

    private List<Case> all() {
        List<Case> cases = new ArrayList<>();
        for (Metric.Kind kind : Metric.Kind.values()) {
            for (int columns : Numbers.EDGES) {
                cases.add(new Case(kind, 1 + columns / 4, Shape.of(columns), 33, 40));
            }
            cases.add(new Case(kind, 2, Shape.of(4, 5), 7, 7));
            cases.add(new Case(kind, 2, Shape.of(70, 3), 2, 3));
            cases.add(new Case(kind, 5, Shape.of(3), 3, 4));
        }
        return cases;
    }

    private static float[] predictions(Case c, Random random) {
        // Sixteenths: many ties, and 1/2 itself among them.
        float[] p = Numbers.integers(random, c.n() * c.shape().size(), 16);
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.abs(p[i]) / 16;
        }
        return p;
    }

    private static float[] targets(Case c, Random random) {
        if (!c.operation().sparse()) {
            return predictions(c, random);
        }
        float[] classes = new float[c.n() * c.shape().rows()];
        for (int i = 0; i < classes.length; i++) {
            classes[i] = random.nextInt(c.shape().columns());
        }
        return classes;
    }

    private void scoresAreCountsDividedByRows() {
        each(all(), c -> {
            Metric operation = c.operation();
            Random random = new Random(c.shape().size());
            Trial.of(c, operation, c.n(), c.maxBatch())
                    .put(operation.prediction(), predictions(c, random))
                    .put(operation.target(), targets(c, random))
                    .assertWithin(
                            subject(), (v, i, want) -> Numbers.gamma(c.shape().size() + 8));
        });
    }

    private float[] scores(Metric.Kind kind, int k, float[] predictions, float... targets) {
        int n = kind == Metric.Kind.SPARSE_CATEGORICAL_ACCURACY || kind == Metric.Kind.SPARSE_TOP_K
                ? targets.length
                : targets.length / 3;
        Metric operation = new Case(kind, k, Shape.of(3), n, n).operation();
        return Trial.of(kind, operation, n, n)
                .put(operation.prediction(), predictions)
                .put(operation.target(), targets)
                .on(subject())
                .of(operation.perItem());
    }

    private void theFirstOfEqualPredictionsCounts() {
        float[] p = {0.4f, 0.4f, 0.2f, 0.4f, 0.4f, 0.2f, 0.1f, 0.1f, 0.8f};
        assertArrayEquals(
                new float[] {1, 0, 1}, scores(Metric.Kind.SPARSE_CATEGORICAL_ACCURACY, 0, p, 0, 1, 2), "classes");
        assertArrayEquals(
                new float[] {1, 0, 0},
                scores(Metric.Kind.CATEGORICAL_ACCURACY, 0, p, 1, 0, 0, 0, 1, 1, 0, 1, 0),
                "one-hot targets");
        assertArrayEquals(new float[] {1, 1, 0}, scores(Metric.Kind.SPARSE_TOP_K, 1, p, 0, 1, 1), "the best one");
        assertArrayEquals(new float[] {0, 1, 1}, scores(Metric.Kind.SPARSE_TOP_K, 2, p, 2, 1, 1), "the best two");
    }

    private void notANumberAndClassesOutOfRangeAreNeverRight() {
        float nan = Float.NaN;
        float[] p = {nan, nan, nan, nan, 1, 2, 1, 2, 3, 1, 2, 3};
        for (Metric.Kind kind : List.of(Metric.Kind.SPARSE_CATEGORICAL_ACCURACY, Metric.Kind.SPARSE_TOP_K)) {
            assertArrayEquals(new float[4], scores(kind, 3, p, 0, 0, 3, -1), kind.toString());
        }
        float[] t = {1, 0, 0, 1, 0, 0};
        float[] two = {nan, nan, nan, nan, 1, 2};
        assertArrayEquals(new float[2], scores(Metric.Kind.CATEGORICAL_ACCURACY, 0, two, t), "NaN, one-hot targets");
        assertArrayEquals(new float[2], scores(Metric.Kind.TOP_K, 3, two, t), "NaN, the best three");
        assertArrayEquals(
                new float[] {0, 1 / 3f},
                scores(Metric.Kind.BINARY_ACCURACY, 0, new float[] {nan, nan, nan, nan, 0, 1}, 1, 0, 0, 0, 0, 0),
                1e-6f,
                "NaN, two classes");
    }
}
