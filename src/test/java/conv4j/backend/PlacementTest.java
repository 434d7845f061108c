package conv4j.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PlacementTest {

    private final ReferenceBackend backend = new ReferenceBackend();
    private final Value x = Value.input("x", Shape.of(300));
    private final Value y = x.like("y");
    private final Operation operation = new Activate(x, y, Activation.RELU);
    private final Graph graph = new Graph(List.of(operation));

    @AfterEach
    void nothingIsLeftOpen() {
        assertEquals(0, backend.allocatedBytes());
        backend.close();
    }

    @Test
    void everyPlannedValueGetsItsPlace() {
        MemoryPlan plan = MemoryPlan.of(graph, 2, any -> 7, Set.of(), Long.MAX_VALUE);
        Placement placement = new Placement();
        List<Memory> slabs = placement.allocate(graph, plan, backend);
        assertEquals(1, slabs.size());
        for (Value value : List.of(x, y)) {
            assertSame(slabs.get(0), placement.of(value).memory());
            assertEquals(plan.place(value).offset(), placement.of(value).offset());
        }
        assertEquals(
                plan.scratch(operation).offset(), placement.scratch(operation).offset());
        assertSame(slabs.get(0), placement.scratch(operation).memory());
        assertEquals(Set.of(x, y), placement.placed());
        slabs.forEach(Memory::close);
    }

    @Test
    void memoryOfAnotherGraphIsUsedAgainWhereItIsLargeEnough() {
        MemoryPlan plan = MemoryPlan.of(graph, 2, any -> 7, Set.of(), Long.MAX_VALUE);
        long needed = plan.slabElements().get(0);
        try (Memory small = backend.allocate("small", ElementType.FLOAT32, needed - 1);
                Memory enough = backend.allocate("enough", ElementType.FLOAT32, needed)) {
            long before = backend.allocatedBytes();
            List<Memory> slabs = new Placement().allocate(graph, plan, backend, List.of(small, enough));
            assertEquals(List.of(enough), slabs);
            assertEquals(before, backend.allocatedBytes());
            List<Memory> own = new Placement().allocate(graph, plan, backend, List.of(small));
            assertEquals(needed, own.get(0).elements());
            own.forEach(Memory::close);
            assertEquals(before, backend.allocatedBytes());
        }
    }

    @Test
    void aValueMayHaveMemoryOfItsOwn() {
        try (Memory own = backend.allocate("own", ElementType.FLOAT32, 1000)) {
            Placement first = new Placement();
            first.put(x.reshaped("view", Shape.of(30, 10)), own, 17);
            Placement placement = new Placement(first);
            MemoryPlan plan = MemoryPlan.of(graph, 2, any -> 0, placement.placed(), Long.MAX_VALUE);
            List<Memory> slabs = placement.allocate(graph, plan, backend);
            assertSame(own, placement.of(x).memory());
            assertEquals(17, placement.of(x).offset());
            assertSame(slabs.get(0), placement.of(y).memory());
            assertEquals(Set.of(x), first.placed(), "the one that was copied is as it was");
            slabs.forEach(Memory::close);
        }
    }

    @Test
    void whatWasGivenNoMemoryIsNamed() {
        Placement placement = new Placement();
        String value =
                assertThrows(IllegalStateException.class, () -> placement.of(x)).getMessage();
        assertEquals("x (batch) x (300,) was given no memory", value);
        String scratch = assertThrows(IllegalStateException.class, () -> placement.scratch(operation))
                .getMessage();
        assertEquals("Activate was given no working memory", scratch);
    }

    /** The second slab does not fit: the first one must not stay behind. */
    @Test
    void aFailedAllocationLeavesNothingBehind() {
        MemoryPlan plan = MemoryPlan.of(graph, 2, any -> 0, Set.of(), MemoryPlan.aligned(600));
        assertEquals(2, plan.slabElements().size());
        Placement placement = new Placement();
        assertThrows(BackendException.class, () -> placement.allocate(graph, plan, new Failing(backend)));
        assertEquals(0, backend.allocatedBytes());
        assertTrue(placement.placed().isEmpty());
    }

    /** Gives memory once. */
    private static final class Failing implements Backend {
        private final Backend inner;
        private int given;

        Failing(Backend inner) {
            this.inner = inner;
        }

        @Override
        public Memory allocate(String purpose, ElementType type, long elements) {
            if (given++ > 0) {
                throw new BackendException("no more");
            }
            return inner.allocate(purpose, type, elements);
        }

        @Override
        public DeviceInfo device() {
            return inner.device();
        }

        @Override
        public long scratch(Operation operation, Precision precision, int maxBatch) {
            return inner.scratch(operation, precision, maxBatch);
        }

        @Override
        public Executable prepare(Graph graph, Placement placement, int maxBatch) {
            return inner.prepare(graph, placement, maxBatch);
        }

        @Override
        public void finish() {
            inner.finish();
        }

        @Override
        public long allocatedBytes() {
            return inner.allocatedBytes();
        }

        @Override
        public long peakBytes() {
            return inner.peakBytes();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
