package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.model.Model;
import conv4j.model.TestTimeAugmentation;
import conv4j.terminal.Terminal;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a model sees in images. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = "Says what a saved model sees in images: the most probable classes of each.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j predict first-cnn photo.jpg",
            "  conv4j predict first-cnn holidays --top 1      every image in the folder and below",
            "  conv4j predict first-cnn *.png --json"
        })
final class PredictCommand extends Subcommand {

    /** Numbers that are read before they are predicted: 64 MiB. */
    private static final int CHUNK_NUMBERS = 1 << 24;

    private static final int CHUNK_IMAGES = 1024;

    @Parameters(index = "0", paramLabel = "MODEL", description = ModelFiles.READABLE)
    private Path file;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "IMAGE",
            description =
                    "JPEG, PNG, BMP or GIF files of any size, which are scaled to the model's input; or folders, of"
                            + " which all images are taken. What cannot be read is named at the end, with exit code 3.")
    private List<Path> images;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "5",
            description = "Classes to show of each image. Default: ${DEFAULT-VALUE}.")
    private int top;

    @Option(
            names = "--batch-size",
            paramLabel = "N",
            defaultValue = "32",
            description = "Images at a time. Default: ${DEFAULT-VALUE}.")
    private int batchSize;

    @Option(
            names = "--tta",
            paramLabel = "N",
            description = "Test-time augmentation: take the mean over N copies of each image, changed at random as in"
                    + " training. For models that were trained with --augment.")
    private Integer copies;

    @Override
    public Integer call() {
        if (top < 1) {
            throw usage("--top must be 1 or more, but is " + top);
        }
        if (batchSize < 1) {
            throw usage("--batch-size must be 1 or more, but is " + batchSize);
        }
        if (copies != null && copies < 1) {
            throw usage("--tta must be 1 or more, but is " + copies);
        }
        Model model = ModelFiles.open(file);
        if (copies != null && model.augmentation().isEmpty()) {
            throw usage("--tta is for models that were trained with --augment, but " + file + " was not");
        }
        List<Path> files = ImageList.of(images);
        try (Backend backend = openBackend();
                model) {
            model.on(backend);
            return predict(model, files);
        }
    }

    private int predict(Model model, List<Path> files) {
        Predictions predictions = new Predictions(model, top);
        int chunk = Math.max(
                1, Math.min(CHUNK_IMAGES, CHUNK_NUMBERS / model.inputShape().size()));
        Terminal terminal = main().quiet() ? Terminal.NONE : Terminal.ofStderr();
        try (CountBar bar = new CountBar(messages(), terminal, files.size(), System::nanoTime)) {
            for (int begin = 0; begin < files.size(); begin += chunk) {
                List<Path> some = files.subList(begin, Math.min(begin + chunk, files.size()));
                int before = begin;
                ImageList.Loaded loaded = ImageList.load(some, model.inputShape(), read -> bar.show(before + read));
                if (!loaded.files().isEmpty()) {
                    predictions.add(loaded.files(), outputs(model, loaded));
                }
                predictions.addUnreadable(loaded.problems());
                bar.clear();
                if (!main().json()) {
                    predictions.print(main().out());
                }
            }
        }
        if (main().json()) {
            printJson(predictions.json(file));
        }
        predictions.reportProblems(main().err(), files.size());
        return predictions.problems().isEmpty() ? ExitCode.OK : ExitCode.DATA;
    }

    private float[][] outputs(Model model, ImageList.Loaded loaded) {
        int items = Math.min(batchSize, loaded.files().size());
        return copies == null
                ? model.predict(loaded.inputs(), items)
                : new TestTimeAugmentation(model, copies).predict(loaded.inputs(), items);
    }
}
