package conv4j.cli;

import conv4j.callbacks.CSVLogger;
import conv4j.callbacks.EarlyStopping;
import conv4j.callbacks.ModelCheckpoint;
import conv4j.callbacks.ReduceLROnPlateau;
import conv4j.callbacks.TensorBoard;
import conv4j.model.Callback;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What is done beside training: stopping early, changing the learning rate, saving, writing down. */
final class CallbackOptions {

    @Option(
            names = "--early-stopping",
            paramLabel = "N",
            description = "Stop when the validation loss has not become smaller for N epochs, and keep the weights of"
                    + " the best epoch.")
    private Integer patience;

    @Option(
            names = "--reduce-lr",
            paramLabel = "N",
            description =
                    "Instead of shrinking from epoch to epoch, the learning rate is multiplied by 0.1 whenever the"
                            + " validation loss has not become smaller for N epochs.")
    private Integer plateau;

    @Option(
            names = "--checkpoint",
            paramLabel = "PATTERN",
            description = "Save the model after each epoch under a name with numbers in it, as in"
                    + " models/{epoch:02d}-{val_loss:.4f}.")
    private String checkpoint;

    @Option(names = "--checkpoint-best", description = "Only when the validation loss has become smaller.")
    private boolean bestOnly;

    @Option(names = "--csv", paramLabel = "FILE", description = "Write loss and metrics of each epoch there.")
    private Path csv;

    @Option(
            names = "--tensorboard",
            paramLabel = "DIR",
            description =
                    "Write what 'tensorboard --logdir DIR' shows: losses, metrics, rates, histograms of weights, the"
                            + " graph of the layers.")
    private Path tensorBoard;

    /** Refuses options that lack something. */
    void check(Subcommand command) {
        if (patience != null && patience < 0) {
            throw command.usage("--early-stopping must be 0 or more, but is " + patience);
        }
        if (plateau != null && plateau < 1) {
            throw command.usage("--reduce-lr must be 1 or more, but is " + plateau);
        }
        if (bestOnly && checkpoint == null) {
            throw command.usage("--checkpoint-best needs --checkpoint with the name of the files");
        }
        try {
            callbacks(System.err, false);
        } catch (IllegalArgumentException e) {
            throw command.usage("--checkpoint: " + e.getMessage());
        }
    }

    boolean stopsEarly() {
        return patience != null;
    }

    boolean reducesRate() {
        return plateau != null;
    }

    /**
     * What the options ask for.
     *
     * @param messages where the callbacks say what they do
     * @param goesOn whether a training is resumed, so that logs are continued
     */
    List<Callback> callbacks(PrintStream messages, boolean goesOn) {
        List<Callback> callbacks = new ArrayList<>();
        if (plateau != null) {
            callbacks.add(
                    new ReduceLROnPlateau().patience(plateau).verbose(true).messages(messages));
        }
        if (checkpoint != null) {
            callbacks.add(new ModelCheckpoint(checkpoint)
                    .saveBestOnly(bestOnly)
                    .verbose(true)
                    .messages(messages));
        }
        if (csv != null) {
            callbacks.add(new CSVLogger(csv).append(goesOn));
        }
        if (tensorBoard != null) {
            callbacks.add(new TensorBoard(tensorBoard).histogramFreq(1).writeImages(true));
        }
        if (patience != null) {
            callbacks.add(new EarlyStopping()
                    .patience(patience)
                    .restoreBestWeights(true)
                    .verbose(true)
                    .messages(messages));
        }
        return callbacks;
    }

    /** The options again, for a command that is proposed to the user. */
    String asOptions() {
        return (patience == null ? "" : " --early-stopping " + patience)
                + (plateau == null ? "" : " --reduce-lr " + plateau)
                + (checkpoint == null ? "" : " --checkpoint " + ShellWord.of(checkpoint))
                + (bestOnly ? " --checkpoint-best" : "")
                + (csv == null ? "" : " --csv " + ShellWord.of(csv))
                + (tensorBoard == null ? "" : " --tensorboard " + ShellWord.of(tensorBoard));
    }
}
