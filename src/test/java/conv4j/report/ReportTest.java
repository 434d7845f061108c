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
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.FitOptions;
import conv4j.model.MaximumStimuli;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        assertTrue(message(() -> pictures.filters("classes", 9)).contains("choose one of [first]"));
        assertTrue(message(() -> pictures.filters("first9", 9)).contains("there is no layer 'first9'"));
        assertTrue(message(() -> pictures.activations("flat", pixels, 9)).contains("choose one of [first]"));
        assertTrue(message(() -> pictures.stimuli("none", 9, new MaximumStimuli(model)))
                .contains("[first, flat, classes]"));
        assertThrows(DataException.class, pictures::history);
    }

    private static String message(Runnable action) {
        return assertThrows(IllegalArgumentException.class, action::run).getMessage();
    }
}
