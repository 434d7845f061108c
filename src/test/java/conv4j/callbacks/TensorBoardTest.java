package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.Add;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.losses.MeanSquaredError;
import conv4j.model.FitOptions;
import conv4j.model.History;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Event files, read back by a reader of its own: another checksum, another way through the messages. */
class TensorBoardTest {

    @TempDir
    Path folder;

    /** The graphs that {@link #read} has met. */
    private final List<byte[]> graphs = new ArrayList<>();

    /** A value of a summary. */
    private record Event(String tag, long step, Map<Integer, List<Object>> value) {}

    /** Bit by bit, with the reflected polynomial of Castagnoli. */
    private static int crc32c(byte[] bytes, int from, int to) {
        int crc = -1;
        for (int i = from; i < to; i++) {
            crc ^= bytes[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    private static int masked(int crc) {
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static Map<Integer, List<Object>> fields(byte[] message) {
        Map<Integer, List<Object>> fields = new TreeMap<>();
        ByteBuffer in = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            int key = (int) varint(in);
            Object value =
                    switch (key & 7) {
                        case 0 -> varint(in);
                        case 1 -> in.getDouble();
                        case 2 -> {
                            byte[] bytes = new byte[(int) varint(in)];
                            in.get(bytes);
                            yield bytes;
                        }
                        case 5 -> in.getFloat();
                        default -> throw new AssertionError("wire type " + (key & 7));
                    };
            fields.computeIfAbsent(key >> 3, unused -> new ArrayList<>()).add(value);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static String text(Map<Integer, List<Object>> fields, int field) {
        return new String((byte[]) fields.get(field).get(0), StandardCharsets.UTF_8);
    }

    private List<Event> read(String run) throws IOException {
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve(run))) {
            List<Path> all = files.toList();
            assertEquals(1, all.size());
            file = all.get(0);
        }
        assertTrue(file.getFileName().toString().matches("events\\.out\\.tfevents\\.\\d{10}\\..+\\.\\d+\\.\\d+\\.v2"));
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        boolean first = true;
        while (in.hasRemaining()) {
            int start = in.position();
            int length = Math.toIntExact(in.getLong());
            assertEquals(masked(crc32c(bytes, start, start + 8)), in.getInt(), "checksum of a length");
            byte[] data = new byte[length];
            in.get(data);
            assertEquals(masked(crc32c(data, 0, length)), in.getInt(), "checksum of an event");
            Map<Integer, List<Object>> event = fields(data);
            double wallTime = (double) event.get(1).get(0);
            assertEquals(System.currentTimeMillis() / 1e3, wallTime, 600);
            if (first) {
                assertEquals("brain.Event:2", text(event, 3));
                first = false;
            } else if (event.containsKey(4)) {
                assertFalse(event.containsKey(5), "one of graph and summary");
                graphs.add((byte[]) event.get(4).get(0));
            } else {
                for (Object value : fields((byte[]) event.get(5).get(0)).get(1)) {
                    Map<Integer, List<Object>> parts = fields((byte[]) value);
                    events.add(new Event(text(parts, 1), (long) event.get(2).get(0), parts));
                }
            }
        }
        return events;
    }

    private static List<Float> scalars(List<Event> events, String tag) {
        return events.stream()
                .filter(event -> event.tag().equals(tag))
                .map(event -> (Float) event.value().get(2).get(0))
                .toList();
    }

    private static double[] packed(Map<Integer, List<Object>> fields, int field) {
        ByteBuffer in = ByteBuffer.wrap((byte[]) fields.get(field).get(0)).order(ByteOrder.LITTLE_ENDIAN);
        double[] values = new double[in.remaining() / 8];
        in.asDoubleBuffer().get(values);
        return values;
    }

    @Test
    void aTrainingLeavesItsNumbersHistogramsAndPictures() throws IOException {
        Dataset data = new ArraySet(
                Shape.of(3, 3, 1), new float[6 * 9], Shape.of(2), new float[] {1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6});
        try (Backend backend = Backends.open("reference");
                Sequential model =
                        new Sequential("drawn", new Input(3, 3, 1), new Conv2D(5, 2), new Flatten(), new Dense(2))) {
            model.on(backend).seed(2);
            model.compile(new SGD(0.01), new MeanSquaredError());
            History history = model.fit(
                    data,
                    new FitOptions()
                            .epochs(3)
                            .batchSize(2)
                            .validation(data)
                            .callbacks(new TensorBoard(folder)
                                    .histogramFreq(2)
                                    .writeImages(true)
                                    .writeStepsPerSecond(true)
                                    .updateFreq(2)));
            List<Event> train = read("train");
            assertEquals(floats(history.series("loss")), scalars(train, "epoch_loss"));
            assertEquals(List.of(0.01f, 0.01f, 0.01f), scalars(train, "epoch_learning_rate"));
            assertEquals(3, scalars(train, "epoch_steps_per_second").size());
            assertEquals(
                    List.of(2L, 4L, 6L, 8L),
                    train.stream()
                            .filter(event -> event.tag().equals("batch_loss"))
                            .map(Event::step)
                            .toList());
            assertEquals(floats(history.series("val_loss")), scalars(read("validation"), "epoch_loss"));
            assertEquals(
                    List.of(3L, 6L, 9L),
                    read("validation").stream()
                            .filter(event -> event.tag().equals("evaluation_loss_vs_iterations"))
                            .map(Event::step)
                            .toList());
            assertHistogram(train, "drawn/dense/kernel", model.weights().get("dense/kernel"));
            List<Event> pictures = train.stream()
                    .filter(event -> event.tag().equals("drawn/conv2d/kernel/image"))
                    .toList();
            assertEquals(List.of(0L, 2L), pictures.stream().map(Event::step).toList());
            assertKernels(pictures.get(1), model.weights().get("conv2d/kernel"));
        }
    }

    private static List<Float> floats(List<Double> values) {
        return values.stream().map(Double::floatValue).toList();
    }

    private static void assertHistogram(List<Event> train, String name, float[] weights) {
        List<Event> histograms = train.stream()
                .filter(event -> event.tag().equals(name + "/histogram"))
                .toList();
        assertEquals(List.of(0L, 2L), histograms.stream().map(Event::step).toList());
        Map<Integer, List<Object>> last =
                fields((byte[]) histograms.get(1).value().get(5).get(0));
        double sum = 0;
        double least = weights[0];
        double most = weights[0];
        for (float w : weights) {
            sum += w;
            least = Math.min(least, w);
            most = Math.max(most, w);
        }
        assertEquals(least, last.get(1).get(0));
        assertEquals(most, last.get(2).get(0));
        assertEquals((double) weights.length, last.get(3).get(0));
        assertEquals(sum, (double) last.get(4).get(0), 1e-12);
        double[] limits = packed(last, 6);
        double[] counts = packed(last, 7);
        assertEquals(30, limits.length);
        for (int i = 0; i < 30; i++) {
            double from = i == 0 ? Double.NEGATIVE_INFINITY : limits[i - 1];
            double to = i == 29 ? Double.POSITIVE_INFINITY : limits[i];
            int inside = 0;
            for (float w : weights) {
                inside += w >= from && w < to ? 1 : 0;
            }
            assertEquals(inside, counts[i], "bucket " + i);
        }
    }

    /** Five kernels of 2 x 2 with lines between: the smallest weight is black, the largest white. */
    private static void assertKernels(Event event, float[] weights) throws IOException {
        Map<Integer, List<Object>> picture =
                fields((byte[]) event.value().get(4).get(0));
        assertEquals(
                List.of(2L, 14L, 1L),
                List.of(
                        picture.get(1).get(0),
                        picture.get(2).get(0),
                        picture.get(3).get(0)));
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream((byte[]) picture.get(4).get(0)));
        int least = 0;
        int most = 0;
        for (int i = 0; i < weights.length; i++) {
            least = weights[i] < weights[least] ? i : least;
            most = weights[i] > weights[most] ? i : most;
        }
        assertEquals(0, image.getRaster().getSample(least % 5 * 3 + least / 5 % 2, least / 10, 0));
        assertEquals(255, image.getRaster().getSample(most % 5 * 3 + most / 5 % 2, most / 10, 0));
    }

    /** A node of a graph: what it is called, what it does, what comes before it, what is known of it. */
    private record Node(
            String name, String operation, List<String> inputs, Map<String, Map<Integer, List<Object>>> attributes) {

        static List<Node> of(byte[] graph) {
            return fields(graph).get(1).stream()
                    .map(node -> of(fields((byte[]) node)))
                    .toList();
        }

        private static Node of(Map<Integer, List<Object>> node) {
            Map<String, Map<Integer, List<Object>>> attributes = new TreeMap<>();
            for (Object entry : node.get(5)) {
                Map<Integer, List<Object>> pair = fields((byte[]) entry);
                attributes.put(text(pair, 1), fields((byte[]) pair.get(2).get(0)));
            }
            List<String> inputs = node.getOrDefault(3, List.of()).stream()
                    .map(name -> new String((byte[]) name, StandardCharsets.UTF_8))
                    .toList();
            return new Node(text(node, 1), text(node, 2), inputs, attributes);
        }

        /** The extents of the one output; -1 for the batch. */
        List<Object> outputShape() {
            Map<Integer, List<Object>> list =
                    fields((byte[]) attributes.get("_output_shapes").get(1).get(0));
            return fields((byte[]) list.get(7).get(0)).get(2).stream()
                    .map(dimension -> fields((byte[]) dimension).get(1).get(0))
                    .toList();
        }
    }

    @Test
    void theGraphHasANodeForEveryUseOfALayer() throws IOException {
        Tensor input = Input.of(6, 5, 2);
        Conv2D shared = new Conv2D(2, 3).padding(Padding.SAME).activation("relu");
        Tensor once = shared.apply(input);
        Tensor twice = shared.apply(once);
        Tensor output = new Dense(2).useBias(false).apply(new Flatten().apply(new Add().apply(once, twice)));
        Dataset data = new ArraySet(Shape.of(6, 5, 2), new float[60], Shape.of(2), new float[2]);
        try (Backend backend = Backends.open("reference");
                Model model = new Model("twice", input, output)) {
            model.on(backend).compile(new SGD(0.01), new MeanSquaredError());
            model.fit(data, new FitOptions().callbacks(new TensorBoard(folder)));
            read("train");
        }
        assertEquals(1, graphs.size());
        List<Node> nodes = Node.of(graphs.get(0));
        assertEquals(
                List.of("conv2d", "conv2d_1", "add", "flatten", "dense"),
                nodes.stream().map(Node::name).skip(1).toList());
        assertEquals(
                List.of("Conv2D", "Conv2D", "Add", "Flatten", "Dense"),
                nodes.stream().map(Node::operation).skip(1).toList());
        assertEquals(
                List.of(
                        List.of(),
                        List.of(nodes.get(0).name()),
                        List.of("conv2d"),
                        List.of("conv2d", "conv2d_1"),
                        List.of("add"),
                        List.of("flatten")),
                nodes.stream().map(Node::inputs).toList());
        assertEquals(List.of(-1L, 6L, 5L, 2L), nodes.get(0).outputShape());
        assertEquals(List.of(-1L, 60L), nodes.get(4).outputShape());
        assertEquals(List.of(-1L, 2L), nodes.get(5).outputShape());
        Map<String, Map<Integer, List<Object>>> settings = nodes.get(1).attributes();
        assertEquals(2L, settings.get("filters").get(3).get(0));
        assertEquals("same", text(settings.get("padding"), 2));
        assertEquals("relu", text(settings.get("activation"), 2));
        assertEquals("GlorotUniform", text(settings.get("kernel_initializer"), 2));
        assertEquals(0L, nodes.get(5).attributes().get("use_bias").get(5).get(0));
    }

    @Test
    void theSecondUseOfALayerHasTheNameOfNoOtherLayer() throws IOException {
        Tensor input = new Input(3).tensor();
        Layer shared = new Dense(3).name("dense");
        Tensor twice = shared.apply(new Dense(3).name("dense_1").apply(shared.apply(input)));
        Dataset data = new ArraySet(Shape.of(3), new float[9], Shape.of(3), new float[9]);
        try (Backend backend = Backends.open("reference");
                Model model = new Model("shared", input, twice)) {
            model.on(backend).compile(new SGD(0.01), new MeanSquaredError());
            model.fit(data, new FitOptions().callbacks(new TensorBoard(folder)));
            read("train");
        }
        List<Node> nodes = Node.of(graphs.get(0));
        assertEquals(
                List.of("dense", "dense_1", "dense_2"),
                nodes.stream().map(Node::name).skip(1).toList());
        assertEquals(List.of("dense_1"), nodes.get(3).inputs());
    }

    @Test
    void theGraphIsLeftOutWhenItIsNotWanted() throws IOException {
        Dataset data = new ArraySet(Shape.of(1), new float[6], Shape.of(1), new float[6]);
        try (Backend backend = Backends.open("reference");
                Sequential model = new Sequential("plain", new Input(1), new Dense(1))) {
            model.on(backend).compile(new SGD(0.01), new MeanSquaredError());
            model.fit(data, new FitOptions().callbacks(new TensorBoard(folder).writeGraph(false)));
        }
        assertEquals(2, read("train").size());
        assertEquals(List.of(), graphs);
    }

    @Test
    void onlyEpochsAreWrittenUnlessMoreIsWanted() throws IOException {
        Dataset data = new ArraySet(Shape.of(1), new float[6], Shape.of(1), new float[6]);
        try (Backend backend = Backends.open("reference");
                Sequential model = new Sequential("plain", new Input(1), new Dense(1))) {
            model.on(backend).compile(new SGD(0.01), new MeanSquaredError());
            model.fit(data, new FitOptions().epochs(2).batchSize(2).callbacks(new TensorBoard(folder)));
        }
        assertEquals(
                List.of("epoch_loss", "epoch_learning_rate", "epoch_loss", "epoch_learning_rate"),
                read("train").stream().map(Event::tag).toList());
    }

    /** Every epoch takes 0.1 s or more, and all of them no longer than training does. */
    @Test
    void stepsPerSecondAreThoseOfTheEpoch() throws IOException {
        Dataset data = new ArraySet(Shape.of(1), new float[4], Shape.of(1), new float[4]);
        long begin = System.nanoTime();
        try (Backend backend = Backends.open("reference");
                Sequential model = new Sequential("slow", new Input(1), new Dense(1))) {
            model.on(backend).compile(new SGD(0.01), new MeanSquaredError());
            LambdaCallback slow = new LambdaCallback()
                    .onBatchEnd((trained, progress) -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50)));
            model.fit(
                    data,
                    new FitOptions()
                            .epochs(3)
                            .batchSize(2)
                            .callbacks(new TensorBoard(folder).writeStepsPerSecond(true), slow));
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        List<Float> rates = scalars(read("train"), "epoch_steps_per_second");
        assertEquals(3, rates.size());
        for (float rate : rates) {
            assertTrue(rate >= 2 / seconds && rate <= 2 / 0.09, rates + " in " + seconds + " s");
        }
    }

    /** 0 to 30 in buckets 1 wide: the limits are 1 to 30, the last bucket has its upper limit in it. */
    @Test
    void aHistogramHasThirtyBucketsOfEqualWidth() throws IOException {
        EventFile file = new EventFile(folder.resolve("wide"));
        float[] values = new float[32];
        for (int i = 0; i < 31; i++) {
            values[i] = 30 - i;
        }
        values[31] = Float.NEGATIVE_INFINITY;
        file.histogram("wide", 3, values);
        file.histogram("none", 4, new float[] {Float.NaN});
        file.histogram("same", 5, new float[] {2, 2});
        List<Event> events = read("wide");
        assertStatistics(events.get(0), 0, 30, 31, 465, 9455);
        Map<Integer, List<Object>> wide =
                fields((byte[]) events.get(0).value().get(5).get(0));
        double[] limits = packed(wide, 6);
        double[] counts = packed(wide, 7);
        for (int i = 0; i < 30; i++) {
            assertEquals(i + 1, limits[i], 1e-12);
            assertEquals(i == 29 ? 2 : 1, counts[i]);
        }
        assertEquals(30.0, limits[29]);
        assertStatistics(events.get(1), 0, 0, 0, 0, 0);
        assertStatistics(events.get(2), 2, 2, 2, 4, 8);
        Map<Integer, List<Object>> same =
                fields((byte[]) events.get(2).value().get(5).get(0));
        assertEquals(1, packed(same, 6).length);
        assertEquals(1, packed(same, 7).length);
    }

    private static void assertStatistics(Event event, double... statistics) {
        Map<Integer, List<Object>> fields = fields((byte[]) event.value().get(5).get(0));
        for (int i = 0; i < statistics.length; i++) {
            assertEquals(statistics[i], fields.get(i + 1).get(0), event.tag() + ", field " + (i + 1));
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Path taken = Files.writeString(folder.resolve("taken"), "");
        String message = assertThrows(UncheckedIOException.class, () -> new EventFile(taken))
                .getMessage();
        assertTrue(message.startsWith("the events " + taken.resolve("events.out.tfevents.")), message);
        assertTrue(message.endsWith("; give another folder to TensorBoard"), message);
    }

    @Test
    void weightsThatAreAllTheSameHaveOneBucket() throws IOException {
        EventFile file = new EventFile(folder.resolve("same"));
        file.histogram("same", 0, new float[] {2, 2, 2, Float.NaN});
        file.histogram("none", 1, new float[] {Float.NaN});
        List<Event> events = read("same");
        Map<Integer, List<Object>> same =
                fields((byte[]) events.get(0).value().get(5).get(0));
        assertEquals(2.5, packed(same, 6)[0]);
        assertEquals(3, packed(same, 7)[0]);
        Map<Integer, List<Object>> none =
                fields((byte[]) events.get(1).value().get(5).get(0));
        assertEquals(0.0, none.get(3).get(0));
    }
}
