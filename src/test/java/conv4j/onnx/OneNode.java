package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.files.FileFormatException;
import conv4j.layers.Layer;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A graph of one node, which is run on the reference backend and, where ONNX Runtime knows the case, by that too. */
final class OneNode {

    private static final float TOLERANCE = 2e-5f;

    private final String operator;
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final List<OnnxTensor> inputs = new ArrayList<>();
    private final List<OnnxTensor> constants = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private int opset = 17;
    private int outputs = 1;
    private int only = -1;

    OneNode(String operator) {
        this.operator = operator;
    }

    OneNode opset(int version) {
        opset = version;
        return this;
    }

    OneNode outputs(int count) {
        outputs = count;
        return this;
    }

    /** Makes one of the node's outputs the only one of the graph. */
    OneNode only(int output) {
        only = output;
        return this;
    }

    /** An attribute: a Long, Float, String, long[], float[] or OnnxTensor. */
    OneNode with(String attribute, Object value) {
        attributes.put(attribute, value);
        return this;
    }

    /** An input that is computed from data. */
    OneNode data(int[] dims, float... values) {
        return data(OnnxTensor.of("", values, dims));
    }

    OneNode data(OnnxTensor tensor) {
        String name = "in" + names.size();
        inputs.add(tensor.renamed(name));
        names.add(name);
        return this;
    }

    /** An input of floats that is part of the file. */
    OneNode constant(int[] dims, float... values) {
        return constant(OnnxTensor.of("", values, dims));
    }

    /** An input of whole numbers that is part of the file. */
    OneNode longs(long... values) {
        return constant(OnnxTensor.of("", values, values.length));
    }

    OneNode constant(OnnxTensor tensor) {
        String name = "in" + names.size();
        constants.add(tensor.renamed(name));
        names.add(name);
        return this;
    }

    /** An input that is left out. */
    OneNode none() {
        names.add("");
        return this;
    }

    private List<String> outputNames() {
        return IntStream.range(0, outputs).mapToObj(i -> "y" + i).toList();
    }

    private List<String> wantedNames() {
        return only < 0 ? outputNames() : List.of(outputNames().get(only));
    }

    /** The outputs, as the reference backend computes them. */
    List<OnnxTensor> run() {
        Map<String, OnnxTensor> constantsByName = new LinkedHashMap<>();
        constants.forEach(tensor -> constantsByName.put(tensor.name(), tensor));
        OnnxNode node = new OnnxNode(operator, "", "it", List.copyOf(names), outputNames(), attributes);
        List<OnnxModel.Port> given = inputs.stream().map(OneNode::port).toList();
        List<OnnxModel.Port> wanted = wantedNames().stream()
                .map(name -> new OnnxModel.Port(name, 0, null))
                .toList();
        OnnxModel model = new OnnxModel(opset, "one", List.of(node), constantsByName, given, wanted, Map.of());
        Map<String, OnnxTensor> data = new LinkedHashMap<>();
        inputs.forEach(tensor -> data.put(tensor.name(), tensor));
        try (Backend backend = Backends.open("reference")) {
            Map<String, OnnxTensor> results = new Evaluation(model, data).run(backend);
            return wantedNames().stream().map(results::get).toList();
        }
    }

    private static OnnxModel.Port port(OnnxTensor tensor) {
        return new OnnxModel.Port(tensor.name(), tensor.type(), null);
    }

    /** Asserts the only output's extents and numbers. */
    void gives(int[] dims, double... numbers) {
        assertSame(run().get(0), dims, numbers, TOLERANCE);
    }

    static void assertSame(OnnxTensor got, int[] dims, double[] numbers, double tolerance) {
        assertEquals(Arrays.toString(dims), Arrays.toString(got.dims()));
        assertArrayEquals(numbers, numbers(got), tolerance);
    }

    static double[] numbers(OnnxTensor tensor) {
        return IntStream.range(0, tensor.size())
                .mapToDouble(i -> tensor.isFloating() ? tensor.floats()[i] : tensor.longs()[i])
                .toArray();
    }

    /** Asserts that every output is what ONNX Runtime computes. */
    void isAsElsewhere() {
        List<OnnxTensor> want = OnnxRuntime.run(file(), inputs, wantedNames());
        List<OnnxTensor> got = run();
        for (int i = 0; i < want.size(); i++) {
            assertSame(got.get(i), want.get(i).dims(), numbers(want.get(i)), TOLERANCE);
        }
    }

    /** What the layers that the graph becomes compute, and of which kinds they are. */
    record Layered(OnnxTensor output, List<String> kinds) {}

    /** Runs the layers; the first axis of the only input that is data is the batch. */
    Layered layers() {
        OnnxTensor x = inputs.get(0);
        int batch = x.dims()[0];
        try (Backend backend = Backends.open("reference");
                Model model = model().on(backend)) {
            Shape input = model.inputShape();
            Shape output = model.outputShape();
            float[] items = OnnxRuntime.channelsLast(x.toFloats(), batch, input);
            float[] all = new float[batch * output.size()];
            for (int i = 0; i < batch; i++) {
                float[] item = Arrays.copyOfRange(items, i * input.size(), (i + 1) * input.size());
                System.arraycopy(model.predict(item), 0, all, i * output.size(), output.size());
            }
            int[] item =
                    output.rank() == 3 ? new int[] {output.dim(2), output.dim(0), output.dim(1)} : output.toArray();
            int[] dims =
                    IntStream.concat(IntStream.of(batch), Arrays.stream(item)).toArray();
            List<String> kinds =
                    model.layers().stream().skip(1).map(Layer::className).toList();
            return new Layered(OnnxTensor.of("", OnnxRuntime.channelsFirst(all, batch, output), dims), kinds);
        }
    }

    private Model model() {
        return LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file())));
    }

    /** Asserts that the graph becomes layers of these kinds, which compute what ONNX Runtime does. */
    void becomes(String... kinds) {
        OnnxTensor want = OnnxRuntime.run(file(), inputs, wantedNames()).get(0);
        becomesAndGives(want.dims(), numbers(want), kinds);
    }

    /** Asserts that the graph becomes layers of these kinds, which compute these numbers. */
    void becomesAndGives(int[] dims, double[] numbers, String... kinds) {
        Layered got = layers();
        assertSame(got.output(), dims, numbers, TOLERANCE);
        assertEquals(List.of(kinds), got.kinds());
    }

    /** A setting of the last layer that the graph becomes. */
    Object setting(String name) {
        try (Model model = model()) {
            return model.layers().get(model.layers().size() - 1).config().get(name);
        }
    }

    /** Why the graph becomes no layers. */
    String refusedLayers() {
        return assertThrows(FileFormatException.class, () -> {
                    try (Model model = model()) {
                        assertEquals(List.of(), model.layers());
                    }
                })
                .getMessage();
    }

    private byte[] file() {
        ProtoWriter node = new ProtoWriter();
        names.forEach(name -> node.text(1, name));
        outputNames().forEach(name -> node.text(2, name));
        node.text(3, "it").text(4, operator);
        attributes.forEach((name, value) -> node.message(5, attribute(name, value)));
        ProtoWriter graph = new ProtoWriter().message(1, node).text(2, "one");
        constants.forEach(tensor -> graph.message(5, tensor(tensor).text(8, tensor.name())));
        inputs.forEach(tensor -> graph.message(11, type(tensor)));
        wantedNames().forEach(name -> graph.message(12, new ProtoWriter().text(1, name)));
        ProtoWriter version = new ProtoWriter().text(1, "").number(2, opset);
        return new ProtoWriter()
                .number(1, 8)
                .message(7, graph)
                .message(8, version)
                .toBytes();
    }

    private static ProtoWriter type(OnnxTensor tensor) {
        ProtoWriter shape = new ProtoWriter();
        for (int dim : tensor.dims()) {
            shape.message(1, new ProtoWriter().number(1, dim));
        }
        ProtoWriter type = new ProtoWriter().number(1, tensor.type()).message(2, shape);
        return new ProtoWriter().text(1, tensor.name()).message(2, new ProtoWriter().message(1, type));
    }

    private static ProtoWriter attribute(String name, Object value) {
        ProtoWriter attribute = new ProtoWriter().text(1, name);
        if (value instanceof Long number) {
            return attribute.number(3, number).number(20, 2);
        }
        if (value instanceof Float number) {
            return attribute.real(2, number).number(20, 1);
        }
        if (value instanceof String text) {
            return attribute.text(4, text).number(20, 3);
        }
        if (value instanceof OnnxTensor tensor) {
            return attribute.message(5, tensor(tensor)).number(20, 4);
        }
        if (value instanceof long[] numbers) {
            Arrays.stream(numbers).forEach(number -> attribute.number(8, number));
            return attribute.number(20, 7);
        }
        for (float number : (float[]) value) {
            attribute.real(7, number);
        }
        return attribute.number(20, 6);
    }

    private static ProtoWriter tensor(OnnxTensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * tensor.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.size(); i++) {
            switch (tensor.type()) {
                case OnnxTensor.FLOAT -> bytes.putFloat(tensor.floats()[i]);
                case OnnxTensor.INT64 -> bytes.putLong(tensor.longs()[i]);
                case OnnxTensor.INT32 -> bytes.putInt((int) tensor.longs()[i]);
                case OnnxTensor.BOOL -> bytes.put((byte) tensor.longs()[i]);
                default -> throw new IllegalArgumentException("not written here: " + tensor);
            }
        }
        ProtoWriter writer = new ProtoWriter();
        for (int dim : tensor.dims()) {
            writer.number(1, dim);
        }
        return writer.number(2, tensor.type()).bytes(9, Arrays.copyOf(bytes.array(), bytes.position()));
    }

    /** Numbers from -1 to 1, none of them like another one, for tests of many elements. */
    static float[] spread(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) Math.sin(1 + 2.3 * i + 0.1 * i * i);
        }
        return values;
    }

    static int[] dims(int... dims) {
        return dims;
    }

    /** The numbers 1, 2, 3, ... */
    static float[] counted(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i + 1;
        }
        return values;
    }
}
