package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches for tiles: what they find is kept and used, and never changes a result. */
class TileSearchTest {

    private static final Tile ONLY = Tile.SMALL;

    @TempDir
    private Path folder;

    private final Value x = Value.input("x", Shape.of(6, 6, 4));
    private final Value kernel = Value.parameter("kernel", Shape.of(3, 3, 4, 8));
    private final ConvGeometry geometry =
            new ConvGeometry(Padding.SAME.rows(6, 3, 1, 1), Padding.SAME.columns(6, 3, 1, 1), 4, 8, 1);
    private final Value convolved = Value.activation("convolved", geometry.outputShape());
    private final Value a = Value.unbatched("a", Shape.of(40, 600));
    private final Value b = Value.unbatched("b", Shape.of(600, 36));
    private final Value product = Value.unbatched("product", Shape.of(40, 36));

    private Graph graph() {
        Graph graph = new Graph(List.of(new Conv2d(x, kernel, convolved, geometry), new MatMul(a, b, product)));
        graph.retain(convolved);
        graph.retain(product);
        return graph;
    }

    private GraphRun run(OpenClBackend backend) {
        return new GraphRun(2)
                .put(x, numbers(x, 2))
                .put(kernel, numbers(kernel, 2))
                .put(a, numbers(a, 2))
                .put(b, numbers(b, 2))
                .of(graph(), backend);
    }

    private static float[] numbers(Value value, int batch) {
        float[] numbers = new float[(int) value.elements(batch)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) Math.sin(i + value.name().length());
        }
        return numbers;
    }

    private OpenClBackend open() {
        TestDevice.require();
        return OpenClBackend.open(0, folder, Style.tiles(256));
    }

    private List<Path> tables() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json")).toList();
        }
    }

    @Test
    void whatIsFoundIsKeptAndChangesNoBit() throws IOException {
        GraphRun before;
        GraphRun after;
        List<String> found;
        try (OpenClBackend backend = open()) {
            assertTrue(backend.search(0));
            before = run(backend);
            assertEquals(List.of(), backend.found());
            assertTrue(backend.search(100));
            after = run(backend);
            found = backend.found();
            assertEquals(2, found.size(), found.toString());
            assertTrue(found.get(0).startsWith("convolution 3x3, 72 positions, 4 to 8 channels"), found.get(0));
            assertTrue(found.get(1).startsWith("product 40 x 600 x 36: "), found.get(1));
        }
        assertArrayEquals(before.get(convolved), after.get(convolved));
        assertArrayEquals(before.get(product), after.get(product));
        assertEquals(1, tables().size());
        assertTrue(Files.readString(tables().get(0)).contains("\"product 40 x 600 x 36\""));
        long without;
        try (OpenClBackend again = open()) {
            assertEquals(found, again.found());
            again.search(0);
            run(again);
            without = again.peakBytes();
        }
        try (OpenClBackend again = open()) {
            again.search(100);
            run(again);
            assertEquals(without, again.peakBytes(), "a search for shapes that are known allocates nothing");
            assertEquals(found, again.found());
        }
    }

    /** Every tile returns the same bits, also of sums that are cut into parts. */
    @Test
    void everyTileReturnsTheSameBits() {
        float[] want = null;
        for (Tile tile : Tile.ALL) {
            try (OpenClBackend backend = open()) {
                String shape = "product 40 x 600 x 36";
                TileTable table = new TileTable(
                        folder, backend.device().name(), backend.device().driver(), Programs.digest(TileProgram.FILES));
                table.put(shape, new TileTable.Found(tile, 1, 2));
            }
            try (OpenClBackend backend = open()) {
                backend.search(0);
                assertEquals(1, backend.found().size());
                float[] got = run(backend).get(product);
                want = want == null ? got : want;
                assertArrayEquals(want, got, tile.name());
            }
        }
    }

    @Test
    void aDamagedTableIsAsGoodAsNone() throws IOException {
        TileTable table = new TileTable(folder, "a device", "1", "k");
        table.put("product 1 x 2 x 3", new TileTable.Found(ONLY, 1, 2));
        assertEquals(
                ONLY,
                new TileTable(folder, "a device", "1", "k")
                        .get("product 1 x 2 x 3")
                        .tile());
        for (String damaged :
                List.of("", "{", "[]", "{\"tiles\": 3}", "{\"tiles\": {\"a\": {\"tile\": \"7x7\", \"ms\": 1}}}")) {
            Files.writeString(tables().get(0), damaged);
            assertTrue(new TileTable(folder, "a device", "1", "k").all().isEmpty(), damaged);
        }
    }

    @Test
    void anotherDriverOrOtherKernelsBeginAnew() {
        new TileTable(folder, "a device", "1", "k").put("s", new TileTable.Found(ONLY, 1, 2));
        assertNull(new TileTable(folder, "a device", "2", "k").get("s"));
        assertNull(new TileTable(folder, "a device", "1", "l").get("s"));
        assertNull(new TileTable(folder, "another", "1", "k").get("s"));
        assertNull(new TileTable(null, "a device", "1", "k").get("s"));
    }

    @Test
    void processorsHaveNothingToChoose() {
        try (OpenClBackend backend = TestDevice.open("vectors-8")) {
            assertFalse(backend.search(10));
        }
    }
}
