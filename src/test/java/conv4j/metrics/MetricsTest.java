package conv4j.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Metric.Kind;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MetricsTest {
    private static final Shape CLASSES = Shape.of(10);

    static Stream<Metric> all() {
        return Stream.of(
                new Accuracy(),
                new CategoricalAccuracy(),
                new SparseCategoricalAccuracy("mine"),
                new BinaryAccuracy(),
                new TopKCategoricalAccuracy(),
                new TopKCategoricalAccuracy(3),
                new SparseTopKCategoricalAccuracy("top2", 2),
                new MeanSquaredError(),
                new MeanAbsoluteError("mae"));
    }

    @ParameterizedTest
    @MethodSource("all")
    void configurationsMakeTheSameMetricAgain(Metric metric) {
        assertEquals(metric, Metrics.fromConfig(metric.className(), metric.config()));
        assertEquals(metric.name(), metric.config().get("name"));
    }

    @Test
    void accuracyAdaptsItselfToPredictionsAndTargets() {
        assertEquals(Kind.CATEGORICAL_ACCURACY, kind(new Accuracy(), CLASSES, CLASSES));
        assertEquals(Kind.SPARSE_CATEGORICAL_ACCURACY, kind(new Accuracy(), CLASSES, Shape.SCALAR));
        assertEquals(Kind.BINARY_ACCURACY, kind(new Accuracy(), Shape.of(1), Shape.of(1)));
        assertEquals(Kind.SPARSE_CATEGORICAL_ACCURACY, kind(new Accuracy(), Shape.of(4, 4, 3), Shape.of(4, 4)));
        assertEquals("accuracy", new Accuracy().name());
    }

    @Test
    void accuracyFitsTheLoss() {
        LossFunction dense = LossFunction.of(LossFunction.Kind.CATEGORICAL_CROSSENTROPY);
        LossFunction sparse = LossFunction.of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY);
        assertEquals(new CategoricalAccuracy("accuracy"), Metrics.named("accuracy", dense, CLASSES));
        assertEquals(new SparseCategoricalAccuracy("accuracy"), Metrics.named("accuracy", sparse, CLASSES));
        assertEquals(new BinaryAccuracy("acc"), Metrics.named("acc", dense, Shape.of(1)));
        assertEquals(new TopKCategoricalAccuracy(), Metrics.named("top_k_categorical_accuracy", sparse, CLASSES));
    }

    @Test
    void guessesReachTheOperation() {
        Operation top = operation(new TopKCategoricalAccuracy(3), CLASSES, CLASSES);
        assertEquals(3, ((conv4j.graph.Metric) top).k());
        assertEquals(Kind.TOP_K, ((conv4j.graph.Metric) top).kind());
        assertEquals(Kind.SPARSE_TOP_K, kind(new SparseTopKCategoricalAccuracy(2), CLASSES, Shape.SCALAR));
    }

    @Test
    void errorsAreComputedAsTheLossOfTheSameName() {
        Operation error = operation(new MeanAbsoluteError(), CLASSES, CLASSES);
        assertEquals(LossFunction.of(LossFunction.Kind.MEAN_ABSOLUTE_ERROR), ((Loss) error).function());
        Operation squares = operation(new MeanSquaredError(), CLASSES, CLASSES);
        assertEquals(LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR), ((Loss) squares).function());
    }

    @Test
    void targetsThatDoNotFitAreRefusedWithBothShapes() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> operation(new CategoricalAccuracy(), CLASSES, Shape.SCALAR))
                .getMessage();
        assertTrue(message.contains("()") && message.contains("(10,)"), message);
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new TopKCategoricalAccuracy(0));
        assertThrows(IllegalArgumentException.class, () -> new SparseTopKCategoricalAccuracy(0));
        assertEquals(1, new SparseTopKCategoricalAccuracy(1).k());
        assertThrows(IllegalArgumentException.class, () -> Metrics.fromConfig("Accuracy", Map.of("speed", 3)));
        assertEquals(new BinaryAccuracy(), Metrics.fromConfig("BinaryAccuracy", Map.of("threshold", 0.5)));
        assertThrows(IllegalArgumentException.class, () -> Metrics.named("auc"));
        assertThrows(
                IllegalArgumentException.class, () -> Metrics.fromConfig("BinaryAccuracy", Map.of("threshold", 0.4)));
    }

    private static Kind kind(Metric metric, Shape prediction, Shape target) {
        return ((conv4j.graph.Metric) operation(metric, prediction, target)).kind();
    }

    private static Operation operation(Metric metric, Shape prediction, Shape target) {
        Graph graph = new Graph();
        Value score = metric.emit(graph, Value.input("p", prediction), Value.input("t", target));
        assertEquals(Shape.SCALAR, score.shape());
        return graph.operations().get(0);
    }
}
