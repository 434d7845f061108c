package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.Normalization;
import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Concatenate;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LayerCases;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.Multiply;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What OnnxFile writes, run by ONNX Runtime and read again, against the model itself. */
class OnnxFileTest {

    private static final int BATCH = 3;
    private static final double TOLERANCE = 1e-4;

    @TempDir
    private Path folder;

    static List<LayerCases.Case> cases() {
        return LayerCases.all().stream()
                .filter(each -> each.inputs().get(0).rank() > 0)
                .toList();
    }

    /** A model of one layer; further inputs are products of the first. */
    private static Model model(LayerCases.Case each) {
        Input input = new Input(each.inputs().get(0));
        Tensor first = input.name("in").tensor();
        List<Tensor> inputs = new ArrayList<>(List.of(first));
        for (Shape shape : each.inputs().subList(1, each.inputs().size())) {
            Tensor flat = new Dense(shape.size()).apply(new Flatten().apply(first));
            inputs.add(new Reshape(shape.toArray()).apply(flat));
        }
        Layer layer = each.layer();
        return new Model("one", first, layer.apply(inputs.toArray(Tensor[]::new)));
    }

    static Model randomized(Model model) {
        Random random = new Random(7);
        for (String name : model.weights().names()) {
            boolean positive = name.endsWith("variance");
            float[] values = new float[model.weights().shape(name).size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = positive ? 0.5f + random.nextFloat() : (float) random.nextGaussian() * 0.5f;
            }
            model.weights().set(name, values);
        }
        return model;
    }

    static float[] items(Shape shape, int batch) {
        Random random = new Random(5);
        float[] items = new float[batch * shape.size()];
        for (int i = 0; i < items.length; i++) {
            items[i] = (float) random.nextGaussian();
        }
        return items;
    }

    private static float[] predictions(Model model, float[] items, int batch) {
        int size = model.inputShape().size();
        int outputs = model.outputShape().size();
        float[] all = new float[batch * outputs];
        for (int i = 0; i < batch; i++) {
            float[] item = java.util.Arrays.copyOfRange(items, i * size, (i + 1) * size);
            System.arraycopy(model.predict(item), 0, all, i * outputs, outputs);
        }
        return all;
    }

    static void assertNear(float[] want, float[] got, String what) {
        assertEquals(want.length, got.length, what);
        double largest = 1e-3;
        for (float value : want) {
            largest = Math.max(largest, Math.abs(value));
        }
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], TOLERANCE * largest, what + " at " + i);
        }
    }

    private void assertWrittenAndReadAgain(Model model, Backend backend) {
        assertWrittenAndReadAgain(model, backend, folder);
    }

    /** Asserts that ONNX Runtime and the model that is read again compute what the model does. */
    static void assertWrittenAndReadAgain(Model model, Backend backend, Path folder) {
        model.on(backend);
        float[] items = items(model.inputShape(), BATCH);
        float[] want = predictions(model, items, BATCH);
        Path file = folder.resolve("model.onnx");
        OnnxFile.save(model, file);
        float[] others = OnnxRuntime.run(file, items, BATCH, model.inputShape(), model.outputShape());
        assertNear(want, others, "ONNX Runtime");
        try (Model again = OnnxFile.load(file).on(backend)) {
            assertEquals(model.inputShape(), again.inputShape());
            assertNear(want, predictions(again, items, BATCH), "read again");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void everyLayerRunsElsewhereAndComesBack(LayerCases.Case each) {
        try (Backend backend = Backends.open("reference");
                Model model = randomized(model(each))) {
            assertWrittenAndReadAgain(model, backend);
        }
    }

    static Model branching() {
        Tensor input = Input.of(8, 6, 3);
        Tensor stem = new Conv2D(4, 3).padding(Padding.SAME).activation("relu").apply(input);
        Tensor left = new BatchNormalization()
                .apply(new Conv2D(4, 3).padding(Padding.SAME).apply(stem));
        Tensor sum = new Add().apply(left, stem);
        Tensor squeezed = new Dense(4)
                .activation("sigmoid")
                .apply(new GlobalAveragePooling2D().keepDims(true).apply(sum));
        Tensor weighed = new Multiply().apply(sum, squeezed);
        Tensor joined = new Concatenate().apply(new MaxPooling2D(2).apply(weighed), new MaxPooling2D(2).apply(stem));
        Tensor flat = new Flatten().apply(joined);
        return new Model("branches", input, new Dense(5).activation("softmax").apply(flat));
    }

    @Test
    void aBranchingModelWithNormalizationRunsElsewhereAndComesBack() {
        try (Backend backend = Backends.open("reference");
                Model model = randomized(branching())) {
            model.normalization(Normalization.ofRaw(new double[] {0.1, 0.2, 0.3}, new double[] {2, 3, 4}));
            model.classNames(List.of("a", "b", "c", "d", "e"));
            assertWrittenAndReadAgain(model, backend);
            try (Model again = OnnxFile.load(folder.resolve("model.onnx"))) {
                assertEquals(model.classNames(), again.classNames());
                assertEquals(model.normalization(), again.normalization());
                List<String> layers =
                        again.layers().stream().map(Layer::className).toList();
                assertTrue(layers.stream().noneMatch("Permute"::equals), "no transposition is left: " + layers);
            }
        }
    }

    @Test
    void noTranspositionIsWrittenBetweenConvolutionsAndDense() {
        try (Model model = new Sequential(
                "plain", new Input(6, 5, 2), new Conv2D(3, 3), new MaxPooling2D(2), new Flatten(), new Dense(4))) {
            Path file = folder.resolve("plain.onnx");
            OnnxFile.save(model, file);
            List<String> operators = OnnxReader.model(file).nodes().stream()
                    .map(OnnxNode::operator)
                    .toList();
            assertEquals(List.of("Conv", "MaxPool", "Flatten", "Gemm"), operators);
        }
    }
}
