package conv4j.cli;

import conv4j.augmentation.Augmentation;
import conv4j.backend.Backend;
import conv4j.callbacks.ProgbarLogger;
import conv4j.dashboard.Dashboard;
import conv4j.data.Dataset;
import conv4j.data.Split;
import conv4j.files.WholeFile;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import conv4j.shape.Shape;
import conv4j.terminal.ProgressText;
import conv4j.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains a network. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Trains a network: without arguments, the first CNN on built-in images.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j train",
            "  conv4j train my-network.conv --save my-model",
            "  conv4j train --data cifar10 --download --save first-cnn",
            "  conv4j train resnet18 --data cifar10 --optimizer adam --schedule cosine,warmup=1",
            "  conv4j train --data cifar10 --data-dir DIR --device opencl:0 --epochs 10 --save first-cnn",
            "  conv4j train --early-stopping 3 --csv log.csv --tensorboard logs",
            "  conv4j train --checkpoint {epoch:02d}-{val_loss:.4f} --checkpoint-best",
            "  conv4j train --data cifar10 --augment flip,shift=4,cutout=8 --save first-cnn",
            "  conv4j train --data folder --data-dir pictures --image-size 64x64 --save pets",
            "  conv4j train --data cifar10 --resume first-cnn --epochs 20    goes on after epoch 10"
        })
final class TrainCommand extends Subcommand {

    private static final String USUAL_PRECISION = "float32";

    @Mixin
    private NetworkOptions networkOptions;

    @Mixin
    private DataOptions dataOptions;

    @Mixin
    private FitSettings fitSettings;

    @Mixin
    private OptimizerOptions optimizerOptions;

    @Option(
            names = "--precision",
            paramLabel = "NAME",
            defaultValue = USUAL_PRECISION,
            description = "How closely a device may multiply that is faster for it: float32, 3xtf32 (as accurate, on"
                    + " tensor cores), tf32, mixed (bfloat16), mixed_float16 (with a scaled loss). Sums are always float32."
                    + " Default: ${DEFAULT-VALUE}.")
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
    private DashboardOption dashboardOption;

    @Mixin
    private CallbackOptions callbackOptions;

    @Override
    public Integer call() {
        boolean resumes = resume != null;
        networkOptions.check(this, resumes);
        NetworkSource network = resumes ? null : networkOptions.source(this);
        if (!resumes && main().takesDefaults(network)) {
            return main().again();
        }
        optimizerOptions.check(this, resumes);
        fitSettings.check(this);
        callbackOptions.check(this);
        dashboardOption.check(this);
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
            Shape images = loaded == null ? network.input() : loaded.inputShape();
            long seed = loaded == null ? networkOptions.seed() : loaded.seed();
            Split data = dataOptions.trainAndTest(images, seed, download());
            try (Model model = loaded == null ? built(network, data.train()) : resumed(loaded, data.train())) {
                return train(model, backend, data);
            }
        }
    }

    private DownloadBar download() {
        return new DownloadBar(messages(), Terminal.ofStderr());
    }

    private int epochs() {
        return fitSettings.epochs(dataOptions.kind());
    }

    private Model built(NetworkSource network, Dataset train) {
        Model model = networkOptions.build(network, train, this);
        optimizerOptions.compile(model, fitSettings.batches(train), epochs());
        return model;
    }

    private Model resumed(Model model, Dataset train) {
        DataOptions.checkClasses(model, train);
        if (model.trainedEpochs() >= epochs()) {
            throw usage(resume + " was trained for " + Words.count(model.trainedEpochs(), "epoch")
                    + " already; give a larger number with --epochs to go on");
        }
        if (optimizerOptions.learningRate() != null) {
            model.optimizer().learningRate(optimizerOptions.learningRate());
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
            history = fit(model, data, options, interrupt);
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
        if (main().quiet()) {
            return; // what is printed nowhere takes time all the same
        }
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

    private History fit(Model model, Split data, FitOptions options, Interrupt interrupt) {
        try (Dashboard page = dashboardOption.open(this, fitSettings.validation(data), save, interrupt)) {
            if (page != null) {
                options.callbacks(page);
            }
            return fit(model, data.train(), options, interrupt);
        }
    }

    private History fit(Model model, Dataset train, FitOptions options, Interrupt interrupt) {
        Terminal terminal = main().quiet() ? Terminal.NONE : Terminal.ofStderr();
        try (ProgbarLogger progress = new ProgbarLogger(messages(), terminal)) {
            options.callbacks(progress, new StopAndSave(interrupt, save));
            callbackOptions.callbacks(messages(), resume != null).forEach(options::callbacks);
            return model.fit(train, options);
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
        return deviceOptions()
                + dataOptions.asOptions()
                + fitSettings.asOptions()
                + callbackOptions.asOptions()
                + dashboardOption.asOptions()
                + " --resume " + ShellWord.of(save);
    }

    private String deviceOptions() {
        return (main().device() == null ? "" : " --device " + ShellWord.of(main().device()))
                + (precision.equals(USUAL_PRECISION) ? "" : " --precision " + ShellWord.of(precision));
    }

    private void report(TrainingResult result) {
        if (main().json()) {
            printJson(result.json(false));
        } else {
            main().out().println("Test" + ProgressText.metrics(result.test()).replaceFirst(" - ", " "));
        }
        if (save == null) {
            messages()
                    .println("Nothing was saved; next, try: conv4j train" + networkOptions.asArgument()
                            + dataOptions.asOptions()
                            + " --save my-model");
        } else {
            messages().println("Saved to " + save + "; next, try:");
            String file = ShellWord.of(save);
            for (String next : List.of(
                    "predict " + file + " IMAGE",
                    "evaluate " + file + dataOptions.asOptions(),
                    "show history " + file,
                    "report " + file + dataOptions.asOptions())) {
                messages().println("  conv4j " + next);
            }
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
