package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.files.FileFormatException;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.model.DivergedException;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.schedules.ExponentialDecay;
import conv4j.shape.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callbacks during real trainings of a line, y = 2 x + 1. */
class CallbacksTest {

    private static final Dataset LINE =
            new ArraySet(Shape.of(1), new float[] {0, 1, 2, 3}, Shape.of(1), new float[] {1, 3, 5, 7});

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream messages = new PrintStream(said, true, StandardCharsets.UTF_8);
    private Backend backend;
    private Sequential model;

    @BeforeEach
    void build() {
        backend = Backends.open("reference");
        model = new Sequential("line", new Input(1), new Dense(1));
        model.on(backend);
        model.compile(new SGD(0.125), new MeanSquaredError(), new MeanAbsoluteError("mae"));
    }

    @AfterEach
    void close() {
        model.close();
        backend.close();
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }

    private static FitOptions epochs(int count) {
        return new FitOptions().epochs(count).batchSize(2);
    }

    /** Puts a number of its own into the logs of every epoch, in front of the callbacks under test. */
    private static LambdaCallback script(String name, double... values) {
        return new LambdaCallback().onEpochEnd((trained, epoch, logs) -> logs.put(name, values[epoch]));
    }

    @Test
    void trainingStopsWhenPatienceIsOverAndTheBestWeightsComeBack() {
        List<float[]> kernels = new ArrayList<>();
        EarlyStopping stopping =
                new EarlyStopping().monitor("val_loss").patience(2).restoreBestWeights(true);
        History history = model.fit(
                LINE,
                epochs(9)
                        .callbacks(
                                script("val_loss", 5, 3, 4, 3.5, 1, 1, 1, 1, 1),
                                new LambdaCallback()
                                        .onEpochEnd((trained, epoch, logs) ->
                                                kernels.add(trained.weights().get("dense/kernel"))),
                                stopping.verbose(true).messages(messages)));
        assertEquals(4, history.epochs().size());
        assertTrue(history.stopped());
        assertEquals(3, stopping.stoppedEpoch());
        assertEquals(1, stopping.bestEpoch());
        assertArrayEquals(kernels.get(1), model.weights().get("dense/kernel"));
        assertFalse(kernels.get(1)[0] == kernels.get(3)[0]);
        assertEquals(
                "Epoch 4: early stopping\nRestoring model weights from the end of the best epoch: 2.\n",
                said().replace(System.lineSeparator(), "\n"));
    }

    @Test
    void theDirectionOfAMetricIsKnown() {
        EarlyStopping stopping = new EarlyStopping().monitor("val_mae").patience(1);
        model.fit(LINE, epochs(5).callbacks(script("val_mae", 3, 2, 1, 1.5, 0), stopping));
        assertEquals(3, stopping.stoppedEpoch());
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> model.fit(LINE, epochs(2).callbacks(new EarlyStopping().monitor("val_acc"))))
                .getMessage();
        assertTrue(message.startsWith("EarlyStopping received monitor=val_acc"), message);
        assertTrue(message.contains("loss, mae"), message);
    }

    @Test
    void whatIsNotThereIsWarnedOfOnceWithWhatIsThere() {
        model.fit(LINE, epochs(3).callbacks(new EarlyStopping().messages(messages)));
        assertEquals(
                "Warning: Early stopping conditioned on metric `val_loss` which is not available. Available metrics"
                        + " are: loss,mae",
                said().strip());
    }

    @Test
    void theRateIsReducedAndLogged() {
        History history = model.fit(
                LINE,
                epochs(6)
                        .callbacks(
                                script("val_loss", 1, 1, 1, 1, 1, 1),
                                new ReduceLROnPlateau()
                                        .factor(0.5)
                                        .patience(2)
                                        .minLr(0.05)
                                        .verbose(true)
                                        .messages(messages)));
        assertEquals(List.of(0.125, 0.125, 0.125, 0.0625, 0.0625, 0.05), withLast(history, model.learningRate()));
        assertTrue(said().startsWith("Epoch 3: ReduceLROnPlateau reducing learning rate to 0.0625."), said());
    }

    /** The logged rates of the first five epochs, and the rate in the end. */
    private static List<Double> withLast(History history, double last) {
        List<Double> rates = new ArrayList<>(history.series("learning_rate").subList(0, 5));
        rates.add(last);
        return rates;
    }

    @Test
    void aScheduleByEpochSetsTheRateThatTheStepsUse() {
        float[] before = new float[2];
        History history = model.fit(
                LINE,
                epochs(3)
                        .callbacks(
                                new LearningRateScheduler((epoch, rate) -> epoch == 2 ? 0 : rate / 2),
                                new LambdaCallback().onEpochEnd((trained, epoch, logs) -> {
                                    if (epoch == 1) {
                                        before[0] = trained.weights().get("dense/kernel")[0];
                                    }
                                })));
        assertEquals(List.of(0.0625, 0.03125, 0.0), history.series("learning_rate"));
        assertEquals(before[0], model.weights().get("dense/kernel")[0]);
    }

    @Test
    void aScheduleByEpochSaysTheRateInKerasWords() {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream messages = new PrintStream(said, true, StandardCharsets.UTF_8);
        LearningRateScheduler scheduler = new LearningRateScheduler(epoch -> 0.5 / (epoch + 1)).messages(messages);
        model.fit(LINE, epochs(1).callbacks(scheduler));
        assertEquals("", said.toString(StandardCharsets.UTF_8));
        model.fit(LINE, epochs(2).callbacks(scheduler.verbose(true)));
        assertEquals(
                List.of(
                        "Epoch 1: LearningRateScheduler setting learning rate to 0.5.",
                        "Epoch 2: LearningRateScheduler setting learning rate to 0.25."),
                said.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void theRateOfAnOptimizerWithAScheduleCannotBeSet() {
        model.compile(new SGD(0.1).learningRate(new ExponentialDecay(0.1, 10, 0.9, false)), new MeanSquaredError());
        String message = assertThrows(
                        IllegalStateException.class,
                        () -> model.fit(LINE, epochs(1).callbacks(new LearningRateScheduler(epoch -> 0.1))))
                .getMessage();
        assertTrue(message.contains("was made with a schedule"), message);
    }

    @Test
    void aReducedRateIsSavedWithTheModel() {
        Path file = folder.resolve("model");
        model.fit(LINE, epochs(1).callbacks(new LearningRateScheduler(epoch -> 0.03)));
        model.save(file);
        try (Model loaded = Model.load(file)) {
            assertEquals(0.03, loaded.learningRate());
            assertEquals(2, loaded.trainedSteps());
        }
    }

    @Test
    void checkpointsAreNamedAfterEpochAndLogsAndResume() throws IOException {
        History history = model.fit(
                LINE,
                epochs(3)
                        .callbacks(new ModelCheckpoint(
                                folder.resolve("all/{epoch:02d}-{loss:.3f}").toString())));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            expected.add(String.format(
                    java.util.Locale.ROOT,
                    "%02d-%.3f",
                    i + 1,
                    history.series("loss").get(i)));
        }
        assertEquals(expected, names("all"));
        try (Model loaded =
                Model.load(folder.resolve("all").resolve(expected.get(1))).on(backend)) {
            assertEquals(2, loaded.trainedEpochs());
            loaded.fit(LINE, epochs(3).resume(true));
            assertArrayEquals(
                    model.weights().get("dense/kernel"), loaded.weights().get("dense/kernel"));
        }
    }

    private List<String> names(String sub) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(sub))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void onlyTheBestAreSavedAndWeightsAloneCanBe() throws IOException {
        String pattern = folder.resolve("best/{epoch}").toString();
        model.fit(
                LINE,
                epochs(4)
                        .callbacks(
                                script("val_loss", 3, 4, 2, 2),
                                new ModelCheckpoint(pattern)
                                        .saveBestOnly(true)
                                        .saveWeightsOnly(true)
                                        .verbose(true)
                                        .messages(messages)));
        assertEquals(List.of("1", "3"), names("best"));
        assertTrue(said().contains("Epoch 3: val_loss improved from 3.00000 to 2.00000"), said());
        assertTrue(said().contains("Epoch 4: val_loss did not improve from 2.00000"), said());
        Path weights = folder.resolve("best/3");
        String message = assertThrows(FileFormatException.class, () -> Model.load(weights))
                .getMessage();
        assertTrue(message.contains("loadWeights"), message);
        float[] last = model.weights().get("dense/kernel");
        model.loadWeights(weights);
        assertFalse(last[0] == model.weights().get("dense/kernel")[0]);
        try (Model other = new Sequential("other", new Input(2), new Dense(1).name("dense"))) {
            assertThrows(FileFormatException.class, () -> other.loadWeights(weights));
        }
    }

    @Test
    void checkpointsByBatchesCountThroughEpochs() throws IOException {
        model.fit(
                LINE,
                epochs(3)
                        .callbacks(new ModelCheckpoint(
                                        folder.resolve("b/{epoch}-{batch}").toString())
                                .saveFreq(4)));
        assertEquals(List.of("2-2"), names("b"));
    }

    @Test
    void aLogHasALinePerEpochAndColumnsForValidation() throws IOException {
        Path file = folder.resolve("logs/training.csv");
        model.fit(LINE, epochs(2).callbacks(new CSVLogger(file)));
        String[] lines = Files.readString(file).split("\r\n");
        assertEquals("epoch,loss,mae,val_loss,val_mae", lines[0]);
        assertEquals(3, lines.length);
        assertTrue(lines[1].matches("0,[0-9.e-]+,[0-9.e-]+,NA,NA"), lines[1]);
        model.fit(LINE, epochs(1).validation(LINE).callbacks(new CSVLogger(file).append(true)));
        lines = Files.readString(file).split("\r\n");
        assertEquals(4, lines.length);
        assertTrue(lines[3].matches("0(,[0-9.e-]+){4}"), lines[3]);
        model.fit(LINE, epochs(1).callbacks(new CSVLogger(file).separator(";")));
        assertTrue(Files.readString(file).startsWith("epoch;loss;mae;val_loss;val_mae\r\n0;"));
    }

    @Test
    void anInvalidLossEndsTrainingQuietlyWhenAsked() {
        model.compile(new SGD(1e30), new MeanSquaredError());
        assertThrows(DivergedException.class, () -> model.fit(LINE, epochs(3)));
        model.weights().set("dense/kernel", new float[] {1});
        model.weights().set("dense/bias", new float[] {1});
        History history = model.fit(LINE, epochs(9).callbacks(new TerminateOnNaN(messages)));
        assertTrue(history.stopped());
        assertFalse(Double.isFinite(history.series("loss").get(history.epochs().size() - 1)));
        assertTrue(said().strip().matches("Batch [01]: Invalid loss, terminating training"), said());
    }

    @Test
    void functionsAreCalledInTheirPlaces() {
        List<String> calls = new ArrayList<>();
        model.fit(
                LINE,
                epochs(1)
                        .callbacks(new LambdaCallback()
                                .onTrainBegin(trained -> calls.add("begin"))
                                .onEpochBegin((trained, epoch) -> calls.add("epoch " + epoch))
                                .onBatchEnd((trained, progress) -> calls.add("batch " + progress.batch()))
                                .onEpochEnd((trained, epoch, logs) -> calls.add("logs " + logs.keySet()))
                                .onTrainEnd(trained -> calls.add("end"))));
        assertEquals(List.of("begin", "epoch 0", "batch 1", "batch 2", "logs [loss, mae]", "end"), calls);
    }

    @Test
    void namesOfFilesAreFilledAsInPython() {
        Map<String, Integer> counts = Map.of("epoch", 7);
        Map<String, Double> logs = new LinkedHashMap<>(Map.of("val_loss", 0.123456));
        assertEquals("a-7", new FilePattern("a-{epoch}").fill(counts, logs));
        assertEquals("a-07-0.1235", new FilePattern("a-{epoch:02d}-{val_loss:.4f}").fill(counts, logs));
        assertEquals("0.123456", new FilePattern("{val_loss}").fill(counts, logs));
        assertEquals("  7.00", new FilePattern("{epoch:6.2f}").fill(counts, logs));
        assertEquals("{7}", new FilePattern("{{{epoch}}}").fill(counts, logs));
        assertEquals("7.00", new FilePattern("{epoch:.2f}").fill(counts, logs));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new FilePattern("{val_acc:.2f}").fill(counts, logs))
                .getMessage();
        assertTrue(message.contains("val_acc") && message.contains("epoch, val_loss"), message);
        assertThrows(IllegalArgumentException.class, () -> new FilePattern("{val_loss:02d}").fill(counts, logs));
        assertThrows(IllegalArgumentException.class, () -> new FilePattern("{epoch"));
    }

    @Test
    void wrongSettingsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new EarlyStopping().mode("best"));
        assertThrows(IllegalArgumentException.class, () -> new ReduceLROnPlateau().factor(1));
        assertThrows(IllegalArgumentException.class, () -> new ModelCheckpoint("a").saveFreq(0));
    }
}
