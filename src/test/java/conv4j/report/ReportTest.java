package conv4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.DataException;
import conv4j.data.ImageSet;
import conv4j.data.Normalization;
import conv4j.evaluation.Classification;
import conv4j.evaluation.ClassificationReport;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.FitOptions;
import conv4j.model.MaximumStimuli;
import conv4j.model.MemoryUse;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.pictures.Html;
import conv4j.pictures.VectorCanvas;
import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page about a model: everything is there, escaped, and nothing comes from elsewhere. */
class ReportTest {

    private static final Shape IMAGE = Shape.of(6, 6, 3);
    private static final List<String> NAMES = List.of("<script>alert(1)</script>", "b & \"c\"", "owl");

    @TempDir
    Path folder;

    private Backend backend;
    private Model model;

    @BeforeEach
    void makeAModel() {
        backend = Backends.open("reference");
        model = new Sequential(
                        "<i>model",
                        new Input(IMAGE),
                        new Conv2D(4, 3).activation("relu").name("first"),
                        new Flatten().name("flat"),
                        new Dense(3).activation("softmax").name("classes"))
                .on(backend)
                .normalization(Normalization.centered())
                .classNames(NAMES);
    }

    @AfterEach
    void close() {
        model.close();
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    private static ImageSet images(int count) {
        RandomStream random = new RandomStream(3, 0);
        byte[] pixels = new byte[count * IMAGE.size()];
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt();
        }
        for (int i = 0; i < count; i++) {
            labels[i] = i % 3;
        }
        return new ImageSet(IMAGE, pixels, labels, NAMES);
    }

    private String page() throws Exception {
        Path file = folder.resolve("new/report.html");
        Classification result = new Report(model, images(12), "<set>", "conv4j report 'a&b'").write(file);
        assertEquals(12, result.size());
        return Files.readString(file);
    }

    private void train() {
        model.compile(new Adam(0.01), new SparseCategoricalCrossentropy(), new Accuracy());
        model.fit(images(12), new FitOptions().epochs(2).validation(images(6)));
    }

    @Test
    void aPageHasAllSectionsAndPictures() throws Exception {
        train();
        String page = page();
        for (String section : List.of(
                "Training",
                "Classes",
                "Confusion",
                "Calibration",
                "Mistakes",
                "Filters",
                "Activations",
                "Maximum stimuli",
                "Layers",
                "Machine")) {
            assertTrue(page.contains(">" + section + "</h2>"), section);
        }
        assertFalse(page.contains("No picture"), page);
        assertEquals(10, page.split("<svg", -1).length - 1);
        assertTrue(page.contains("trained for 2 epochs"));
        assertTrue(page.contains("conv4j report &#39;a&amp;b&#39;"));
        assertTrue(page.contains(model.backend().device().describe().replace("&", "&amp;")));
    }

    @Test
    void nothingOnThePageRunsOrComesFromElsewhere() throws Exception {
        train();
        String page = page();
        assertFalse(page.contains("<script"), "a class name became a script");
        assertFalse(page.contains("<i>"), "the model's name became a tag");
        assertFalse(page.contains("<set>"), "the data's name became a tag");
        Matcher links = Pattern.compile("(?:src|href)=\"([^\"]{0,8})").matcher(page);
        while (links.find()) {
            assertTrue(links.group(1).matches("#.*|data:ima"), links.group(1));
        }
        String rest = page.replace("http://www.w3.org/2000/svg", "");
        assertFalse(rest.contains("http:") || rest.contains("https:") || rest.contains("url("), "an address");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static void assertHas(String page, String part) {
        assertTrue(page.contains(part), () -> part + " is not in " + page);
    }

    private static String card(String number, String name) {
        return "<div><dt>" + name + "</dt>\n<dd>" + number + "</dd>\n</div>\n";
    }

    private static String row(String tag, String... cells) {
        return Stream.of(cells)
                .map(cell -> "<" + tag + ">" + Html.escape(cell) + "</" + tag + ">\n")
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }

    private static String scores(String tag, ClassificationReport.Scores scores) {
        return row(
                tag,
                scores.name(),
                format("%.3f", scores.precision()),
                format("%.3f", scores.recall()),
                format("%.3f", scores.f1()),
                format("%d", scores.support()));
    }

    @Test
    void theFiguresOfAPageAreThoseOfTheResult() throws Exception {
        train();
        String page = page();
        Classification result = Classification.of(model.predict(images(12), 12), images(12));
        ClassificationReport report = result.report();
        String cards = "<dl class=\"cards\">\n"
                + card(format("%.1f %%", 100 * result.accuracy()), "accuracy")
                + card(format("%.3f", report.macroAverage().f1()), "macro F1")
                + card(format("%.1f %%", 100 * result.calibration(10).expectedError()), "calibration error")
                + card(format("%.4f", model.evaluate(images(12), 12).loss()), "loss");
        assertHas(page, cards);
        assertTrue(
                page.substring(page.indexOf(cards) + cards.length())
                        .matches("(?s)<div><dt>images/s</dt>\n<dd>[\\d,]+</dd>\n</div>\n</dl>\n.*"),
                page);
        String table = "<table class=\"numbers\">\n"
                + row("th", "class", "precision", "recall", "F1", "images")
                + report.classes().stream().map(each -> scores("td", each)).collect(Collectors.joining())
                + scores("th", report.macroAverage())
                + scores("th", report.weightedAverage())
                + "</table>\n<p>Precision: of the images taken for a class,";
        assertHas(page, table);
        double over = result.calibration(10).overconfidence();
        assertHas(
                page,
                format(
                        "<p>On the whole the model is %s by %.1f points, the distance",
                        over > 0 ? "too sure of itself" : "not sure enough of itself", 100 * Math.abs(over)));
    }

    @Test
    void theMachineAndTheModelAreDescribed() throws Exception {
        train();
        String page = page();
        MemoryUse memory = model.memoryUse(32);
        double mib = 1 << 20;
        assertHas(
                page,
                "<table class=\"facts\">\n"
                        + row("td", "device", backend.device().describe())
                        + row("td", "peak device memory", format("%.1f MiB", backend.peakBytes() / mib))
                        + row(
                                "td",
                                "memory of a training step",
                                format(
                                        "%.1f MiB for a batch of 32: parameters %.1f, gradients and optimizer %.1f,"
                                                + " activations %.1f",
                                        memory.total() / mib,
                                        memory.parameters() / mib,
                                        memory.optimizer() / mib,
                                        memory.activations() / mib))
                        + row("td", "normalization", model.normalization().toString())
                        + row("td", "seed", Long.toString(model.seed())));
        String java = System.getProperty("java.version") + ", " + System.getProperty("os.name") + " "
                + System.getProperty("os.arch");
        assertHas(page, row("td", "Java", java) + row("td", "command", "conv4j report 'a&b'") + "</table>\n");
        assertHas(page, "<pre>" + Html.escape(model.summary(32)) + "</pre>");
    }

    @Test
    void activationsAreThoseOfTheFirstImage() throws Exception {
        float[] pixels = new float[IMAGE.size()];
        images(12).input(0, pixels, 0);
        assertHas(
                page(),
                VectorCanvas.render(new ModelPictures(model).activations("first", pixels, 32), "activations of first"));
    }

    private String pageOf(int classes) throws Exception {
        try (Model small = new Sequential("small", new Input(IMAGE), new Flatten(), new Dense(classes)).on(backend)) {
            int[] labels = IntStream.range(0, classes).toArray();
            List<String> names = IntStream.of(labels).mapToObj(i -> "dot " + i).toList();
            ImageSet one = new ImageSet(IMAGE, new byte[classes * IMAGE.size()], labels, names);
            float[] certain = new float[classes];
            certain[0] = 99;
            small.weights().set("dense/bias", certain);
            Path file = folder.resolve(classes + ".html");
            new Report(small, one, "dots", "none").write(file);
            return Files.readString(file);
        }
    }

    /** All images are the same: each class is the first, the second, ... choice for all of them. */
    @Test
    void manyClassesHaveATopThreeAccuracy() throws Exception {
        assertHas(pageOf(5), card("60.0 %", "top-3 accuracy"));
        String four = pageOf(4);
        assertFalse(four.contains("top-3 accuracy"));
        assertHas(four, "<p>On the whole the model is too sure of itself by 75.0 points, the distance");
    }

    @Test
    void aModelWithoutTrainingHasAPageThatSaysSo() throws Exception {
        String page = page();
        assertTrue(page.contains("No picture: model &lt;i&gt;model holds no history"), page);
        assertTrue(page.contains("not compiled"));
    }

    @Test
    void whatHasNoPictureIsRefusedWithWhatHas() {
        ModelPictures pictures = new ModelPictures(model);
        float[] pixels = new float[IMAGE.size()];
        assertEquals(
                "layer 'classes' has none of the filters of convolutions; choose one of [first]",
                message(() -> pictures.filters("classes", 9)));
        assertEquals(
                "there is no layer 'first9' for pictures of filters of convolutions; choose one of [first]",
                message(() -> pictures.filters("first9", 9)));
        assertTrue(message(() -> pictures.activations("flat", pixels, 9)).contains("choose one of [first]"));
        assertTrue(message(() -> pictures.stimuli("none", 9, new MaximumStimuli(model)))
                .contains("[first, flat, classes]"));
        assertThrows(DataException.class, pictures::history);
    }

    private static String message(Runnable action) {
        return assertThrows(IllegalArgumentException.class, action::run).getMessage();
    }
}
