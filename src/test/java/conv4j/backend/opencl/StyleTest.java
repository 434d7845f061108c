package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.DeviceInfo;
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
    void workItemsAreSmallWhereLongLoopsEndEarly() {
        assertTrue(Style.endsLongLoops(device("llvmpipe (LLVM 15.0.6, 256 bits)", "CPU")));
        assertFalse(Style.endsLongLoops(device("an EPYC", "CPU")));
    }
}
