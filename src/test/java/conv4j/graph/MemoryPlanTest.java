package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Values that are alive at the same time never share memory, checked by trying all pairs on random graphs. */
class MemoryPlanTest {

    /** Something that has a place from one operation to another. */
    private record Live(String name, MemoryPlan.Place place, int first, int last) {

        boolean collides(Live other) {
            boolean together = first <= other.last && other.first <= last;
            boolean overlap = place.offset() < other.place.offset() + other.place.elements()
                    && other.place.offset() < place.offset() + place.elements();
            return together && place.slab() == other.place.slab() && overlap;
        }
    }

    private static Value random(List<Value> values, Random random) {
        return values.get(random.nextInt(values.size()));
    }

    private static Graph randomGraph(Random random, List<Value> values) {
        Graph graph = new Graph();
        int size = 12 * (1 + random.nextInt(40));
        values.add(Value.input("x", Shape.of(size)));
        for (int i = 0; i < 2 + random.nextInt(30); i++) {
            Value a = random(values, random);
            Value b = random(values, random);
            Value y = a.like("y" + i);
            switch (random.nextInt(4)) {
                case 0 -> graph.add(new Activate(a, y, Activation.RELU));
                case 1 -> {
                    y = a.reshaped("view" + i, Shape.of(3, size / 3));
                    graph.add(new Reshape(a, y));
                }
                default -> graph.add(new Add(a, b, y));
            }
            values.add(y);
            if (random.nextInt(6) == 0) {
                graph.retain(y);
            }
        }
        return graph;
    }

    private static long scratch(Operation operation) {
        return operation instanceof Add ? 300 : 0;
    }

    private static List<Live> lives(Graph graph, List<Value> values, MemoryPlan plan) {
        List<Live> lives = new ArrayList<>();
        int end = graph.operations().size();
        for (Value value : values) {
            if (value.root() != value) {
                continue;
            }
            int first = value.role() == Value.Role.INPUT ? -1 : end;
            int last = -1;
            for (int i = 0; i < end; i++) {
                Operation operation = graph.operations().get(i);
                List<Value> touched = new ArrayList<>(operation.inputs());
                touched.addAll(operation.outputs());
                if (touched.stream().anyMatch(v -> v.root() == value)) {
                    first = Math.min(first, i);
                    last = i;
                }
            }
            if (last >= 0) {
                lives.add(new Live(value.name(), plan.place(value), first, graph.retains(value) ? end : last));
            }
        }
        for (int i = 0; i < end; i++) {
            MemoryPlan.Place place = plan.scratch(graph.operations().get(i));
            if (place != null) {
                lives.add(new Live("scratch " + i, place, i, i));
            }
        }
        return lives;
    }

    @Test
    void whatLivesTogetherLiesApart() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            List<Value> values = new ArrayList<>();
            Graph graph = randomGraph(random, values);
            long largestSlab = MemoryPlan.aligned(480 * 5) * (1 + random.nextInt(3));
            MemoryPlan plan = MemoryPlan.of(graph, 5, MemoryPlanTest::scratch, Set.of(), largestSlab);
            List<Live> lives = lives(graph, values, plan);
            for (Live one : lives) {
                assertNotNull(one.place, () -> one.name + " has no place");
                assertEquals(0, one.place.offset() % MemoryPlan.ALIGNMENT);
                long slab = plan.slabElements().get(one.place.slab());
                assertTrue(one.place.offset() + one.place.elements() <= slab, () -> one + " leaves its slab");
                assertTrue(slab <= largestSlab);
                for (Live other : lives) {
                    assertTrue(one == other || !one.collides(other), () -> one + " and " + other);
                }
            }
        }
    }

    @Test
    void aChainNeedsTwoPlacesHoweverLong() {
        Graph graph = new Graph();
        Value x = Value.input("x", Shape.of(256));
        for (int i = 0; i < 50; i++) {
            Value y = x.like("y" + i);
            graph.add(new Activate(x, y, Activation.RELU));
            x = y;
        }
        MemoryPlan plan = MemoryPlan.of(graph, 4, any -> 0, Set.of(), Long.MAX_VALUE);
        assertEquals(2 * 4 * 256 * 4, plan.bytes());
        assertEquals(List.of(2048L), plan.slabElements());
    }

    @Test
    void whatHasMemoryAlreadyIsNotPlanned() {
        Value x = Value.input("x", Shape.of(10));
        Value w = Value.parameter("w", Shape.of(10, 10));
        Value y = Value.activation("y", Shape.of(10));
        Graph graph = new Graph(List.of(new MatMul(x, w, y)));
        MemoryPlan plan = MemoryPlan.of(graph, 1, any -> 0, Set.of(x), 1000);
        assertNull(plan.place(x));
        assertNull(plan.place(w), "parameters outlive the run");
        assertNotNull(plan.place(y));
        assertNull(plan.scratch(graph.operations().get(0)));
    }

    @Test
    void sizesAndOffsetsGoBeyond32Bits() {
        Value x = Value.input("x", Shape.of(64, 64, 3));
        Value y = x.like("y");
        Value z = x.like("z");
        Graph graph = new Graph(List.of(new Add(x, x, y), new Add(x, y, z)));
        graph.retain(z);
        int batch = Integer.MAX_VALUE;
        long elements = 64L * 64 * 3 * batch;
        assertEquals(elements, x.elements(batch));
        assertEquals(elements / 3, x.rows(batch));
        MemoryPlan plan = MemoryPlan.of(graph, batch, any -> 0, Set.of(), Long.MAX_VALUE);
        Set<Long> offsets = Set.of(
                plan.place(x).offset(), plan.place(y).offset(), plan.place(z).offset());
        assertEquals(Set.of(0L, elements, 2 * elements), offsets);
        assertEquals(3 * 4 * elements, plan.bytes());
    }

    @Test
    void aValueLargerThanASlabIsRefusedWithItsSize() {
        Value x = Value.input("x", Shape.of(1000));
        Graph graph = new Graph(List.of(new Activate(x, x.like("y"), Activation.RELU)));
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> MemoryPlan.of(graph, 10, any -> 0, Set.of(), 4096));
        assertTrue(e.getMessage().contains("40000 bytes"), e.getMessage());
        assertTrue(e.getMessage().contains("the device allows 16384"), e.getMessage());
    }

    @Test
    void placesAreMultiplesOfTheAlignment() {
        assertEquals(0, MemoryPlan.aligned(0));
        assertEquals(256, MemoryPlan.aligned(1));
        assertEquals(256, MemoryPlan.aligned(256));
        assertEquals(512, MemoryPlan.aligned(257));
        assertEquals((1L << 40) + 256, MemoryPlan.aligned((1L << 40) + 1));
    }

    /** A slab may be filled to its last element, and what does not fit begins another. */
    @Test
    void slabsAreFilledToTheLastElement() {
        Value x = Value.input("x", Shape.of(256));
        Value y = x.like("y");
        Graph graph = new Graph(List.of(new Activate(x, y, Activation.RELU), new Add(x, y, y.like("z"))));
        MemoryPlan one = MemoryPlan.of(graph, 1, any -> 0, Set.of(), 3 * 256);
        assertEquals(List.of(768L), one.slabElements());
        MemoryPlan two = MemoryPlan.of(graph, 1, any -> 0, Set.of(), 3 * 256 - 1);
        assertEquals(List.of(512L, 256L), two.slabElements());
        MemoryPlan three = MemoryPlan.of(graph, 1, any -> 0, Set.of(), 256);
        assertEquals(List.of(256L, 256L, 256L), three.slabElements());
        assertEquals(3 * 1024, three.bytes());
    }

    @Test
    void workingMemoryHasAPlaceDuringItsOperation() {
        Value x = Value.input("x", Shape.of(256));
        Operation operation = new Activate(x, x.like("y"), Activation.RELU);
        MemoryPlan plan = MemoryPlan.of(new Graph(List.of(operation)), 1, any -> 10, Set.of(), 768);
        assertEquals(10, plan.scratch(operation).elements());
        assertEquals(512, plan.scratch(operation).offset(), "after input and output, which are alive with it");
    }

    /** The largest go first: a small value placed before them would cut the slab in two. */
    @Test
    void largeValuesArePlacedFirst() {
        Value small = Value.input("small", Shape.of(256));
        Value grown = Value.activation("grown", Shape.of(1024));
        Graph graph = new Graph(List.of(new MatMul(small, Value.parameter("w", Shape.of(256, 1024)), grown)));
        MemoryPlan plan = MemoryPlan.of(graph, 1, any -> 0, Set.of(), Long.MAX_VALUE);
        assertEquals(0, plan.place(grown).offset());
        assertEquals(1024, plan.place(small).offset());
    }

    /** A hole that just fits is used. */
    @Test
    void aValueGoesIntoAHoleOfItsSize() {
        Value a = Value.input("a", Shape.of(512));
        Value b = Value.activation("b", Shape.of(256));
        Value w = Value.parameter("w", Shape.of(512, 256));
        Value c = Value.activation("c", Shape.of(256));
        Value d = Value.activation("d", Shape.of(256));
        Graph graph = new Graph(List.of(new MatMul(a, w, b), new Activate(b, c, Activation.RELU), new Add(b, c, d)));
        MemoryPlan plan = MemoryPlan.of(graph, 1, any -> 0, Set.of(), Long.MAX_VALUE);
        assertEquals(List.of(768L), plan.slabElements(), "c and d lie where a was");
    }

    @Test
    void theBatchsInputsAreAliveFromTheStart() {
        Value a = Value.input("a", Shape.of(256));
        Value b = Value.input("b", Shape.of(256));
        Value first = a.like("first");
        Value second = first.like("second");
        Graph graph = new Graph(List.of(
                new Activate(a, first, Activation.RELU),
                new Activate(first, second, Activation.RELU),
                new Add(second, b, b.like("sum"))));
        MemoryPlan plan = MemoryPlan.of(graph, 1, any -> 0, Set.of(), Long.MAX_VALUE);
        for (Value other : List.of(a, first, second)) {
            assertTrue(plan.place(other).offset() != plan.place(b).offset(), other + " shares the place of b");
        }
    }
}
