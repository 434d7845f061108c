package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.DivergedException;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.Sequential;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Call by call, with a clock that goes when it is told to: what pages are told, and how training is held and stopped. */
class DashboardStepsTest {

    private long now = 5_000_000_000L;
    private long tick;
    private final ReferenceBackend backend = new ReferenceBackend();
    private final Dashboard dashboard = new Dashboard(0, this::clock);
    private Sequential model;

    @TempDir
    Path folder;

    @BeforeEach
    void build() {
        model = Sides.modelOn(backend);
    }

    @AfterEach
    void close() {
        dashboard.close();
        model.close();
        backend.close();
    }

    private long clock() {
        now += tick;
        return now;
    }

    private void pass(double seconds) {
        now += Math.round(seconds * 1e9);
    }

    private JsonObject news() throws InterruptedException {
        try (Journal.Reader reader = dashboard.journal().new Reader()) {
            return JsonParser.parseString(reader.next(1)).getAsJsonObject();
        }
    }

    private String state() throws InterruptedException {
        JsonObject state = news().getAsJsonObject("state");
        return state.get("name").getAsString() + ": " + state.get("text").getAsString();
    }

    private JsonArray points(String series) throws InterruptedException {
        return news().has(series) ? news().getAsJsonObject(series).getAsJsonArray("points") : new JsonArray();
    }

    private void begin() {
        dashboard.onTrainBegin(model);
        dashboard.onEpochBegin(model, 0);
    }

    private void step(int epoch, int batch, double seconds) {
        pass(seconds);
        dashboard.onBatchEnd(
                model, new BatchProgress(epoch, 2, batch, 10, 4L * batch, 0, 0, () -> Map.of("loss", 1.0)));
    }

    @Test
    void aPageThatIsOpenedEarlySeesThatTrainingIsPrepared() throws Exception {
        assertEquals("preparing: Preparing", state());
        assertEquals("", news().get("savesTo").getAsString());
        begin();
        assertEquals("running: Training", state());
        JsonObject about = news().getAsJsonObject("about");
        assertEquals("brighter", about.get("model").getAsString());
        assertEquals(6, about.get("parameters").getAsInt());
        assertEquals(backend.device().describe(), about.get("device").getAsString());
    }

    @Test
    void portsAreNumbersOfTwoBytes() {
        String message = assertThrows(IllegalArgumentException.class, () -> Dashboard.open(-1))
                .getMessage();
        assertEquals("the dashboard's port must be from 0 to 65535, but is -1", message);
        assertThrows(IllegalArgumentException.class, () -> Dashboard.open(65536));
        try {
            Dashboard.open(65535).close();
        } catch (UncheckedIOException taken) {
            assertTrue(taken.getMessage().contains("cannot listen on port 65535"), taken.getMessage());
        }
    }

    @Test
    void whereItIsSavedIsTold() throws Exception {
        assertSame(dashboard, dashboard.savesTo(folder.resolve("here")));
        assertEquals(folder.resolve("here").toString(), news().get("savesTo").getAsString());
        assertSame(dashboard, dashboard.stopsBy(folder.resolve("there"), () -> {}));
        assertEquals(folder.resolve("there").toString(), news().get("savesTo").getAsString());
        assertSame(dashboard, dashboard.stopsBy(null, () -> {}));
        assertEquals("", news().get("savesTo").getAsString());
        assertSame(dashboard, dashboard.confusionOf(Sides.images()));
    }

    @Test
    void theFirstStepIsShownAndThenWhatComesAfterAQuarterOfASecond() throws Exception {
        begin();
        step(0, 1, 1);
        assertEquals(1, points("batches").size());
        step(0, 2, 0.125);
        assertEquals(1, points("batches").size());
        step(0, 3, 0.125);
        assertEquals(2, points("batches").size());
        step(0, 4, 0.5);
        JsonArray points = points("batches");
        assertEquals(3, points.size());
        assertEquals(0.4, points.get(2).getAsJsonObject().get("at").getAsDouble());
        assertEquals(0.5, points.get(2).getAsJsonObject().get("learningRate").getAsDouble());
        assertEquals(
                4 / 0.5, points.get(2).getAsJsonObject().get("itemsPerSecond").getAsDouble());
        assertTrue(points.get(0).getAsJsonObject().get("itemsPerSecond").isJsonNull());
        assertEquals(
                "{\"epoch\":1,\"epochs\":2,\"batch\":4,\"batches\":10,\"seconds\":1.75}",
                news().getAsJsonObject("progress").toString());
    }

    @Test
    void theLastStepOfAnEpochIsShownAfterAnEighthOfASecond() throws Exception {
        begin();
        step(0, 1, 1);
        step(0, 10, 0.0625);
        assertEquals(1, points("batches").size());
        step(1, 1, 0.0625);
        assertEquals(1, points("batches").size());
        step(1, 10, 0);
        assertEquals(2, points("batches").size());
        assertEquals(2.0, points("batches").get(1).getAsJsonObject().get("at").getAsDouble());
    }

    @Test
    void everyEpochBeginsFromZero() throws Exception {
        begin();
        step(0, 10, 2);
        dashboard.onEpochBegin(model, 1);
        step(1, 2, 0.5);
        assertEquals(
                8 / 0.5,
                points("batches").get(1).getAsJsonObject().get("itemsPerSecond").getAsDouble());
        pass(1);
        dashboard.onEpochEnd(model, 1, Map.of("loss", 1.0));
        assertEquals(3.5, news().getAsJsonObject("progress").get("seconds").getAsDouble());
    }

    @Test
    void updateRatiosStandAtTheirPlace() throws Exception {
        begin();
        step(1, 1, 0.5);
        model.fit(Sides.images(), new FitOptions().batchSize(2).epochs(1));
        step(1, 2, 0.5);
        assertEquals(1.2, points("ratios").get(0).getAsJsonObject().get("at").getAsDouble());
    }

    @Test
    void aTrainingThatDivergedHasFailedEvenIfItEndsQuietly() throws Exception {
        Callback quiet = new Callback() {
            @Override
            public boolean onDivergence(Model trained, int batch, DivergedException failure) {
                return true;
            }
        };
        model.weights().set("dense/bias", new float[] {Float.NaN, 0});
        model.fit(Sides.images(), new FitOptions().batchSize(2).callbacks(dashboard, quiet));
        assertTrue(state().startsWith("failed: training diverged"), state());
    }

    @Test
    void aPauseHoldsTrainingAndCountsNowhere() throws Exception {
        dashboard.pause();
        assertEquals("preparing: Preparing", state());
        begin();
        step(0, 1, 1);
        dashboard.pause();
        assertEquals("paused: Paused", state());
        CompletableFuture<Void> training = CompletableFuture.runAsync(() -> step(0, 2, 0));
        assertThrows(TimeoutException.class, () -> training.get(200, TimeUnit.MILLISECONDS));
        dashboard.resume();
        training.get(10, TimeUnit.SECONDS);
        assertEquals("running: Training", state());
        step(0, 3, 1);
        // Eight items, in less than the second that went by: 0.2 s or more of it were the pause.
        double speed =
                points("batches").get(1).getAsJsonObject().get("itemsPerSecond").getAsDouble();
        assertTrue(speed >= 8 / 0.85 && speed < 1e6, "items per second: " + speed);
    }

    @Test
    void onlyAPausedTrainingIsResumed() throws Exception {
        begin();
        dashboard.stop();
        assertEquals("stopping: Stopping", state());
        dashboard.resume();
        assertEquals("stopping: Stopping", state());
        dashboard.pause();
        assertEquals("stopping: Stopping", state());
        step(0, 1, 1);
    }

    @Test
    void stoppingLetsAPausedTrainingGo() throws Exception {
        List<String> calls = new ArrayList<>();
        dashboard.stopsBy(null, () -> calls.add("stop"));
        dashboard.stop();
        assertEquals(List.of(), calls);
        begin();
        dashboard.pause();
        CompletableFuture<Void> training = CompletableFuture.runAsync(() -> step(0, 1, 1));
        dashboard.stop();
        training.get(10, TimeUnit.SECONDS);
        dashboard.stop();
        assertEquals(List.of("stop"), calls);
        dashboard.onTrainEnd(model);
        assertEquals("stopped: Stopped", state());
        // Another training can be paused again.
        begin();
        dashboard.pause();
        CompletableFuture<Void> again = CompletableFuture.runAsync(() -> step(0, 1, 1));
        assertThrows(TimeoutException.class, () -> again.get(100, TimeUnit.MILLISECONDS));
        dashboard.close();
        again.get(10, TimeUnit.SECONDS);
        assertEquals("failed: Ended by an error; the program that trains says which", state());
    }

    @Test
    void theEndIsToldInWords() throws Exception {
        begin();
        step(1, 9, 1);
        dashboard.onTrainEnd(model);
        assertEquals("stopped: Stopped", state());
        begin();
        step(0, 10, 1);
        dashboard.onTrainEnd(model);
        assertEquals("stopped: Stopped", state());
        begin();
        step(1, 10, 1);
        dashboard.onTrainEnd(model);
        assertEquals("finished: Finished", state());
        Path file = folder.resolve("model");
        dashboard.savesTo(file);
        begin();
        step(0, 1, 1);
        dashboard.onTrainEnd(model);
        assertEquals("stopped: Stopped", state());
        assertFalse(Files.exists(file));
        begin();
        dashboard.stop();
        step(0, 2, 1);
        dashboard.onTrainEnd(model);
        assertEquals("stopped: Stopped, saved to " + file, state());
        assertTrue(Files.exists(file));
    }

    @Test
    void aTrainingThatIsOverIsNotStopped() throws Exception {
        begin();
        step(1, 10, 1);
        dashboard.onTrainEnd(model);
        dashboard.stop();
        assertEquals("finished: Finished", state());
        dashboard.close();
        assertEquals("finished: Finished", state());
        assertTrue(news().get("over").getAsBoolean());
    }

    @Test
    void aTrainingThatGoesOnShowsItsEarlierEpochs() throws Exception {
        FitOptions options = new FitOptions().batchSize(2).shuffle(false);
        model.fit(Sides.images(), options.epochs(2));
        model.fit(
                Sides.images(),
                new FitOptions().batchSize(2).epochs(3).resume(true).callbacks(dashboard));
        JsonArray epochs = points("epochs");
        assertEquals(3, epochs.size());
        for (int i = 0; i < 3; i++) {
            JsonObject epoch = epochs.get(i).getAsJsonObject();
            assertEquals(i + 1, epoch.get("epoch").getAsInt());
            assertEquals(
                    model.epochLogs().get(i).get("loss"),
                    epoch.getAsJsonObject("means").get("loss").getAsDouble());
        }
    }

    /** Every look at the clock takes a second, so does a matrix: it may cost a tenth of the time. */
    @Test
    void aMatrixThatTakesLongIsLeftOutUntilTheEnd() throws Exception {
        dashboard.confusionOf(Sides.images());
        begin();
        step(0, 1, 0);
        tick = 1_000_000_000L;
        dashboard.onEpochEnd(model, 0, Map.of("loss", 1.0));
        assertEquals(1, confusionEpoch());
        dashboard.onEpochEnd(model, 1, Map.of("loss", 1.0));
        assertEquals(2, confusionEpoch());
        dashboard.onEpochEnd(model, 2, Map.of("loss", 1.0));
        assertEquals(2, confusionEpoch());
        dashboard.stop();
        dashboard.onEpochEnd(model, 3, Map.of("loss", 1.0));
        assertEquals(4, confusionEpoch());
        assertEquals(4, points("epochs").size());
    }

    private int confusionEpoch() throws InterruptedException {
        return news().getAsJsonObject("confusion").get("epoch").getAsInt();
    }
}
