package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Peak;
import conv4j.graph.ElementType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels that measure a device do all of the work that is counted. */
class PeakKernelsTest {

    private static final int COUNT = 4 * Style.CHUNK;

    @ParameterizedTest
    @ValueSource(strings = {"vectors-8", "tiles-64"})
    void everyChainDoesEveryRound(String variant) {
        try (OpenClBackend backend = TestDevice.open(variant);
                OpenClMemory output = backend.allocateMemory("means", ElementType.FLOAT32, 1024)) {
            new PeakKernels(backend).multiplyAdd(output, 1024, 3);
            float[] means = new float[1024];
            output.read(0, means, 0, means.length);
            for (int i = 0; i < means.length; i++) {
                // The mean of i, i + 1 ... i + 9 is i + 4.5; three rounds of x/2 + 1 keep means: (m - 2) / 8 + 2.
                assertEquals((i + 4.5f - 2) / 8 + 2, means[i], 1e-4f * (1 + i), "work-item " + i);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vectors-8", "tiles-64"})
    void everyElementIsCopied(String variant) {
        float[] values = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            values[i] = i;
        }
        try (OpenClBackend backend = TestDevice.open(variant);
                OpenClMemory from = backend.allocateMemory("from", ElementType.FLOAT32, COUNT);
                OpenClMemory to = backend.allocateMemory("to", ElementType.FLOAT32, COUNT)) {
            from.write(0, values, 0, COUNT);
            new PeakKernels(backend).copy(from, to, COUNT);
            float[] copied = new float[COUNT];
            to.read(0, copied, 0, COUNT);
            assertArrayEquals(values, copied);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vectors-8"})
    void aDeviceHasAPeakAndGivesItsMemoryBack(String variant) {
        try (OpenClBackend backend = TestDevice.open(variant)) {
            Peak peak = backend.peak();
            List.of(peak.flops(), peak.bytes()).forEach(rate -> assertTrue(rate > 1e7 && rate < 1e17, "rate " + rate));
            assertEquals(0, backend.allocatedBytes());
        }
    }
}
