package conv4j.selftest;

import static conv4j.selftest.Assertions.assertArrayEquals;
import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertThrows;
import static conv4j.selftest.Assertions.assertTrue;

import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;

/** Memory, its counting and the running of executables. */
final class MemoryContract extends Contract {

    MemoryContract(Subject subject) {
        super("memory", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("new memory is full of zeros", this::newMemoryIsFullOfZeros),
                check("parts are written filled and read", this::partsAreWrittenFilledAndRead),
                check("bit patterns survive", this::bitPatternsSurvive),
                check("nothing may go beyond the end", this::nothingMayGoBeyondTheEnd),
                check("elements of another type are refused", this::elementsOfAnotherTypeAreRefused),
                check("closed memory is refused", this::closedMemoryIsRefused),
                check("allocated bytes are counted", this::allocatedBytesAreCounted),
                check("what does not fit is refused and not counted", this::whatDoesNotFitIsRefusedAndNotCounted),
                check("the device is described", this::theDeviceIsDescribed),
                check(
                        "an executable runs batches of one up to the largest",
                        this::anExecutableRunsBatchesOfOneUpToTheLargest));
    }

    private void newMemoryIsFullOfZeros() {
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, 1000)) {
            float[] read = new float[1000];
            memory.read(0, read, 0, 1000);
            assertArrayEquals(new float[1000], read, "new memory");
        }
    }

    private void partsAreWrittenFilledAndRead() {
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, 8)) {
            memory.write(2, new float[] {9, 1, 2, 3, 9}, 1, 3);
            memory.fill(5, 2, Float.NEGATIVE_INFINITY);
            float[] read = new float[10];
            memory.read(1, read, 2, 7);
            float inf = Float.NEGATIVE_INFINITY;
            assertArrayEquals(
                    new float[] {0, 0, 0, 1, 2, 3, inf, inf, 0, 0}, read, "what was written, filled and read");
        }
    }

    private void bitPatternsSurvive() {
        float[] odd = {-0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.intBitsToFloat(0x7fc0beef), Float.NaN};
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, odd.length)) {
            memory.write(0, odd, 0, odd.length);
            float[] read = new float[odd.length];
            memory.read(0, read, 0, odd.length);
            for (int i = 0; i < odd.length; i++) {
                assertEquals(
                        Float.floatToRawIntBits(odd[i]), Float.floatToRawIntBits(read[i]), "the bits of " + odd[i]);
            }
        }
    }

    private void nothingMayGoBeyondTheEnd() {
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, 4)) {
            float[] five = new float[5];
            assertThrows(IndexOutOfBoundsException.class, () -> memory.write(0, five, 0, 5), "writing 5 of 4");
            assertThrows(IndexOutOfBoundsException.class, () -> memory.read(1, five, 0, 4), "reading 4 from 1 on of 4");
            assertThrows(
                    IndexOutOfBoundsException.class, () -> memory.write(-1, five, 0, 1), "writing before the start");
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> memory.write(0, five, 3, 3),
                    "writing 3 from 3 on of an array of 5");
            assertThrows(
                    IndexOutOfBoundsException.class,
                    () -> memory.read(0, five, 2, 4),
                    "reading 4 into 2 and on of an array of 5");
            assertThrows(IndexOutOfBoundsException.class, () -> memory.fill(4, 1, 0), "filling behind the end");
        }
    }

    private void elementsOfAnotherTypeAreRefused() {
        try (Memory memory = backend().allocate("test", ElementType.UINT8, 4)) {
            assertEquals(ElementType.UINT8, memory.type(), "the type");
            assertEquals(4, memory.elements(), "the elements");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> memory.write(0, new float[1], 0, 1),
                    "writing floats to bytes");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> memory.write(0, new int[1], 0, 1),
                    "writing integers to bytes");
            assertThrows(
                    IllegalArgumentException.class,
                    () -> memory.read(0, new float[1], 0, 1),
                    "reading floats from bytes");
            assertThrows(IllegalArgumentException.class, () -> memory.fill(0, 1, 0), "filling bytes with a float");
        }
    }

    private void closedMemoryIsRefused() {
        Memory memory = backend().allocate("test", ElementType.FLOAT32, 4);
        memory.close();
        memory.close();
        assertThrows(IllegalStateException.class, () -> memory.read(0, new float[1], 0, 1), "reading closed memory");
        assertThrows(IllegalStateException.class, () -> memory.write(0, new float[1], 0, 1), "writing closed memory");
        assertThrows(IllegalStateException.class, () -> memory.fill(0, 1, 0), "filling closed memory");
    }

    private void allocatedBytesAreCounted() {
        long before = backend().allocatedBytes();
        try (Memory floats = backend().allocate("test", ElementType.FLOAT32, 100_000)) {
            assertEquals(100_000, floats.elements(), "the elements");
            long with = backend().allocatedBytes() - before;
            assertTrue(with >= 400_000 && with <= 410_000, () -> with + " bytes are counted for 400000");
            try (Memory bytes = backend().allocate("test", ElementType.UINT8, 1000)) {
                assertEquals(1000, bytes.elements(), "the elements");
                assertTrue(backend().allocatedBytes() >= before + 401_000, "401000 bytes more are counted");
            }
            assertTrue(backend().peakBytes() >= before + 401_000, "the peak has 401000 bytes more");
        }
        assertEquals(before, backend().allocatedBytes(), "the bytes after closing");
        assertTrue(backend().peakBytes() >= before + 401_000, "the peak has 401000 bytes more");
    }

    private void whatDoesNotFitIsRefusedAndNotCounted() {
        long before = backend().allocatedBytes();
        long elements = 1L << 45;
        OutOfMemoryException e = assertThrows(
                OutOfMemoryException.class,
                () -> backend().allocate("weights", ElementType.FLOAT32, elements),
                "128 TiB");
        assertTrue(e.getMessage().contains("weights"), e.getMessage());
        assertTrue(e.neededBytes() >= 4 * elements, e.getMessage());
        assertEquals(before, backend().allocatedBytes(), "the bytes after a refusal");
    }

    private void theDeviceIsDescribed() {
        DeviceInfo device = backend().device();
        assertTrue(device.id().matches("cpu|reference|opencl:\\d+"), device.id());
        assertTrue(List.of("CPU", "GPU", "ACCELERATOR").contains(device.kind()), device.kind());
        assertTrue(
                device.memoryBytes() > 0 && device.largestAllocation() > 0 && device.computeUnits() > 0,
                device.toString());
    }

    private void anExecutableRunsBatchesOfOneUpToTheLargest() {
        Value x = Value.input("x", Shape.of(3));
        Value y = Value.activation("y", Shape.of(3));
        Graph graph = new Graph(List.of(new Activate(x, y, Activation.RELU)));
        try (Memory memory = backend().allocate("test", ElementType.FLOAT32, 512)) {
            Placement placement = new Placement();
            placement.put(x, memory, 0);
            placement.put(y, memory, 256);
            Executable executable = backend().prepare(graph, placement, 4);
            assertEquals(4, executable.maxBatch(), "the largest batch");
            assertTrue(
                    executable.names().contains("Activate"),
                    () -> executable.names().toString());
            assertThrows(IllegalArgumentException.class, () -> executable.run(Run.inference(0, 0)), "a batch of 0");
            assertThrows(
                    IllegalArgumentException.class, () -> executable.run(Run.inference(5, 0)), "a batch of 5 of 4");
            memory.write(0, new float[] {-1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12}, 0, 12);
            float[] read = new float[12];
            for (int n : new int[] {4, 1, 3}) {
                memory.fill(256, 12, 0);
                executable.run(Run.inference(n, 0));
                memory.read(256, read, 0, 12);
                for (int i = 0; i < 12; i++) {
                    assertEquals(i < 3 * n && i > 0 && i < 11 ? i + 1 : 0, read[i], "batch " + n + ", element " + i);
                }
            }
            backend().finish();
            executable.close();
            executable.close();
            assertThrows(
                    IllegalStateException.class,
                    () -> executable.run(Run.inference(1, 0)),
                    "running a closed executable");
        }
    }
}
