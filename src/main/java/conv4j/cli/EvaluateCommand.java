package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.model.Evaluation;
import conv4j.model.Model;
import conv4j.model.TestTimeAugmentation;
import conv4j.terminal.ProgressText;
import conv4j.terminal.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures a model on test images. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = "Measures a saved model on the test images of a data set.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j evaluate first-cnn",
            "  conv4j evaluate first-cnn --data cifar10 --data-dir ~/cifar-10-batches-bin",
            "  conv4j evaluate pets --data folder --data-dir pictures/test --json"
        })
final class EvaluateCommand extends Subcommand {

    private static final double NANOS = 1e-9;

    @Parameters(
            paramLabel = "MODEL",
            description =
                    "A file that 'train --save' has written, or a .keras or .h5 file of a model that Keras has compiled."
                            + " 'conv4j report' tells the accuracy of others, of .onnx files too.")
    private Path file;

    @Mixin
    private DataOptions dataOptions;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "128",
            description = "Images at a time; changes the speed, not the result. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--tta",
            paramLabel = "N",
            description = "Test-time augmentation: take the mean over N copies of each image, changed at random as in"
                    + " training. For models that were trained with --augment.")
    private Integer copies;

    @Override
    public Integer call() {
        dataOptions.check(this);
        if (batchSize < 1) {
            throw usage("--batch-size must be 1 or more, but is " + batchSize);
        }
        if (copies != null && copies < 1) {
            throw usage("--tta must be 1 or more, but is " + copies);
        }
        // The file and the data first: they fail sooner and more often than a device.
        Model model = ModelFiles.openCompiled(file);
        if (copies != null && model.augmentation().isEmpty()) {
            throw usage("--tta is for models that were trained with --augment, but " + file + " was not");
        }
        Dataset data = dataOptions.test(model.inputShape(), new DownloadBar(messages(), Terminal.ofStderr()));
        DataOptions.checkClasses(model, data);
        try (Backend backend = openBackend();
                model) {
            model.on(backend);
            measure(model, data);
        }
        return ExitCode.OK;
    }

    private void measure(Model model, Dataset data) {
        messages()
                .println("Data: " + dataOptions.describe() + ", " + Words.count(data.size(), "test image") + ", "
                        + Words.count(data.classNames().size(), "class"));
        long begin = System.nanoTime();
        model.evaluate(data.take(Math.min(batchSize, data.size())), batchSize);
        double firstStep = (System.nanoTime() - begin) * NANOS;
        Evaluation evaluation = copies == null
                ? model.evaluate(data, batchSize)
                : new TestTimeAugmentation(model, copies).evaluate(data, batchSize);
        if (main().json()) {
            printJson(json(model, evaluation, firstStep));
        } else {
            main().out()
                    .println(evaluation.items() + " images" + ProgressText.metrics(evaluation.metrics()) + " - "
                            + Math.round(evaluation.itemsPerSecond()) + " images/s");
        }
    }

    private Map<String, Object> json(Model model, Evaluation evaluation, double firstStep) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "evaluate");
        result.put("model", file.toString());
        result.put("data", dataOptions.kind().title());
        result.put("device", model.backend().device().id());
        result.put("device_name", model.backend().device().name());
        result.put("seed", model.seed());
        result.put("epochs", model.trainedEpochs());
        result.put("images", evaluation.items());
        result.put("batch_size", batchSize);
        result.put("augmented_copies", copies);
        result.putAll(evaluation.metrics());
        result.put("seconds", evaluation.seconds());
        result.put("images_per_second", evaluation.itemsPerSecond());
        result.put("first_step_seconds", firstStep);
        result.put("peak_device_bytes", model.backend().peakBytes());
        return result;
    }
}
