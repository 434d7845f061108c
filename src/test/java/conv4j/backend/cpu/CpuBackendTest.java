package conv4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Conv2d;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import conv4j.random.Philox;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CpuBackendTest {

    private static final int BATCH = 11;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingAgainDoesNothing(boolean oneDnn) {
        CpuBackend backend = new CpuBackend(2, oneDnn);
        backend.allocate("left open", ElementType.FLOAT32, 3);
        backend.close();
        backend.close();
        assertEquals(0, backend.allocatedBytes());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNumberOfThreadsDoesNotChangeOneBit(boolean oneDnn) {
        float[] alone = kernelGradient(1, oneDnn);
        assertArrayEquals(alone, kernelGradient(3, oneDnn));
        assertArrayEquals(alone, kernelGradient(3, oneDnn));
    }

    /** A sum over the whole batch, where the order of addition shows. */
    private static float[] kernelGradient(int threads, boolean oneDnn) {
        Window window = new Window(9, 3, 1, 1, 1, 1);
        ConvGeometry geometry = new ConvGeometry(window, window, 5, 7, 1);
        Value x = Value.input("x", geometry.inputShape());
        Value dy = Value.input("dy", geometry.outputShape());
        Value dw = Value.unbatched("dw", geometry.kernelShape());
        Graph graph = new Graph(List.of(new Conv2d.KernelGradient(x, dy, dw, geometry)));
        graph.retain(dw);
        try (Backend backend = new CpuBackend(threads, oneDnn)) {
            MemoryPlan plan = MemoryPlan.of(
                    graph,
                    BATCH,
                    operation -> backend.scratch(operation, graph.precision(), BATCH),
                    java.util.Set.of(),
                    1 << 24);
            Placement placement = new Placement();
            placement.allocate(graph, plan, backend);
            Random random = new Random(5);
            for (Value value : List.of(x, dy)) {
                float[] values = new float[(int) value.elements(BATCH)];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat() - 0.5f;
                }
                placement.of(value).memory().write(placement.of(value).offset(), values, 0, values.length);
            }
            try (Executable executable = backend.prepare(graph, placement, BATCH)) {
                executable.run(Run.inference(BATCH, 0));
            }
            float[] result = new float[dw.shape().size()];
            placement.of(dw).memory().read(placement.of(dw).offset(), result, 0, result.length);
            return result;
        }
    }

    @Test
    void everyTaskRunsOnceAndFailuresReachTheCaller() {
        try (Workers workers = new Workers(4)) {
            for (int repeat = 0; repeat < 200; repeat++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(37);
                workers.run(37, (task, lane) -> runs.incrementAndGet(task));
                for (int i = 0; i < runs.length(); i++) {
                    assertEquals(1, runs.get(i));
                }
            }
            IllegalStateException thrown = assertThrows(
                    IllegalStateException.class,
                    () -> workers.run(9, (task, lane) -> {
                        if (task == 7) {
                            throw new IllegalStateException("task 7");
                        }
                    }));
            assertEquals("task 7", thrown.getMessage());
        }
    }

    @Test
    void randomWordsAreThoseOfPhilox() {
        Run run = new Run(1, 123_456_789, 0xFEDCBA9876543210L, 0, 0, 0, 0, 0);
        long from = (1L << 34) - 8;
        int[][] words = RandomWords.of(from, 250, run, 42, new Lane(0));
        int[] block = new int[4];
        for (int i = 0; i < 1000; i++) {
            long number = (from + i) >>> 2;
            Philox.block(
                    (int) run.seed(),
                    (int) (run.seed() >>> 32),
                    (int) number,
                    (int) (number >>> 32),
                    run.step(),
                    42,
                    block);
            assertEquals(block[i % 4], words[i % 4][i / 4], "word " + i);
        }
    }

    @Test
    void powersOfEAndWhatTheyAreAboveOneAreAccurate() {
        int count = 1 << 16;
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            // From 88 down to tiny numbers and their negatives, and on to below the smallest power.
            x[i] = (float) ((i % 2 == 0 ? 88 : -92) * Math.scalb(1.0, -i % 30) * (1 - i / 131072.0));
        }
        float[] rest = x.clone();
        float[] scale = new float[count];
        Exponential.split(rest, scale, count);
        double unit = Math.scalb(1.0, -24);
        for (int i = 0; i < count; i++) {
            double want = Math.exp(x[i]);
            double less = Math.expm1(x[i]);
            assertEquals(want, Exponential.power(rest[i], scale[i]), 2 * unit * want + Float.MIN_NORMAL, "e^" + x[i]);
            assertEquals(
                    less, Exponential.powerLessOne(rest[i], scale[i]), 3 * unit * Math.abs(less), "e^" + x[i] + " - 1");
        }
    }

    @Test
    void powersOfEEndAtTheEnds() {
        float[] x = {Float.NEGATIVE_INFINITY, -88, -1000, Float.POSITIVE_INFINITY, Float.NaN, 0, -0f};
        float[] scale = new float[x.length];
        Exponential.split(x, scale, x.length);
        float[] powers = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            powers[i] = Exponential.power(x[i], scale[i]);
        }
        assertArrayEquals(new float[] {0, 0, 0, (float) Math.exp(88), Float.NaN, 1, 1}, powers);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void memoryIsCountedAndGivenBack(boolean oneDnn) {
        try (Backend backend = new CpuBackend(1, oneDnn)) {
            try (Memory memory = backend.allocate("numbers", ElementType.FLOAT32, 1000)) {
                assertEquals(4000, backend.allocatedBytes());
                memory.fill(0, 1000, 2);
            }
            assertEquals(0, backend.allocatedBytes());
            assertEquals(4000, backend.peakBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tooMuchMemoryIsRefusedWithTheSizes(boolean oneDnn) {
        try (Backend backend = new CpuBackend(1, oneDnn)) {
            OutOfMemoryException refused = assertThrows(
                    OutOfMemoryException.class, () -> backend.allocate("numbers", ElementType.FLOAT32, 1L << 40));
            assertEquals(1L << 42, refused.neededBytes());
            assertTrue(refused.getMessage().contains("numbers"), refused.getMessage());
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @Test
    void theDeviceSaysWhatRunsTheOperations() {
        try (Backend backend = new CpuBackend(2, false)) {
            assertEquals("cpu", backend.device().id());
            assertEquals("Java", backend.device().platform());
            assertEquals(2, backend.device().computeUnits());
            assertFalse(backend.device().name().isBlank());
        }
        assertThrows(IllegalArgumentException.class, () -> new CpuBackend(0, true));
    }

    @Test
    void aValueOfOneNumberIsABlock() {
        assertEquals(Blocks.SIZE, Blocks.rowsPerBlock(Shape.of().columns()));
    }
}
