package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.layers.Layer;
import conv4j.model.Model;
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

    private String ones(String name, int count) {
        float[] ones = new float[count];
        Arrays.fill(ones, 1.5f);
        return onnx.floats(name, ones, count);
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
}
