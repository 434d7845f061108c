package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
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
    void gpusHaveNoWinogradYet() {
        assertFalse(Tuning.winograd(Style.tiles(256), gather(32, 3, 1, 1, 64, 64), 32));
        assertFalse(Tuning.winogradGradient(Style.tiles(256), gather(32, 3, 1, 1, 64, 64), 32));
    }

    @Test
    void partsOfLargeKernelGradientsFillAnH100InWholeWaves() {
        Style tiles = Style.tiles(256);
        assertEquals(7, Tuning.splits(tiles, gather(14, 3, 1, 1, 256, 256), 32), "252 groups of 264 at once");
        assertEquals(7, Tuning.splits(tiles, gather(28, 3, 1, 1, 512, 512), 32), "1008 groups, in four waves");
        assertEquals(1, Tuning.splits(tiles, gather(4, 3, 1, 1, 512, 512), 16), "one part of all 256 positions");
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
}
