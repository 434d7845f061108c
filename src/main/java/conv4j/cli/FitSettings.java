package conv4j.cli;

import conv4j.data.Dataset;
import conv4j.data.Split;
import conv4j.model.FitOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** How often and in which portions training images are used, which are set aside, and how much each counts. */
final class FitSettings {

    private static final int GLYPHS_EPOCHS = 3;
    private static final int USUAL_EPOCHS = 10;
    private static final int USUAL_BATCH = 32;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Epochs in all, those before --resume included. Default: 3 for glyphs, else 10.")
    private Integer epochs;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "" + USUAL_BATCH,
            description = "Images of a training step. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--validation-split",
            paramLabel = "PART",
            defaultValue = "0",
            description = "Part of the training images that is set aside to validate after each epoch. Default: 0,"
                    + " which validates on the test images.")
    private double validationSplit;

    @Option(
            names = "--class-weight",
            paramLabel = "CLASS=WEIGHT",
            split = ",",
            description = "How much images of some classes, given by name or index, count in the loss, as in"
                    + " cat=2,dog=0.5. Others count 1.")
    private Map<String, Double> classWeight = new LinkedHashMap<>();

    /** Refuses numbers out of range. */
    void check(Subcommand command) {
        if (batchSize < 1) {
            throw command.usage("--batch-size must be 1 or more, but is " + batchSize);
        }
        if (epochs != null && epochs < 1) {
            throw command.usage("--epochs must be 1 or more, but is " + epochs);
        }
        if (!(validationSplit >= 0 && validationSplit < 1)) {
            throw command.usage("--validation-split must be from 0 to less than 1, but is " + validationSplit);
        }
        classWeight.forEach((name, weight) -> {
            if (!(weight >= 0 && Double.isFinite(weight))) {
                throw command.usage("--class-weight must be 0 or more, but is " + weight + " for " + name);
            }
        });
    }

    int epochs(DataKind data) {
        return epochs != null ? epochs : data == DataKind.GLYPHS ? GLYPHS_EPOCHS : USUAL_EPOCHS;
    }

    int batchSize() {
        return batchSize;
    }

    /** Whether validation is on the test images. */
    boolean testValidates() {
        return validationSplit == 0;
    }

    /** Training steps of an epoch. */
    int batches(Dataset train) {
        long trained = validationSplit == 0 ? train.size() : (long) Math.floor(train.size() * (1 - validationSplit));
        return (int) Math.max(1, (trained - 1) / batchSize + 1);
    }

    /** The images that validate. */
    Dataset validation(Split data) {
        return testValidates()
                ? data.test()
                : data.train().split(validationSplit).test();
    }

    /** Everything as the model wants it; the test images validate unless some are set aside. */
    FitOptions options(Subcommand command, DataKind kind, Dataset train, Dataset test) {
        FitOptions options = new FitOptions().epochs(epochs(kind)).batchSize(batchSize);
        if (testValidates()) {
            options.validation(test);
        } else {
            options.validationSplit(validationSplit);
        }
        return classWeight.isEmpty() ? options : options.classWeight(byIndex(command, train));
    }

    private Map<Integer, Double> byIndex(Subcommand command, Dataset train) {
        Map<Integer, Double> weights = new LinkedHashMap<>();
        classWeight.forEach((name, weight) -> {
            int index = train.classNames().indexOf(name);
            if (index < 0
                    && name.matches("\\d{1,9}")
                    && Integer.parseInt(name) < train.classNames().size()) {
                index = Integer.parseInt(name);
            }
            if (index < 0) {
                throw command.usage("--class-weight: there is no class '" + name + "'; there are "
                        + String.join(", ", train.classNames()));
            }
            weights.put(index, weight);
        });
        return weights;
    }

    /** The options again, for a command that is proposed to the user. */
    String asOptions() {
        return (batchSize == USUAL_BATCH ? "" : " --batch-size " + batchSize)
                + (epochs == null ? "" : " --epochs " + epochs)
                + (validationSplit == 0 ? "" : " --validation-split " + validationSplit)
                + (classWeight.isEmpty()
                        ? ""
                        : " --class-weight "
                                + ShellWord.of(classWeight.entrySet().stream()
                                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                                        .collect(Collectors.joining(","))));
    }
}
