package conv4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import conv4j.files.Safetensors;
import conv4j.graph.Activation;
import conv4j.graph.Value;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Layers on the reference backend against what PyTorch computed in double precision, in the shared test vectors; skipped
 * where those are not there.
 */
class PyTorchVectorsTest {
    private static final Path FOLDER = Path.of("..", "shared", "vectors", "pytorch");

    @Test
    void convolutionsAgree() throws IOException {
        check("conv2d_0", PyTorchVectorsTest::convolution);
    }

    @Test
    void transposedConvolutionsAgree() throws IOException {
        check("conv2d_transpose_", PyTorchVectorsTest::transposedConvolution);
    }

    @Test
    void poolingAgrees() throws IOException {
        check("max_pool2d_", vectors -> {
            int[] size = numbers(vectors, "pool_size");
            int[] strides = numbers(vectors, "strides");
            return new MaxPooling2D(size[0], size[1])
                    .strides(strides[0], strides[1])
                    .padding(padding(vectors));
        });
        check("average_pool2d_", vectors -> {
            int[] size = numbers(vectors, "pool_size");
            int[] strides = numbers(vectors, "strides");
            return new AveragePooling2D(size[0], size[1])
                    .strides(strides[0], strides[1])
                    .padding(padding(vectors));
        });
    }

    @Test
    void fullyConnectedLayersAgree() throws IOException {
        check("dense_", vectors -> {
            Dense layer = new Dense(shape(vectors, "bias")[0]);
            String activation = vectors.metadata().get("activation");
            float slope = Float.parseFloat(vectors.metadata().get("negative_slope"));
            return activation.equals("leaky_relu")
                    ? layer.activation(Activation.leakyRelu(slope))
                    : layer.activation(activation);
        });
    }

    @Test
    void batchNormalizationAgrees() throws IOException {
        check("batch_norm_", vectors -> new BatchNormalization()
                .momentum(Double.parseDouble(vectors.metadata().get("momentum")))
                .epsilon(Double.parseDouble(vectors.metadata().get("epsilon"))));
    }

    private interface Make {
        Layer from(Safetensors vectors);
    }

    private static Layer convolution(Safetensors vectors) {
        int[] kernel = shape(vectors, "kernel");
        int[] strides = numbers(vectors, "strides");
        int[] dilation = numbers(vectors, "dilation");
        return new Conv2D(kernel[3], kernel[0], kernel[1])
                .strides(strides[0], strides[1])
                .dilationRate(dilation[0], dilation[1])
                .groups(Integer.parseInt(vectors.metadata().get("groups")))
                .padding(padding(vectors))
                .useBias(vectors.names().contains("bias"));
    }

    private static Layer transposedConvolution(Safetensors vectors) {
        int[] kernel = shape(vectors, "kernel");
        int[] strides = numbers(vectors, "strides");
        int[] crop = numbers(vectors, "crop_height_width");
        int[] appended = numbers(vectors, "output_padding");
        return new Conv2DTranspose(kernel[2], kernel[0], kernel[1])
                .strides(strides[0], strides[1])
                .padding(Padding.explicit(crop[0], crop[0], crop[1], crop[1]))
                .outputPadding(appended[0], appended[1]);
    }

    private static Padding padding(Safetensors vectors) {
        String name = vectors.metadata().get("padding");
        if (!name.equals("explicit")) {
            return Padding.named(name);
        }
        int[] pads = numbers(vectors, "pads_top_bottom_left_right");
        return Padding.explicit(pads[0], pads[1], pads[2], pads[3]);
    }

    private static void check(String prefix, Make make) throws IOException {
        assumeTrue(Files.isDirectory(FOLDER), () -> "no shared test vectors: " + FOLDER.toAbsolutePath());
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(FOLDER)) {
            all.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .forEach(files::add);
        }
        assertTrue(files.size() > 4, prefix + ": " + files.size() + " files");
        for (Path file : files) {
            try (Safetensors vectors = Safetensors.open(file)) {
                check(file.getFileName().toString(), make.from(vectors), vectors);
            }
        }
    }

    private static void check(String file, Layer layer, Safetensors vectors) throws IOException {
        int[] x = shape(vectors, "x");
        Shape item = Shape.of(Arrays.copyOfRange(x, 1, x.length));
        boolean twoModes = vectors.names().contains("y_training");
        LayerBench bench = bench(layer, item, true, x[0], vectors);
        assertClose(file + " y", floats(vectors, twoModes ? "y_training" : "y"), bench.runForward());
        for (Map.Entry<Value, float[]> gradient : bench.runBackward().entrySet()) {
            String name = "d" + gradient.getKey().name();
            assertClose(file + " " + name, floats(vectors, name), gradient.getValue());
        }
        if (twoModes) {
            LayerBench inference = bench(layer, item, false, x[0], vectors);
            assertClose(file + " y_inference", floats(vectors, "y_inference"), inference.runForward());
        }
    }

    private static LayerBench bench(Layer layer, Shape item, boolean training, int batch, Safetensors vectors) {
        return new LayerBench(layer, List.of(item), training, batch, value -> floats(vectors, value.name()));
    }

    private static void assertClose(String what, float[] expected, float[] computed) {
        assertEquals(expected.length, computed.length, what);
        float largest = 0;
        for (float each : expected) {
            largest = Math.max(largest, Math.abs(each));
        }
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], computed[i], 1e-5f * largest + 1e-7f, what + " at " + i);
        }
    }

    private static int[] shape(Safetensors vectors, String name) {
        return Arrays.stream(vectors.entry(name).shape())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static float[] floats(Safetensors vectors, String name) {
        return vectors.floats(name);
    }

    private static int[] numbers(Safetensors vectors, String key) {
        return new Gson().fromJson(vectors.metadata().get(key), int[].class);
    }
}
