package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.data.Split;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.losses.MeanSquaredError;
import conv4j.optimizers.SGD;
import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The parts of a model: options, histories, seeds, names, and a line that is trained by hand. */
class ModelPartsTest {

    private static void assertRefused(String said, Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(said), message);
    }

    @Test
    void optionsHaveTheirLimits() {
        assertRefused("epochs must be 1 or more, but is 0", () -> new FitOptions().epochs(0));
        assertRefused("the batch size must be 1 or more, but is -3", () -> new FitOptions().batchSize(-3));
        assertRefused("1.0", () -> new FitOptions().validationSplit(1));
        assertRefused("-0.1", () -> new FitOptions().validationSplit(-0.1));
        assertRefused("NaN", () -> new FitOptions().validationSplit(Double.NaN));
        FitOptions options = new FitOptions()
                .epochs(1)
                .batchSize(1)
                .shuffle(false)
                .resume(true)
                .validationSplit(0);
        assertEquals(1, options.epochs());
        assertEquals(1, options.batchSize());
        assertFalse(options.shuffle());
        assertTrue(options.resumes());
        assertTrue(new FitOptions().shuffle());
        assertFalse(new FitOptions().resumes());
        Dataset data = new ArraySet(Shape.of(1), new float[8], Shape.SCALAR, new float[8]);
        assertSame(data, options.split(data).train());
        assertNull(options.split(data).test());
        assertEquals(
                2, new FitOptions().validationSplit(0.25).split(data).test().size());
        FitOptions both = new FitOptions().validationSplit(0.25).validation(data);
        assertEquals(new Split(data, data), both.split(data), "a set to validate with goes before a part to set aside");
    }

    @Test
    void aHistoryTellsSeriesAndSpeed() {
        History history = new History();
        assertEquals(0.0, history.itemsPerSecond());
        Map<String, Double> logs = new HashMap<>(Map.of("loss", 3.0));
        history.add(logs);
        logs.put("loss", 9.0);
        history.add(Map.of("loss", 2.0, "val_loss", 4.0));
        assertEquals(List.of(3.0, 2.0), history.series("loss"));
        assertEquals(List.of(4.0), history.series("val_loss"));
        assertEquals(List.of(), history.series("accuracy"));
        assertEquals(2, history.epochs().size());
        assertThrows(UnsupportedOperationException.class, () -> history.epochs().clear());
        assertThrows(
                UnsupportedOperationException.class,
                () -> history.epochs().get(0).clear());
        history.addTime(30, 2);
        history.addTime(10, 2);
        assertEquals(10.0, history.itemsPerSecond());
        history.firstStep(0.5);
        assertEquals(0.5, history.firstStepSeconds());
        assertFalse(history.stopped());
        history.stop();
        assertTrue(history.stopped());
    }

    @Test
    void anEvaluationKnowsItsMetrics() {
        Evaluation evaluation = new Evaluation(Map.of("loss", 0.5, "accuracy", 0.75), 20, 4);
        assertEquals(0.5, evaluation.loss());
        assertEquals(0.75, evaluation.metric("accuracy"));
        assertEquals(5.0, evaluation.itemsPerSecond());
        assertEquals(0.0, new Evaluation(Map.of("loss", 0.5), 20, 0).itemsPerSecond());
        assertRefused("there is no metric 'auc'", () -> evaluation.metric("auc"));
    }

    @Test
    void onePurposeDoesNotUseTheSeedOfAnother() {
        long seed = 0x0000000500000007L;
        assertEquals(seed, Seeds.WEIGHTS.of(seed));
        int[] block = new int[4];
        Philox.block(7, 5, Seeds.MASKS.ordinal(), 0, 0, 0x5EED, block);
        assertEquals((long) block[1] << 32 | Integer.toUnsignedLong(block[0]), Seeds.MASKS.of(seed));
        assertNotEquals(Seeds.MASKS.of(seed), Seeds.ORDER.of(seed));
        assertNotEquals(Seeds.MASKS.of(seed), Seeds.MASKS.of(7), "the upper word counts");
        assertEquals(3, new DivergedException("text", 3).step());
    }

    @Test
    void layersWithoutANameAreNumberedAndGivenNamesDiffer() {
        Tensor x = Input.of(4);
        Dense named = new Dense(4);
        named.name("dense_1");
        Tensor y = new Dense(4).apply(new Dense(4).apply(named.apply(new Dense(4).apply(x))));
        try (Model model = new Model("m", x, y)) {
            assertEquals(
                    List.of(
                            "dense/kernel",
                            "dense/bias",
                            "dense_1/kernel",
                            "dense_1/bias",
                            "dense_2/kernel",
                            "dense_2/bias",
                            "dense_3/kernel",
                            "dense_3/bias"),
                    model.weights().names());
        }
        Tensor twice = new Dense(4).name("same").apply(new Dense(4).name("same").apply(x));
        assertRefused("two layers are named 'same'", () -> new Model("m", x, twice).close());
    }

    @Test
    void aModelHasOneInputThatItsOutputDependsOn() {
        Tensor x = Input.of(4);
        Tensor other = Input.of(4);
        Tensor sum = new Add().apply(x, other);
        assertRefused("another input, of shape (4,)", () -> new Model("m", x, sum).close());
        assertRefused("input", () -> new Model("m", x, new Dense(2).apply(other)).close());
        Dense shared = new Dense(3);
        Tensor reused = new Add().apply(shared.apply(x), shared.apply(new Flatten().apply(x)));
        try (Model model = new Model("m", x, reused)) {
            assertEquals(
                    List.of("dense/kernel", "dense/bias"), model.weights().names(), "one layer, one set of weights");
        }
    }

    @Test
    void weightsAreNamedAndHaveTheirSizes() {
        try (Model model = new Sequential("m", new Input(2), new Dense(1))) {
            assertRefused("has no weights 'dense/gamma'; it has [dense/kernel, dense/bias]", () -> model.weights()
                    .get("dense/gamma"));
            assertRefused("(2, 1) (2 numbers), but 3 were given", () -> model.weights()
                    .set("dense/kernel", new float[3]));
            float[] mine = {3, 4};
            model.weights().set("dense/kernel", mine);
            mine[0] = 9;
            model.weights().get("dense/kernel")[1] = 9;
            assertArrayEquals(new float[] {3, 4}, model.weights().get("dense/kernel"));
        }
    }

    @Test
    void aLayerIsUsedOnInputsOfOneSizeOnly() {
        Tensor x = Input.of(4);
        Dense shared = new Dense(3);
        Tensor y = shared.apply(shared.apply(x));
        assertRefused("dense (Dense) is used on inputs of different sizes", () -> new Model("m", x, y).close());
    }

    @Test
    void aSequenceBeginsWithItsOneInput() {
        assertRefused("at least one layer after its input", () -> new Sequential("m", new Input(2)).close());
        assertRefused(
                "an input of a model cannot be applied to other layers",
                () -> new Sequential("m", new Input(2), new Dense(1), new Input(1)).close());
    }

    /** Two layers of dropout: were their masks the same, an item that passes one would pass both. */
    @Test
    void everyDropoutDrawsItsOwnMask() {
        Graph graph = training(new Input(64), new Dropout(0.5), new Dropout(0.5), new Dense(1));
        Set<Integer> streams = new HashSet<>();
        for (Operation operation : graph.operations()) {
            if (operation instanceof conv4j.graph.Dropout dropout) {
                streams.add(dropout.stream());
            }
        }
        assertEquals(Set.of(0, 1), streams);
    }

    private static Graph training(Input input, Layer... layers) {
        try (Model model = new Sequential("m", input, layers)) {
            model.compile(new SGD(), new MeanSquaredError());
            NoFeed feed = new NoFeed(model.outputShape());
            return ModelGraph.training(model, feed, OptimizerState.Flat.of(1000, new SGD()))
                    .graph();
        }
    }

    @Test
    void batchNormalizationLearnsItsAveragesInTrainingAlone() {
        ArraySet data = new ArraySet(Shape.of(1), new float[] {4, 8}, Shape.of(1), new float[2]);
        try (ReferenceBackend backend = new ReferenceBackend();
                Model model = new Sequential(
                                "m",
                                new Input(1),
                                new BatchNormalization().momentum(0.5).center(false),
                                new Dense(1))
                        .on(backend)) {
            model.compile(new SGD(0), new MeanSquaredError());
            model.evaluate(data, 2);
            assertArrayEquals(new float[] {0}, model.weights().get("batch_normalization/moving_mean"));
            model.fit(data, new FitOptions().batchSize(2));
            assertArrayEquals(new float[] {3}, model.weights().get("batch_normalization/moving_mean"));
            assertArrayEquals(new float[] {2.5f}, model.weights().get("batch_normalization/moving_variance"));
            assertEquals(
                    List.of(
                            "batch_normalization/gamma",
                            "batch_normalization/moving_mean",
                            "batch_normalization/moving_variance",
                            "dense/kernel",
                            "dense/bias"),
                    model.weights().names(),
                    "the constant in the place of beta is none of them");
        }
    }

    /** Two items, one step of 0.5: dL/dw = mean of 2 (w x - t) x, dL/db = mean of 2 (w x - t). */
    @Test
    void oneStepByHand() {
        ArraySet data = new ArraySet(Shape.of(1), new float[] {1, 2}, Shape.of(1), new float[] {0, 1});
        try (ReferenceBackend backend = new ReferenceBackend();
                Model model = new Sequential("m", new Input(1), new Dense(1)).on(backend)) {
            model.weights().set("dense/kernel", new float[] {1});
            model.compile(new SGD(0.5), new MeanSquaredError());
            assertEquals(1.0, model.evaluate(data, 2).loss());
            assertArrayEquals(new float[] {2}, model.predict(data, 1)[1]);
            History history = model.fit(data, new FitOptions().batchSize(2).shuffle(false));
            assertEquals(List.of(1.0), history.series("loss"));
            assertArrayEquals(new float[] {1 - 0.5f * 3}, model.weights().get("dense/kernel"));
            assertArrayEquals(new float[] {-0.5f * 2}, model.weights().get("dense/bias"));
        }
    }
}
