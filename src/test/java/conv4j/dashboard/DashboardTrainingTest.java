package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.ArraySet;
import conv4j.data.ImageSet;
import conv4j.data.Normalization;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.Callback;
import conv4j.model.DivergedException;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dashboard tells of real trainings, and does to them; without a browser. */
class DashboardTrainingTest {

    private static final Shape SHAPE = Shape.of(1, 2, 1);

    private final ReferenceBackend backend = new ReferenceBackend();
    private final Dashboard dashboard = Dashboard.open();

    @TempDir
    Path folder;

    @AfterEach
    void close() {
        dashboard.close();
        backend.close();
    }

    /** Which of two pixels is brighter. */
    private static ImageSet images() {
        byte[] pixels = new byte[2 * 20];
        int[] labels = new int[20];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
            pixels[2 * i + labels[i]] = (byte) (100 + i);
        }
        return new ImageSet(SHAPE, pixels, labels, List.of("left", "right"));
    }

    private Sequential model(double learningRate) {
        Sequential model =
                new Sequential("brighter", new Input(SHAPE), new Flatten(), new Dense(2).activation("softmax"));
        model.on(backend);
        model.normalization(Normalization.centered());
        model.compile(new SGD(learningRate), new SparseCategoricalCrossentropy(), new Accuracy());
        return model;
    }

    private FitOptions options(int epochs) {
        return new FitOptions().epochs(epochs).batchSize(4).validation(images()).callbacks(dashboard);
    }

    /** Everything that a page which is opened now is told first. */
    private JsonObject news() throws Exception {
        try (Journal.Reader reader = dashboard.journal().new Reader()) {
            return JsonParser.parseString(reader.next(0)).getAsJsonObject();
        }
    }

    private static JsonArray points(JsonObject news, String series) {
        return news.getAsJsonObject(series).getAsJsonArray("points");
    }

    private static String state(JsonObject news) {
        return news.getAsJsonObject("state").get("name").getAsString();
    }

    @Test
    void theCurvesEndWhereTheHistoryEnds() throws Exception {
        dashboard.confusionOf(images());
        History history;
        try (Sequential model = model(0.5)) {
            history = model.fit(images(), options(3));
        }
        JsonObject news = news();
        assertEquals("finished", state(news));
        assertEquals(3, points(news, "epochs").size());
        JsonObject last = points(news, "epochs").get(2).getAsJsonObject();
        assertEquals(3, last.get("epoch").getAsInt());
        for (String name : List.of("loss", "accuracy", "val_loss", "val_accuracy")) {
            assertEquals(
                    history.series(name).get(2),
                    last.getAsJsonObject("means").get(name).getAsDouble(),
                    name);
        }
        JsonObject confusion = news.getAsJsonObject("confusion");
        assertEquals(3, confusion.get("epoch").getAsInt());
        int right = confusion
                        .getAsJsonArray("counts")
                        .get(0)
                        .getAsJsonArray()
                        .get(0)
                        .getAsInt()
                + confusion
                        .getAsJsonArray("counts")
                        .get(1)
                        .getAsJsonArray()
                        .get(1)
                        .getAsInt();
        assertEquals(history.series("val_accuracy").get(2), right / 20.0, 1e-6);
    }

    /** Without momentum a step changes the weights by the rate times the gradient: half the rate, half the change. */
    @Test
    void updateRatiosFollowTheLearningRate() throws Exception {
        double[] ratios = new double[2];
        for (int i = 0; i < 2; i++) {
            try (Sequential model = model(i == 0 ? 0.002 : 0.001)) {
                model.fit(images(), options(1));
            }
            ratios[i] = points(news(), "ratios")
                    .get(0)
                    .getAsJsonObject()
                    .getAsJsonObject("layers")
                    .get("dense")
                    .getAsDouble();
        }
        assertEquals(Math.log10(2), ratios[0] - ratios[1], 0.01);
    }

    @Test
    void anotherTrainingBeginsWithEmptyCharts() throws Exception {
        try (Sequential model = model(0.5)) {
            model.fit(images(), options(3));
            model.fit(images(), options(1));
        }
        assertEquals(1, points(news(), "epochs").size());
    }

    @Test
    void stoppingSavesTheModelWhereItWasAsked() throws Exception {
        Path file = folder.resolve("stopped");
        dashboard.savesTo(file);
        Callback presser = new Callback() {
            @Override
            public void onEpochBegin(Model model, int epoch) {
                if (epoch == 2) {
                    dashboard.stop();
                }
            }
        };
        try (Sequential model = model(0.5)) {
            assertTrue(model.fit(images(), options(1000).callbacks(presser)).stopped());
        }
        assertEquals("stopped", state(news()));
        try (Model saved = Model.load(file)) {
            assertEquals(2, saved.trainedEpochs());
        }
    }

    @Test
    void withoutAFileStoppingSavesNothing() throws IOException {
        Callback presser = new Callback() {
            @Override
            public void onEpochBegin(Model model, int epoch) {
                dashboard.stop();
            }
        };
        try (Sequential model = model(0.5)) {
            assertTrue(model.fit(images(), options(1000).callbacks(presser)).stopped());
        }
        try (var files = Files.list(folder)) {
            assertFalse(files.findAny().isPresent());
        }
    }

    @Test
    void aTrainingThatDivergesIsShownAsFailedWithTheReason() throws Exception {
        try (Sequential model = new Sequential("line", new Input(SHAPE), new Flatten(), new Dense(2))) {
            model.on(backend);
            model.compile(new SGD(1e30), new MeanSquaredError());
            ArraySet numbers = new ArraySet(SHAPE, new float[] {1, 2, 3, 4}, Shape.of(2), new float[] {1, 2, 3, 4});
            FitOptions options = new FitOptions().epochs(50).callbacks(dashboard);
            assertThrows(DivergedException.class, () -> model.fit(numbers, options));
        }
        dashboard.close();
        JsonObject news = news();
        assertEquals("failed", state(news));
        assertTrue(news.getAsJsonObject("state").get("text").getAsString().startsWith("training diverged"));
    }

    @Test
    void targetsThatAreNoClassesGetNoMatrixButAReason() throws Exception {
        ArraySet numbers = new ArraySet(SHAPE, new float[] {1, 2, 3, 4}, Shape.of(2), new float[] {1, 2, 3, 4});
        dashboard.confusionOf(numbers);
        try (Sequential model = model(0.01)) {
            model.compile(new SGD(0.01), new MeanSquaredError());
            model.fit(numbers, new FitOptions().callbacks(dashboard));
        }
        String problem = news().getAsJsonObject("confusion").get("problem").getAsString();
        assertTrue(problem.contains("one class label per item"), problem);
    }
}
