package conv4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.Glyphs;
import conv4j.data.Normalization;
import conv4j.data.Split;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.MaxPooling2D;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.shape.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page in a real browser, while a real training runs. */
class DashboardPageTest {

    private static final String POINTS = "(document.querySelector('[data-chart=\"%s\"] polyline')"
            + "?.getAttribute('points').split(' ').length ?? 0) >= %d";

    @TempDir
    Path folder;

    @Test
    void theChartsGrowAndTheButtonsPauseResumeStopAndSave() throws Exception {
        Chromium.require();
        Path file = folder.resolve("stopped");
        try (Chromium browser = new Chromium(Files.createDirectory(folder.resolve("profile")))) {
            train(browser, file);
            browser.await("document.getElementById('about').textContent.includes('Training is over')");
            assertEquals("Stopped, saved to " + file, browser.text("#state"));
            assertTrue(browser.run("return document.getElementById('stop').disabled")
                    .getAsBoolean());
            assertEquals(List.of(), browser.errors());
        }
        try (Model saved = Model.load(file)) {
            assertTrue(saved.trainedEpochs() > 0);
        }
    }

    private static void train(Chromium browser, Path file) throws Exception {
        Split data = Glyphs.train(Shape.of(16, 16, 1), 640, 1).split(0.2);
        try (Backend backend = Backends.open("cpu");
                Sequential model = model();
                Dashboard dashboard = Dashboard.open().confusionOf(data.test()).savesTo(file)) {
            model.on(backend);
            browser.open(dashboard.url());
            browser.await("document.getElementById('state').textContent === 'Preparing'");
            FitOptions options =
                    new FitOptions().epochs(100_000).validation(data.test()).callbacks(dashboard);
            CompletableFuture<History> training = CompletableFuture.supplyAsync(() -> model.fit(data.train(), options));
            try {
                lookAtCharts(browser, data.test().size());
                pauseAndResume(browser, model);
                browser.open(dashboard.url()); // a page that comes late
                browser.await(POINTS.formatted("loss-epochs", 2));
                assertEquals("Stop and save", browser.text("#stop"));
                browser.click("#stop");
                assertTrue(training.get(60, TimeUnit.SECONDS).stopped());
            } finally {
                dashboard.stop();
                training.get(60, TimeUnit.SECONDS);
            }
        }
    }

    private static void lookAtCharts(Chromium browser, int validated) throws Exception {
        for (String chart : List.of("loss-epochs", "accuracy-epochs", "loss-batches", "speed", "time", "ratios")) {
            browser.await(POINTS.formatted(chart, 2));
        }
        assertEquals(
                "training,validation",
                browser.run("return [...document.querySelectorAll('[data-chart=\"loss-epochs\"] polyline')]"
                                + ".map(line => line.dataset.line).join()")
                        .getAsString());
        assertEquals(
                validated,
                browser.run("return [...document.querySelectorAll('[data-chart=\"confusion\"] td')]"
                                + ".reduce((sum, cell) => sum + Number(cell.textContent), 0)")
                        .getAsInt());
    }

    private static void pauseAndResume(Chromium browser, Model model) throws Exception {
        browser.click("#pause");
        browser.await("document.getElementById('state').dataset.state === 'paused'");
        Thread.sleep(200); // the step that is running may end
        int paused = model.trainedSteps();
        Thread.sleep(300);
        assertEquals(paused, model.trainedSteps(), "training goes on although it is paused");
        browser.click("#pause");
        browser.await("document.getElementById('state').dataset.state === 'running'");
        awaitMoreSteps(model, paused);
    }

    private static void awaitMoreSteps(Model model, int steps) throws InterruptedException {
        for (int i = 0; i < 600 && model.trainedSteps() <= steps; i++) {
            Thread.sleep(50);
        }
        assertTrue(model.trainedSteps() > steps, "training does not go on");
    }

    private static Sequential model() {
        Sequential model = new Sequential(
                "digits",
                new Input(16, 16, 1),
                new Conv2D(4, 3).activation("relu"),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(10).activation("softmax"));
        model.seed(1).normalization(Normalization.centered());
        model.compile(new Adam(0.002), new SparseCategoricalCrossentropy(), new Accuracy());
        return model;
    }
}
