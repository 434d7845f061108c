package conv4j.dashboard;

import conv4j.data.Dataset;
import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.DivergedException;
import conv4j.model.Model;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A page in the browser that shows a training while it runs: losses and metrics over epochs and batches, learning rate,
 * speed, what time goes to, how much steps change each layer, the confusion matrix; with buttons to pause and to stop.
 *
 * <p>The page is served on the loopback interface of this machine, at an address with a random token in it, and loads
 * nothing from elsewhere. Training waits for no page. It is slowed by what the page shows: four times per second the
 * running means are read from the device, seldom all parameters, and once per epoch the validation data is predicted.
 *
 * <pre>{@code
 * try (Dashboard dashboard = Dashboard.open()) {
 *     System.err.println("Dashboard: " + dashboard.url());
 *     model.fit(train, new FitOptions().validation(test).callbacks(dashboard.confusionOf(test)));
 * }
 * }</pre>
 */
public final class Dashboard implements Callback, AutoCloseable {

    private static final double LOOK_SECONDS = 0.25;
    private static final long GOODBYE_MILLIS = 1000;

    private final Journal journal = new Journal();
    private final Gate gate = new Gate();
    private final Pace pace = new Pace();
    private final Server server;
    private final LongSupplier nanos;
    private ValidationConfusion confusion;
    private Path savesTo;
    private Runnable ownStop;
    private UpdateRatios updateRatios;
    private long trainBegin;
    private long epochBegin;
    private double lastLook;
    private BatchProgress progress;
    private String failure;
    private volatile boolean running;
    private volatile boolean stopWished;

    /** What training is doing, and in words. */
    private record State(String name, String text) {}

    /** With a clock as {@link System#nanoTime} is one. */
    Dashboard(int port, LongSupplier nanos) {
        this.nanos = nanos;
        server = new Server(port, journal, Map.of("pause", this::pause, "resume", this::resume, "stop", this::stop));
        state("preparing", "Preparing");
        tellStop();
    }

    /**
     * Starts to serve the page, on a port that is free. Pages may be opened before training begins.
     *
     * @return to be closed after training
     * @throws IllegalStateException when this Java runtime has no HTTP server
     */
    public static Dashboard open() {
        return open(0);
    }

    /**
     * Starts to serve the page on a port of one's choice, for a tunnel from another machine.
     *
     * @param port from 1, or 0 for one that is free
     * @return to be closed after training
     * @throws java.io.UncheckedIOException when the port is taken
     * @throws IllegalStateException when this Java runtime has no HTTP server
     */
    public static Dashboard open(int port) {
        if (port < 0 || port > 65535) {
            throw new IllegalArgumentException("the dashboard's port must be from 0 to 65535, but is " + port);
        }
        try {
            return new Dashboard(port, System::nanoTime);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "the dashboard needs the module jdk.httpserver, which this Java runtime lacks; use a full JDK or JRE,"
                            + " or make the runtime with jlink --add-modules jdk.httpserver",
                    e);
        }
    }

    /**
     * Where the page is, token included: who knows it can see and stop the training.
     *
     * @return such as {@code http://127.0.0.1:40123/TOKEN/}
     */
    public URI url() {
        return server.url();
    }

    Journal journal() {
        return journal;
    }

    /**
     * Shows the confusion matrix of a data set after epochs.
     *
     * @param validation with class labels
     * @return this
     */
    public Dashboard confusionOf(Dataset validation) {
        this.confusion = new ValidationConfusion(validation, nanos);
        return this;
    }

    /**
     * Saves the model when the stop button was pressed. Without this the page says that nothing is saved.
     *
     * @param file the file, replaced if it is there
     * @return this
     */
    public Dashboard savesTo(Path file) {
        this.savesTo = file;
        tellStop();
        return this;
    }

    /**
     * Lets the program stop training in its own way, in the place of {@link #savesTo}.
     *
     * @param saved the file that the program writes then, null for none
     * @param stop called by another thread than the training's; training is stopped by the dashboard afterwards
     * @return this
     */
    public Dashboard stopsBy(Path saved, Runnable stop) {
        this.savesTo = saved;
        this.ownStop = stop;
        tellStop();
        return this;
    }

    private void tellStop() {
        journal.set("savesTo", savesTo == null ? "" : savesTo.toString());
    }

    /** Makes training wait after the current step, as the button does; from any thread. */
    public void pause() {
        if (running && !stopWished) {
            gate.close();
            state("paused", "Paused");
        }
    }

    /** Lets a paused training go on, as the button does; from any thread. */
    public void resume() {
        if (gate.isClosed()) {
            state("running", "Training");
            gate.open();
        }
    }

    /** Ends training after the current step, as the button does; from any thread. */
    public void stop() {
        if (!running || stopWished) {
            return;
        }
        stopWished = true;
        state("stopping", "Stopping");
        if (ownStop != null) {
            ownStop.run();
        }
        gate.remove();
    }

    private void state(String name, String text) {
        journal.set("state", new State(name, text));
    }

    @Override
    public void onTrainBegin(Model model) {
        journal.begin();
        gate.restore();
        stopWished = false;
        failure = null;
        progress = null;
        updateRatios = new UpdateRatios(nanos);
        trainBegin = nanos.getAsLong();
        lastLook = Double.NEGATIVE_INFINITY;
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("model", model.name());
        about.put("parameters", model.parameterCount());
        about.put("device", model.backend().device().describe());
        journal.set("about", about);
        running = true;
        state("running", "Training");
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
        boolean first = progress == null;
        if (first) {
            List<Map<String, Double>> earlier = model.epochLogs();
            for (int i = 0; i < Math.min(epoch, earlier.size()); i++) {
                journal.add(new Journal.Epoch(i + 1, earlier.get(i)));
            }
        }
        pace.beginEpoch(first);
        epochBegin = nanos.getAsLong();
    }

    @Override
    public void onBatchEnd(Model model, BatchProgress now) {
        boolean first = progress == null;
        progress = now;
        double sinceLook = secondsSince(trainBegin) - lastLook;
        if (first || sinceLook >= LOOK_SECONDS || now.batch() == now.batches() && sinceLook >= LOOK_SECONDS / 2) {
            look(model);
        }
        measureUpdates(model);
        pace.leaveOut(gate.pass() / 1e9);
        if (stopWished) {
            model.stopTraining();
        }
    }

    private void look(Model model) {
        Map<String, Double> means = progress.means().get(); // waits for the device
        journal.add(pace.look(progress, means, secondsSince(epochBegin), model.learningRate()));
        lastLook = secondsSince(trainBegin);
        tellProgress();
    }

    private void tellProgress() {
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("epoch", progress.epoch() + 1);
        place.put("epochs", progress.epochs());
        place.put("batch", progress.batch());
        place.put("batches", progress.batches());
        place.put("seconds", secondsSince(trainBegin));
        journal.set("progress", place);
    }

    private void measureUpdates(Model model) {
        long begin = nanos.getAsLong();
        Map<String, Double> measured = updateRatios.afterStep(model, secondsSince(trainBegin));
        if (!measured.isEmpty()) {
            double at = progress.epoch() + (double) progress.batch() / progress.batches();
            journal.add(new Journal.Ratios(at, measured));
        }
        pace.leaveOut(secondsSince(begin));
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        journal.add(new Journal.Epoch(epoch + 1, new LinkedHashMap<>(logs)));
        if (confusion != null) {
            boolean last = stopWished || epoch + 1 == progress.epochs();
            ValidationConfusion.Table table = confusion.afterEpoch(model, epoch + 1, secondsSince(trainBegin), last);
            if (table != null) {
                journal.set("confusion", table);
            }
        }
        tellProgress();
    }

    @Override
    public boolean onDivergence(Model model, int batch, DivergedException problem) {
        failure = problem.getMessage();
        return false;
    }

    @Override
    public void onTrainEnd(Model model) {
        running = false;
        if (stopWished && ownStop == null && savesTo != null) {
            model.save(savesTo);
        }
        if (failure != null) {
            state("failed", failure);
        } else if (progress == null
                || progress.epoch() + 1 == progress.epochs() && progress.batch() == progress.batches()) {
            state("finished", "Finished");
        } else {
            state("stopped", stopWished && savesTo != null ? "Stopped, saved to " + savesTo : "Stopped");
        }
    }

    private double secondsSince(long begin) {
        return (nanos.getAsLong() - begin) / 1e9;
    }

    /** Tells the pages that training is over, and stops serving. */
    @Override
    public void close() {
        if (running) {
            running = false;
            state("failed", failure != null ? failure : "Ended by an error; the program that trains says which");
        }
        gate.remove();
        journal.end(GOODBYE_MILLIS);
        server.close();
    }
}
