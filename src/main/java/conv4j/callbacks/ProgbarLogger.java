package conv4j.callbacks;

import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.DivergedException;
import conv4j.model.Model;
import conv4j.terminal.ProgressText;
import conv4j.terminal.Terminal;
import java.io.FileDescriptor;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * Shows on stderr how training goes on: on a terminal a line that is redrawn, as Keras draws it with {@code verbose=1},
 * otherwise one line per epoch as with {@code verbose=2}. Metrics are asked for rarely, because the device must stop for
 * that.
 *
 * <pre>{@code
 * model.fit(data, new FitOptions().epochs(5).callbacks(new ProgbarLogger()));
 * }</pre>
 */
public final class ProgbarLogger implements Callback, AutoCloseable {

    private static final double REDRAW_SECONDS = 0.1;
    private static final double METRICS_SECONDS = 0.5;
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintStream out;
    private final Terminal terminal;
    private final ToIntFunction<Model> plannedEpochs;
    private final LongSupplier nanos;
    private final long origin;

    private double begin;
    private double firstStepEnd;
    private int firstBatch;
    private double lastStepEnd;
    private int done;
    private int all;
    private double lastDrawn;
    private double lastMetrics;
    private Map<String, Double> metrics = Map.of();
    private int drawnColumns;
    private int epochs;

    /** A display on stderr. */
    public ProgbarLogger() {
        this(Terminal.stream(FileDescriptor.err), Terminal.ofStderr());
    }

    /**
     * A display anywhere.
     *
     * @param out where lines go
     * @param terminal what stands there
     */
    public ProgbarLogger(PrintStream out, Terminal terminal) {
        this(out, terminal, Model::plannedEpochs, System::nanoTime);
    }

    ProgbarLogger(PrintStream out, Terminal terminal, ToIntFunction<Model> plannedEpochs, LongSupplier nanos) {
        this.out = out;
        this.terminal = terminal;
        this.plannedEpochs = plannedEpochs;
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
        epochs = plannedEpochs.applyAsInt(model);
        begin = now();
        lastDrawn = begin;
        lastMetrics = begin;
        firstBatch = 0;
        done = 0;
        metrics = Map.of();
        if (terminal.interactive()) {
            out.println("Epoch " + (epoch + 1) + "/" + epochs);
        }
    }

    @Override
    public void onBatchEnd(Model model, BatchProgress progress) {
        done = progress.batch();
        all = progress.batches();
        boolean last = done == all;
        if (last) {
            metrics = progress.means().get();
        }
        lastStepEnd = now();
        if (firstBatch == 0) {
            firstBatch = done;
            firstStepEnd = lastStepEnd;
        }
        if (terminal.interactive() && (last || lastStepEnd - lastDrawn >= REDRAW_SECONDS)) {
            refreshMetrics(progress);
            lastDrawn = lastStepEnd;
            draw(ProgressText.remaining(stepSeconds() * (all - done)), "");
        }
    }

    private void refreshMetrics(BatchProgress progress) {
        if (metrics.isEmpty() || lastStepEnd - lastMetrics >= METRICS_SECONDS) {
            metrics = progress.means().get();
            lastStepEnd = now();
            lastMetrics = lastStepEnd;
        }
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        metrics = logs;
        String elapsed = ProgressText.elapsed(now() - begin);
        if (terminal.interactive()) {
            draw(elapsed, "\n");
            drawnColumns = 0;
        } else {
            out.println("Epoch " + (epoch + 1) + "/" + epochs + ": " + ProgressText.count(done, all) + " - " + elapsed
                    + " - " + ProgressText.perStep(stepSeconds()) + ProgressText.metrics(metrics));
        }
    }

    /** Seconds of a step; the first one, which prepares things, counts only while there is no other. */
    private double stepSeconds() {
        return done > firstBatch ? (lastStepEnd - firstStepEnd) / (done - firstBatch) : lastStepEnd - begin;
    }

    private void draw(String time, String end) {
        String info = " " + time + " " + ProgressText.perStep(stepSeconds()) + ProgressText.metrics(metrics);
        int headColumns = ProgressText.head(done, all, false).length();
        int room = terminal.columns() - 1 - headColumns;
        if (end.isEmpty() && info.length() > room) {
            // A line that wraps could not be redrawn.
            info = info.substring(0, Math.max(0, room));
        }
        int columns = headColumns + info.length();
        String rest = " ".repeat(Math.max(0, drawnColumns - columns));
        out.print("\r" + ProgressText.head(done, all, terminal.colour()) + info + rest + end);
        out.flush();
        drawnColumns = columns;
    }

    private double now() {
        return (nanos.getAsLong() - origin) / NANOS_PER_SECOND;
    }

    @Override
    public boolean onDivergence(Model model, int batch, DivergedException failure) {
        close();
        return false;
    }

    /** Ends a line that was being drawn, so that a message begins on its own. */
    @Override
    public void close() {
        if (drawnColumns > 0) {
            out.println();
            drawnColumns = 0;
        }
    }
}
