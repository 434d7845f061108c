package conv4j.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Placement;
import conv4j.backend.Profile;
import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.AveragePool2d;
import conv4j.graph.BatchNormalization;
import conv4j.graph.ColumnSums;
import conv4j.graph.Conv2d;
import conv4j.graph.Dropout;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Graph;
import conv4j.graph.MaxPool2d;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Reshape;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemChainTest {

    private static final int MOST = 70;
    private static final int SIDE = 7;
    private static final int CHANNELS = 5;
    private static final Window SAME = new Window(SIDE, 3, 1, 1, 1, 1);
    private static final Window HALF = new Window(SIDE, 2, 2, 1, 0, 0);
    private static final Window POOLED = new Window(HALF.output(), 2, 1, 1, 0, 0);

    /** Every kind of operation that a chain may have, there and back, with a sum over the batch in between. */
    private static final class Network {
        private final Graph graph = new Graph();
        private final Value data = Value.data("data", ElementType.UINT8, Shape.of(SIDE, SIDE, 3));
        private final Value order = Value.data("order", ElementType.INT32, Shape.of());
        private final Value scale = Value.parameter("scale", Shape.of(3));
        private final Value shift = Value.parameter("shift", Shape.of(3));
        private final Value bias = Value.parameter("bias", Shape.of(CHANNELS));
        private final ConvGeometry first = new ConvGeometry(SAME, SAME, 3, CHANNELS, 1);
        private final ConvGeometry second = new ConvGeometry(SAME, SAME, CHANNELS, CHANNELS, 1);
        private final Value kernel1 = Value.parameter("kernel 1", first.kernelShape());
        private final Value kernel2 = Value.parameter("kernel 2", second.kernelShape());
        private final List<Value> normal = new ArrayList<>();
        private final Value image = Value.input("image", Shape.of(SIDE, SIDE, 3));
        private final Value gradient;
        private final Value sums = Value.unbatched("sums", Shape.of(CHANNELS));

        Network() {
            PoolGeometry halves = new PoolGeometry(HALF, HALF, CHANNELS);
            PoolGeometry means = new PoolGeometry(POOLED, POOLED, CHANNELS);
            Value a = Value.activation("a", first.outputShape());
            Value b = a.like("b");
            Value c = Value.activation("c", halves.outputShape());
            Value d = Value.activation("d", means.outputShape());
            graph.add(new Gather(data, order, scale, shift, image));
            graph.add(new Conv2d(image, kernel1, bias, a, first, Activation.leakyRelu(0.1f)));
            graph.add(new AddBias(a, bias, b));
            for (String name : List.of("mean", "variance", "gamma", "beta")) {
                normal.add(Value.parameter(name, Shape.of(CHANNELS)));
            }
            Value n = b.like("n");
            graph.add(new BatchNormalization.Inference(
                    b, normal.get(2), normal.get(3), normal.get(0), normal.get(1), n, 1e-3f));
            Value e = n.like("e");
            graph.add(new Conv2d(n, kernel2, null, e, second, Activation.of(Activation.Kind.SWISH)));
            Value f = e.like("f");
            graph.add(new Add(e, b, f));
            Value g = f.like("g");
            graph.add(new Dropout(f, g, 0.3f, 4));
            graph.add(new MaxPool2d(g, c, halves));
            graph.add(new AveragePool2d(c, d, means));
            Value flat = d.reshaped("flat", Shape.of(d.shape().size()));
            graph.add(new Reshape(d, flat));
            Value h = flat.like("h");
            graph.add(new Activate(flat, h, Activation.of(Activation.Kind.TANH)));
            graph.add(new ColumnSums(g, sums));
            Value dh = h.like("dh");
            graph.add(new Activate.Gradient(h, h, dh, Activation.of(Activation.Kind.TANH)));
            Value dd = dh.reshaped("dd", d.shape());
            graph.add(new Reshape(dh, dd));
            Value dc = c.like("dc");
            graph.add(new AveragePool2d.Gradient(dd, dc, means));
            Value dg = g.like("dg");
            graph.add(new MaxPool2d.Gradient(g, c, dc, dg, halves));
            gradient = n.like("dn");
            graph.add(new Conv2d.InputGradient(dg, kernel2, gradient, second));
            graph.retain(gradient);
            graph.retain(sums);
        }

        List<Value> given() {
            List<Value> given = new ArrayList<>(List.of(scale, shift, bias, kernel1, kernel2));
            given.addAll(normal);
            return given;
        }

        Placement placement(Backend backend) {
            Placement placement = new Placement();
            Random random = new Random(3);
            for (Value value : given()) {
                float[] values = new float[value.shape().size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = 0.1f + random.nextFloat();
                }
                placement.put(value, backend.allocate(value.name(), ElementType.FLOAT32, values.length), 0);
                placement.of(value).memory().write(0, values, 0, values.length);
            }
            byte[] bytes = new byte[MOST * SIDE * SIDE * 3];
            random.nextBytes(bytes);
            placement.put(data, backend.allocate("data", ElementType.UINT8, bytes.length), 0);
            placement.of(data).memory().write(0, bytes, 0, bytes.length);
            int[] places = random.ints(MOST, 0, MOST).toArray();
            placement.put(order, backend.allocate("order", ElementType.INT32, MOST), 0);
            placement.of(order).memory().write(0, places, 0, MOST);
            return placement;
        }
    }

    private static float[] read(Placement placement, Value value, int batch) {
        float[] values = new float[(int) value.elements(batch)];
        placement.of(value).memory().read(placement.of(value).offset(), values, 0, values.length);
        return values;
    }

    private static Run run(int batch) {
        return new Run(batch, 5, 77, 0, 0, 0, 0, 0);
    }

    /** Runs operations one by one, each prepared alone, all values in memory of their own. */
    private static List<float[]> oneByOne(boolean oneDnn, int batch) {
        Network network = new Network();
        try (Backend backend = new CpuBackend(1, oneDnn)) {
            Placement placement = network.placement(backend);
            for (Operation operation : network.graph.operations()) {
                for (Value value : operation.outputs()) {
                    if (!placement.placed().contains(value.root())) {
                        long elements = value.elements(MOST);
                        placement.put(value, backend.allocate(value.name(), ElementType.FLOAT32, elements), 0);
                    }
                }
            }
            for (Operation operation : network.graph.operations()) {
                Graph alone = new Graph(List.of(operation));
                try (Executable executable = backend.prepare(alone, placement, MOST)) {
                    executable.run(run(batch));
                }
            }
            return List.of(read(placement, network.gradient, batch), read(placement, network.sums, batch));
        }
    }

    private static List<float[]> chained(int threads, boolean oneDnn, int batch, Profile profile) {
        Network network = new Network();
        try (Backend backend = new CpuBackend(threads, oneDnn)) {
            backend.profile(profile);
            Placement placement = network.placement(backend);
            MemoryPlan plan = MemoryPlan.of(network.graph, MOST, operation -> 0, placement.placed(), Integer.MAX_VALUE);
            placement.allocate(network.graph, plan, backend);
            List<ItemChain> chains = ItemChains.of(network.graph, placement, MOST);
            assertTrue(chains.stream().anyMatch(chain -> chain.operations().size() > 5), "no long chain");
            long before = backend.allocatedBytes();
            try (Executable executable = backend.prepare(network.graph, placement, MOST)) {
                executable.run(run(MOST));
                executable.run(run(batch));
            }
            assertEquals(before, backend.allocatedBytes(), "memory of threads is given back");
            return List.of(read(placement, network.gradient, batch), read(placement, network.sums, batch));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true, 1, 70",
        "true, 3, 70",
        "true, 3, 1",
        "true, 2, 68",
        "false, 1, 70",
        "false, 3, 70",
        "false, 3, 1",
    })
    void aChainGivesTheBitsOfItsOperationsOneByOne(boolean oneDnn, int threads, int batch) {
        List<float[]> want = oneByOne(oneDnn, batch);
        List<float[]> got = chained(threads, oneDnn, batch, null);
        assertArrayEquals(want.get(0), got.get(0), "gradient");
        assertArrayEquals(want.get(1), got.get(1), "sums");
    }

    @Test
    void theTimeOfAChainIsSharedByItsOperations() {
        Profile profile = new Profile();
        chained(2, false, MOST, profile);
        List<String> names = profile.shares().stream().map(Profile.Share::name).toList();
        assertTrue(names.containsAll(List.of("Gather", "Conv2d", "MaxPool2d", "ColumnSums")), names::toString);
        assertTrue(profile.nanos() > 0);
    }

    private static Placement placed(Backend backend, Object... valuesAndOffsets) {
        Placement placement = new Placement();
        var memory = backend.allocate("together", ElementType.FLOAT32, 1 << 16);
        for (int i = 0; i < valuesAndOffsets.length; i += 2) {
            placement.put((Value) valuesAndOffsets[i], memory, (Integer) valuesAndOffsets[i + 1]);
        }
        return placement;
    }

    private static List<Integer> lengths(Graph graph, Placement placement) {
        return ItemChains.of(graph, placement, MOST).stream()
                .map(chain -> chain.operations().size())
                .toList();
    }

    /** Items of x that no thread has read yet lie where z's first items are written. */
    @ParameterizedTest
    @ValueSource(ints = {0, 256, 1024})
    void aChainEndsBeforeAValueThatLiesWhereAnotherOneDoes(int offset) {
        Value x = Value.input("x", Shape.of(10));
        Value y = x.like("y");
        Value z = x.like("z");
        Graph graph = new Graph(
                List.of(new Activate(x, y, Activation.RELU), new Activate(y, z, Activation.of(Activation.Kind.TANH))));
        graph.retain(z);
        try (Backend backend = new CpuBackend(1, false)) {
            Placement placement = placed(backend, x, 0, y, 4096, z, offset);
            assertEquals(offset < MOST * 10 ? List.of(1, 1) : List.of(2), lengths(graph, placement));
        }
    }

    @Test
    void aValueThatIsUsedElsewhereIsInNoMemoryOfAThread() {
        Value x = Value.input("x", Shape.of(10));
        Value y = x.like("y");
        Value z = x.like("z");
        Value sums = Value.unbatched("sums", Shape.of(10));
        Graph graph = new Graph(List.of(
                new Activate(x, y, Activation.RELU), new Activate(y, z, Activation.RELU), new ColumnSums(y, sums)));
        try (Backend backend = new CpuBackend(1, false)) {
            Placement apart = placed(backend, x, 0, y, 1024, z, 2048, sums, 4096);
            assertEquals(List.of(2, 1), lengths(graph, apart));
            assertEquals(0, ItemChains.of(graph, apart, MOST).get(0).elements());
        }
        Graph without = new Graph(graph.operations().subList(0, 2));
        try (Backend backend = new CpuBackend(1, false)) {
            Placement apart = placed(backend, x, 0, y, 1024, z, 2048);
            assertTrue(ItemChains.of(without, apart, MOST).get(0).elements() > 0);
            without.retain(y);
            assertEquals(0, ItemChains.of(without, apart, MOST).get(0).elements());
        }
    }

    /** Operations in a row on items of so many numbers, all values in memory of their own; the lengths of its chains. */
    private static List<Integer> lengthsOfARow(int operations, int size) {
        Graph graph = new Graph();
        Placement placement = new Placement();
        try (Backend backend = new CpuBackend(1, false)) {
            Value from = Value.input("x", Shape.of(size));
            placement.put(from, backend.allocate("x", ElementType.FLOAT32, size), 0);
            for (int i = 0; i < operations; i++) {
                Value to = from.like("y" + i);
                placement.put(to, backend.allocate("y", ElementType.FLOAT32, size), 0);
                graph.add(new Activate(from, to, Activation.RELU));
                from = to;
            }
            return ItemChains.of(graph, placement, 1).stream()
                    .map(chain -> chain.operations().size())
                    .toList();
        }
    }

    /** A thread's cache holds 1 MiB: one value between two operations, but not two of them at a time. */
    @Test
    void itemsThatAreInNoCacheAreInNoChain() {
        assertEquals(List.of(1, 1, 1), lengthsOfARow(3, (1 << 18) + 1));
        assertEquals(List.of(2, 1), lengthsOfARow(3, 1 << 18));
        assertEquals(List.of(3), lengthsOfARow(3, 1 << 17));
    }

    @Test
    void chainsAreNotLongerThanItTakesLongToFindThem() {
        assertEquals(List.of(32, 32, 6), lengthsOfARow(70, 10));
    }
}
