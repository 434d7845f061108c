package conv4j.pictures;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pictures as they were looked at and found good: all shapes and texts are where they were then. After a change that is
 * meant, {@code mvn test -Dtest=PictureVectorsTest -Dconv4j.drawPictures=true} draws them anew, to be looked at again.
 */
class PictureVectorsTest {

    private static final String FOLDER = "src/test/resources/conv4j/pictures";

    private static MatrixChart matrix(int classes, String prefix) {
        long[][] counts = new long[classes][classes];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            counts[i][i] = 7 * i * i;
            counts[i][(i + 1) % classes] = i;
            names.add(prefix + i);
        }
        return new MatrixChart("Matrix", "actual", "predicted", names, counts);
    }

    private static TileGrid tiles(String note, int count) {
        BufferedImage image = new BufferedImage(20, 10, BufferedImage.TYPE_INT_RGB);
        List<TileGrid.Tile> tiles = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TileGrid.Tone tone = TileGrid.Tone.values()[i % 4];
            tiles.add(new TileGrid.Tile(
                    image,
                    List.of(
                            new TileGrid.Caption("image " + i, tone),
                            new TileGrid.Caption("and some words that do not fit", tone)),
                    List.of(new TileGrid.Bar("part", i / 8.0, tone), new TileGrid.Bar("none", 0, tone))));
        }
        return new TileGrid("Tiles", note, tiles, 70, 110);
    }

    private static LineChart lines(Double... values) {
        return new LineChart(
                "loss",
                "epoch",
                List.of(
                        new LineChart.Series("training", List.of(values), false),
                        new LineChart.Series("validation", List.of(values[0], values[0]), true)));
    }

    private static LayerGraph.Node node(String name, String type, long parameters, Integer... inputs) {
        return new LayerGraph.Node(name, type, "4 × 4 × 8", parameters, List.of(inputs));
    }

    private static LayerGraph branching() {
        return new LayerGraph(
                "branching",
                List.of(
                        node("input", "InputLayer", 0),
                        node("a", "Conv2D", 1224, 0),
                        node("b", "MaxPooling2D", 0, 0),
                        node("c", "BatchNormalization", 32, 0),
                        node("a2", "ReLU", 0, 1),
                        node("concatenate", "Concatenate", 0, 4, 2, 3, 0),
                        node("add", "Add", 0, 5, 0),
                        node("a very long name of a layer that has no room", "Dropout", 0, 6),
                        node("d", "Dense", 1_000_000, 7),
                        node("out", "Softmax", 0, 8)));
    }

    private static LayerGraph chain() {
        List<LayerGraph.Node> nodes = new ArrayList<>(List.of(node("input", "InputLayer", 0)));
        for (int i = 0; i < 5; i++) {
            int last = nodes.size() - 1;
            nodes.add(node("conv2d_" + i, "Conv2D", 584, last));
            nodes.add(node("add_" + i, "Add", 0, last + 1, last));
            nodes.add(node("re_lu_" + i, "ReLU", 0, last + 2));
        }
        return new LayerGraph("chain", nodes);
    }

    private static ReliabilityChart reliability() {
        return new ReliabilityChart(
                "Calibration",
                List.of(
                        new ReliabilityChart.Bar(0, 0.25, 0, 0, 0),
                        new ReliabilityChart.Bar(0.25, 0.5, 10, 0.4, 0.3),
                        new ReliabilityChart.Bar(0.5, 0.75, 25, 0.6, 0.7),
                        new ReliabilityChart.Bar(0.75, 1, 1_000_000_000_000_000L, 0.9, 0.9)));
    }

    /** A picture by its name; it is made within the test, where what it is made by is looked at. */
    private static Arguments drawn(String name, Supplier<Picture> picture) {
        return Arguments.of(name, picture);
    }

    static Stream<Arguments> pictures() {
        return Stream.of(
                drawn("matrix", () -> matrix(3, "dog")),
                drawn("matrix-long-names", () -> matrix(4, "an animal with fur ")),
                drawn("tiles", () -> tiles("and a note", 9)),
                drawn("tiles-without-a-note", () -> tiles("", 2)),
                drawn("tiles-plain", () -> new TileGrid("", "", List.of(plain()), 32, 16)),
                drawn("lines", () -> lines(3.0, 2.5, 1e-3, Double.NaN, 2.0, Double.POSITIVE_INFINITY, 1.0, 2.0)),
                drawn("lines-of-one", () -> lines(0.5)),
                drawn("lines-below-zero", () -> lines(-1e4, 2e4, 1e4)),
                drawn("reliability", () -> reliability()),
                drawn("layers", () -> branching()),
                drawn("layers-in-columns", () -> chain()),
                drawn(
                        "grid",
                        () -> new PictureGrid(
                                List.of(lines(1.0, 2.0), reliability(), matrix(2, "x"), tiles("", 1)), 3)));
    }

    private static TileGrid.Tile plain() {
        return new TileGrid.Tile(new BufferedImage(50, 20, BufferedImage.TYPE_INT_RGB), List.of(), List.of());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("pictures")
    void everythingIsWhereItWasWhenItWasLookedAt(String name, Supplier<Picture> picture) throws IOException {
        // How an image is compressed depends on the Java version; that it is right is tested elsewhere.
        String drawn = VectorCanvas.render(picture.get(), name)
                .replaceAll("base64,[^\"]+", "base64,")
                .replace("><", ">\n<");
        if (Boolean.getBoolean("conv4j.drawPictures")) {
            Files.writeString(Path.of(FOLDER, name + ".svg"), drawn);
            Assumptions.abort(name + ".svg was drawn anew; look at it");
        }
        try (InputStream in = PictureVectorsTest.class.getResourceAsStream(name + ".svg")) {
            assertEquals(new String(in.readAllBytes(), StandardCharsets.UTF_8), drawn);
        }
    }
}
