package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.Normalization;
import conv4j.files.FileFormatException;
import conv4j.layers.Layer;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs of several nodes that become one model: names, orders of axes, what is merged and what is refused. */
class LayerImportTest {

    private final OnnxBuilder onnx = new OnnxBuilder();

    private String node(String operator, String name, String... inputs) {
        return onnx.node(operator, name, Map.of(), inputs);
    }

    private Model model(String output, int... input) {
        byte[] file = onnx.file("g", OnnxBuilder.port("x", input), OnnxBuilder.port(output), Map.of());
        return LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file)));
    }

    private void becomes(String output, int[] input, float[] item, float[] want, String... kinds) {
        try (Backend backend = Backends.open("reference");
                Model model = model(output, input).on(backend)) {
            assertArrayEquals(want, model.predict(item), 1e-5f);
            assertEquals(
                    List.of(kinds),
                    model.layers().stream().skip(1).map(Layer::className).toList());
        }
    }

    private String refusal(String output, int... input) {
        return assertThrows(FileFormatException.class, () -> {
                    try (Model model = model(output, input)) {
                        assertEquals(List.of(), model.layers());
                    }
                })
                .getMessage();
    }

    private static int[] dims(int... dims) {
        return dims;
    }

    private static float[] numbers(float... numbers) {
        return numbers;
    }

    @Test
    void layersAreCalledAfterTheirWeightsOrTheirNodes() {
        String w = onnx.floats("block.0.conv.weight", new float[] {2}, 1, 1, 1, 1);
        String x = node("Conv", "/block/conv/Conv", "x", w);
        x = node("Conv", "again", x, w);
        x = node("Relu", "/block/relu/Relu", x);
        x = node("Conv", "/", x, onnx.floats("plain", new float[] {1}, 1, 1, 1, 1));
        x = node("Mul", "tf", x, onnx.floats("model/scale/gamma", new float[] {1}, 1, 1, 1));
        try (Model model = model(x, 1, 2, 2)) {
            assertEquals(
                    List.of(
                            "input_layer",
                            "block.0.conv",
                            "block.0.conv_1",
                            "block_relu_Relu",
                            "conv2d",
                            "model_scale"),
                    model.layers().stream().map(Layer::name).toList());
        }
    }

    @Test
    void aProductTakesTheBiasThatAloneReadsIt() {
        String w = onnx.floats("w", numbers(1, 2, 3, 4), 2, 2);
        String b = onnx.floats("b", numbers(10, 20), 2);
        becomes(
                node("Add", "sum", node("MatMul", "product", "x", w), b),
                dims(2),
                numbers(1, 1),
                numbers(14, 26),
                "Dense");
    }

    @Test
    void aBiasThatComesFirstIsTakenToo() {
        String w = onnx.floats("w", numbers(1, 2, 3, 4), 2, 2);
        String b = onnx.floats("b", numbers(10, 20), 2);
        becomes(
                node("Add", "sum", b, node("MatMul", "product", "x", w)),
                dims(2),
                numbers(1, 1),
                numbers(14, 26),
                "Dense");
    }

    @Test
    void whatIsNoBiasStaysALayer() {
        String w = onnx.floats("w", numbers(1, 2, 3, 4), 2, 2);
        String product = node("MatMul", "product", "x", w);
        String sum = node("Add", "sum", product, onnx.floats("one", numbers(10)));
        becomes(
                node("Add", "all", sum, product),
                dims(2),
                numbers(1, 1),
                numbers(18, 22),
                "Dense",
                "Elementwise",
                "Add");
    }

    @Test
    void aBiasOfMoreAxesIsAddedByItself() {
        String w = onnx.floats("w", numbers(1, 2, 3, 4), 2, 2);
        String sum = node("Add", "sum", node("MatMul", "p", "x", w), onnx.floats("b", numbers(10, 20), 1, 2));
        becomes(sum, dims(2), numbers(1, 1), numbers(14, 26), "Dense", "Weighted");
    }

    @Test
    void aProductThatIsTheOutputKeepsItsOwnNumbers() {
        String w = onnx.floats("w", numbers(1, 2, 3, 4), 2, 2);
        String product = node("MatMul", "product", "x", w);
        node("Add", "unused", product, onnx.floats("b", numbers(10, 20), 2));
        becomes(product, dims(2), numbers(1, 1), numbers(4, 6), "Dense");
    }

    @Test
    void twoTensorsOfDataMeet() {
        String relu = node("Relu", "relu", "x");
        becomes(
                node("Div", "share", "x", node("Sub", "less", relu, onnx.floats("one", numbers(1)))),
                dims(2),
                numbers(3, -4),
                numbers(1.5f, 4),
                "ReLU",
                "Elementwise",
                "Divide");
    }

    @Test
    void sumsBroadcastOverAnImage() {
        String mean = node("GlobalAveragePool", "mean", "x");
        becomes(
                node("Add", "sum", "x", mean),
                dims(1, 1, 2),
                numbers(1, 3),
                numbers(3, 5),
                "GlobalAveragePooling2D",
                "Elementwise",
                "Subtract");
    }

    @Test
    void severalTensorsAreJoinedAtOnce() {
        String relu = node("Relu", "relu", "x");
        String minus = node("Neg", "minus", "x");
        String most = node("Max", "most", "x", relu, minus);
        becomes(
                node("Min", "least", most, minus),
                dims(2),
                numbers(3, -4),
                numbers(-3, 4),
                "ReLU",
                "Elementwise",
                "Maximum",
                "Minimum");
    }

    @Test
    void oneTensorAloneIsItself() {
        becomes(node("Sum", "sum", node("Relu", "relu", "x")), dims(2), numbers(3, -4), numbers(3, 0), "ReLU");
    }

    @Test
    void aConditionChoosesBetweenTensors() {
        String positive = node("Greater", "positive", "x", onnx.floats("zero", numbers(0)));
        String chosen = node("Where", "where", positive, "x", node("Exp", "exp", "x"));
        becomes(
                chosen,
                dims(2),
                numbers(3, 0),
                numbers(3, 1),
                "Weighted",
                "Multiply",
                "Elementwise",
                "Elementwise",
                "Multiply",
                "Add");
    }

    @Test
    void functionsOfTwoTensorsThatNoLayerHasAreRefused() {
        String message = refusal(node("Pow", "power", "x", node("Relu", "relu", "x")), 2);
        assertTrue(message.contains("Pow 'power': two tensors that are both computed from data"), message);
    }

    @Test
    void limitsThatAreComputedAreRefused() {
        String most = onnx.node("ReduceMax", "most", Map.of("axes", new int[] {1}), "x");
        String message = refusal(node("Clip", "clip", "x", most), 2);
        assertTrue(message.contains("Clip 'clip': limits that are computed from data"), message);
    }

    @Test
    void weightsThatAreComputedAreRefused() {
        String message = refusal(node("MatMul", "product", "x", node("Relu", "relu", "x")), 2);
        assertTrue(
                message.contains("MatMul 'product': its input 1 is computed from data, where weights are needed"),
                message);
    }

    @Test
    void tensorsOfDifferentNumbersOfAxesAreRefused() {
        String rows = node("Reshape", "rows", "x", onnx.longs("two", 0, 1, 2));
        String message = refusal(node("Add", "sum", "x", rows), 2);
        assertTrue(message.contains("Add 'sum': two tensors of different numbers of axes"), message);
    }

    @Test
    void aConstantWhereDataIsNeededIsRefused() {
        String message = refusal(node("Relu", "relu", onnx.floats("c", numbers(1, 2), 2)), 2);
        assertTrue(
                message.contains("Relu 'relu': its input 0 is a constant or missing, where data is needed"), message);
    }

    @Test
    void anOutputThatNeedsNoInputIsRefused() {
        String constant = node("Identity", "same", onnx.floats("c", numbers(1, 2), 2));
        assertTrue(refusal(constant, 2).contains("the output 'same' does not depend on the input"));
    }

    @Test
    void aSecondOutputThatIsUsedIsRefused() {
        String[] both = onnx.nodes("MaxPool", "pool", Map.of("kernel_shape", new int[] {1, 1}), 2, "x");
        String message = refusal(node("Add", "sum", both[0], both[1]), 1, 2, 2);
        assertTrue(message.contains("MaxPool 'pool': its output 1, 'pool_1', is used"), message);
    }

    @Test
    void aSecondOutputThatNobodyReadsDoesNotMatter() {
        String[] both = onnx.nodes("MaxPool", "pool", Map.of("kernel_shape", new int[] {1, 2}), 2, "x");
        becomes(both[0], dims(1, 1, 2), numbers(1, 3), numbers(3), "MaxPooling2D");
    }

    @Test
    void indicesThatAreComputedFromDataHaveNoLayer() {
        String message = refusal(node("Gather", "picked", "x", onnx.longs("index", 0)), 2);
        assertTrue(message.contains("it is computed from data, but only shapes and constants are supported"), message);
    }

    @Test
    void weightsAreTransposedReshapedAndSqueezedBeforehand() {
        String w = onnx.floats("w", numbers(1, 3, 2, 4), 2, 2);
        String turned = onnx.node("Transpose", "turned", Map.of("perm", new int[] {1, 0}), w);
        becomes(node("MatMul", "product", "x", turned), dims(2), numbers(1, 1), numbers(4, 6), "Dense");
    }

    @Test
    void weightsAreReshapedBeforehand() {
        String w = onnx.floats("w", numbers(1, 2, 3, 4), 4);
        String matrix = node("Reshape", "matrix", w, onnx.longs("two", 2, -1));
        String wide = node("Unsqueeze", "wide", matrix, onnx.longs("first", 0));
        String narrow = node("Squeeze", "narrow", wide, onnx.longs("again", 0));
        becomes(node("MatMul", "product", "x", narrow), dims(2), numbers(1, 1), numbers(4, 6), "Dense");
    }

    @Test
    void arithmeticOfWeightsIsRefused() {
        String w = onnx.floats("w", numbers(1, 2), 2);
        String message = refusal(node("Mul", "y", "x", node("Exp", "exp", w)), 2);
        assertTrue(message.contains("Exp 'exp': its input 0 is a constant or missing, where data is needed"), message);
    }

    @Test
    void imagesThatEndAsChannelsLastNeedNoTransposition() {
        String first = onnx.node("Transpose", "first", Map.of("perm", new int[] {0, 3, 1, 2}), "x");
        String last =
                onnx.node("Transpose", "last", Map.of("perm", new int[] {0, 2, 3, 1}), node("Relu", "relu", first));
        becomes(last, dims(1, 2, 3), numbers(1, 2, 3, -4, -5, -6), numbers(1, 2, 3, 0, 0, 0), "ReLU");
    }

    @Test
    void imagesThatAreTransposedOtherwiseAre() {
        String turned =
                onnx.node("Transpose", "turned", Map.of("perm", new int[] {0, 1, 3, 2}), node("Relu", "relu", "x"));
        // One channel of (1, 2, 3) over (4, 5, 6) becomes (1, 4) over (2, 5) over (3, 6).
        becomes(turned, dims(1, 2, 3), numbers(1, 2, 3, 4, 5, 6), numbers(1, 4, 2, 5, 3, 6), "ReLU", "Permute");
    }

    @Test
    void aFlattenedImageKeepsOnnxOrderForWhatReadsItsNumbers() {
        String flat = node("Flatten", "flat", "x");
        String scaled = node("Mul", "scaled", flat, onnx.floats("each", numbers(1, 10, 100, 1000), 4));
        // Our image is (1, 2, channels 2): ONNX' channels (a, b) and (c, d) lie as a, c, b, d.
        becomes(
                scaled,
                dims(2, 1, 2),
                numbers(1, 3, 2, 4),
                numbers(1, 20, 300, 4000),
                "Permute",
                "Flatten",
                "Weighted");
    }

    @Test
    void aFlattenedImageMeetsOneInTheSameOrder() {
        String flat = node("Flatten", "flat", "x");
        String other = node("Flatten", "other", node("Relu", "relu", "x"));
        String joined = onnx.node("Concat", "joined", Map.of("axis", 1), flat, other);
        becomes(
                joined,
                dims(2, 1, 2),
                numbers(1, 3, 2, -4),
                numbers(1, 2, 3, -4, 1, 2, 3, 0),
                "Permute",
                "Flatten",
                "ReLU",
                "Permute",
                "Flatten",
                "Concatenate");
    }

    @Test
    void imagesInDifferentOrdersAreJoinedAsImages() {
        String turned = onnx.node("Transpose", "turned", Map.of("perm", new int[] {0, 1, 3, 2}), "x");
        String joined = onnx.node("Concat", "joined", Map.of("axis", 1), "x", turned);
        becomes(joined, dims(1, 2, 2), numbers(1, 2, 3, 4), numbers(1, 1, 2, 3, 3, 2, 4, 4), "Permute", "Concatenate");
    }

    @Test
    void theNormalizationOfAnImageIsScaledLater() {
        String scaled = node("Mul", "normalization/scale", "x", onnx.floats("s", numbers(2, 3), 2, 1, 1));
        String relu = node("Relu", "relu", scaled);
        becomes(relu, dims(2, 1, 1), numbers(1, -1), numbers(1, 0), "ReLU");
    }

    @Test
    void aMeanWithNoRoomForTheBatchIsRefused() {
        ProtoWriter open =
                new ProtoWriter().message(1, new ProtoWriter().text(2, "N")).message(1, new ProtoWriter().text(2, "H"));
        ProtoWriter type = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, open);
        ProtoWriter port = new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, type));
        String message = portRefused(port);
        assertTrue(
                message.contains("the input 'x' has the extents [-1, -1], which leave more than the batch open"),
                message);
        ProtoWriter whole = new ProtoWriter().message(1, new ProtoWriter().number(1, 2));
        ProtoWriter one = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, whole);
        message = portRefused(new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, one)));
        assertTrue(message.contains("the input 'x' must be a batch of floats of known shape"), message);
        whole.message(1, new ProtoWriter().number(1, 2));
        ProtoWriter longs = new ProtoWriter().number(1, OnnxTensor.INT64).message(2, whole);
        message = portRefused(new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, longs)));
        assertTrue(message.contains("must be a batch of floats"), message);
        message = portRefused(new ProtoWriter().text(1, "x"));
        assertTrue(message.contains("must be a batch of floats"), message);
        ProtoWriter empty =
                new ProtoWriter().message(1, new ProtoWriter().number(1, 1)).message(1, new ProtoWriter().number(1, 0));
        ProtoWriter none = new ProtoWriter().number(1, OnnxTensor.FLOAT).message(2, empty);
        message = portRefused(new ProtoWriter().text(1, "x").message(2, new ProtoWriter().message(1, none)));
        assertTrue(message.contains("export the model with a fixed image size"), message);
    }

    private static String portRefused(ProtoWriter port) {
        OnnxBuilder graph = new OnnxBuilder();
        String y = graph.node("Relu", "y", Map.of(), "x");
        byte[] file = graph.file("g", port, OnnxBuilder.port(y), Map.of());
        return assertThrows(FileFormatException.class, () -> LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file))))
                .getMessage();
    }

    @Test
    void operatorsOfOthersAreNamedWithTheirOwners() {
        OnnxNode foreign = new OnnxNode("Relu", "com.example", "r", List.of("x"), List.of("y"), Map.of());
        OnnxModel.Port x = new OnnxModel.Port("x", OnnxTensor.FLOAT, new long[] {-1, 2});
        OnnxModel.Port y = new OnnxModel.Port("y", OnnxTensor.FLOAT, null);
        OnnxModel model = new OnnxModel(17, " ", List.of(foreign), Map.of(), List.of(x), List.of(y), Map.of());
        String message = assertThrows(FileFormatException.class, () -> LayerImport.model(model))
                .getMessage();
        assertTrue(message.contains("there are no layers for: com.example.Relu 'r'"), message);
        OnnxNode own = new OnnxNode("Relu", "", "r", List.of("x"), List.of("y"), Map.of());
        OnnxModel nameless = new OnnxModel(17, " ", List.of(own), Map.of(), List.of(x), List.of(y), Map.of());
        try (Model made = LayerImport.model(nameless)) {
            assertEquals("model", made.name());
            assertEquals(Shape.of(2), made.inputShape());
        }
        OnnxModel two = new OnnxModel(17, "g", List.of(own), Map.of(), List.of(x), List.of(y, y), Map.of());
        String outputs = assertThrows(FileFormatException.class, () -> LayerImport.model(two))
                .getMessage();
        assertTrue(outputs.contains("the outputs [y, y]"), outputs);
    }

    @Test
    void groupNormalizationIsFoundOnlyWhereItIsOne() {
        // Weights that are no ones, or no zeros, belong to an instance normalization of its own.
        for (float[] pair : new float[][] {{1, 1}, {2, 0}}) {
            OnnxBuilder graph = new OnnxBuilder();
            String groups = graph.node("Reshape", "groups", Map.of(), "x", graph.longs("three", 0, 2, -1));
            String standard = graph.node(
                    "InstanceNormalization",
                    "in",
                    Map.of(),
                    groups,
                    graph.floats("s", numbers(pair[0], pair[0]), 2),
                    graph.floats("b", numbers(pair[1], pair[1]), 2));
            String again = graph.node("Reshape", "again", Map.of(), standard, graph.longs("four", 0, 4, 1, 1));
            byte[] file = graph.file("g", OnnxBuilder.port("x", 4, 1, 1), OnnxBuilder.port(again), Map.of());
            try (Backend backend = Backends.open("reference");
                    Model model = LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file)))
                            .on(backend)) {
                float scale = pair[0];
                float shift = pair[1];
                float[] want = {shift - scale, shift + scale, shift - scale, shift + scale};
                assertArrayEquals(want, model.predict(numbers(1, 3, 5, 9)), 1e-4f);
            }
        }
    }

    @Test
    void groupsThatAreNotJoinedAgainAreNormalizedAsTheyAre() {
        String groups = node("Reshape", "groups", "x", onnx.longs("three", 0, 2, -1));
        String standard = node(
                "InstanceNormalization",
                "in",
                groups,
                onnx.floats("s", numbers(1, 1), 2),
                onnx.floats("b", numbers(0, 0), 2));
        String other = node("Reshape", "other", standard, onnx.longs("four", 0, 2, 2, 1));
        becomes(
                other,
                dims(4, 1, 1),
                numbers(100, 300, 50, 90),
                // (-1, 1) and (-1, 1), of which our channels are the last axis.
                numbers(-1, -1, 1, 1),
                "Reshape",
                "Reshape",
                "Permute",
                "GroupNormalization",
                "Permute",
                "Reshape",
                "Permute");
    }

    @Test
    void namesOfClassesAndTheNormalizationAreTheModels() {
        String scaled = node("Mul", "normalization/scale", "x", onnx.floats("s", numbers(2), 1));
        String shifted = node("Add", "normalization/shift", scaled, onnx.floats("t", numbers(1), 1));
        String relu = node("Relu", "relu", shifted);
        byte[] file = onnx.file(
                "g", OnnxBuilder.port("x", 2), OnnxBuilder.port(relu, 2), Map.of("class_names", "[\"a\",\"b\"]"));
        try (Backend backend = Backends.open("reference");
                Model model = LayerImport.model(OnnxReader.model(ByteBuffer.wrap(file)))
                        .on(backend)) {
            assertEquals(List.of("a", "b"), model.classNames());
            assertEquals(new Normalization(new float[] {2}, new float[] {1}), model.normalization());
            assertArrayEquals(numbers(3, 0), model.predict(numbers(1, -2)));
            assertEquals(2, model.layers().size());
        }
    }

    @Test
    void constantsThatAreNodesAreWeightsToo() {
        OnnxNode constant =
                new OnnxNode("Constant", "", "c", List.of(), List.of("c"), Map.of("value_floats", numbers(1, 2)));
        OnnxNode sum = new OnnxNode("Add", "", "s", List.of("x", "c"), List.of("y"), Map.of());
        OnnxModel.Port x = new OnnxModel.Port("x", OnnxTensor.FLOAT, new long[] {-1, 2});
        OnnxModel.Port y = new OnnxModel.Port("y", OnnxTensor.FLOAT, null);
        OnnxModel graph = new OnnxModel(17, "g", List.of(constant, sum), Map.of(), List.of(x), List.of(y), Map.of());
        try (Backend backend = Backends.open("reference");
                Model model = LayerImport.model(graph).on(backend)) {
            assertArrayEquals(numbers(11, 22), model.predict(numbers(10, 20)));
        }
        OnnxNode strange = new OnnxNode("Strange", "", "s", List.of("x"), List.of("y"), Map.of());
        OnnxModel unknown = new OnnxModel(17, "g", List.of(strange), Map.of(), List.of(x), List.of(y), Map.of());
        String message = assertThrows(FileFormatException.class, () -> LayerImport.model(unknown))
                .getMessage();
        assertTrue(message.contains("there are no layers for: Strange 's'; docs/onnx.md"), message);
    }

    @Test
    void aGroupNormalizationLeavesNothingOfItsReshaping() {
        String groups = node("Reshape", "groups", "x", onnx.longs("three", 0, 2, -1));
        String standard = node(
                "InstanceNormalization",
                "in",
                groups,
                onnx.floats("s", numbers(1, 1), 2),
                onnx.floats("b", numbers(0, 0), 2));
        String again = node("Reshape", "again", standard, onnx.longs("four", 0, 4, 1, 1));
        becomes(again, dims(4, 1, 1), numbers(100, 300, 50, 90), numbers(-1, 1, -1, 1), "GroupNormalization");
    }
}
