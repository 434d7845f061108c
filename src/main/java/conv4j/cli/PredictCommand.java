package conv4j.cli;

import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.ImageBytes;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a model sees in images. */
@Command(
        name = "predict",
        mixinStandardHelpOptions = true,
        description = "Says what a saved model sees in images: the most probable classes of each.",
        footerHeading = "%nExamples:%n",
        footer = {"  conv4j predict first-cnn photo.jpg", "  conv4j predict first-cnn *.png --top 1 --json"})
final class PredictCommand extends Subcommand {

    private static final int PERCENT = 100;

    @Parameters(index = "0", paramLabel = "MODEL", description = ModelFiles.READABLE)
    private Path file;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "IMAGE",
            description = "JPEG, PNG, BMP or GIF files of any size; they are scaled to the model's input.")
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

    /** A class and its probability. */
    private record Guess(String name, double probability) {}

    @Override
    public Integer call() {
        if (top < 1) {
            throw usage("--top must be 1 or more, but is " + top);
        }
        if (copies != null && copies < 1) {
            throw usage("--tta must be 1 or more, but is " + copies);
        }
        Model model = ModelFiles.open(file);
        if (copies != null && model.augmentation().isEmpty()) {
            throw usage("--tta is for models that were trained with --augment, but " + file + " was not");
        }
        ArraySet inputs = read(model.inputShape());
        try (Backend backend = openBackend();
                model) {
            model.on(backend);
            int items = Math.min(batchSize, images.size());
            float[][] outputs =
                    copies == null ? model.predict(inputs, items) : model.predictAugmented(inputs, items, copies);
            print(Arrays.stream(outputs)
                    .map(output -> best(output, model.classNames()))
                    .toList());
        }
        return ExitCode.OK;
    }

    private ArraySet read(Shape shape) {
        float[] pixels = new float[Math.multiplyExact(images.size(), shape.size())];
        for (int i = 0; i < images.size(); i++) {
            byte[] bytes = ImageBytes.read(images.get(i), shape);
            for (int k = 0; k < bytes.length; k++) {
                pixels[i * bytes.length + k] = bytes[k] & 0xFF;
            }
        }
        return new ArraySet(shape, pixels, Shape.SCALAR, new float[images.size()]);
    }

    private List<Guess> best(float[] output, List<String> classNames) {
        return IntStream.range(0, output.length)
                .mapToObj(i -> new Guess(i < classNames.size() ? classNames.get(i) : "class " + i, output[i]))
                .sorted(Comparator.comparingDouble(Guess::probability).reversed())
                .limit(top)
                .toList();
    }

    private void print(List<List<Guess>> guesses) {
        if (main().json()) {
            printJson(json(guesses));
            return;
        }
        for (int i = 0; i < guesses.size(); i++) {
            main().out().println(images.get(i));
            for (Guess guess : guesses.get(i)) {
                main().out().printf(Locale.ROOT, "  %5.1f %%  %s%n", guess.probability() * PERCENT, guess.name());
            }
        }
    }

    private Map<String, Object> json(List<List<Guess>> guesses) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (int i = 0; i < guesses.size(); i++) {
            List<Map<String, Object>> classes = new ArrayList<>();
            for (Guess guess : guesses.get(i)) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("class", guess.name());
                one.put("probability", guess.probability());
                classes.add(one);
            }
            Map<String, Object> image = new LinkedHashMap<>();
            image.put("image", images.get(i).toString());
            image.put("predictions", classes);
            list.add(image);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("command", "predict");
        result.put("model", file.toString());
        result.put("images", list);
        return result;
    }
}
