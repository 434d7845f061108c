package conv4j.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.model.FitOptions;
import conv4j.model.MaximumStimuli;
import conv4j.model.Model;
import conv4j.model.Objective;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.pictures.LineChart;
import conv4j.pictures.Picture;
import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What pictures of a model show, of weights that are known. */
class ModelPicturesTest {

    private Backend backend;
    private Model model;
    private ModelPictures pictures;

    @BeforeEach
    void makeAModel() {
        backend = Backends.open("reference");
        model = new Sequential(
                        "tiny",
                        new Input(2, 3, 1),
                        new Conv2D(4, 1, 2).name("first"),
                        new Conv2D(3, 1).name("second"),
                        new AveragePooling2D(2, 2).name("pool"),
                        new Flatten().name("flat"),
                        new Dense(2).name("classes"))
                .on(backend);
        pictures = new ModelPictures(model);
    }

    @AfterEach
    void close() {
        model.close();
        backend.close();
    }

    private static void assertPixel(int rgb, BufferedImage image, int x, int y) {
        assertEquals(Integer.toHexString(rgb), Integer.toHexString(image.getRGB(x, y) & 0xFFFFFF));
    }

    @Test
    void layersWithFiltersAndWithImagesAreKnown() {
        assertEquals(List.of("first", "second"), pictures.filterLayers());
        assertEquals(List.of("first", "second", "pool"), pictures.imageLayers());
    }

    /** Kernels (1, 2, 1, 4): the strongest weight of each filter has the full colour. */
    @Test
    void aFilterGoesFromItsStrongestBlueToItsStrongestOrange() {
        model.weights().set("first/kernel", new float[] {1, -4, 0, 2, -1, 2, 0, 2});
        Picture picture = pictures.filters("first", 9);
        assertEquals(
                List.of("4 filters of first, 1 × 2", "orange is positive, blue is negative", "0", "1", "2", "3"),
                DrawnWords.of(picture));
        List<BufferedImage> images = DrawnWords.images(picture);
        assertEquals(2, images.get(0).getWidth());
        assertEquals(1, images.get(0).getHeight());
        assertPixel(0xD55E00, images.get(0), 0, 0);
        assertPixel(0x0072B2, images.get(0), 1, 0);
        assertPixel(0x0072B2, images.get(1), 0, 0);
        assertPixel(0xF7F7F4, images.get(2), 0, 0);
        assertPixel(0xD55E00, images.get(3), 1, 0);
        assertEquals(
                List.of("2 of 4 filters of first, 1 × 2"),
                DrawnWords.of(pictures.filters(null, 2)).subList(0, 1));
    }

    /** Kernels (1, 1, 4, 3): the mean over four channels. */
    @Test
    void filtersOverManyChannelsAreTheirMean() {
        model.weights().set("second/kernel", new float[] {4, -4, 1, -4, -4, -1, -4, 0, 2, 4, 0, -2});
        Picture picture = pictures.filters("second", 9);
        assertTrue(
                DrawnWords.of(picture).contains("mean over 4 input channels; orange is positive, blue is negative"),
                DrawnWords.of(picture)::toString);
        List<BufferedImage> images = DrawnWords.images(picture);
        assertPixel(0xF7F7F4, images.get(0), 0, 0);
        assertPixel(0x0072B2, images.get(1), 0, 0);
        assertPixel(0xF7F7F4, images.get(2), 0, 0);
    }

    /** Weights (1, 1, 3, 2) as colours: -2 is black, 2 is white, 0 is grey. */
    @Test
    void filtersOverThreeChannelsAreColours() {
        try (Model colours = new Sequential("colours", new Input(2, 2, 3), new Conv2D(2, 1).name("c")).on(backend)) {
            colours.weights().set("c/kernel", new float[] {2, 1, -2, 0, 0, -1});
            Picture picture = new ModelPictures(colours).filters(null, 9);
            assertEquals(
                    List.of("2 filters of c, 1 × 1", "red, green and blue weights as colours, grey is 0", "0", "1"),
                    DrawnWords.of(picture));
            assertPixel(0xFF0080, DrawnWords.images(picture).get(0), 0, 0);
            assertPixel(0xFF8000, DrawnWords.images(picture).get(1), 0, 0);
        }
    }

    @Test
    void activationsStandBesideTheirImage() {
        model.weights().set("first/kernel", new float[] {1, -1, 1, 0, 0, 0, 1, 0});
        float[] pixels = {0, 51, 255, 0, 102, 0};
        Picture picture = pictures.activations(null, pixels, 9);
        assertEquals(
                List.of(
                        "4 channels of first, 2 × 2",
                        "dark is a channel's lowest value, yellow its highest",
                        "input",
                        "0",
                        "1",
                        "2",
                        "3"),
                DrawnWords.of(picture));
        List<BufferedImage> images = DrawnWords.images(picture);
        assertPixel(0x333333, images.get(0), 1, 0);
        assertPixel(0xFFFFFF, images.get(0), 2, 0);
        // The first channel copies the left pixel, 0 51 0 102; the second one is its negative.
        assertPixel(0x0B1F4B, images.get(1), 0, 0);
        assertPixel(0xF7E645, images.get(1), 1, 1);
        assertPixel(0xF7E645, images.get(2), 0, 0);
        assertPixel(0x0B1F4B, images.get(2), 1, 1);
        assertEquals(
                "3 of 4 channels of first, 2 × 2",
                DrawnWords.of(pictures.activations("first", pixels, 3)).get(0));
        assertEquals(
                4, DrawnWords.images(pictures.activations("first", pixels, 3)).size());
    }

    @Test
    void theGraphCountsParametersByLayer() {
        List<String> words = DrawnWords.of(pictures.graph());
        assertEquals("tiny: 35 parameters", words.get(0));
        assertTrue(
                words.containsAll(List.of(
                        "first", "Conv2D", "2 × 2 × 4", "12 params", "15 params", "1 × 1 × 3", "8 params", "3", "2")),
                words::toString);
    }

    private static Dataset data() {
        return new ArraySet(Shape.of(2, 3, 1), new float[12], Shape.of(2), new float[] {1, 0, 0, 1});
    }

    @Test
    void theHistoryHasAChartForEveryNumber() {
        model.compile(new SGD(0.1), new MeanSquaredError(), new MeanAbsoluteError("mae"));
        model.fit(data(), new FitOptions().epochs(3));
        assertEquals(2, pictures.charts().size());
        List<String> words = DrawnWords.of(pictures.history());
        assertTrue(words.containsAll(List.of("loss", "mae", "epoch", "training")), words::toString);
        assertTrue(!words.contains("validation"), words::toString);
        model.fit(data(), new FitOptions().epochs(3).validation(data()));
        LineChart loss = pictures.charts().get(0);
        assertTrue(DrawnWords.of(loss).containsAll(List.of("training", "validation", "1", "2", "3")));
        assertEquals(2, pictures.charts().size());
    }

    @Test
    void stimuliSayForWhatTheyAreAndWhatTheyReach() {
        MaximumStimuli stimuli = new MaximumStimuli(model);
        model.classNames(List.of("one"));
        List<String> classes = DrawnWords.of(pictures.stimuli(null, 9, stimuli));
        assertEquals("Maximum stimuli of the classes", classes.get(0));
        assertEquals(
                "what the network takes for each class; logits of the noise it began with → of the image",
                classes.get(1));
        assertEquals("one", classes.get(2));
        MaximumStimuli.Stimulus first =
                stimuli.of(List.of(Objective.logit(0), Objective.logit(1))).get(0);
        assertEquals(String.format(Locale.ROOT, "%.2f → %.2f", first.before(), first.after()), classes.get(3));
        assertEquals("class 1", classes.get(4));
        List<String> filters = DrawnWords.of(pictures.stimuli("second", 2, stimuli));
        assertEquals("Maximum stimuli of second: 2 of 3", filters.get(0));
        assertEquals(
                "what each filter looks for; mean activation of the noise it began with → of the image",
                filters.get(1));
        assertEquals("0", filters.get(2));
        assertEquals("1", filters.get(4));
    }

    @Test
    void anImageThatNothingPassesBackToIsSaidToHaveNoGradient() {
        model.weights().set("classes/kernel", new float[6]);
        List<String> words = DrawnWords.of(pictures.stimuli(null, 1, new MaximumStimuli(model)));
        assertEquals("Maximum stimuli of the classes: 1 of 2", words.get(0));
        assertEquals("no gradient", words.get(3));
    }

    @Test
    void aModelWithoutFiltersHasNone() {
        try (Model flat = new Sequential("flat", new Input(3), new Dense(2)).on(backend)) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> new ModelPictures(flat).filters(null, 9))
                    .getMessage();
            assertEquals("model flat has no layer for pictures of filters of convolutions", message);
        }
    }
}
