package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.awt.Color;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;

/** Pictures: all that must stand there does, nothing is cut off, and no text lies on another one. */
class PicturesTest {

    private static final BufferedImage IMAGE = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    private static final String LONG = "a class with a name that nobody has the room to write out in full";

    private static MatrixChart matrix(int classes, String prefix) {
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < classes; i++) {
            counts[i][i] = 98765;
            counts[i][(i + 1) % classes] = i;
        }
        List<String> names =
                IntStream.range(0, classes).mapToObj(i -> prefix + i).toList();
        return new MatrixChart("Matrix", "actual", "predicted", names, counts);
    }

    private static TileGrid tiles(int count, String words) {
        TileGrid.Tile tile = new TileGrid.Tile(
                IMAGE,
                List.of(new TileGrid.Caption(words, TileGrid.Tone.GOOD)),
                List.of(new TileGrid.Bar(words, 1, TileGrid.Tone.GOOD), new TileGrid.Bar("b", 0, TileGrid.Tone.BAD)));
        return new TileGrid("Tiles", "and a note", java.util.Collections.nCopies(count, tile), 96, 160);
    }

    private static LineChart lines(double... values) {
        List<Double> list = java.util.Arrays.stream(values).boxed().toList();
        return new LineChart(
                "loss",
                "epoch",
                List.of(new LineChart.Series("training", list, false), new LineChart.Series("validation", list, true)));
    }

    private static LayerGraph.Node node(String name, Integer... inputs) {
        return new LayerGraph.Node(name, "BatchNormalization", "112 × 112 × 2048", 123_456_789, List.of(inputs));
    }

    private static LayerGraph branching() {
        return new LayerGraph(
                "branching",
                List.of(
                        node("input"),
                        node("a", 0),
                        node("b", 0),
                        node("c", 0),
                        node("a2", 1),
                        node("concatenate", 4, 2, 3, 0),
                        node("add", 5, 0)));
    }

    private static LayerGraph residual(int blocks) {
        List<LayerGraph.Node> nodes = new ArrayList<>(List.of(node("input")));
        for (int i = 0; i < blocks; i++) {
            int last = nodes.size() - 1;
            nodes.add(node("conv2d_" + i, last));
            nodes.add(node("batch_normalization_" + i, last + 1));
            nodes.add(node("add_" + i, last + 2, last));
            nodes.add(node("re_lu_" + i, last + 3));
        }
        return new LayerGraph("residual", nodes);
    }

    private static ReliabilityChart reliability() {
        return new ReliabilityChart(
                "Calibration",
                IntStream.range(0, 10)
                        .mapToObj(
                                i -> new ReliabilityChart.Bar(i / 10.0, (i + 1) / 10.0, i * 1000L, i / 10.0, i / 10.0))
                        .toList());
    }

    static Stream<Picture> pictures() {
        return Stream.of(
                matrix(2, "x"),
                matrix(10, "automobile "),
                matrix(30, LONG),
                matrix(70, LONG),
                tiles(1, "cat"),
                tiles(24, LONG),
                lines(3, 2.5, 1e-3, Double.NaN, 2),
                lines(1),
                lines(5, 5),
                lines(-1e4, 2e4),
                lines(IntStream.range(0, 500).mapToDouble(i -> 1.0 / (i + 1)).toArray()),
                reliability(),
                branching(),
                residual(1),
                residual(8),
                new PictureGrid(List.of(lines(1, 2), lines(2, 1), reliability()), 2));
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void everythingCanBeRead(Picture picture) {
        RecordingCanvas.of(picture).checkThatEverythingCanBeRead(picture);
    }

    @ParameterizedTest
    @MethodSource("pictures")
    void pixelsAreTwiceTheSizeAndVectorsAreWellFormed(Picture picture) throws Exception {
        BufferedImage image = PixelCanvas.render(picture);
        assertEquals(2 * picture.width(), image.getWidth());
        assertEquals(2 * picture.height(), image.getHeight());
        Document svg = parse(VectorCanvas.render(picture, "a \"picture\" of <things> & more"));
        assertEquals(
                "a \"picture\" of <things> & more", svg.getDocumentElement().getAttribute("aria-label"));
        assertEquals(
                RecordingCanvas.of(picture).words().size(),
                svg.getElementsByTagName("text").getLength());
    }

    private static Document parse(String xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 256, 257, 5000})
    void filesHoldEveryPixelWhateverTheNumberOfColours(int colors) throws Exception {
        BufferedImage image = new BufferedImage(83, 71, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 83 * 71; i++) {
            image.setRGB(i % 83, i / 83, i % colors * 0x010307);
        }
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(Png.encode(image)));
        for (int i = 0; i < 83 * 71; i++) {
            assertEquals(image.getRGB(i % 83, i / 83), read.getRGB(i % 83, i / 83), "pixel " + i);
        }
    }

    @Test
    void aMatrixHasItsNamesCountsAndAxes() {
        List<String> words = RecordingCanvas.of(matrix(3, "dog")).words();
        assertTrue(
                words.containsAll(List.of("Matrix", "actual", "predicted", "dog0", "dog1", "dog2", "98765", "2")),
                words::toString);
    }

    @Test
    void aChartHasItsLegendAxesAndRoundTicks() {
        List<String> words = RecordingCanvas.of(lines(0.5, 0.9, 0.7)).words();
        assertTrue(
                words.containsAll(List.of("loss", "epoch", "training", "validation", "0.5", "0.9", "1", "2", "3")),
                words::toString);
    }

    @Test
    void ticksAreRoundAndInRange() {
        assertEquals(List.of(0.0, 0.2, 0.4, 0.6, 0.8, 1.0), rounded(Axes.ticks(0, 1, 5, false)));
        assertEquals(List.of(100.0, 200.0, 300.0), rounded(Axes.ticks(90, 310, 4, false)));
        assertEquals(List.of(5.0, 10.0, 15.0), Axes.ticks(1, 15, 5, true));
        assertEquals(List.of(1.0), Axes.ticks(0.5, 1.5, 10, true));
    }

    private static List<Double> rounded(List<Double> values) {
        return values.stream().map(value -> Math.round(value * 1e9) / 1e9).toList();
    }

    @Test
    void boxesOfLayersDoNotTouchAndArrowsLeadToThem() {
        List<LayerGraph.Node> nodes = List.of(node("a"), node("b", 0), node("c", 0), node("d", 1, 2, 0));
        LayerGraphLayout layout = new LayerGraphLayout(nodes, 200);
        for (int i = 0; i < nodes.size(); i++) {
            for (int k = 0; k < i; k++) {
                assertTrue(!layout.box(i).intersects(layout.box(k)), i + " lies on " + k);
            }
        }
        assertEquals(5, layout.edges().size());
        for (LayerGraphLayout.Edge edge : layout.edges()) {
            boolean leads = IntStream.range(0, nodes.size()).anyMatch(i -> {
                Rectangle2D box = layout.box(i);
                return edge.x() == box.getCenterX() && edge.y() == box.getY();
            });
            assertTrue(leads, "an arrow leads nowhere");
        }
    }

    @Test
    void noArrowRunsThroughABox() {
        List<LayerGraph.Node> nodes =
                List.of(node("a"), node("b", 0), node("c", 1), node("d", 2), node("e", 3, 0), node("f", 4, 1));
        LayerGraphLayout layout = new LayerGraphLayout(nodes, 200);
        for (int i = 0; i < nodes.size(); i++) {
            Rectangle2D box = layout.box(i);
            Rectangle2D inside =
                    new Rectangle2D.Double(box.getX() + 1, box.getY() + 6, box.getWidth() - 2, box.getHeight() - 12);
            for (LayerGraphLayout.Edge edge : layout.edges()) {
                double[] point = new double[6];
                for (var part = edge.line().getPathIterator(null, 0.5); !part.isDone(); part.next()) {
                    part.currentSegment(point);
                    assertTrue(
                            !inside.contains(point[0], point[1]), nodes.get(i).name() + " is crossed");
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyKeyHasALetterOfItsOwnAndTextIsAsWideAsItSays(boolean bold) {
        for (char letter = ' '; letter <= '~'; letter++) {
            assertTrue(StrokeFont.has(letter), "no letter " + letter);
        }
        for (String text : List.of("HHamburgefonstiv", "0123456789", "Éé", "×→–")) {
            double width = StrokeFont.width(text, 100, bold);
            double drawn =
                    StrokeFont.outline(text, 0, 0, 100, bold).getBounds2D().getWidth();
            assertEquals(width, drawn, 16, text);
        }
    }

    /** The lowest point of a text's outline: bounds of curves depend on all of a path, and on the version of Java. */
    private static double lowest(String text) {
        double lowest = Double.NEGATIVE_INFINITY;
        double[] point = new double[6];
        PathIterator lines = StrokeFont.outline(text, 0, 0, 100, false).getPathIterator(null, 0.01);
        for (; !lines.isDone(); lines.next()) {
            if (lines.currentSegment(point) != PathIterator.SEG_CLOSE) {
                lowest = Math.max(lowest, point[1]);
            }
        }
        return lowest;
    }

    @Test
    void accentsStandAboveTheirLetterAndTakeNoRoom() {
        assertEquals(StrokeFont.width("e", 100, false), StrokeFont.width("é", 100, false));
        Rectangle2D plain = StrokeFont.outline("e", 0, 0, 100, false).getBounds2D();
        Rectangle2D accented = StrokeFont.outline("é", 0, 0, 100, false).getBounds2D();
        assertTrue(accented.getMinY() < plain.getMinY() - 5);
        assertEquals(lowest("e"), lowest("é"));
        assertTrue(StrokeFont.width("猫", 100, false) > 0, "what is missing is a box");
    }

    @Test
    void textThatDoesNotFitEndsWithDots() {
        TextStyle style = TextStyle.of(12);
        assertEquals("cat", style.fit("cat", 100));
        String cut = style.fit(LONG, 100);
        assertTrue(cut.endsWith("…") && style.width(cut) <= 100, cut);
    }

    @Test
    void photosKeepTheirPixelsAndHeatsTheirOrder() {
        BufferedImage photo = Images.photo(new float[] {255, 0, 127.6f, 300, -5, 0}, Shape.of(1, 2, 3), 0, 255);
        assertEquals(new Color(255, 0, 128), new Color(photo.getRGB(0, 0)));
        assertEquals(new Color(255, 0, 0), new Color(photo.getRGB(1, 0)));
        BufferedImage heat = Images.heat(new float[] {-3, 5, 1, 7}, Shape.of(1, 2, 2), 0);
        assertEquals(Palette.scale(0), new Color(heat.getRGB(0, 0)));
        assertEquals(Palette.scale(1), new Color(heat.getRGB(1, 0)));
        BufferedImage signed = Images.signed(new float[] {-2, 2}, Shape.of(1, 2, 1), 0, 2);
        assertEquals(Palette.BLUE, new Color(signed.getRGB(0, 0)));
        assertEquals(Palette.ORANGE, new Color(signed.getRGB(1, 0)));
    }

    @Test
    void theScaleGrowsLighterAllTheWayAndTextOnItCanBeRead() {
        double before = -1;
        for (int i = 0; i <= 100; i++) {
            Color ground = Palette.scale(i / 100.0);
            double light = luminance(ground);
            assertTrue(light > before, "darker at " + i);
            before = light;
            double text = luminance(Palette.textOn(ground));
            double contrast = (Math.max(text, light) + 0.05) / (Math.min(text, light) + 0.05);
            assertTrue(contrast >= 4, "contrast " + contrast + " at " + i);
        }
        assertNotEquals(Palette.PAPER, Palette.textOn(Palette.scale(0)));
    }

    /** WCAG 2's relative luminance. */
    private static double luminance(Color color) {
        double[] parts = new double[3];
        float[] rgb = color.getRGBColorComponents(null);
        for (int i = 0; i < 3; i++) {
            parts[i] = rgb[i] <= 0.04045 ? rgb[i] / 12.92 : Math.pow((rgb[i] + 0.055) / 1.055, 2.4);
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
    }

    @Test
    void textInPagesIsHarmless() {
        assertEquals("&lt;b&gt; &amp; &quot;&#39;\uFFFD", Html.escape("<b> & \"'\u0001"));
        Picture picture = tiles(1, "</text><script>alert(1)</script>");
        assertTrue(!VectorCanvas.render(picture, "\"><script>").contains("<script"));
    }
}
