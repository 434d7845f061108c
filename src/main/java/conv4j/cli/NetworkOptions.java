package conv4j.cli;

import conv4j.applications.Application;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.model.Model;
import conv4j.shape.Shape;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which network is trained, and what it begins with. */
final class NetworkOptions {

    private static final long USUAL_SEED = 1;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NETWORK",
            completionCandidates = Choices.Networks.class,
            description =
                    "${COMPLETION-CANDIDATES}, or a configuration file: docs/configuration.md. Default: first-cnn.")
    private String named;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            converter = Choices.Networks.class,
            completionCandidates = Choices.Networks.class,
            description = "The same by name: ${COMPLETION-CANDIDATES}.")
    private Application preset;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description =
                    "Of weights, order, dropout and augmentation. The same seed on the same device gives the same model."
                            + " Default: 1.")
    private Long seed;

    @Option(
            names = "--augment",
            paramLabel = "LIST",
            converter = AugmentOption.Converter.class,
            description = "Change training images at random, on the device and in this order: flip (left and right) or"
                    + " flip=vertical or flip=both, shift=PIXELS, rotate=DEGREES, cutout=PIXELS (a black square),"
                    + " brightness=PART, contrast=PART. A number is the most either way; without one: shift=4, rotate=15,"
                    + " cutout=8, brightness=0.2, contrast=0.2. What comes in from outside is black. Default: none.")
    private AugmentOption augment;

    /** Refuses a second network, and any when a saved one goes on. */
    void check(Subcommand command, boolean resumes) {
        if (resumes && (seed != null || named != null || preset != null || augment != null)) {
            throw command.usage(
                    "--resume goes on with the network, seed and augmentation of the file; leave the network,"
                            + " --seed and --augment out");
        }
        if (named != null && preset != null) {
            throw command.usage("two networks are given, " + named + " and --network; leave one out");
        }
    }

    /** The network that was asked for. */
    NetworkSource source(Subcommand command) {
        if (preset != null) {
            return new NetworkSource(preset, null);
        }
        return named == null ? NetworkSource.USUAL : NetworkSource.of(named);
    }

    /** The network again, for a command that is proposed to the user. */
    String asArgument() {
        return preset != null ? " " + preset.title() : named == null ? "" : " " + ShellWord.of(named);
    }

    long seed() {
        return seed == null ? USUAL_SEED : seed;
    }

    /** A new model for these images, yet to be compiled. */
    Model build(NetworkSource source, Dataset train, Subcommand command) {
        int classes = train.classNames().size();
        if (classes < 2) {
            throw new DataException("the data has " + Words.count(classes, "class") + " " + train.classNames()
                    + "; at least 2 are needed to tell them apart");
        }
        Model model = source.build(train.inputShape(), classes);
        checkOutput(model, classes);
        model.seed(seed()).normalization(Normalization.centered()).classNames(train.classNames());
        if (augment != null) {
            model.augmentation(augment.forImages(train.inputShape(), command));
        }
        return model;
    }

    private void checkOutput(Model model, int classes) {
        if (!model.outputShape().equals(Shape.of(classes)) || !OptimizerOptions.returnsProbabilities(model)) {
            throw new IllegalArgumentException(named + ": the network must end with a probability for each of the "
                    + classes + " classes, but ends with " + model.outputShape()
                    + "; end it with: dense classes activation=softmax");
        }
    }
}
