package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.data.Normalization;
import conv4j.files.Checkpoint;
import conv4j.files.FileFormatException;
import conv4j.layers.Add;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.layers.Tensor;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.optimizers.Adam;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Model files: all that a model is comes back, and a file that was made to mislead is refused, whole sums or not. */
class ModelFileTest {

    private static final ArraySet ITEMS = new ArraySet(Shape.of(2), new float[20], Shape.of(1), new float[10]);

    @TempDir
    Path folder;

    private final ReferenceBackend backend = new ReferenceBackend();
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model");
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    /** A model in the middle of its first epoch: it has totals of two metrics and slots of six weights. */
    private void save() {
        Callback stop = new Callback() {
            @Override
            public void onBatchEnd(Model model, BatchProgress progress) {
                model.stopTraining();
            }
        };
        try (Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.seed(5).normalization(Normalization.unit()).classNames(List.of("a"));
            model.compile(new Adam(0.25), new MeanSquaredError(), new MeanAbsoluteError("mae"));
            model.fit(ITEMS, new FitOptions().batchSize(4).callbacks(stop));
            model.save(file);
        }
    }

    /** Writes the saved file again after a change, with the sum that belongs to it. */
    private void change(Consumer<JsonObject> document, Map<String, float[]> otherArrays) {
        Checkpoint read = Checkpoint.read(file);
        document.accept(read.document());
        Checkpoint changed = new Checkpoint(read.document());
        for (String name : read.names()) {
            float[] values = otherArrays.getOrDefault(name, read.floats(name));
            changed.put(
                    name,
                    values.length == read.floats(name).length ? read.shape(name) : Shape.of(values.length),
                    values);
        }
        otherArrays.forEach((name, values) -> {
            if (!changed.names().contains(name)) {
                changed.put(name, Shape.of(values.length), values);
            }
        });
        changed.write(file);
    }

    private String refusal() {
        String message =
                assertThrows(FileFormatException.class, () -> Model.load(file)).getMessage();
        assertTrue(message.startsWith(file + " holds no model that this version can build: "), message);
        return message;
    }

    @Test
    void whatAModelIsComesBack() {
        save();
        try (Model model = Model.load(file)) {
            assertEquals("line", model.name());
            assertEquals(5, model.seed());
            assertEquals(Normalization.unit(), model.normalization());
            assertEquals(List.of("a"), model.classNames());
            assertEquals(0.25, model.optimizer().learningRateAt(0));
            assertEquals(0, model.trainedEpochs());
            assertEquals(1, model.training().state().batch());
            assertEquals(1, model.training().state().step());
            assertEquals(6, model.training().state().totals().length);
            assertEquals(4, model.training().state().slots().size());
            assertTrue(model instanceof Sequential);
        }
        try (Model model = Model.load(file).on(backend)) {
            ArraySet broken = new ArraySet(Shape.of(2), new float[] {Float.NaN, 0}, Shape.of(1), new float[1]);
            DivergedException e = assertThrows(DivergedException.class, () -> model.fit(broken, new FitOptions()));
            assertTrue(e.getMessage().contains("the last good checkpoint is " + file), e.getMessage());
        }
    }

    @Test
    void theLogsOfAllEpochsComeBackAndGrowWhenTrainingGoesOn() {
        List<Map<String, Double>> logs;
        try (Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.compile(new Adam(0.25), new MeanSquaredError(), new MeanAbsoluteError("mae"));
            History history = model.fit(ITEMS, new FitOptions().epochs(2).validation(ITEMS));
            logs = history.epochs();
            assertEquals(logs, model.epochLogs());
            model.save(file);
        }
        try (Model model = Model.load(file).on(backend)) {
            assertEquals(logs, model.epochLogs());
            assertEquals(
                    List.of("loss", "mae", "val_loss", "val_mae"),
                    List.copyOf(logs.get(0).keySet()));
            model.fit(ITEMS, new FitOptions().epochs(3).resume(true));
            assertEquals(3, model.epochLogs().size());
            assertEquals(logs, model.epochLogs().subList(0, 2));
            model.fit(ITEMS, new FitOptions());
            assertEquals(1, model.epochLogs().size());
        }
    }

    @Test
    void aFileOfBeforeCallbacksWereSavedGoesOnWithNewOnes() {
        Callback remembering = new Callback() {
            @Override
            public CallbackState state() {
                return CallbackState.of(Map.of("epochs", 1));
            }

            @Override
            public void restore(Model model, CallbackState state) {
                throw new AssertionError("there is nothing in the file");
            }
        };
        try (Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.compile(new Adam(0.25), new MeanSquaredError());
            model.fit(ITEMS, new FitOptions().callbacks(remembering));
            model.save(file);
        }
        assertEquals(1, callbacksInTheFile());
        change(document -> document.getAsJsonObject("training").remove("callbacks"), Map.of());
        try (Model model = Model.load(file).on(backend)) {
            model.fit(ITEMS, new FitOptions().epochs(2).resume(true).callbacks(remembering));
            model.save(file);
            assertEquals(2, model.trainedEpochs());
        }
        assertEquals(1, callbacksInTheFile());
    }

    @Test
    void aCallbackCannotHaveMissedAnEpochBeforeTheFirst() {
        Callback remembering = new Callback() {
            @Override
            public CallbackState state() {
                return CallbackState.of(Map.of("epochs", 1));
            }
        };
        try (Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.compile(new Adam(0.25), new MeanSquaredError());
            model.fit(ITEMS, new FitOptions().callbacks(remembering));
            model.save(file);
        }
        change(
                document -> {
                    JsonObject training = document.getAsJsonObject("training");
                    training.addProperty("epoch", 0);
                    JsonArray missed = training.getAsJsonArray("logs").deepCopy();
                    assertEquals(1, missed.size());
                    training.getAsJsonArray("callbacks")
                            .get(0)
                            .getAsJsonObject()
                            .add("missed_epochs", missed);
                },
                Map.of());
        String message =
                assertThrows(FileFormatException.class, () -> Model.load(file)).getMessage();
        assertTrue(message.contains("callbacks missed an epoch, but none was trained"), message);
    }

    private int callbacksInTheFile() {
        return Checkpoint.read(file)
                .document()
                .getAsJsonObject("training")
                .getAsJsonArray("callbacks")
                .size();
    }

    @Test
    void aValidationThatWasNoNumberComesBackAsThat() {
        ArraySet broken = new ArraySet(Shape.of(2), new float[] {Float.NaN, 0}, Shape.of(1), new float[1]);
        try (Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.compile(new Adam(0.25), new MeanSquaredError());
            model.fit(ITEMS, new FitOptions().validation(broken));
            assertTrue(Double.isNaN(model.epochLogs().get(0).get("val_loss")));
            model.save(file);
        }
        try (Model model = Model.load(file)) {
            assertTrue(Double.isNaN(model.epochLogs().get(0).get("val_loss")));
        }
    }

    @Test
    void aFileWithoutLogsHasEpochsOfWhichNothingIsKnown() {
        try (Model model = new Sequential("line", new Input(2), new Dense(1)).on(backend)) {
            model.compile(new Adam(0.25), new MeanSquaredError());
            model.fit(ITEMS, new FitOptions());
            model.save(file);
        }
        change(document -> document.getAsJsonObject("training").remove("logs"), Map.of());
        try (Model model = Model.load(file).on(backend)) {
            assertEquals(List.of(), model.epochLogs());
            model.fit(ITEMS, new FitOptions().epochs(2).resume(true));
            assertEquals(Map.of(), model.epochLogs().get(0));
            assertEquals(2, model.epochLogs().size());
        }
    }

    @Test
    void aModelThatIsNotCompiledIsKeptAsThat() {
        try (Model model = new Sequential("line", new Input(2), new Dense(1))) {
            model.save(file);
        }
        try (Model model = Model.load(file)) {
            assertThrows(IllegalStateException.class, model::optimizer);
        }
        assertTrue(Checkpoint.read(file).names().stream().noneMatch(name -> name.startsWith("optimizer/")));
    }

    @Test
    void aGraphComesBackWithItsConnections() {
        Dense shared = new Dense(3);
        Tensor x = Input.of(3);
        Tensor sum = new Add().apply(shared.apply(x), shared.apply(shared.apply(x)));
        float[] expected;
        try (Model model = new Model("graph", x, sum).on(backend)) {
            model.save(file);
            expected = model.predict(new float[] {1, 2, 3});
        }
        try (Model model = Model.load(file).on(backend)) {
            assertEquals(List.of("dense/kernel", "dense/bias"), model.weights().names());
            assertArrayEquals(expected, model.predict(new float[] {1, 2, 3}));
            assertEquals("graph", model.name());
        }
        change(document -> document.getAsJsonArray("layers").remove(0), Map.of());
        refusal();
    }

    @ParameterizedTest
    @CsvSource({"epoch, -1", "batch, -1", "step, -7"})
    void aTrainingStandsNowhereBeforeItsBeginning(String what, int where) {
        save();
        change(document -> document.getAsJsonObject("training").addProperty(what, where), Map.of());
        assertTrue(refusal().contains(what + " " + where), refusal());
    }

    @Test
    void totalsAndSlotsHaveTheSizesOfTheirPlaces() {
        save();
        change(document -> {}, Map.of("training/totals", new float[9]));
        assertTrue(refusal().contains("it has 9 totals, but loss and metrics have 6"), refusal());
        for (int length : new int[] {1, 3}) {
            save();
            change(document -> {}, Map.of("optimizer/dense/kernel/momentum", new float[length]));
            assertTrue(refusal().contains("dense/kernel/momentum has " + length + " numbers, but needs 2"), refusal());
        }
        for (String name : new String[] {"optimizer/other/momentum", "optimizer/x"}) {
            save();
            change(document -> {}, Map.of(name, new float[1]));
            assertTrue(refusal().contains("has no weights"), refusal());
        }
    }

    @Test
    void weightsHaveTheirSizes() {
        save();
        change(document -> {}, Map.of("dense/kernel", new float[3]));
        assertTrue(refusal().contains("dense/kernel has shape (2, 1)"), refusal());
    }
}
