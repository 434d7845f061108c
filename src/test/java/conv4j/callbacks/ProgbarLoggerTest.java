package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.model.BatchProgress;
import conv4j.model.DivergedException;
import conv4j.model.FitOptions;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import conv4j.terminal.Terminal;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ProgbarLoggerTest {

    private static final Terminal PLAIN = new Terminal(true, false, 120);
    private static final String METRICS = " - accuracy: 0.2500 - loss: 1.5000";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private double now = 1000;
    private int asked;

    private ProgbarLogger bar(Terminal terminal) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new ProgbarLogger(out, terminal, model -> 2, () -> Math.round(now * 1e9));
    }

    private String written() {
        String text = bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
        bytes.reset();
        return text;
    }

    private void step(ProgbarLogger bar, int batch, double seconds) {
        now += seconds;
        Supplier<Map<String, Double>> means = () -> {
            asked++;
            return Map.of("loss", 1.5, "accuracy", 0.25);
        };
        bar.onBatchEnd(null, new BatchProgress(0, 2, batch, 10, batch, 0, 0, means));
    }

    /** The first step takes 2 s and does not count; the others take 40 ms, so that every third one is drawn. */
    @Test
    void aTerminalShowsALineThatIsRedrawn() {
        ProgbarLogger bar = bar(PLAIN);
        bar.onEpochBegin(null, 0);
        assertEquals("Epoch 1/2\n", written());
        step(bar, 1, 2);
        assertEquals("\r 1/10 ━━------------------ 18s 2s/step" + METRICS, written());
        for (int batch = 2; batch <= 9; batch++) {
            step(bar, batch, 0.04);
        }
        assertEquals(
                "\r 4/10 ━━━━━━━━------------ 0s 40ms/step" + METRICS + "\r 7/10 ━━━━━━━━━━━━━━------ 0s 40ms/step"
                        + METRICS,
                written());
        step(bar, 10, 0.04);
        assertEquals("\r10/10 ━━━━━━━━━━━━━━━━━━━━ 0s 40ms/step" + METRICS, written());
        now += 1;
        bar.onEpochEnd(null, 0, Map.of("loss", 1.5, "accuracy", 0.25, "val_loss", 2.0, "val_accuracy", 0.5));
        assertEquals(
                "\r10/10 ━━━━━━━━━━━━━━━━━━━━ 3s 40ms/step" + METRICS + " - val_accuracy: 0.5000 - val_loss: 2.0000\n",
                written());
        bar.close();
        assertEquals("", written());
    }

    @Test
    void aShorterLineCoversTheLongerOneBeforeIt() {
        ProgbarLogger bar = bar(PLAIN);
        bar.onEpochBegin(null, 0);
        step(bar, 1, 100);
        assertEquals("Epoch 1/2\n\r 1/10 ━━------------------ 15:00 100s/step" + METRICS, written());
        step(bar, 2, 0.2);
        assertEquals("\r 2/10 ━━━━---------------- 1s 200ms/step" + METRICS + "  ", written());
    }

    @Test
    void anEpochAfterAnotherHasTimesOfItsOwn() {
        ProgbarLogger bar = bar(Terminal.NONE);
        bar.onEpochBegin(null, 0);
        step(bar, 10, 5);
        bar.onEpochEnd(null, 0, Map.of());
        bar.onEpochBegin(null, 1);
        step(bar, 10, 2);
        bar.onEpochEnd(null, 1, Map.of());
        assertEquals("Epoch 1/2: 10/10 - 5s - 5s/step\nEpoch 2/2: 10/10 - 2s - 2s/step\n", written());
    }

    /** Half a second, a second and so on are exact, so that both limits are met exactly. */
    @Test
    void aLineIsRedrawnWhenItsTimeHasComeExactly() {
        now = 0;
        ProgbarLogger bar = bar(PLAIN);
        bar.onEpochBegin(null, 0);
        written();
        step(bar, 1, 0.1);
        assertEquals("\r 1/10 ━━------------------ 0s 100ms/step" + METRICS, written());
        now = 0;
        bar.onEpochBegin(null, 1);
        step(bar, 1, 0.5);
        step(bar, 2, 0.5);
        assertEquals(3, asked);
        step(bar, 3, 0.25);
        assertEquals(3, asked);
    }

    @Test
    void aLineThatIsRedrawnIsSeenAtOnce() {
        PrintStream slow = new PrintStream(new BufferedOutputStream(bytes, 1000), false, StandardCharsets.UTF_8);
        ProgbarLogger bar = new ProgbarLogger(slow, PLAIN, model -> 2, () -> Math.round(now * 1e9));
        bar.onEpochBegin(null, 0);
        step(bar, 1, 1);
        assertTrue(written().endsWith(METRICS));
    }

    /** The clock may begin anywhere: a step of 1.4 us would drown in the digits of so many seconds. */
    @Test
    void timesAreCountedFromTheBeginning() {
        long[] nanos = {-4_600_000_000_000_000_003L};
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        ProgbarLogger bar = new ProgbarLogger(out, Terminal.NONE, model -> 2, () -> nanos[0]);
        bar.onEpochBegin(null, 0);
        for (int batch = 1; batch <= 2; batch++) {
            nanos[0] += 1_400;
            bar.onBatchEnd(null, new BatchProgress(0, 2, batch, 2, batch, 0, 0, Map::of));
        }
        bar.onEpochEnd(null, 0, Map.of());
        assertEquals("Epoch 1/2: 2/2 - 0s - 1us/step\n", written());
    }

    /** Asking for metrics stops the device. */
    @Test
    void metricsAreAskedForTwiceASecondAtMost() {
        ProgbarLogger bar = bar(PLAIN);
        bar.onEpochBegin(null, 0);
        for (int batch = 1; batch <= 9; batch++) {
            step(bar, batch, 0.11);
        }
        assertEquals(2, asked);
    }

    @Test
    void aLineNeverWrapsWhileItIsRedrawn() {
        ProgbarLogger bar = bar(new Terminal(true, false, 50));
        bar.onEpochBegin(null, 0);
        written();
        step(bar, 1, 2);
        assertEquals("\r".length() + 49, written().length());
    }

    @Test
    void withoutATerminalThereIsOneLineAnEpoch() {
        ProgbarLogger bar = bar(Terminal.NONE);
        bar.onEpochBegin(null, 0);
        step(bar, 1, 2);
        for (int batch = 2; batch <= 10; batch++) {
            step(bar, batch, 0.5);
        }
        assertEquals("", written());
        now += 1;
        bar.onEpochEnd(null, 0, Map.of("loss", 1.5, "val_loss", 2.0));
        bar.close();
        assertEquals("Epoch 1/2: 10/10 - 8s - 500ms/step - loss: 1.5000 - val_loss: 2.0000\n", written());
        assertEquals(1, asked);
    }

    @Test
    void aMessageAfterAnUnfinishedLineBeginsOnItsOwn() {
        ProgbarLogger bar = bar(PLAIN);
        bar.onEpochBegin(null, 0);
        step(bar, 1, 2);
        written();
        bar.close();
        assertEquals("\n", written());
    }

    private void fit(float[] targets, Terminal terminal) {
        Dataset data = new ArraySet(Shape.of(1), new float[] {1, 2, 3}, Shape.of(1), targets);
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (Backend backend = Backends.open("reference");
                Sequential model = new Sequential("line", new Input(1), new Dense(1))) {
            model.on(backend).compile(new SGD(0.01), new MeanSquaredError());
            assertEquals(0, model.plannedEpochs());
            FitOptions options = new FitOptions().epochs(2).batchSize(2).shuffle(false);
            model.fit(data, options.callbacks(new ProgbarLogger(out, terminal)));
        }
    }

    @Test
    void aProgramOfItsOwnSeesEveryEpoch() {
        fit(new float[] {2, 4, 6}, Terminal.NONE);
        String[] lines = written().split("\n");
        assertEquals(2, lines.length);
        for (int epoch = 1; epoch <= 2; epoch++) {
            String line = lines[epoch - 1];
            assertTrue(line.matches("Epoch " + epoch + "/2: 2/2 - \\d+s - \\S+/step - loss: \\d+\\.\\d{4}"), line);
        }
    }

    @Test
    void theLineEndsBeforeTheMessageOfATrainingThatDiverges() {
        assertThrows(DivergedException.class, () -> fit(new float[] {2, 4, Float.NaN}, PLAIN));
        String text = written();
        assertTrue(text.startsWith("Epoch 1/2\n\r") && text.endsWith("\n"), text);
    }
}
