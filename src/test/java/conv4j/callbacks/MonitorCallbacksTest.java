package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.metrics.BinaryAccuracy;
import conv4j.model.BatchProgress;
import conv4j.model.Model;
import conv4j.model.Sequential;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What callbacks that watch a number do and say, epoch by epoch. */
class MonitorCallbacksTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream messages = new PrintStream(said, true, StandardCharsets.UTF_8);
    private Backend backend;
    private Sequential model;

    @BeforeEach
    void build() {
        backend = Backends.open("reference");
        model = OneWeight.on(backend, new BinaryAccuracy());
    }

    @AfterEach
    void close() {
        model.close();
        backend.close();
    }

    private List<String> said() {
        List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
        said.reset();
        return lines;
    }

    private static Map<String, Double> logs(String name, double value) {
        return new HashMap<>(Map.of(name, value));
    }

    @Test
    void moreOfAMetricIsBetterWhereTheMetricSaysSo() {
        EarlyStopping stopping = new EarlyStopping().monitor("val_binary_accuracy");
        stopping.onTrainBegin(model);
        stopping.onEpochEnd(model, 0, logs("val_binary_accuracy", 0.5));
        stopping.onEpochEnd(model, 1, logs("val_binary_accuracy", 0.75));
        assertEquals(0, stopping.stoppedEpoch());
        assertEquals(1, stopping.bestEpoch());
        stopping.onEpochEnd(model, 2, logs("val_binary_accuracy", 0.5));
        assertEquals(2, stopping.stoppedEpoch());
    }

    @Test
    void waitingBeginsAnewOnlyBelowTheBaseline() {
        EarlyStopping stopping =
                new EarlyStopping().patience(2).baseline(1).messages(messages).verbose(true);
        stopping.onTrainBegin(model);
        stopping.onEpochEnd(model, 0, logs("val_loss", 3));
        stopping.onEpochEnd(model, 1, logs("val_loss", 2));
        assertEquals(0, stopping.stoppedEpoch());
        stopping.onEpochEnd(model, 2, logs("val_loss", 2));
        assertEquals(2, stopping.stoppedEpoch());
        stopping.onTrainEnd(model);
        assertEquals(List.of("Epoch 3: early stopping"), said());
        stopping.onTrainBegin(model);
        stopping.onEpochEnd(model, 0, logs("val_loss", 3));
        stopping.onEpochEnd(model, 1, logs("val_loss", 0.5));
        stopping.onEpochEnd(model, 2, logs("val_loss", 2));
        assertEquals(0, stopping.stoppedEpoch());
        assertEquals(1, stopping.bestEpoch());
    }

    @Test
    void theRateStaysAtItsLowestWithoutAWord() {
        ReduceLROnPlateau reduction = new ReduceLROnPlateau()
                .factor(0)
                .patience(1)
                .minLr(0.25)
                .messages(messages)
                .verbose(true);
        reduction.onTrainBegin(model);
        for (int epoch = 0; epoch < 4; epoch++) {
            reduction.onEpochEnd(model, epoch, logs("val_loss", 1));
        }
        assertEquals(0.25, model.learningRate());
        assertEquals(List.of("Epoch 2: ReduceLROnPlateau reducing learning rate to 0.25."), said());
    }

    @Test
    void withoutTheNumberTheRateIsLoggedOnly() {
        Map<String, Double> logs = logs("loss", 1);
        new ReduceLROnPlateau().messages(messages).onEpochEnd(model, 0, logs);
        assertEquals(Map.of("loss", 1.0, "learning_rate", 1.0), logs);
        assertEquals(
                List.of("Warning: Learning rate reduction is conditioned on metric `val_loss` which is not available."
                        + " Available metrics are: " + String.join(",", logs.keySet())),
                said());
    }

    private ModelCheckpoint checkpoint() {
        return new ModelCheckpoint(folder.resolve("{epoch}").toString())
                .messages(messages)
                .verbose(true);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void everySavedFileIsNamed() throws IOException {
        checkpoint().onEpochEnd(model, 4, logs("val_loss", 1));
        assertEquals(List.of("Epoch 5: finished saving model to " + folder.resolve("5")), said());
        assertEquals(List.of("5"), files());
        try (Model loaded = Model.load(folder.resolve("5"))) {
            assertEquals("one", loaded.name());
        }
    }

    @Test
    void theFirstOfTheBestIsBetterThanNone() throws IOException {
        ModelCheckpoint best = checkpoint().saveBestOnly(true);
        best.onEpochEnd(model, 0, logs("val_loss", 1));
        assertEquals(
                List.of(
                        "Epoch 1: val_loss improved from None to 1.00000, saving model to " + folder.resolve("1"),
                        "Epoch 1: finished saving model to " + folder.resolve("1")),
                said());
        best.onEpochEnd(model, 1, logs("val_loss", 1));
        assertEquals(List.of("Epoch 2: val_loss did not improve from 1.00000"), said());
        assertEquals(List.of("1"), files());
    }

    @Test
    void theFirstFileMustBeatTheThreshold() throws IOException {
        ModelCheckpoint best = checkpoint().initialValueThreshold(0.5).saveBestOnly(true);
        best.onEpochEnd(model, 0, logs("val_loss", 0.75));
        assertEquals(List.of("Epoch 1: val_loss did not improve from 0.50000"), said());
        best.onEpochEnd(model, 1, logs("val_loss", 0.25));
        assertEquals(List.of("2"), files());
    }

    @Test
    void whatCannotBeWatchedIsSavedEveryTime() throws IOException {
        ModelCheckpoint best = checkpoint().saveBestOnly(true);
        best.onEpochEnd(model, 0, logs("loss", 1));
        best.onEpochEnd(model, 1, logs("loss", 2));
        assertEquals(List.of("1", "2"), files());
        assertEquals(
                "Warning: Can save best model only with `val_loss` which is not available. Available metrics are: loss",
                said().get(0));
    }

    @Test
    void everyBatchMayBeSaved() throws IOException {
        ModelCheckpoint every =
                new ModelCheckpoint(folder.resolve("{epoch}-{batch}-{loss:.1f}").toString()).saveFreq(1);
        for (int batch = 1; batch <= 2; batch++) {
            every.onBatchEnd(model, new BatchProgress(2, 3, batch, 2, batch, 0, 0, () -> Map.of("loss", 0.5)));
        }
        every.onEpochEnd(model, 2, logs("loss", 1));
        assertEquals(List.of("3-1-0.5", "3-2-0.5"), files());
    }

    @Test
    void aFileThatCannotBeWrittenIsNotCalledSaved() throws IOException {
        Files.writeString(folder.resolve("taken"), "");
        ModelCheckpoint below = new ModelCheckpoint(
                        folder.resolve("taken/{epoch}").toString())
                .messages(messages)
                .verbose(true);
        assertThrows(RuntimeException.class, () -> below.onEpochEnd(model, 0, logs("loss", 1)));
        assertFalse(said().stream().anyMatch(line -> line.contains("finished")));
    }
}
