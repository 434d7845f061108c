package conv4j.cli;

import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.Model;
import java.nio.file.Path;
import java.util.Map;

/** Stops a training when the user wishes it, and saves the model after each epoch and then. */
final class StopAndSave implements Callback {

    private final Interrupt interrupt;
    private final Path save;

    /** A callback that saves to a file, unless that is null. */
    StopAndSave(Interrupt interrupt, Path save) {
        this.interrupt = interrupt;
        this.save = save;
    }

    @Override
    public void onTrainBegin(Model trained) {
        stopIfWished(trained);
    }

    @Override
    public void onBatchEnd(Model trained, BatchProgress progress) {
        stopIfWished(trained);
    }

    @Override
    public void onEpochEnd(Model trained, int epoch, Map<String, Double> logs) {
        if (save != null) {
            ModelFiles.save(trained, save);
        }
    }

    @Override
    public void onTrainEnd(Model trained) {
        // Before other callbacks change the weights: the training goes on from these.
        if (interrupt.wished() && save != null) {
            ModelFiles.save(trained, save);
        }
    }

    private void stopIfWished(Model model) {
        if (interrupt.wished()) {
            model.stopTraining();
        }
    }
}
