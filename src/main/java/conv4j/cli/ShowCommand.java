package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.data.ImageBytes;
import conv4j.evaluation.Classification;
import conv4j.files.WholeFile;
import conv4j.model.MaximumStimuli;
import conv4j.model.Model;
import conv4j.pictures.Picture;
import conv4j.pictures.PixelCanvas;
import conv4j.report.ModelPictures;
import conv4j.report.ResultPictures;
import conv4j.terminal.Terminal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws a model and what it makes of images. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Draws a saved model, or what it makes of the test images of a data set, as a PNG file.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  conv4j show history my-model",
            "  conv4j show confusion my-model --data cifar10 --data-dir DIR",
            "  conv4j show activations my-model --layer conv2d_1 --image photo.jpg",
            "  conv4j show stimuli my-model --layer conv2d_2 --out stimuli.png"
        })
final class ShowCommand extends Subcommand {

    private static final String PNG = ".png";
    private static final int BATCH = 128;

    @Parameters(
            index = "0",
            paramLabel = "WHAT",
            converter = Shown.Converter.class,
            completionCandidates = Shown.Converter.class,
            description = "${COMPLETION-CANDIDATES}.")
    private Shown shown;

    @Parameters(index = "1", paramLabel = "MODEL", description = ModelFiles.READABLE)
    private Path file;

    @Option(names = "--out", paramLabel = "FILE.png", description = "Where to write. Default: WHAT.png.")
    private Path out;

    @Option(
            names = "--layer",
            paramLabel = "NAME",
            description = "Of filters, activations and stimuli, as in 'conv4j summary MODEL'. Default: the first layer"
                    + " that has some; for stimuli the classes.")
    private String layer;

    @Option(
            names = "--image",
            paramLabel = "FILE",
            description = "For activations. Default: the first test image of the data set.")
    private Path image;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "The most images, filters, channels or classes. Default: 24; 64 filters and channels.")
    private Integer count;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "96",
            description = "Steps of gradient ascent for stimuli. Default: ${DEFAULT-VALUE}.")
    private int steps;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of the noise that stimuli begin with. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private DataOptions dataOptions;

    @Override
    public Integer call() {
        check();
        Model model = ModelFiles.open(file);
        Path target = out == null ? Path.of(shown.title() + PNG) : out;
        WholeFile.check(target);
        Dataset data = data(model);
        // History and graph are there without a device.
        if (shown == Shown.HISTORY || shown == Shown.GRAPH) {
            try (model) {
                write(draw(model, data), target);
            }
            return ExitCode.OK;
        }
        try (Backend backend = openBackend();
                model) {
            model.on(backend);
            write(draw(model, data), target);
        }
        return ExitCode.OK;
    }

    private void check() {
        if (count != null && count < 1) {
            throw usage("--count must be 1 or more, but is " + count);
        }
        if (out != null && !out.toString().toLowerCase(Locale.ROOT).endsWith(PNG)) {
            throw usage("--out writes a picture, whose name ends in .png, but is " + out);
        }
        if (layer != null && shown != Shown.FILTERS && shown != Shown.ACTIVATIONS && shown != Shown.STIMULI) {
            throw usage("--layer is for filters, activations and stimuli; leave it out for " + shown.title());
        }
        if (image != null && shown != Shown.ACTIVATIONS) {
            throw usage("--image is for activations; leave it out for " + shown.title());
        }
        dataOptions.check(this);
    }

    /** The test images, null when they are not needed. */
    private Dataset data(Model model) {
        if (!shown.needsData() && (shown != Shown.ACTIVATIONS || image != null)) {
            return null;
        }
        Dataset data = dataOptions.test(model.inputShape(), new DownloadBar(messages(), Terminal.ofStderr()));
        DataOptions.checkClasses(model, data);
        return data;
    }

    private int count(int usual) {
        return count == null ? usual : count;
    }

    private Picture draw(Model model, Dataset data) {
        ModelPictures pictures = new ModelPictures(model);
        return switch (shown) {
            case SAMPLES -> new ResultPictures(data, null).samples(count(24));
            case PREDICTIONS -> results(model, data).predictions(count(24));
            case MISTAKES -> results(model, data).mistakes(count(24));
            case CONFUSION -> results(model, data).confusion();
            case CALIBRATION -> results(model, data).calibration();
            case FILTERS -> pictures.filters(layer, count(64));
            case ACTIVATIONS -> pictures.activations(layer, pixels(model, data), count(64));
            case STIMULI -> pictures.stimuli(
                    layer, count(24), new MaximumStimuli(model).steps(steps).seed(seed));
            case HISTORY -> pictures.history();
            case GRAPH -> pictures.graph();
        };
    }

    private ResultPictures results(Model model, Dataset data) {
        Dataset used = shown == Shown.PREDICTIONS ? data.take(Math.min(count(24), data.size())) : data;
        return new ResultPictures(used, Classification.of(model.predict(used, BATCH), used));
    }

    private float[] pixels(Model model, Dataset data) {
        return image == null ? data.input(0) : ImageBytes.readFloats(image, model.inputShape());
    }

    private void write(Picture picture, Path target) {
        PixelCanvas.write(picture, target);
        if (main().json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("command", "show");
            result.put("model", file.toString());
            result.put("what", shown.title());
            result.put("file", target.toString());
            result.put("width", picture.width());
            result.put("height", picture.height());
            printJson(result);
        } else {
            messages().println("Wrote " + target);
        }
    }
}
