package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import org.jocl.CL;
import org.jocl.CLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular to OpenCL: who may use what until when, and what is said when the device is too small. */
class OpenClBackendTest {

    private static final Run RUN = Run.inference(1, 0);

    private final Value x = Value.input("x", Shape.of(3));
    private final Value y = Value.activation("y", Shape.of(3));
    private OpenClBackend backend;

    @BeforeEach
    void open() {
        backend = TestDevice.open();
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    private Executable relu(Memory memory) {
        Placement placement = new Placement();
        placement.put(x, memory, 0);
        placement.put(y, memory, 256);
        return backend.prepare(new Graph(List.of(new Activate(x, y, Activation.RELU))), placement, 1);
    }

    @Test
    void anExecutableRefusesToRunOnClosedMemory() {
        Memory memory = backend.allocate("test", ElementType.FLOAT32, 512);
        try (Executable executable = relu(memory)) {
            executable.run(RUN);
            memory.close();
            assertThrows(IllegalStateException.class, () -> executable.run(RUN));
        }
    }

    @Test
    void nothingRunsOnAClosedBackend() {
        Memory memory = backend.allocate("test", ElementType.FLOAT32, 512);
        Executable executable = relu(memory);
        backend.close();
        assertEquals(0, backend.allocatedBytes());
        assertThrows(IllegalStateException.class, () -> executable.run(RUN));
        assertThrows(IllegalStateException.class, () -> memory.read(0, new float[1], 0, 1));
        assertThrows(IllegalStateException.class, () -> memory.fill(0, 1, 1));
        assertThrows(IllegalStateException.class, () -> backend.allocate("test", ElementType.FLOAT32, 1));
        assertThrows(IllegalStateException.class, backend::finish);
        executable.close();
        memory.close();
        backend.close();
    }

    @Test
    void memoryOfAnotherBackendIsRefused() {
        try (OpenClBackend other = TestDevice.open();
                Memory memory = other.allocate("test", ElementType.FLOAT32, 512)) {
            assertThrows(IllegalArgumentException.class, () -> relu(memory));
        }
    }

    @Test
    void whatIsTooLargeForOnePieceIsRefusedWithBothSizes() {
        long most = backend.device().largestAllocation();
        OutOfMemoryException e = assertThrows(
                OutOfMemoryException.class, () -> backend.allocate("activations", ElementType.FLOAT32, most / 4 + 1));
        assertEquals(most / 4 * 4 + 4, e.neededBytes());
        assertEquals(most, e.availableBytes());
        assertTrue(e.getMessage().startsWith("activations need " + e.neededBytes() + " bytes in one piece"));
        assertTrue(e.getMessage().contains("smaller batch"), e.getMessage());
        assertEquals(0, backend.allocatedBytes());
    }

    @Test
    void alternatingExecutablesAndRunsSeeTheirOwnControlNumbers() {
        try (Memory memory = backend.allocate("test", ElementType.FLOAT32, 1024)) {
            Placement placement = new Placement();
            placement.put(x, memory, 0);
            placement.put(y, memory, 256);
            Value z = Value.activation("z", Shape.of(3));
            placement.put(z, memory, 512);
            Graph twice = new Graph(List.of(new Add(x, x, z)));
            try (Executable first = relu(memory);
                    Executable second = backend.prepare(twice, placement, 2)) {
                memory.write(0, new float[] {1, -2, 3, 4, 5, 6}, 0, 6);
                second.run(Run.inference(2, 0));
                first.run(RUN);
                float[] results = new float[6];
                memory.read(512, results, 0, 6);
                assertArrayEquals(new float[] {2, -4, 6, 8, 10, 12}, results);
                memory.read(256, results, 0, 6);
                assertArrayEquals(new float[] {1, 0, 3, 0, 0, 0}, results, "one item only");
            }
        }
    }

    private float[] reluOn(OpenClBackend device) {
        backend = device;
        try (Memory memory = device.allocate("test", ElementType.FLOAT32, 512);
                Executable executable = relu(memory)) {
            memory.write(0, new float[] {1, -2, 3}, 0, 3);
            executable.run(RUN);
            float[] results = new float[3];
            memory.read(256, results, 0, 3);
            return results;
        }
    }

    @Test
    void backendsOfADeviceShareItsContextAndWhatIsBuiltInIt() {
        OpenClBackend first = backend;
        reluOn(first);
        int builds = first.programs().builds();
        try (OpenClBackend second = TestDevice.open()) {
            assertSame(first.context(), second.context());
            first.close();
            assertArrayEquals(new float[] {1, 0, 3}, reluOn(second));
            assertEquals(builds, second.programs().builds());
        }
        try (OpenClBackend third = TestDevice.open()) {
            assertArrayEquals(new float[] {1, 0, 3}, reluOn(third));
            assertEquals(builds, third.programs().builds(), "when no backend was open");
        }
    }

    /** As after a kernel's wild access, when a driver refuses every further call. */
    @Test
    void afterAFailureTheNextBackendHasAContextOfItsOwn() {
        OpenClBackend failed = backend;
        failed.failure("a test", 0, new CLException("nothing works any more", CL.CL_INVALID_COMMAND_QUEUE));
        try (OpenClBackend next = TestDevice.open()) {
            assertNotSame(failed.context(), next.context());
            assertArrayEquals(new float[] {1, 0, 3}, reluOn(next));
            assertArrayEquals(new float[] {1, 0, 3}, reluOn(failed));
            failed.close();
            assertArrayEquals(new float[] {1, 0, 3}, reluOn(next));
        }
    }

    @Test
    void aLackOfMemoryLeavesTheContextAsItIs() {
        backend.failure("a test", 0, new CLException("too large", CL.CL_MEM_OBJECT_ALLOCATION_FAILURE));
        try (OpenClBackend next = TestDevice.open()) {
            assertSame(backend.context(), next.context());
        }
    }
}
