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
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Graphs of several nodes that become one model: names, orders of axes, what is merged. */
class LayerImportTest extends LayerImportCase {

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
    void aSecondOutputThatNobodyReadsDoesNotMatter() {
        String[] both = onnx.nodes("MaxPool", "pool", Map.of("kernel_shape", new int[] {1, 2}), 2, "x");
        becomes(both[0], dims(1, 1, 2), numbers(1, 3), numbers(3), "MaxPooling2D");
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

    private String standardizedInTwoGroups() {
        String groups = node("Reshape", "groups", "x", onnx.longs("three", 0, 2, -1));
        return node(
                "InstanceNormalization",
                "in",
                groups,
                onnx.floats("s", numbers(1, 1), 2),
                onnx.floats("b", numbers(0, 0), 2));
    }

    @Test
    void groupsThatAreNotJoinedAgainAreNormalizedAsTheyAre() {
        String standard = standardizedInTwoGroups();
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
        String standard = standardizedInTwoGroups();
        String again = node("Reshape", "again", standard, onnx.longs("four", 0, 4, 1, 1));
        becomes(again, dims(4, 1, 1), numbers(100, 300, 50, 90), numbers(-1, 1, -1, 1), "GroupNormalization");
    }
}
