package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.data.Normalization;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.optimizers.Adam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What training tells, when it stops, and where it goes on, on lines that are trained by hand. */
class TrainerTest {

    /** Ten items, so that batches of four are 4, 4 and 2. */
    private static final ArraySet TEN = line(10);

    @TempDir
    Path folder;

    private final ReferenceBackend backend = new ReferenceBackend();

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    /** Inputs 1 to n and targets 0. */
    private static ArraySet line(int items) {
        float[] inputs = new float[items];
        for (int i = 0; i < items; i++) {
            inputs[i] = i + 1;
        }
        return new ArraySet(Shape.of(1), inputs, Shape.of(1), new float[items]);
    }

    private Model model(Backend device, Optimizer optimizer) {
        Model model = new Sequential("line", new Input(1), new Dense(1)).on(device);
        model.weights().set("dense/kernel", new float[] {1});
        model.compile(optimizer, new MeanSquaredError(), new MeanAbsoluteError("mae"));
        return model;
    }

    private static FitOptions options(int epochs, Callback... callbacks) {
        return new FitOptions().epochs(epochs).batchSize(4).shuffle(false).callbacks(callbacks);
    }

    /** Writes down every call. */
    private static final class Recorder implements Callback {
        private final List<String> calls = new ArrayList<>();

        @Override
        public void onTrainBegin(Model model) {
            calls.add("begin");
        }

        @Override
        public void onEpochBegin(Model model, int epoch) {
            calls.add("epoch " + epoch);
        }

        @Override
        public void onBatchEnd(Model model, BatchProgress progress) {
            calls.add("batch " + progress.batch() + " of " + progress.batches() + " in " + progress.epoch() + " of "
                    + progress.epochs() + ": " + progress.means().get().get("mae"));
            assertTrue(progress.seconds() >= 0 && progress.seconds() < 600, "seconds: " + progress.seconds());
        }

        @Override
        public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
            calls.add("end of " + epoch + ": " + logs.keySet() + " " + logs.get("mae"));
        }

        @Override
        public void onTrainEnd(Model model) {
            calls.add("end");
        }
    }

    /** With a rate of 0 the weight stays 1, so the mean error of items 1 to n is (n + 1) / 2. */
    @Test
    void callbacksAreToldWhatHappens() {
        Recorder recorder = new Recorder();
        try (Model model = model(backend, new SGD(0))) {
            History history = model.fit(TEN, options(2, recorder).validation(line(3)));
            assertEquals(
                    List.of(
                            "begin",
                            "epoch 0",
                            "batch 1 of 3 in 0 of 2: 2.5",
                            "batch 2 of 3 in 0 of 2: 4.5",
                            "batch 3 of 3 in 0 of 2: 5.5",
                            "end of 0: [loss, mae, val_loss, val_mae] 5.5",
                            "epoch 1",
                            "batch 1 of 3 in 1 of 2: 2.5",
                            "batch 2 of 3 in 1 of 2: 4.5",
                            "batch 3 of 3 in 1 of 2: 5.5",
                            "end of 1: [loss, mae, val_loss, val_mae] 5.5",
                            "end"),
                    recorder.calls);
            assertEquals(List.of(2.0, 2.0), history.series("val_mae"), "totals begin anew in every epoch");
            assertFalse(history.stopped());
            assertEquals(2, model.trainedEpochs());
            assertEquals(2.0, model.evaluate(line(3), 2).metric("mae"));
        }
    }

    @Test
    void timesAreInSeconds() {
        try (Model model = model(backend, new SGD(0))) {
            History history = model.fit(line(4000), options(2));
            assertTrue(history.firstStepSeconds() > 0 && history.firstStepSeconds() < 600);
            assertTrue(history.itemsPerSecond() > 10, "items per second: " + history.itemsPerSecond());
            assertTrue(history.itemsPerSecond() < 1e12, "items per second: " + history.itemsPerSecond());
            Evaluation evaluation = model.evaluate(line(4000), 4);
            assertTrue(evaluation.seconds() > 0 && evaluation.seconds() < 600, "seconds: " + evaluation.seconds());
        }
    }

    /** The first step ends when the device has done it, and so does every epoch: else times would be those of the queue. */
    @Test
    void timesAreThoseOfTheDevice() {
        List<String> finishes = new ArrayList<>();
        Backend counting = (Backend) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("finish")) {
                        finishes.add("finish");
                    }
                    return method.invoke(backend, arguments);
                });
        try (Model model = model(counting, new SGD(0))) {
            model.fit(TEN, options(3));
            assertEquals(1 + 3, finishes.size());
        }
    }

    @Test
    void stoppingEndsTheEpochWhereItIs() {
        Recorder recorder = new Recorder();
        Callback stop = new Callback() {
            @Override
            public void onBatchEnd(Model model, BatchProgress progress) {
                if (progress.epoch() == 1 && progress.batch() == 2) {
                    model.stopTraining();
                }
            }
        };
        try (Model model = model(backend, new SGD(0))) {
            History history = model.fit(TEN, options(5, stop, recorder));
            assertTrue(history.stopped());
            assertEquals(1, history.epochs().size());
            assertEquals("batch 2 of 3 in 1 of 5: 4.5", recorder.calls.get(recorder.calls.size() - 2));
            Recorder later = new Recorder();
            History rest = model.fit(TEN, options(2, later).resume(true));
            assertEquals("batch 3 of 3 in 1 of 2: 5.5", later.calls.get(2), "the totals of the two batches count");
            assertEquals(List.of(5.5), rest.series("mae"));
            assertFalse(rest.stopped());
        }
    }

    @Test
    void whatResumesFromAFileGoesOnWithItsTotals() {
        Path file = folder.resolve("line");
        Callback stop = new Callback() {
            @Override
            public void onBatchEnd(Model model, BatchProgress progress) {
                if (progress.batch() == 1) {
                    model.save(file);
                    model.stopTraining();
                }
            }
        };
        try (Model model = model(backend, new Adam(0))) {
            model.fit(TEN, options(1, stop));
        }
        try (Model model = Model.load(file).on(backend)) {
            History rest = model.fit(TEN, options(1).resume(true));
            assertEquals(List.of(5.5), rest.series("mae"));
        }
        try (Model model = Model.load(file).on(backend)) {
            History anew = model.fit(TEN, options(1));
            assertEquals(List.of(5.5), anew.series("mae"), "totals of the file do not count twice");
        }
    }

    /** Two items, dL/dw = 3 and dL/db = 2 for weight 1: each of its own norm, or both as one of sqrt(13). */
    @Test
    void gradientsAreClippedToTheirNorms() {
        assertArrayEquals(new float[] {0.5f, -0.5f}, afterOneStep(new SGD(0.5).clipNorm(1)), 1e-6f);
        float root = (float) Math.sqrt(13);
        assertArrayEquals(
                new float[] {1 - 1.5f / root, -1 / root}, afterOneStep(new SGD(0.5).globalClipNorm(1)), 1e-6f);
        assertArrayEquals(new float[] {-0.5f, -1}, afterOneStep(new SGD(0.5)), 1e-6f);
    }

    private float[] afterOneStep(Optimizer optimizer) {
        ArraySet two = new ArraySet(Shape.of(1), new float[] {1, 2}, Shape.of(1), new float[] {0, 1});
        try (Model model = model(backend, optimizer)) {
            model.fit(two, options(1));
            return new float[] {
                model.weights().get("dense/kernel")[0], model.weights().get("dense/bias")[0]
            };
        }
    }

    @Test
    void itemsAreShuffledUnlessTheyAreNot() {
        List<String> first = new ArrayList<>();
        for (boolean shuffled : new boolean[] {false, true}) {
            Recorder recorder = new Recorder();
            try (Model model = model(backend, new SGD(0))) {
                model.fit(TEN, options(1, recorder).shuffle(shuffled));
            }
            first.add(recorder.calls.get(2));
            assertEquals("batch 3 of 3 in 0 of 1: 5.5", recorder.calls.get(4), "each item once");
        }
        assertEquals("batch 1 of 3 in 0 of 1: 2.5", first.get(0));
        assertNotEquals(first.get(0), first.get(1));
    }

    @Test
    void aLossThatIsNotFiniteInTheFirstStepStopsThere() {
        ArraySet broken = new ArraySet(Shape.of(1), new float[] {Float.NaN}, Shape.of(1), new float[1]);
        try (Model model = model(backend, new SGD(0))) {
            DivergedException e = assertThrows(DivergedException.class, () -> model.fit(broken, options(1)));
            assertEquals(0, e.step());
            assertTrue(e.getMessage().contains("at step 0 (epoch 1 of 1)"), e.getMessage());
            assertTrue(e.getMessage().contains("nothing was saved before"), e.getMessage());
        }
    }

    @Test
    void aLossThatIsNotFiniteLaterNamesItsEpochAndTheLastFile() {
        Path file = folder.resolve("line");
        Callback breaking = new Callback() {
            @Override
            public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
                model.save(file);
                model.weights().set("dense/bias", new float[] {Float.NaN});
            }
        };
        try (Model model = model(backend, new SGD(0))) {
            DivergedException e = assertThrows(DivergedException.class, () -> model.fit(TEN, options(3, breaking)));
            assertEquals(3, e.step());
            assertTrue(e.getMessage().contains("at step 3 (epoch 2 of 3)"), e.getMessage());
            assertTrue(e.getMessage().contains("the last good checkpoint is " + file), e.getMessage());
        }
    }

    /** A frozen layer's weights move to another place on the device: nothing gets lost on the way. */
    @Test
    void layersCanBeFrozenBetweenTwoTrainings() {
        try (Model model = new Sequential("two", new Input(1), new Dense(2), new Dense(1)).on(backend)) {
            model.compile(new SGD(0.001).weightDecay(0.1), new MeanSquaredError());
            model.fit(TEN, options(1));
            float[] frozen = model.weights().get("dense/kernel");
            float[] other = model.weights().get("dense_1/kernel");
            model.layers().get(1).trainable(false);
            model.fit(TEN, options(1));
            assertArrayEquals(frozen, model.weights().get("dense/kernel"));
            assertNotEquals(other[0], model.weights().get("dense_1/kernel")[0]);
            assertEquals(other[0], model.weights().get("dense_1/kernel")[0], 0.5f, "it went on from where it was");
            model.layers().get(2).trainable(false);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> model.fit(TEN, options(1)));
            assertTrue(e.getMessage().contains("nothing to train"), e.getMessage());
        }
    }

    @Test
    void weightsCanBeSetAfterTheFirstUse() {
        try (Model model = model(backend, new SGD(0))) {
            assertArrayEquals(new float[] {5}, model.predict(new float[] {5}));
            model.weights().set("dense/kernel", new float[] {2});
            assertArrayEquals(new float[] {10}, model.predict(new float[] {5}));
            assertEquals(Shape.of(1, 1), model.weights().shape("dense/kernel"));
            assertRefused("needs an item of shape (1,), 1 numbers, but was given 2", () -> model.predict(new float[2]));
        }
    }

    @Test
    void aModelSaysWhatItIs() {
        Normalization scaling = Normalization.unit();
        try (Model model = new Sequential("mine", new Input(1), new Dense(1)).on(backend)) {
            assertSameModel(model, model.seed(7));
            assertSameModel(model, model.classNames(List.of("a", "b")));
            assertSameModel(model, model.normalization(scaling));
            assertEquals("mine", model.name());
            assertEquals(7, model.seed());
            assertEquals(List.of("a", "b"), model.classNames());
            assertEquals(scaling, model.normalization());
            assertEquals(2, model.layers().size());
            assertThrows(IllegalStateException.class, model::optimizer);
            Optimizer optimizer = new SGD();
            model.compile(optimizer, new MeanSquaredError());
            assertEquals(optimizer, model.optimizer());
        }
    }

    private static void assertSameModel(Model expected, Model found) {
        assertTrue(expected == found);
    }

    @Test
    void whatComesTooLateIsRefused() {
        try (Model model = model(backend, new SGD(0))) {
            assertThrows(IllegalStateException.class, () -> model.on(backend));
            model.predict(new float[1]);
            assertThrows(IllegalStateException.class, () -> model.seed(1));
            Callback again = new Callback() {
                @Override
                public void onTrainBegin(Model running) {
                    running.fit(TEN, options(1));
                }
            };
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> model.fit(TEN, options(1, again)));
            assertTrue(e.getMessage().contains("being trained already"), e.getMessage());
            model.fit(TEN, options(1));
        }
        try (Model model = new Sequential("line", new Input(1), new Dense(1)).on(backend)) {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> model.evaluate(TEN, 1));
            assertTrue(e.getMessage().contains("not compiled"), e.getMessage());
        }
    }

    @Test
    void theLastPartOfTheDataValidates() {
        try (Model model = model(backend, new SGD(0))) {
            History history = model.fit(TEN, options(1).validationSplit(0.2));
            assertEquals(List.of(4.5), history.series("mae"));
            assertEquals(List.of(9.5), history.series("val_mae"));
            History given = model.fit(TEN, options(1).validationSplit(0.2).validation(line(3)));
            assertEquals(List.of(5.5), given.series("mae"), "a data set that is given needs no split");
            assertEquals(List.of(2.0), given.series("val_mae"));
        }
    }

    private static void assertRefused(String said, Executable code) {
        String message = assertThrows(IllegalArgumentException.class, code).getMessage();
        assertTrue(message.contains(said), message);
    }
}
