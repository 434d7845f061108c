package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which convolutions are done by Winograd's method, and which over copied lines. */
class TuningTest {

    private static final Style VECTORS = Style.vectors(8);
    private static final Style FORCED = Style.all().stream()
            .filter(style -> style.name().equals("vectors-8-winograd"))
            .findFirst()
            .orElseThrow();

    private static GatherGeometry gather(int size, int kernel, int stride, int dilation, int... channels) {
        ConvGeometry g = new ConvGeometry(
                Padding.SAME.rows(size, kernel, stride, dilation),
                Padding.SAME.columns(size, kernel, stride, dilation),
                channels[0],
                channels[1],
                channels.length > 2 ? channels[2] : 1);
        return GatherGeometry.forward(g);
    }

    private static boolean chosen(int size, int source, int target) {
        return Tuning.winograd(VECTORS, gather(size, 3, 1, 1, source, target), 32);
    }

    @Test
    void winogradIsChosenForManyChannelsOnImagesThatFillItsPatches() {
        assertTrue(chosen(32, 32, 32) && chosen(16, 64, 64) && chosen(8, 256, 256) && chosen(7, 512, 512));
        assertTrue(chosen(4, 16, 16), "100 products for 64");
        assertFalse(chosen(32, 3, 32) || chosen(32, 15, 64) || chosen(32, 64, 15), "too few channels");
        assertFalse(chosen(5, 64, 64), "169 products for 144");
        assertFalse(chosen(1, 64, 64), "1 product for 16");
        GatherGeometry small = gather(4, 3, 1, 1, 512, 512);
        assertTrue(Tuning.winograd(VECTORS, small, 16));
        assertFalse(Tuning.winograd(VECTORS, small, 15), "60 patches do not pay for the kernel's transform");
    }

    @Test
    void winogradIsForcedWhereverItIsPossible() {
        assertTrue(Tuning.winograd(FORCED, gather(1, 3, 1, 1, 1, 1), 32));
        assertTrue(Tuning.winograd(FORCED, gather(5, 3, 1, 1, 3, 2), 32));
        assertFalse(Tuning.winograd(FORCED, gather(32, 5, 1, 1, 64, 64), 32), "5x5");
        assertFalse(Tuning.winograd(FORCED, gather(32, 3, 2, 1, 64, 64), 32), "stride 2");
        assertFalse(Tuning.winograd(FORCED, gather(32, 3, 1, 2, 64, 64), 32), "dilation 2");
        assertFalse(Tuning.winograd(FORCED, gather(32, 3, 1, 1, 64, 64, 2), 32), "two groups");
    }

    @Test
    void kernelGradientsWantMorePairsOfChannels() {
        assertTrue(Tuning.winogradGradient(VECTORS, gather(16, 3, 1, 1, 16, 32), 32));
        assertTrue(Tuning.winogradGradient(VECTORS, gather(16, 3, 1, 1, 32, 16), 32));
        assertFalse(Tuning.winogradGradient(VECTORS, gather(16, 3, 1, 1, 16, 31), 32), "496 pairs");
        assertFalse(Tuning.winogradGradient(VECTORS, gather(16, 3, 1, 1, 3, 512), 32), "3 source channels");
        assertTrue(Tuning.winogradGradient(FORCED, gather(1, 3, 1, 1, 1, 1), 32));
        assertFalse(Tuning.winogradGradient(FORCED, gather(32, 3, 2, 1, 64, 64), 32), "stride 2");
    }

    @Test
    void linesAreCopiedForFewChannels() {
        assertTrue(Tuning.lines(VECTORS, gather(32, 3, 1, 1, 3, 16)));
        assertTrue(Tuning.lines(VECTORS, gather(32, 7, 2, 1, 4, 64)));
        assertFalse(Tuning.lines(VECTORS, gather(32, 3, 1, 1, 5, 16)), "5 channels");
        assertFalse(Tuning.lines(VECTORS, gather(32, 3, 1, 1, 4, 4, 2)), "two groups");
        assertFalse(Tuning.lines(VECTORS, gather(1024, 3, 1, 1, 3, 16)), "3 x 1026 x 3 floats do not fit");
        assertFalse(Tuning.lines(Style.tiles(256), gather(32, 3, 1, 1, 3, 16)), "tiles");
        ConvGeometry strided =
                new ConvGeometry(Padding.SAME.rows(8, 3, 2, 1), Padding.SAME.columns(8, 3, 2, 1), 3, 3, 1);
        assertFalse(Tuning.lines(VECTORS, GatherGeometry.inputGradient(strided)), "gaps between sources");
    }

    @Test
    void kernelGradientsOfMoreChannelsThanAVectorAreDirect() {
        assertTrue(Tuning.linesGradient(VECTORS, gather(32, 3, 1, 1, 3, 8)));
        assertFalse(Tuning.linesGradient(VECTORS, gather(32, 3, 1, 1, 3, 9)));
    }

    @Test
    void tilesWantMoreChannelsForWinogradAndMostForKernelGradients() {
        Style tiles = Style.tiles(256);
        assertTrue(Tuning.winograd(tiles, gather(56, 3, 1, 1, 64, 128), 32));
        assertFalse(Tuning.winograd(tiles, gather(56, 3, 1, 1, 64, 64), 32), "32 pairs for each channel");
        assertTrue(Tuning.winogradGradient(tiles, gather(56, 3, 1, 1, 128, 128), 32));
        assertFalse(Tuning.winogradGradient(tiles, gather(56, 3, 1, 1, 64, 128), 32), "43 pairs for each channel");
        assertTrue(Tuning.winograd(tiles, gather(7, 3, 1, 1, 512, 512), 16), "441 products for 256");
        assertFalse(Tuning.winograd(tiles, gather(7, 3, 1, 1, 512, 512), 15), "240 patches");
        assertFalse(Tuning.winograd(tiles, gather(1, 3, 1, 1, 512, 512), 256), "9 products for 16");
    }

    @Test
    void winogradIsNeverDoneWithRoundedOperands() {
        GatherGeometry g = gather(56, 3, 1, 1, 256, 256);
        for (Precision precision : Precision.values()) {
            Style style = Style.tiles(256).with(new Multiplication(precision, false));
            boolean exact = precision == Precision.FLOAT32 || precision == Precision.TF32_X3;
            assertEquals(exact, Tuning.winograd(style, g, 32), precision::toString);
            assertEquals(exact, Tuning.winogradGradient(style, g, 32), precision::toString);
        }
    }

    @Test
    void workingMemoryIsThatOfThePrecisionThatAGraphAllows() {
        Window window = new Window(16, 3, 1, 1, 1, 1);
        ConvGeometry g = new ConvGeometry(window, window, 128, 128, 1);
        Value x = Value.input("x", g.inputShape());
        Value w = Value.unbatched("w", g.kernelShape());
        Value y = Value.input("y", g.outputShape());
        Operation convolution = new Conv2d(x, w, null, y, g, Activation.LINEAR);
        Style exact = Style.tiles(256);
        Style rounded = exact.with(new Multiplication(Precision.TF32, false));
        long transforms = OpenClScratch.of(convolution, exact, 32);
        assertTrue(transforms >= 16L * 32 * g.inputShape().size() / 4, "16 elements of each patch of 4 pixels");
        assertEquals(0, OpenClScratch.of(convolution, rounded, 32), "never by Winograd's method");
        assertEquals(
                transforms,
                OpenClScratch.of(convolution, exact.with(new Multiplication(Precision.TF32_X3, false)), 32));
    }

    @Test
    void inputGradientsOfFewChannelsAreDoneInColumns() {
        Style tiles = Style.tiles(256);
        assertTrue(Tuning.col2im(tiles, inputGradient(224, 7, 2, 3, 64)));
        assertTrue(Tuning.col2im(tiles, inputGradient(224, 3, 1, 4, 32)));
        assertFalse(Tuning.col2im(tiles, inputGradient(224, 3, 1, 5, 64)), "5 channels");
        assertFalse(Tuning.col2im(tiles, inputGradient(224, 3, 1, 3, 31)), "31 channels of the output");
        assertFalse(Tuning.col2im(tiles, inputGradient(224, 1, 1, 3, 64)), "one tap");
        assertFalse(Tuning.col2im(VECTORS, inputGradient(224, 3, 1, 3, 64)), "vectors");
    }

    private static GatherGeometry inputGradient(int size, int kernel, int stride, int inputs, int outputs) {
        return GatherGeometry.inputGradient(new ConvGeometry(
                Padding.SAME.rows(size, kernel, stride, 1),
                Padding.SAME.columns(size, kernel, stride, 1),
                inputs,
                outputs,
                1));
    }

    @Test
    void batchesGoThroughWorkingMemoryInAsFewPartsAsItHasRoomFor() {
        Style tiles = Style.tiles(256);
        assertEquals(new BatchParts(32, 1), BatchParts.of(tiles, 1 << 22, 32));
        assertEquals(new BatchParts(17, 2), BatchParts.of(tiles, 1 << 22, 33));
        assertEquals(new BatchParts(8, 5), BatchParts.of(tiles, 1 << 24, 40));
        assertEquals(new BatchParts(7, 15), BatchParts.of(tiles, 1L << 40, 100), "16 parts at most");
        assertEquals(new BatchParts(1, 3), BatchParts.of(tiles, 1L << 40, 3));
        BatchParts parts = new BatchParts(17, 2);
        assertEquals(17, parts.items(0, 33));
        assertEquals(16, parts.items(17, 33));
        assertEquals(5, parts.items(0, 5));
        assertEquals(0, parts.items(17, 5));
    }

    @Test
    void smallKernelGradientsHaveATileThatTheyFill() {
        Style tiles = Style.tiles(256);
        assertEquals(Tile.MIDDLE, Tuning.gradientTile(tiles, gather(224, 3, 1, 1, 3, 64)), "36 rows of 64");
        assertEquals(Tile.HIGH, Tuning.gradientTile(tiles, gather(224, 3, 1, 1, 8, 64)), "72 rows of 128");
    }

    @Test
    void partsOfLargeKernelGradientsFillAnH100InWholeWaves() {
        Style tiles = Style.tiles(256);
        assertEquals(7, Tuning.splits(tiles, gather(14, 3, 1, 1, 256, 256), 32), "252 groups of 264 at once");
        assertEquals(7, Tuning.splits(tiles, gather(28, 3, 1, 1, 512, 512), 32), "1008 groups, in four waves");
        assertEquals(3, Tuning.splits(tiles, gather(4, 3, 1, 1, 512, 512), 16), "4 parts of 64 would be less full");
        assertEquals(1, Tuning.splits(tiles, gather(4, 3, 1, 1, 512, 512), 7), "one part of all 112 positions");
        for (int channels : new int[] {64, 128, 256, 512}) {
            for (int size : new int[] {56, 112, 224}) {
                GatherGeometry g = gather(size, 3, 1, 1, channels, channels);
                Tile tile = Tuning.gradientTile(tiles, g);
                long groups = Tuning.tiles(tile, 9L * channels, channels) * Tuning.splits(tiles, g, 32);
                double waves = groups * tile.items() / (132.0 * 256);
                assertTrue(waves / Math.ceil(waves) > 0.9, () -> channels + " channels: " + waves + " waves");
            }
        }
    }

    @Test
    void pairsAreThoseThatMeetTheSource() {
        assertEquals(10, gather(4, 3, 1, 1, 1, 1).rows().pairs());
        assertEquals(1, gather(1, 3, 1, 1, 1, 1).rows().pairs());
        GatherGeometry full = GatherGeometry.forward(
                new ConvGeometry(Padding.FULL.rows(4, 3, 1, 1), Padding.VALID.columns(4, 3, 1, 1), 1, 1, 1));
        assertEquals(12, full.rows().pairs());
        assertEquals(6, full.columns().pairs());
        assertEquals(3, full.patches());
    }

    @Test
    void winogradsPatchesArePooledOnTheirWayWithVectors() {
        List<String> apart = List.of(
                "Conv2d", "MaxPool2d", "MaxPool2d.PlacesGradient", "Conv2d.KernelGradient", "Conv2d.InputGradient");
        assertEquals(
                List.of("PooledConv2d", "PooledConv2d.KernelGradient", "PooledConv2d.InputGradient"),
                suited("vectors-8-winograd"));
        assertEquals(apart, suited("vectors-8-direct"));
        assertEquals(apart, suited("tiles-winograd"));
    }

    private static List<String> suited(String variant) {
        ConvGeometry g = new ConvGeometry(Padding.SAME.rows(7, 3, 1, 1), Padding.SAME.columns(6, 3, 1, 1), 3, 5, 1);
        Value x = Value.input("x", g.inputShape());
        Value kernel = Value.parameter("kernel", g.kernelShape());
        Value sums = Value.activation("sums", g.outputShape());
        PoolGeometry windows = new PoolGeometry(Padding.SAME.rows(7, 2, 2, 1), Padding.SAME.columns(6, 2, 2, 1), 5);
        Value maxima = Value.activation("maxima", windows.outputShape());
        Value passed = sums.like("passed on");
        try (OpenClBackend backend = TestDevice.open(variant)) {
            Graph graph = new Graph(List.of(
                    new Conv2d(x, kernel, sums, g),
                    new MaxPool2d(sums, maxima, windows),
                    new MaxPool2d.Gradient(sums, maxima, maxima.like("gradient"), passed, windows),
                    new Conv2d.KernelGradient(x, passed, Value.unbatched("dw", g.kernelShape()), g),
                    new Conv2d.InputGradient(passed, kernel, x.like("dx"), g)));
            return backend.suited(graph, 1).operations().stream()
                    .map(Operation::name)
                    .toList();
        }
    }
}
