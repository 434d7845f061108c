package conv4j.model;

import conv4j.data.Dataset;
import conv4j.data.Split;
import conv4j.layers.Layer;
import conv4j.optimizers.LossScaleOptimizer;
import java.nio.file.Path;
import java.util.List;

/** How a model is to be trained, how far it was, and the training that runs now. */
final class Training {

    private final Model model;
    private Compiled compiled;
    private TrainingState state = TrainingState.BEGINNING;
    private Trainer trainer;
    private Path lastSaved;
    private volatile boolean stopping;

    Training(Model model) {
        this.model = model;
    }

    void compile(Compiled settings) {
        this.compiled = settings;
    }

    boolean isCompiled() {
        return compiled != null;
    }

    Compiled compiled() {
        if (compiled == null) {
            throw new IllegalStateException(
                    "model " + model.name() + " is not compiled; call compile(optimizer, loss, metrics) first");
        }
        return compiled;
    }

    History fit(Dataset data, FitOptions options) {
        checkNotRunning("call fit again when it has returned");
        options.checkWeights(data);
        Split split = options.split(data);
        model.inference().checkData(split.train());
        if (model.classNames().isEmpty()) {
            model.classNames(data.classNames());
        }
        stopping = false;
        scaleLoss();
        History history = new History();
        try (Trainer running = new Trainer(model, split.train(), split.test(), options, history)) {
            trainer = running;
            running.run();
            state = running.state();
        } finally {
            trainer = null;
        }
        return history;
    }

    /** Puts loss scaling around the optimizer where gradients need it, as Keras' {@code compile} does. */
    private void scaleLoss() {
        Compiled now = compiled();
        if (model.precision().scalesLoss() && !(now.optimizer() instanceof LossScaleOptimizer)) {
            compiled = new Compiled(new LossScaleOptimizer(now.optimizer()), now.loss(), now.metrics());
        }
    }

    /**
     * Refuses what cannot be done during a training.
     *
     * @param advice what to do instead
     */
    private void checkNotRunning(String advice) {
        if (trainer != null) {
            throw new IllegalStateException("model " + model.name() + " is being trained already; " + advice);
        }
    }

    /** Keeps the parameters of layers as they are in further training, or lets it change them again. */
    void freeze(List<Layer> layers, boolean frozen) {
        checkNotRunning("freeze layers before or after fit");
        layers.forEach(layer -> layer.trainable(!frozen));
    }

    /** Asks the training to end after the current step; from any thread. */
    void stop() {
        stopping = true;
    }

    boolean isStopping() {
        return stopping;
    }

    /** The number of the last epoch of the training that runs, 0 when none does. */
    int plannedEpochs() {
        return trainer == null ? 0 : trainer.plannedEpochs();
    }

    /** The optimizer's steps that were done. */
    int steps() {
        return trainer == null ? state.step() : trainer.step();
    }

    /** Where the last training ended. */
    TrainingState state() {
        return state;
    }

    /** Where the training is, also while it runs. */
    TrainingState currentState() {
        return trainer == null ? state : trainer.state();
    }

    /** Goes on from there. */
    void state(TrainingState newState) {
        this.state = newState;
    }

    /** Notes the file; returns whether it was the one already. */
    boolean saved(Path file) {
        boolean again = file.equals(lastSaved);
        lastSaved = file;
        return again;
    }

    /** Which file holds the last state that was saved, in words. */
    String lastSaved() {
        return lastSaved == null ? "nothing was saved before" : "the last good checkpoint is " + lastSaved;
    }
}
