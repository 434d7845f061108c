package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.DeviceInfo;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which kernels a device is given. */
class StyleTest {

    private static DeviceInfo device(String name, String kind) {
        return new DeviceInfo("opencl:0", name, kind, "a platform", "1", 1L << 32, 1L << 30, 8, 1 << 15, 256);
    }

    @ParameterizedTest
    @CsvSource({"1, vectors-4", "4, vectors-4", "8, vectors-8", "16, vectors-16"})
    void processorsComputeWithVectorsOfTheirOwnWidth(int width, String style) {
        assertEquals(style, Style.of(device("an EPYC", "CPU"), width).name());
    }

    @Test
    void gpusComputeWithTiles() {
        assertEquals("tiles", Style.of(device("a Radeon", "GPU"), 1).name());
        assertEquals("tiles", Style.of(device("an FPGA", "ACCELERATOR"), 16).name());
    }

    @Test
    void tilesFitIntoLocalMemoryAndGroups() {
        DeviceInfo small = device("a phone", "GPU");
        Style style = Style.of(small, 1);
        assertTrue(style.has(Tile.LARGE));
        assertFalse(style.has(Tile.NINEFOLD), Tile.NINEFOLD.localBytes() + " bytes in 32 KiB");
        assertTrue(Style.tiles(256).has(Tile.NINEFOLD));
        assertFalse(Style.tiles(64).has(Tile.LARGE), "128 work-items in a group of 64");
        assertFalse(Style.all(small).stream().anyMatch(one -> one.name().equals("tiles-144x32")));
        assertTrue(Style.all(small).stream().anyMatch(one -> one.name().equals("tiles-128x128")));
        assertTrue(Style.all(small).stream().anyMatch(one -> one.name().equals("tiles-128x128-3xtf32")));
        assertFalse(
                Style.all(small).stream().anyMatch(one -> one.name().equals("tiles-128x128-tf32")),
                "slabs twice as deep: 34 KiB");
        Window same = new Window(16, 3, 1, 1, 1, 1);
        GatherGeometry kernel = GatherGeometry.forward(new ConvGeometry(same, same, 16, 32, 1));
        assertEquals(Tile.NARROW, Tuning.gradientTile(style, kernel));
        assertEquals(Tile.NINEFOLD, Tuning.gradientTile(Style.tiles(256), kernel));
    }

    @Test
    void workItemsAreSmallWhereLongLoopsEndEarly() {
        assertTrue(Style.endsLongLoops(device("llvmpipe (LLVM 15.0.6, 256 bits)", "CPU")));
        assertFalse(Style.endsLongLoops(device("an EPYC", "CPU")));
    }
}
