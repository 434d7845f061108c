package conv4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import conv4j.random.Philox;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is larger than a Java array can index. A piece of memory of this backend has at most 2^31 - 1 bytes, so that every
 * element has an int index; larger ones are refused when they are allocated or planned. What is counted across pieces
 * or for random numbers is counted in 64 bits, and an index outside of a piece is refused rather than wrapped around.
 */
class LargeArrayTest {

    private static final long BEYOND = (1L << 33) + 5;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void piecesThatAnIntCannotIndexAreRefusedWithTheirSize(boolean oneDnn) {
        try (CpuBackend backend = new CpuBackend(1, oneDnn)) {
            for (ElementType type : ElementType.values()) {
                long elements = (1L << 31) / type.bytes();
                OutOfMemoryException refused =
                        assertThrows(OutOfMemoryException.class, () -> backend.allocate("activations", type, elements));
                assertTrue(
                        refused.getMessage().contains("activations in one piece need 2147483648 bytes"),
                        () -> refused.getMessage());
                assertTrue(refused.getMessage().contains("use a smaller batch"), () -> refused.getMessage());
            }
            assertTrue(backend.device().largestAllocation() <= Integer.MAX_VALUE);
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, (1L << 32) + 3, Long.MAX_VALUE / 4, -1})
    void anIndexOutsideOfAPieceDoesNotWrapAround(long index) {
        try (CpuMemory memory = new CpuMemory(ElementType.FLOAT32, 16, () -> {})) {
            Floats floats = new Floats(memory, 4);
            float[] numbers = new float[4];
            long at = index < 0 ? -5 : index;
            assertThrows(IndexOutOfBoundsException.class, () -> floats.get(at, numbers, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> floats.get(at, numbers, 1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> floats.put(at, numbers, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> floats.put(at, numbers, 1, 2));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "UINT8"})
    void anItemOutsideOfADataSetDoesNotWrapAround(ElementType type) {
        Value data = Value.data("data", type, Shape.of(1 << 16));
        Value order = Value.data("order", ElementType.INT32, Shape.SCALAR);
        Value output = Value.activation("y", data.shape());
        try (CpuBackend backend = new CpuBackend(1, false)) {
            Placement placement = new Placement();
            placement.put(data, backend.allocate("data", type, 1 << 16), 0);
            placement.put(order, backend.allocate("order", ElementType.INT32, 1), 0);
            placement.put(output, backend.allocate("output", ElementType.FLOAT32, 1 << 16), 0);
            placement.of(order).memory().write(0, new int[] {1 << 16}, 0, 1); // element 2^32
            Blocks blocks = new Blocks(new Workers(1), placement, Map.of());
            var step = new Movement(blocks).gather(new Gather(data, order, null, null, output));
            assertThrows(IndexOutOfBoundsException.class, () -> step.run(Run.inference(1, 0)));
        }
    }

    @Test
    void blocksCoverMoreElementsThanAnIntCounts() {
        AtomicLong elements = new AtomicLong();
        AtomicLong end = new AtomicLong();
        try (Workers workers = new Workers(2)) {
            new Blocks(workers, new Placement(), Map.of()).elements(BEYOND, (from, count, lane) -> {
                elements.addAndGet(count);
                end.accumulateAndGet(from + count, Math::max);
            });
        }
        assertEquals(BEYOND, elements.get());
        assertEquals(BEYOND, end.get());
    }

    @Test
    void partsOfTheLargestBatchFollowEachOther() {
        int batch = Integer.MAX_VALUE;
        int parts = Parts.count(batch, 9);
        assertEquals(0, Parts.start(0, parts, batch));
        for (int part = 0; part < parts; part++) {
            long length = (long) Parts.start(part + 1, parts, batch) - Parts.start(part, parts, batch);
            assertTrue(Math.abs(length - batch / parts) <= 1, "part " + part + " has " + length);
        }
        assertEquals(batch, Parts.start(parts, parts, batch));
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 32, (1L << 34) - 8, (1L << 34) + 4, 1L << 40})
    void randomWordsBeyond32BitsAreThoseOfTheirElements(long from) {
        Run run = new Run(1, 3, 0x123456789L, 0, 0, 0, 0, 0);
        int[] words = RandomWords.fill(from, 16, run, 7, new Lane(0));
        int[] block = new int[4];
        for (int i = 0; i < 16; i++) {
            long number = (from + i) / 4;
            Philox.block(0x23456789, 1, (int) number, (int) (number >>> 32), 3, 7, block);
            assertEquals(block[(int) ((from + i) % 4)], words[i], "element " + (from + i));
        }
    }

    @Test
    void aKernelWhoseRearrangementNoArrayHoldsIsRefused() {
        int channels = 1 << 28;
        ConvGeometry g = new ConvGeometry(
                new Window(1, 1, 1, 1, 0, 0), new Window(1, 1, 1, 1, 0, 0), channels, channels, channels);
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value y = Value.activation("y", g.outputShape());
        Placement placement = new Placement();
        try (CpuMemory memory = new CpuMemory(ElementType.FLOAT32, MemoryPlan.ALIGNMENT, () -> {});
                Workers workers = new Workers(1)) {
            for (Value value : new Value[] {x, w, y}) {
                placement.put(value, memory, 0);
            }
            JavaConvolution convolution = new JavaConvolution(new Blocks(workers, placement, Map.of()));
            Conv2d depthwise = new Conv2d(x, w, null, y, g, Activation.LINEAR);
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> convolution.forward(depthwise));
            assertTrue(refused.getMessage().contains("(1, 1, 1, 268435456)"), refused::getMessage);
            assertTrue(refused.getMessage().contains("use fewer filters"), refused::getMessage);
        }
    }
}
