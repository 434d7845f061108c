package conv4j.cli;

import conv4j.augmentation.Augmentation;
import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.data.Split;
import conv4j.files.WholeFile;
import conv4j.model.Callback;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a network: without options, the first CNN on built-in images.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j train",
            "  conv4j train --data cifar10 --download --save first-cnn",
            "  conv4j train --data cifar10 --data-dir DIR --device opencl:0 --epochs 10 --save first-cnn",
            "  conv4j train --early-stopping 3 --csv log.csv --tensorboard logs --checkpoint {epoch:02d}-{val_loss:.4f}",
            "  conv4j train --data cifar10 --augment flip,shift=4,cutout=8 --save first-cnn",
            "  conv4j train --data folder --data-dir pictures --image-size 64x64 --save pets",
            "  conv4j train --data cifar10 --resume first-cnn --epochs 20    goes on after epoch 10"
        })
final class TrainCommand extends Subcommand {

    private static final long USUAL_SEED = 1;

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private FitSettings fitSettings;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            converter = Choices.Networks.class,
            completionCandidates = Choices.Networks.class,
            description = "${COMPLETION-CANDIDATES}. Default: first-cnn.")
    private Presets network;

    @Option(
            names = "--learning-rate",
            paramLabel = "RATE",
            description = "Of the first epoch; each further one has 0.9 times the rate before. Default: 0.005.")
    private Double learningRate;

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

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = "float32",
            description = "How closely a device may multiply that is faster for it: float32, 3xtf32 (as accurate, on"
                    + " tensor cores), tf32, mixed (bfloat16). Sums are always float32. Default: ${DEFAULT-VALUE}.")
    private String precision;

    @Option(
            names = "--save",
            paramLabel = "FILE",
            description = "Save the model there after each epoch, and on Ctrl-C. Default: the file of --resume.")
    private Path save;

    @Option(
            names = "--resume",
            paramLabel = "FILE",
            description = "Go on with a training that was saved; give the same data and batch size.")
    private Path resume;

    @Mixin
    private CallbackOptions callbackOptions;

    @Override
    public Integer call() {
        checkOptions();
        fitSettings.check(this);
        callbackOptions.check(this);
        dataOptions.check(this);
        // What fails soon comes first: the file, the place to save, then the device, then the data.
        Model loaded = resume == null ? null : ModelFiles.openCompiled(resume);
        if (save == null) {
            save = resume;
        }
        if (save != null && !ModelFiles.keepsTraining(save)) {
            throw usage(
                    "--save " + save + ": a training cannot go on from this format; save under another name and turn it"
                            + " into this one with 'conv4j convert'");
        }
        if (save != null) {
            WholeFile.check(save);
        }
        try (Backend backend = openBackend()) {
            Split data = dataOptions.trainAndTest(loaded == null ? null : loaded.inputShape(), seed(), download());
            try (Model model = loaded == null ? built(data.train()) : resumed(loaded, data.train())) {
                return train(model, backend, data);
            }
        }
    }

    private DownloadBar download() {
        return new DownloadBar(messages(), Terminal.ofStderr());
    }

    private void checkOptions() {
        if (resume != null && (seed != null || network != null || augment != null)) {
            throw usage("--resume goes on with the network, seed and augmentation of the file; leave --network, --seed"
                    + " and --augment out");
        }
        if (learningRate != null && !(learningRate > 0 && Double.isFinite(learningRate))) {
            throw usage("--learning-rate must be more than 0, but is " + learningRate);
        }
    }

    private long seed() {
        return seed == null ? USUAL_SEED : seed;
    }

    private int epochs() {
        return fitSettings.epochs(dataOptions.kind());
    }

    private Model built(Dataset train) {
        Presets preset = network == null ? Presets.FIRST_CNN : network;
        int classes = train.classNames().size();
        if (classes < 2) {
            throw new conv4j.data.DataException("the data has " + Words.count(classes, "class") + " "
                    + train.classNames() + "; at least 2 are needed to tell them apart");
        }
        Model model = preset.build(train.inputShape(), classes);
        model.seed(seed()).normalization(Normalization.centered()).classNames(train.classNames());
        if (augment != null) {
            model.augmentation(augment.forImages(train.inputShape(), this));
        }
        double rate = learningRate == null ? TrainingSettings.FIRST_CNN_LEARNING_RATE : learningRate;
        TrainingSettings.compile(model, rate, fitSettings.batches(train));
        return model;
    }

    private Model resumed(Model model, Dataset train) {
        DataOptions.checkClasses(model, train);
        if (model.trainedEpochs() >= epochs()) {
            throw usage(resume + " was trained for " + Words.count(model.trainedEpochs(), "epoch")
                    + " already; give a larger number with --epochs to go on");
        }
        if (learningRate != null) {
            model.optimizer().learningRate(learningRate);
        }
        return model;
    }

    private int train(Model model, Backend backend, Split data) {
        model.on(backend).precision(precision);
        if (callbackOptions.reducesRate()) {
            // A rate that can be set, in the place of a schedule.
            model.optimizer().learningRate(model.learningRate());
        }
        describe(model, data);
        FitOptions options = fitSettings
                .options(this, dataOptions.kind(), data.train(), data.test())
                .resume(resume != null);
        History history;
        boolean interrupted;
        try (Interrupt interrupt = new Interrupt(messages())) {
            history = fit(model, data.train(), options, interrupt);
            interrupted = interrupt.wished() && history.stopped();
        }
        TrainingResult result = new TrainingResult(this, model, history, data);
        if (interrupted) {
            return interrupted(result);
        }
        if (callbackOptions.stopsEarly() && save != null) {
            ModelFiles.save(model, save); // with the weights of the best epoch
        }
        boolean tested = fitSettings.testValidates() && !callbackOptions.stopsEarly();
        result.test(tested ? null : model.evaluate(data.test(), batchSize()));
        report(result);
        return ExitCode.OK;
    }

    private void describe(Model model, Split data) {
        messages()
                .println("Data: " + dataOptions.describe() + ", "
                        + Words.count(data.train().size(), "training image") + ", "
                        + Words.count(data.test().size(), "test image") + " of "
                        + data.train().inputShape() + ", "
                        + Words.count(data.train().classNames().size(), "class"));
        messages().print(model.summary(batchSize()));
        if (!model.augmentation().isEmpty()) {
            messages()
                    .println("Augmentation: "
                            + model.augmentation().stream()
                                    .map(Augmentation::className)
                                    .collect(Collectors.joining(", ")));
        }
        if (model.trainedEpochs() > 0) {
            messages().println("Going on after epoch " + model.trainedEpochs());
        }
    }

    private History fit(Model model, Dataset train, FitOptions options, Interrupt interrupt) {
        Callback stopper = new Callback() {
            @Override
            public void onTrainBegin(Model trained) {
                stopIfWished(trained, interrupt);
            }

            @Override
            public void onBatchEnd(Model trained, conv4j.model.BatchProgress progress) {
                stopIfWished(trained, interrupt);
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
        };
        Terminal terminal = main().quiet() ? Terminal.NONE : Terminal.ofStderr();
        try (ProgressBar progress = new ProgressBar(messages(), terminal, epochs(), System::nanoTime)) {
            options.callbacks(progress, stopper);
            callbackOptions.callbacks(messages(), resume != null).forEach(options::callbacks);
            return model.fit(train, options);
        }
    }

    private static void stopIfWished(Model model, Interrupt interrupt) {
        if (interrupt.wished()) {
            model.stopTraining();
        }
    }

    private int interrupted(TrainingResult result) {
        messages()
                .println(
                        save == null
                                ? "Stopped. Nothing was saved; with --save FILE a training can go on later."
                                : "Stopped and saved. Go on with: conv4j train" + resumeOptions());
        if (main().json()) {
            printJson(result.json(true));
        }
        return ExitCode.INTERRUPTED;
    }

    /** Everything that must be the same for the training to go on as if it had not stopped. */
    private String resumeOptions() {
        return dataOptions.asOptions() + fitSettings.asOptions() + callbackOptions.asOptions() + " --resume " + save;
    }

    private void report(TrainingResult result) {
        if (main().json()) {
            printJson(result.json(false));
        } else {
            main().out().println("Test" + ProgressText.metrics(result.test()).replaceFirst(" - ", " "));
        }
        if (save == null) {
            messages()
                    .println("Nothing was saved; next, try: conv4j train" + dataOptions.asOptions()
                            + " --save my-model");
        } else {
            messages()
                    .println("Saved to " + save + "; next, try: conv4j evaluate " + save + dataOptions.asOptions()
                            + " or: conv4j predict " + save + " IMAGE");
        }
    }

    int batchSize() {
        return fitSettings.batchSize();
    }

    Path save() {
        return save;
    }

    DataOptions dataOptions() {
        return dataOptions;
    }
}
