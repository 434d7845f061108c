package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.model.Callback;
import conv4j.model.CallbackState;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What callbacks remember goes along with the model: a training that was cut off anywhere and resumed is, to the bit, the
 * one that was not.
 */
class ResumedCallbacksTest {

    private static final int EPOCHS = 30;
    private static final int BATCHES = 3;

    @TempDir
    Path folder;

    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.open("reference");
    }

    @AfterEach
    void close() {
        backend.close();
    }

    /** So few items that the validation's loss soon gets worse. */
    private static ArraySet items(long seed) {
        Random random = new Random(seed);
        float[] inputs = new float[12 * 4];
        float[] targets = new float[12];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < targets.length; i++) {
            targets[i] = (float) random.nextGaussian() + 3 * inputs[4 * i];
        }
        return new ArraySet(Shape.of(4), inputs, Shape.of(1), targets);
    }

    private Model network() {
        Model model = new Sequential(
                "small", new Input(4), new Dense(6).activation("relu"), new BatchNormalization(), new Dense(1));
        model.on(backend).seed(3);
        model.compile(new Adam(0.03), new MeanSquaredError(), new MeanAbsoluteError("mae"));
        return model;
    }

    /** What a training came to. */
    private record Outcome(Map<Integer, Double> rates, int epochs, int best, Map<String, float[]> weights) {

        static Outcome of(Model model, Map<Integer, Double> rates, EarlyStopping stopping) {
            Map<String, float[]> weights = new LinkedHashMap<>();
            model.weights()
                    .names()
                    .forEach(name -> weights.put(name, model.weights().get(name)));
            return new Outcome(rates, model.trainedEpochs(), stopping.bestEpoch(), weights);
        }

        /** The rates of epochs that both have seen. */
        void assertSame(Outcome resumed, String where) {
            resumed.rates.forEach((epoch, rate) -> assertEquals(rates.get(epoch), rate, where + ", epoch " + epoch));
            assertEquals(epochs, resumed.epochs, where);
            assertEquals(best, resumed.best, where);
            weights.forEach(
                    (name, values) -> assertArrayEquals(values, resumed.weights.get(name), where + ": " + name));
        }
    }

    private static EarlyStopping stopping(int patience) {
        return new EarlyStopping().patience(patience).restoreBestWeights(true);
    }

    private Outcome trained(Model model, int epochs, boolean resume, EarlyStopping stopping, Callback... others) {
        Map<Integer, Double> rates = new LinkedHashMap<>();
        List<Callback> callbacks = new ArrayList<>(List.of(others));
        callbacks.add(new ReduceLROnPlateau().patience(1).cooldown(1).factor(0.5));
        callbacks.add(stopping);
        callbacks.add(
                new LambdaCallback().onEpochEnd((of, epoch, logs) -> rates.put(epoch, logs.get("learning_rate"))));
        model.fit(
                items(1),
                new FitOptions()
                        .epochs(epochs)
                        .batchSize(4)
                        .validation(items(2))
                        .resume(resume)
                        .callbacks(callbacks.toArray(Callback[]::new)));
        return Outcome.of(model, rates, stopping);
    }

    private Outcome whole(int epochs, EarlyStopping stopping, Callback... others) {
        try (Model model = network()) {
            return trained(model, epochs, false, stopping, others);
        }
    }

    private Outcome resumed(Path file, int epochs, EarlyStopping stopping, Callback... others) {
        try (Model model = Model.load(file).on(backend)) {
            return trained(model, epochs, true, stopping, others);
        }
    }

    /** A file after every batch is one in the middle of epochs, too; one after every epoch, written before others know of it. */
    @ParameterizedTest
    @CsvSource({"reference, 0", "reference, 1", "cpu, 0", "cpu, 2"})
    void aTrainingThatIsCutOffAnywhereEndsAsIfItWereNot(String device, int everyBatches) {
        backend.close();
        backend = Backends.open(device);
        String pattern = everyBatches == 0 ? "{epoch}" : "{epoch}-{batch}";
        ModelCheckpoint saving = new ModelCheckpoint(folder.resolve(pattern).toString());
        if (everyBatches > 0) {
            saving.saveFreq(everyBatches);
        }
        Outcome whole = whole(EPOCHS, stopping(3), saving);
        assertTrue(whole.epochs() > 5 && whole.epochs() < EPOCHS, "epochs: " + whole.epochs());
        assertTrue(whole.rates().values().stream().distinct().count() > 2, whole.rates()::toString);
        List<Path> files = files();
        assertEquals(everyBatches == 0 ? whole.epochs() : whole.epochs() * BATCHES / everyBatches, files.size());
        for (Path file : files) {
            whole.assertSame(resumed(file, EPOCHS, stopping(3), savingNothing()), file.toString());
        }
    }

    /** Takes the place of the one that saved, but has no time for files. */
    private static ModelCheckpoint savingNothing() {
        return new ModelCheckpoint("never").saveFreq(Integer.MAX_VALUE);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** In the end the model has its best weights, but goes on from the last ones. */
    @Test
    void aTrainingThatCameToItsEndGoesOnAsIfMoreEpochsHadBeenAskedFor() {
        Outcome whole = whole(EPOCHS, stopping(3));
        for (int epochs = 1; epochs < whole.epochs(); epochs++) {
            Path file = folder.resolve("model");
            try (Model model = network()) {
                trained(model, epochs, false, stopping(3));
                model.save(file);
                whole.assertSame(trained(model, EPOCHS, true, stopping(3)), "in memory after " + epochs);
            }
            whole.assertSame(resumed(file, EPOCHS, stopping(3)), "after " + epochs);
        }
    }

    @Test
    void aTrainingThatWasStoppedEarlyGoesOnAsIfMorePatienceHadBeenAskedFor() {
        Outcome patient = whole(EPOCHS, stopping(6));
        Outcome last = whole(EPOCHS, new EarlyStopping().patience(6));
        Path file = folder.resolve("model");
        try (Model model = network()) {
            assertTrue(trained(model, EPOCHS, false, stopping(2)).epochs() < patient.epochs());
            model.save(file);
        }
        patient.assertSame(resumed(file, EPOCHS, stopping(6)), "with more patience");
        last.assertSame(resumed(file, EPOCHS, new EarlyStopping().patience(6)), "without the best weights");
    }

    @Test
    void aTrainingThatDoesNotResumeBeginsAnew() {
        try (Model model = network()) {
            EarlyStopping stopping = stopping(3);
            int epochs = trained(model, EPOCHS, false, stopping).epochs();
            model.save(folder.resolve("model"));
            Map<String, float[]> best = Outcome.of(model, Map.of(), stopping).weights();
            AssertingFirstWeights first = new AssertingFirstWeights(best);
            trained(model, 2, false, stopping, first);
            assertTrue(first.asserted);
            assertEquals(2, model.trainedEpochs());
            assertTrue(epochs > 2);
        }
    }

    /** The model is still the one with the best weights when its training begins. */
    private static final class AssertingFirstWeights implements Callback {

        private final Map<String, float[]> expected;
        private boolean asserted;

        AssertingFirstWeights(Map<String, float[]> expected) {
            this.expected = expected;
        }

        @Override
        public void onEpochBegin(Model model, int epoch) {
            if (epoch == 0) {
                expected.forEach((name, values) ->
                        assertArrayEquals(values, model.weights().get(name), name));
                asserted = true;
            }
        }
    }

    @Test
    void theBestFileIsNotReplacedByAWorseOne() {
        Supplier<ModelCheckpoint> best =
                () -> new ModelCheckpoint(folder.resolve("best-{epoch}").toString()).saveBestOnly(true);
        ModelCheckpoint every =
                new ModelCheckpoint(folder.resolve("every-{epoch}").toString());
        whole(EPOCHS, stopping(3), every, best.get());
        List<Path> files = files();
        List<Path> bestFiles =
                files.stream().filter(file -> file.toString().contains("best-")).toList();
        assertTrue(bestFiles.size() > 1 && bestFiles.size() < files.size() / 2, files::toString);
        for (Path file : files) {
            if (file.toString().contains("every-")) {
                // The checkpoint of before and the one after it go by the order among those of their class.
                resumed(file, EPOCHS, stopping(3), every, best.get());
                assertEquals(files, files(), "from " + file);
            }
        }
    }

    @Test
    void aScheduleIsNotAppliedTwiceToAnEpoch() {
        Supplier<LearningRateScheduler> halving = () -> new LearningRateScheduler((epoch, rate) -> rate * 0.5);
        ModelCheckpoint saving =
                new ModelCheckpoint(folder.resolve("{epoch}-{batch}").toString()).saveFreq(1);
        Outcome whole = whole(3, stopping(9), halving.get(), saving);
        assertEquals(List.of(0.015, 0.0075, 0.00375), List.copyOf(whole.rates().values()));
        assertEquals(3 * BATCHES, files().size());
        for (Path file : files()) {
            whole.assertSame(resumed(file, 3, stopping(9), halving.get(), savingNothing()), "" + file);
        }
    }

    private static Map<String, Double> logs(double valLoss) {
        return new HashMap<>(Map.of("val_loss", valLoss));
    }

    private static void assertRefused(Callback callback, Model model, CallbackState state, String... reasons) {
        CallbackState before = callback.state();
        String message = assertThrows(IllegalArgumentException.class, () -> callback.restore(model, state))
                .getMessage();
        Arrays.stream(reasons).forEach(reason -> assertTrue(message.contains(reason), message));
        assertEquals(before.values(), callback.state().values(), "it changed all the same");
    }

    @Test
    void aStateThatDoesNotFitTheSettingsIsRefused() {
        try (Model model = network()) {
            EarlyStopping plain = new EarlyStopping();
            plain.onTrainBegin(model);
            plain.onEpochEnd(model, 0, logs(2));
            CallbackState state = plain.state();
            assertEquals(
                    Map.of("monitor", "val_loss", "mode", "min", "best", 2.0, "best_epoch", 0, "wait", 0),
                    state.values());
            assertRefused(new EarlyStopping().monitor("val_mae"), model, state, "val_loss", "val_mae");
            assertRefused(new EarlyStopping().mode("max"), model, state, "mode=min", "mode=max");
            assertRefused(new ReduceLROnPlateau(), model, state, "cooldown");
            assertRefused(stopping(1), model, state, "restoreBestWeights was false");
            ReduceLROnPlateau reduction = new ReduceLROnPlateau();
            assertRefused(
                    reduction.mode("max"),
                    model,
                    CallbackState.of(Map.of("monitor", "val_loss", "mode", "min", "wait", 1, "cooldown", 0)),
                    "mode=max");
            CallbackState other = new CallbackState(state.values(), Map.of("best/dense/kernel", new float[3]));
            assertRefused(stopping(1), model, other, "3 numbers of dense/kernel, but the model has 24");
            for (Object wrong : new Object[] {-1, 0.5, "many", Double.NaN, 1e300, true}) {
                Map<String, Object> values = new HashMap<>(state.values());
                values.put("wait", wrong);
                assertRefused(new EarlyStopping(), model, CallbackState.of(values), "its wait should");
            }
        }
    }

    @Test
    void aTrainingGoesOnWithoutAStateThatDoesNotFit() {
        Path file = folder.resolve("model");
        try (Model model = network()) {
            trained(model, 2, false, new EarlyStopping().patience(3));
            model.save(file);
        }
        EarlyStopping other = new EarlyStopping().monitor("val_mae").patience(2);
        try (Model model = Model.load(file).on(backend)) {
            trained(model, EPOCHS, true, other);
            assertTrue(model.trainedEpochs() < EPOCHS && model.trainedEpochs() > 4, "" + model.trainedEpochs());
        }
        assertFalse(other.state().arrays().containsKey("last/dense/kernel"));
    }

    @Test
    void numbersThatAreNoneComeBackFromAFile() {
        Path file = folder.resolve("model");
        Remembering first = new Remembering();
        first.state = CallbackState.of(
                Map.of("nan", Double.NaN, "low", Double.NEGATIVE_INFINITY, "yes", true, "tenth", 0.1, "text", "Ä"));
        try (Model model = network()) {
            trained(model, 1, false, stopping(1), first, new Remembering());
            model.save(file);
        }
        Remembering second = new Remembering();
        Remembering third = new Remembering();
        resumed(file, 2, stopping(1), second, third);
        assertTrue(Double.isNaN(second.state.number("nan")));
        assertEquals(Double.NEGATIVE_INFINITY, second.state.number("low"));
        assertEquals(0.1, second.state.number("tenth"));
        assertEquals(true, second.state.values().get("yes"));
        assertEquals("Ä", second.state.text("text"));
        assertEquals(CallbackState.NONE, third.state, "the second of its class had nothing");
    }

    /** Remembers what it is given. */
    private static final class Remembering implements Callback {

        private CallbackState state = CallbackState.NONE;

        @Override
        public CallbackState state() {
            return state;
        }

        @Override
        public void restore(Model model, CallbackState saved) {
            state = saved;
        }
    }
}
