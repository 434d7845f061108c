package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.files.FileFormatException;
import conv4j.layers.Layer;
import conv4j.losses.MeanSquaredError;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs as PyTorch and Keras export them become models that compute what ONNX Runtime does. */
class OnnxImportTest {

    @TempDir
    private Path folder;

    private final OnnxBuilder onnx = new OnnxBuilder();
    private final Random random = new Random(11);

    private String weight(String name, int... dims) {
        float[] values = new float[Sizes.product(dims, name)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian() * 0.3f;
        }
        return onnx.floats(name, values, dims);
    }

    private String ones(String name, int... dims) {
        float[] ones = new float[Sizes.product(dims, name)];
        Arrays.fill(ones, 1.5f);
        return onnx.floats(name, ones, dims);
    }

    private String node(String operator, String name, String... inputs) {
        return onnx.node(operator, name, Map.of(), inputs);
    }

    /** Loads the graph, compares it with ONNX Runtime on two items and returns the kinds of its layers. */
    private List<String> layers(String output, int[] outputItem, int... inputItem) throws IOException {
        Path file = folder.resolve("graph.onnx");
        Files.write(
                file,
                onnx.file("graph", OnnxBuilder.port("x", inputItem), OnnxBuilder.port(output, outputItem), Map.of()));
        try (Backend backend = Backends.open("reference");
                Model model = OnnxFile.load(file).on(backend)) {
            Shape input = model.inputShape();
            float[] items = new float[2 * input.size()];
            for (int i = 0; i < items.length; i++) {
                items[i] = (float) random.nextGaussian();
            }
            boolean channelsLast = Arrays.equals(input.toArray(), inputItem);
            Shape asGiven = channelsLast ? Shape.of(input.size()) : input;
            float[] want = runtime(file, items, inputItem, asGiven, model.outputShape());
            float[] got = new float[want.length];
            for (int i = 0; i < 2; i++) {
                float[] one = model.predict(Arrays.copyOfRange(items, i * input.size(), (i + 1) * input.size()));
                System.arraycopy(one, 0, got, i * one.length, one.length);
            }
            assertArrayEquals(want, got, 1e-4f);
            return model.layers().stream().map(Layer::className).toList();
        }
    }

    private static float[] runtime(Path file, float[] items, int[] inputItem, Shape order, Shape output) {
        return OnnxRuntime.run(file, OnnxRuntime.channelsFirst(items, 2, order), 2, inputItem, output);
    }

    @Test
    void aNetworkOfPyTorchWithAViewByShapeArithmetic() throws IOException {
        Map<String, ?> conv = Map.of("kernel_shape", new int[] {3, 3}, "pads", new int[] {1, 1, 1, 1});
        String x = onnx.node(
                "Conv", "/conv1/Conv", conv, "x", weight("conv1.weight", 4, 2, 3, 3), weight("conv1.bias", 4));
        x = onnx.node(
                "BatchNormalization",
                "/bn1/BatchNormalization",
                Map.of("epsilon", 1e-5f),
                x,
                weight("bn1.weight", 4),
                weight("bn1.bias", 4),
                weight("bn1.running_mean", 4),
                ones("bn1.running_var", 4));
        x = node("Relu", "/relu/Relu", x);
        Map<String, ?> pool = Map.of("kernel_shape", new int[] {3, 3}, "strides", new int[] {2, 2}, "ceil_mode", 1);
        x = onnx.node("MaxPool", "/pool/MaxPool", pool, x);
        String shape = node("Shape", "/Shape", x);
        String batch = onnx.node("Gather", "/Gather", Map.of("axis", 0), shape, onnx.longs("index", 0));
        String target = onnx.node("Concat", "/Concat", Map.of("axis", 0), batch, onnx.longs("rest", -1));
        x = node("Reshape", "/Reshape", x, target);
        Map<String, ?> gemm = Map.of("transB", 1, "alpha", 1f, "beta", 1f);
        x = onnx.node("Gemm", "/fc/Gemm", gemm, x, weight("fc.weight", 5, 4 * 4 * 3), weight("fc.bias", 5));
        assertEquals(
                List.of("InputLayer", "Conv2D", "BatchNormalization", "ReLU", "MaxPooling2D", "Flatten", "Dense"),
                layers(x, new int[] {5}, 2, 8, 6));
    }

    @Test
    void aNetworkOfKerasBetweenTranspositions() throws IOException {
        String x = onnx.node("Transpose", "first", Map.of("perm", new int[] {0, 3, 1, 2}), "x");
        Map<String, ?> conv = Map.of("auto_pad", "SAME_UPPER", "strides", new int[] {2, 2});
        x = onnx.node("Conv", "conv", conv, x, weight("conv2d/kernel", 3, 2, 3, 3));
        x = onnx.node("Transpose", "back", Map.of("perm", new int[] {0, 2, 3, 1}), x);
        x = node("Add", "bias", x, weight("conv2d/bias", 3));
        x = onnx.node("LeakyRelu", "leaky", Map.of("alpha", 0.2f), x);
        x = node("Reshape", "flat", x, onnx.longs("target", -1, 36));
        x = node("Add", "out", node("MatMul", "product", x, weight("dense/kernel", 36, 4)), weight("dense/bias", 4));
        x = onnx.node("Softmax", "softmax", Map.of("axis", -1), x);
        assertEquals(
                List.of("InputLayer", "Conv2D", "Weighted", "LeakyReLU", "Flatten", "Dense", "Softmax"),
                layers(x, new int[] {4}, 8, 5, 2));
    }

    @Test
    void squeezeAndExcitationWithHardFunctions() throws IOException {
        String pooled = node("GlobalAveragePool", "pool", "x");
        String small = node("Relu", "relu", node("Conv", "fc1", pooled, weight("fc1.weight", 2, 4, 1, 1)));
        String large = node("Conv", "fc2", small, weight("fc2.weight", 4, 2, 1, 1), weight("fc2.bias", 4));
        Map<String, ?> hard = Map.of("alpha", 1f / 6, "beta", 0.5f);
        String scale = onnx.node("HardSigmoid", "hard", hard, large);
        String y = node("HardSwish", "swish", node("Mul", "scaled", "x", scale));
        String mean = onnx.node("ReduceMean", "mean", Map.of("axes", new int[] {2, 3}, "keepdims", 0), y);
        assertEquals(
                List.of(
                        "InputLayer",
                        "GlobalAveragePooling2D",
                        "Conv2D",
                        "ReLU",
                        "Conv2D",
                        "Elementwise",
                        "Multiply",
                        "Elementwise",
                        "GlobalAveragePooling2D"),
                layers(mean, new int[] {4}, 4, 5, 3));
    }

    @Test
    void unusualOperators() throws IOException {
        String x = onnx.node(
                "AveragePool",
                "mean",
                Map.of(
                        "kernel_shape",
                        new int[] {2, 2},
                        "strides",
                        new int[] {1, 1},
                        "pads",
                        new int[] {1, 1, 0, 0},
                        "count_include_pad",
                        1),
                "x");
        x = node("PRelu", "prelu", x, weight("slope", 3, 1, 1));
        x = node("Pad", "pad", x, onnx.longs("pads", 0, 0, 1, 0, 0, 0, 0, 2));
        Map<String, ?> transposed =
                Map.of("strides", new int[] {2, 2}, "pads", new int[] {0, 1, 1, 0}, "output_padding", new int[] {0, 1});
        x = onnx.node("ConvTranspose", "up", transposed, x, weight("up.weight", 3, 2, 3, 3), weight("up.bias", 2));
        x = node("Clip", "clip", x, onnx.floats("low", new float[] {-0.5f}), onnx.floats("high", new float[] {0.75f}));
        x = node("Sub", "less", onnx.floats("two", new float[] {2}), x);
        x = node("Div", "share", x, onnx.floats("three", new float[] {3}));
        String left = node(
                "Slice", "cut", x, onnx.longs("starts", 1, 0), onnx.longs("ends", 7, -2), onnx.longs("axes", 2, 3));
        x = onnx.node("Concat", "joined", Map.of("axis", 1), left, left);
        x = onnx.node("Dropout", "dropout", Map.of(), x, onnx.floats("ratio", new float[] {0.25f}));
        x = onnx.node("Flatten", "flat", Map.of("axis", 1), x);
        layers(x, new int[] {1}, 3, 4, 4);
    }

    @Test
    void normalizationOfNeighboursAndSpaceFromDepth() throws IOException {
        Map<String, ?> lrn = Map.of("size", 3, "alpha", 0.5f, "beta", 0.75f, "bias", 2f);
        String x = onnx.node("LRN", "lrn", lrn, "x");
        x = onnx.node("DepthToSpace", "space", Map.of("blocksize", 2, "mode", "CRD"), x);
        x = onnx.node("DepthToSpace", "more", Map.of("blocksize", 2), x);
        layers(x, new int[] {1, 12, 8}, 16, 3, 2);
    }

    @Test
    void channelsThatAreShuffled() throws IOException {
        String x = node("Reshape", "groups", "x", onnx.longs("wide", 0, 2, 3, 4, 5));
        x = onnx.node("Transpose", "shuffle", Map.of("perm", new int[] {0, 2, 1, 3, 4}), x);
        x = node("Reshape", "joined", x, onnx.longs("narrow", 0, 6, 4, 5));
        x = onnx.node("Conv", "conv", Map.of("group", 3), x, weight("conv.weight", 3, 2, 2, 2));
        layers(x, new int[] {3, 3, 4}, 6, 4, 5);
    }

    /** Loads the graph as {@link #layers} does, then trains the model a step, saves it and loads it again. */
    private List<String> trained(String output, int[] outputItem, int... inputItem) throws IOException {
        List<String> kinds = layers(output, outputItem, inputItem);
        Path saved = folder.resolve("trained.conv4j");
        try (Backend backend = Backends.open("cpu");
                Model model = OnnxFile.load(folder.resolve("graph.onnx")).on(backend)) {
            int size = model.outputShape().size();
            float[] inputs = new float[2 * model.inputShape().size()];
            float[] targets = new float[2 * size];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = (float) random.nextGaussian();
            }
            Arrays.fill(targets, 0.5f);
            model.compile(new SGD(0.01), new MeanSquaredError());
            Dataset data = new ArraySet(model.inputShape(), inputs, Shape.of(size), targets);
            double before = model.evaluate(data, 2).metric("loss");
            model.fit(data, new FitOptions().epochs(3).batchSize(2));
            double after = model.evaluate(data, 2).metric("loss");
            assertTrue(after < before || model.parameterCount() == 0, before + " became " + after);
            model.save(saved);
            float[] item = Arrays.copyOf(inputs, inputs.length / 2);
            try (Model again = Model.load(saved).on(backend)) {
                assertArrayEquals(model.predict(item), again.predict(item));
            }
        }
        return kinds;
    }

    private String conv(String name, String x, int filters, int channels) {
        return node(
                "Conv", name, x, weight(name + ".weight", filters, channels, 1, 1), weight(name + ".bias", filters));
    }

    @Test
    void channelsThatAreSplitAndSlicedAndJoined() throws IOException {
        String extents = onnx.longs("extents", 1, 3, 2);
        String x = conv("first", "x", 6, 2);
        String[] parts = onnx.nodes("Split", "split", Map.of("axis", 1), 3, x, extents);
        String slice = node("Slice", "cut", x, onnx.longs("from", 1), onnx.longs("to", -2), onnx.longs("of", 1));
        x = onnx.node("Concat", "joined", Map.of("axis", 1), node("Relu", "relu", parts[1]), parts[0], slice);
        String[] halves = onnx.nodes("Split", "rows", Map.of("axis", 2), 2, x);
        x = node("Sub", "difference", halves[0], halves[1]);
        List<String> kinds = trained(conv("last", x, 2, 7), new int[] {2, 2, 3}, 2, 4, 3);
        assertTrue(kinds.contains("Cropping2D") && !kinds.contains("Permute"), kinds.toString());
    }

    @Test
    void zerosAndSlicesOfChannelsOutsideImages() throws IOException {
        String x = conv("conv", "x", 4, 2);
        x = node("Pad", "channels", x, onnx.longs("pads", 0, 1, 0, 0, 0, 2, 0, 0));
        x = node("Reshape", "rows", x, onnx.longs("shape", 0, 7, 12));
        x = node("Slice", "cut", x, onnx.longs("from", 1, 2), onnx.longs("to", 6, 100), onnx.longs("of", 1, 2));
        trained(x, new int[] {5, 10}, 2, 4, 3);
    }

    @Test
    void bordersThatAreMirroredOrRepeated() throws IOException {
        Map<String, ?> reflect = Map.of("mode", "reflect");
        String x = conv("conv", "x", 2, 2);
        x = onnx.node("Pad", "mirror", reflect, x, onnx.longs("pads", 0, 0, 2, 1, 0, 0, 0, 3));
        x = onnx.node("Pad", "border", Map.of("mode", "edge"), x, onnx.longs("more", 0, 0, 1, 0, 0, 0, 3, 2));
        trained(x, new int[] {2, 9, 10}, 2, 3, 4);
    }

    @Test
    void normalizationOfChannelsAsConvNextHasIt() throws IOException {
        String x = conv("conv", "x", 4, 2);
        x = onnx.node("Transpose", "last", Map.of("perm", new int[] {0, 2, 3, 1}), x);
        Map<String, ?> settings = Map.of("epsilon", 1e-6f, "axis", -1);
        x = onnx.node("LayerNormalization", "norm", settings, x, ones("norm.weight", 4), weight("norm.bias", 4));
        x = onnx.node("Transpose", "first", Map.of("perm", new int[] {0, 3, 1, 2}), x);
        x = onnx.node("LayerNormalization", "whole", Map.of("axis", 1), x, weight("whole.weight", 4, 3, 5));
        assertEquals(
                List.of("InputLayer", "Conv2D", "LayerNormalization", "LayerNormalization"),
                trained(x, new int[] {4, 3, 5}, 2, 3, 5));
    }

    @Test
    void normalizationOfTheWidthOfImages() throws IOException {
        String x = conv("conv", "x", 4, 2);
        x = onnx.node("LayerNormalization", "norm", Map.of(), x, weight("norm.weight", 5), weight("norm.bias", 5));
        trained(x, new int[] {4, 3, 5}, 2, 3, 5);
    }

    @Test
    void normalizationOfInstancesAndOfGroupsAsPyTorchWritesIt() throws IOException {
        String x = conv("conv", "x", 6, 2);
        x = node("InstanceNormalization", "instances", x, ones("in.weight", 6), weight("in.bias", 6));
        String groups = node("Reshape", "groups", x, onnx.longs("three", 0, 3, -1));
        String one = onnx.floats("one", new float[] {1, 1, 1}, 3);
        String standard = node("InstanceNormalization", "standard", groups, one, onnx.floats("zero", new float[3], 3));
        x = node("Reshape", "again", standard, node("Shape", "shape", x));
        x = node("Add", "shifted", node("Mul", "scaled", x, ones("gn.weight", 6, 1, 1)), weight("gn.bias", 6, 1, 1));
        assertEquals(
                List.of("InputLayer", "Conv2D", "GroupNormalization", "GroupNormalization", "Weighted", "Weighted"),
                trained(x, new int[] {6, 3, 4}, 2, 3, 4));
    }

    @Test
    void normalizationOfInstancesInARow() throws IOException {
        String x = node("Reshape", "row", "x", onnx.longs("flat", 0, 2, 12));
        x = node("InstanceNormalization", "instances", x, ones("in.weight", 2), weight("in.bias", 2));
        trained(x, new int[] {2, 12}, 2, 3, 4);
    }

    @Test
    void groupsInATransposedConvolutionAndDistancesInPooling() throws IOException {
        Map<String, ?> groups = Map.of("group", 2, "strides", new int[] {2, 2}, "pads", new int[] {1, 1, 1, 1});
        String x = onnx.node("ConvTranspose", "up", groups, "x", weight("up.weight", 4, 3, 3, 3), weight("up.bias", 6));
        Map<String, ?> apart = Map.of("kernel_shape", new int[] {2, 3}, "dilations", new int[] {3, 2});
        x = onnx.node("MaxPool", "apart", apart, x);
        trained(x, new int[] {6, 4, 5}, 4, 4, 5);
    }

    @Test
    void attentionByMeansAndMaximaOfChannels() throws IOException {
        String x = conv("conv", "x", 4, 2);
        String mean = onnx.node("ReduceMean", "mean", Map.of("axes", new int[] {1}), x);
        String most = onnx.node("ReduceMax", "most", Map.of("axes", new int[] {1}), x);
        String both = onnx.node("Concat", "both", Map.of("axis", 1), mean, most);
        String share = node("Sigmoid", "share", conv("attention", both, 1, 2));
        trained(node("Mul", "weighed", x, share), new int[] {4, 3, 5}, 2, 3, 5);
    }

    @Test
    void layerNormalizationInPieces() throws IOException {
        String x = node("Reshape", "rows", conv("conv", "x", 4, 2), onnx.longs("shape", 0, 4, 15));
        String mean = onnx.node("ReduceMean", "mean", Map.of("axes", new int[] {-1}), x);
        String distance = node("Sub", "distance", x, mean);
        String square = node("Pow", "square", distance, onnx.floats("two", new float[] {2}));
        String variance = onnx.node("ReduceMean", "variance", Map.of("axes", new int[] {-1}), square);
        String more = node("Add", "more", variance, onnx.floats("epsilon", new float[] {1e-5f}));
        x = node("Div", "normalized", distance, node("Sqrt", "deviation", more));
        String sums = onnx.node(
                "ReduceSum", "sums", Map.of("keepdims", 0), node("Mul", "m", x, weight("w", 15)), onnx.longs("of", 1));
        trained(sums, new int[] {15}, 2, 3, 5);
    }

    @Test
    void depthFromSpace() throws IOException {
        String x = onnx.node("SpaceToDepth", "depth", Map.of("blocksize", 2), "x");
        layers(x, new int[] {12, 2, 3}, 3, 4, 6);
    }

    @Test
    void whatThereAreNoLayersForIsRefusedByName() throws IOException {
        Map<String, ?> reflect = Map.of("mode", "reflect");
        String pad = onnx.node("Pad", "mirror", reflect, "x", onnx.longs("pads", 0, 1, 0, 0, 0, 0, 0, 0));
        Path file = folder.resolve("graph.onnx");
        Files.write(file, onnx.file("g", OnnxBuilder.port("x", 3, 4, 4), OnnxBuilder.port(pad, 4, 4, 4), Map.of()));
        String message = assertThrows(FileFormatException.class, () -> OnnxFile.load(file))
                .getMessage();
        assertTrue(message.contains("Pad 'mirror'") && message.contains("mode 'reflect'"), message);
    }
}
