package conv4j.report;

import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.evaluation.Classification;
import conv4j.evaluation.ClassificationReport;
import conv4j.files.WholeFile;
import conv4j.model.Evaluation;
import conv4j.model.MaximumStimuli;
import conv4j.model.MemoryUse;
import conv4j.model.Model;
import conv4j.pictures.Picture;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A page about a trained classifier: how it was trained, what it gets right and wrong, how sure it is of that, what its
 * filters look like and look for. One HTML file with everything in it: no scripts, nothing from elsewhere, light and
 * dark.
 */
public final class Report {

    private static final int BATCH = 128;
    private static final int MEMORY_BATCH = 32;
    private static final int MISTAKES = 20;
    private static final int FILTERS = 32;
    private static final int CLASSES = 20;
    private static final int STIMULI = 16;
    private static final int BINS = 10;
    private static final int TOP = 3;
    private static final double MIB = 1 << 20;

    private final Model model;
    private final Dataset data;
    private final String dataName;
    private final String command;

    /**
     * A report.
     *
     * @param model takes images; it is on its device as long as the page is made
     * @param data labelled images that it was not trained on
     * @param dataName what they are, in words
     * @param command how the report came about, for the reader who wants it again
     */
    public Report(Model model, Dataset data, String dataName, String command) {
        this.model = model;
        this.data = data;
        this.dataName = dataName;
        this.command = command;
    }

    /**
     * Makes the page and writes it, whole or not at all.
     *
     * @param file its name; missing folders are made
     * @return the results that the page shows
     * @throws java.io.UncheckedIOException when it cannot be written
     */
    public Classification write(Path file) {
        Classification result = Classification.of(model.predict(data, BATCH), data);
        byte[] bytes = html(result).getBytes(StandardCharsets.UTF_8);
        WholeFile.write(file, out -> {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        });
        return result;
    }

    private String html(Classification result) {
        ModelPictures pictures = new ModelPictures(model);
        ResultPictures results = new ResultPictures(data, result);
        Page page = new Page(model.name() + " on " + dataName);
        summary(page, result);
        page.section("Training");
        pictures(page, "losses and metrics over the epochs", pictures::charts);
        page.section("Classes");
        classes(page, result.report());
        page.section("Confusion");
        picture(page, "confusion matrix", results::confusion);
        page.section("Calibration");
        calibration(page, result);
        picture(page, "accuracy over confidence", results::calibration);
        page.section("Mistakes");
        picture(page, "the most confident mistakes", () -> results.mistakes(MISTAKES));
        layers(page, pictures);
        page.section("Layers");
        picture(page, "the graph of layers", pictures::graph);
        page.section("Machine");
        machine(page);
        return page.html();
    }

    /** What the first and the last convolution see and look for. */
    private void layers(Page page, ModelPictures pictures) {
        page.section("Filters");
        picture(page, "the first filters", () -> pictures.filters(null, FILTERS));
        List<String> layers = pictures.filterLayers().stream()
                .filter(pictures.imageLayers()::contains)
                .toList();
        Set<String> ends = new LinkedHashSet<>();
        if (!layers.isEmpty()) {
            ends.add(layers.get(0));
            ends.add(layers.get(layers.size() - 1));
            page.section("Activations");
        }
        float[] pixels = new float[data.inputShape().size()];
        data.input(0, pixels, 0);
        for (String layer : ends) {
            picture(page, "activations of " + layer, () -> pictures.activations(layer, pixels, FILTERS));
        }
        page.section("Maximum stimuli");
        MaximumStimuli stimuli = new MaximumStimuli(model);
        picture(page, "what the classes look for", () -> pictures.stimuli(null, CLASSES, stimuli));
        if (!layers.isEmpty()) {
            String last = layers.get(layers.size() - 1);
            picture(page, "what filters look for", () -> pictures.stimuli(last, STIMULI, stimuli));
        }
    }

    private static void picture(Page page, String description, Supplier<Picture> picture) {
        pictures(page, description, () -> List.of(picture.get()));
    }

    /** Pictures, or why there are none: a page without a history is still a page. */
    private static void pictures(Page page, String description, Supplier<List<? extends Picture>> pictures) {
        try {
            page.pictures(pictures.get(), description);
        } catch (IllegalArgumentException | DataException missing) {
            page.paragraph("No picture: " + missing.getMessage() + ".");
        }
    }

    private void summary(Page page, Classification result) {
        ClassificationReport report = result.report();
        page.paragraph(format(
                "%,d images of %s in %,d classes. The model has %,d parameters and was trained for %d epochs.",
                result.size(), dataName, result.classNames().size(), model.parameterCount(), model.trainedEpochs()));
        page.begin("dl", "cards");
        page.card(percent(result.accuracy()), "accuracy");
        if (result.classNames().size() > TOP + 1) {
            page.card(percent(result.topK(TOP)), "top-" + TOP + " accuracy");
        }
        page.card(format("%.3f", report.macroAverage().f1()), "macro F1");
        page.card(percent(result.calibration(BINS).expectedError()), "calibration error");
        evaluation(page);
        page.end("dl");
    }

    private void evaluation(Page page) {
        try {
            Evaluation evaluation = model.evaluate(data, BATCH);
            page.card(format("%.4f", evaluation.loss()), "loss");
            page.card(format("%,.0f", evaluation.itemsPerSecond()), "images/s");
        } catch (IllegalStateException notCompiled) {
            page.card("–", "loss (not compiled)");
        }
    }

    private static void classes(Page page, ClassificationReport report) {
        page.begin("table", "numbers");
        page.row("th", "class", "precision", "recall", "F1", "images");
        report.classes().forEach(scores -> row(page, "td", scores));
        row(page, "th", report.macroAverage());
        row(page, "th", report.weightedAverage());
        page.end("table");
        page.paragraph("Precision: of the images taken for a class, the part that is of it. Recall: of the images of a"
                + " class, the part taken for it. F1: their harmonic mean.");
    }

    private static void row(Page page, String tag, ClassificationReport.Scores scores) {
        page.row(
                tag,
                scores.name(),
                format("%.3f", scores.precision()),
                format("%.3f", scores.recall()),
                format("%.3f", scores.f1()),
                format("%,d", scores.support()));
    }

    private static void calibration(Page page, Classification result) {
        double over = result.calibration(BINS).overconfidence();
        page.paragraph(format(
                "On the whole the model is %s by %.1f points, the distance between its mean confidence and its accuracy.",
                over > 0 ? "too sure of itself" : "not sure enough of itself", Math.abs(100 * over)));
    }

    private void machine(Page page) {
        MemoryUse memory = model.memoryUse(MEMORY_BATCH);
        page.begin("table", "facts");
        page.row("td", "device", model.backend().device().describe());
        page.row("td", "peak device memory", format("%.1f MiB", model.backend().peakBytes() / MIB));
        page.row(
                "td",
                "memory of a training step",
                format(
                        "%.1f MiB for a batch of %d: parameters %.1f, gradients and optimizer %.1f, activations %.1f",
                        memory.total() / MIB,
                        MEMORY_BATCH,
                        memory.parameters() / MIB,
                        memory.optimizer() / MIB,
                        memory.activations() / MIB));
        page.row("td", "normalization", model.normalization().toString());
        page.row("td", "seed", Long.toString(model.seed()));
        page.row(
                "td",
                "Java",
                System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch"));
        page.row("td", "command", command);
        page.end("table");
        page.preformatted(model.summary(MEMORY_BATCH));
    }

    private static String percent(double part) {
        return format("%.1f %%", 100 * part);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
