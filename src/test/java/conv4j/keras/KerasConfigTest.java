package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.data.Normalization;
import conv4j.files.FileFormatException;
import conv4j.layers.Layer;
import conv4j.layers.LeakyReLU;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configurations of Keras 2 and 3, and what is said of those that cannot be taken. */
class KerasConfigTest {

    private static final String INPUT =
            """
            {"class_name":"InputLayer","name":"in","config":{"batch_shape":[null,4,4,1],"name":"in"},"inbound_nodes":[]}""";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model.keras");
    }

    /** Writes an archive with this configuration and arrays of ones. */
    private Path archive(String config, Object... pathsAndShapes) throws IOException {
        H5Writer weights = new H5Writer();
        weights.put("unused", 1);
        for (int i = 0; i < pathsAndShapes.length; i += 2) {
            Shape shape = (Shape) pathsAndShapes[i + 1];
            float[] ones = new float[shape.size()];
            Arrays.fill(ones, 1);
            weights.put((String) pathsAndShapes[i], shape, ones);
        }
        new KerasArchive("{}", config, weights.toBytes()).write(file);
        return file;
    }

    private static String sequential(String... layers) {
        return "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"s\",\"layers\":[" + INPUT + ","
                + String.join(",", layers) + "]}}";
    }

    private static String functional(String output, String... layers) {
        return "{\"class_name\":\"Functional\",\"config\":{\"name\":\"f\",\"layers\":[" + INPUT + ","
                + String.join(",", layers) + "],\"input_layers\":[[\"in\",0,0]],\"output_layers\":[[\"" + output
                + "\",0,0]]}}";
    }

    private static String layer(String className, String name, String config) {
        return "{\"module\":\"keras.layers\",\"class_name\":\"" + className + "\",\"config\":{\"name\":\"" + name + "\""
                + (config.isEmpty() ? "" : "," + config) + "}}";
    }

    private String refusal(String config) throws IOException {
        archive(config);
        return assertThrows(
                        FileFormatException.class, () -> KerasFile.load(file).close())
                .getMessage();
    }

    @Test
    void layersThatThereAreNotAreAllNamedAtOnce() throws IOException {
        String message = refusal(sequential(
                layer("SpectralNormalization", "sn", ""),
                layer("Dense", "fine", "\"units\":2"),
                layer("MultiHeadAttention", "mha", ""),
                layer("Lambda", "code", "\"function\":{\"class_name\":\"__lambda__\"}")));
        for (String part : List.of("'sn' (SpectralNormalization)", "'mha' (MultiHeadAttention)", "'code' (Lambda")) {
            assertTrue(message.contains(part), message);
        }
        assertFalse(message.contains("fine"), message);
    }

    @Test
    void codeIsNeverRun() throws IOException {
        String message = refusal(sequential(layer(
                "Dense",
                "sly",
                "\"units\":2,\"activation\":{\"class_name\":\"__lambda__\",\"config\":{\"value\":[\"4wEA\"]}}")));
        assertTrue(message.contains("'sly'") && message.contains("never run"), message);
    }

    @Test
    void classesOfTheUsersOwnAreNamed() throws IOException {
        String own = "{\"module\":null,\"class_name\":\"Dense\",\"config\":{\"name\":\"mine\",\"units\":1},"
                + "\"registered_name\":\"My>Dense\"}";
        assertTrue(refusal(sequential(own)).contains("'mine' (My>Dense"), "the class");
    }

    @Test
    void argumentsOfNewerVersionsAreLeftOut() throws IOException {
        archive(
                sequential(
                        layer("Flatten", "flat", "\"future\":3"),
                        layer("Dense", "d", "\"units\":2,\"newer\":{\"a\":1}")),
                "layers/dense/vars/0",
                Shape.of(16, 2),
                "layers/dense/vars/1",
                Shape.of(2));
        try (Model model = KerasFile.load(file)) {
            assertArrayEquals(new float[] {1, 1}, model.weights().get("d/bias"));
        }
    }

    @Test
    void argumentsThatChangeTheResultAreRefused() throws IOException {
        assertTrue(refusal(sequential(layer("BatchNormalization", "bn", "\"renorm\":true")))
                .contains("renorm"));
        assertTrue(refusal(sequential(layer("Flatten", "f", "\"data_format\":\"channels_first\"")))
                .contains("channels_first"));
    }

    @Test
    void severalOutputsAreRefusedWithTheirNumber() throws IOException {
        String two = functional("a")
                .replace("[[\"a\",0,0]]", "[[\"in\",0,0],[\"in\",0,0]]")
                .replace(",]", "]");
        assertTrue(refusal(two).contains("2 outputs"), two);
    }

    @Test
    void anInputOfUnknownSizeIsExplained() throws IOException {
        String open = sequential(layer("Flatten", "f", "")).replace("[null,4,4,1]", "[null,null,null,1]");
        String message = refusal(open);
        assertTrue(message.contains("left open, [null, null, null, 1]") && message.contains("'in'"), message);
    }

    @Test
    void layersInACircleAreRefused() throws IOException {
        String a =
                "{\"class_name\":\"Flatten\",\"name\":\"a\",\"config\":{\"name\":\"a\"},\"inbound_nodes\":[[[\"b\",0,0,{}]]]}";
        String b = a.replace("\"a\"", "\"x\"").replace("\"b\"", "\"a\"").replace("\"x\"", "\"b\"");
        assertTrue(refusal(functional("a", a, b)).contains("circle"));
    }

    @Test
    void aModelOfKeras2IsReadWithItsOwnWords() throws IOException {
        String conv =
                """
                {"class_name":"Conv2D","name":"block/conv","config":{"name":"block/conv","filters":2,"kernel_size":[1,1],
                "batch_input_shape":[null,4,4,1],"dtype":"float32","activation":"linear","groups":1},
                "inbound_nodes":[[["in",0,0,{}]]]}""";
        String leaky =
                """
                {"class_name":"LeakyReLU","name":"leaky","config":{"name":"leaky","dtype":"float32","alpha":0.25},
                "inbound_nodes":[[["block/conv",0,0,{}]]]}""";
        String add =
                """
                {"class_name":"Add","name":"add","config":{"name":"add"},
                "inbound_nodes":[[["leaky",0,0,{}],["block/conv",0,0,{}]]]}""";
        Path old = folder.resolve("old.h5");
        try (WritableHdfFile hdf5 = HdfFile.write(old)) {
            hdf5.putAttribute(
                    "model_config",
                    functional("add", conv, leaky, add)
                            .replace("Functional", "Model")
                            .replace("batch_shape", "batch_input_shape"));
            hdf5.putAttribute(
                    "training_config",
                    """
                    {"loss":{"class_name":"SparseCategoricalCrossentropy","config":{"reduction":"auto","from_logits":true}},
                    "metrics":[[{"class_name":"MeanMetricWrapper","config":{"name":"acc","fn":"sparse_categorical_accuracy"}}]],
                    "optimizer_config":{"class_name":"Adam","config":{"name":"Adam","lr":0.5,"decay":0.0,"beta_1":0.8}}}""");
            WritableGroup layer =
                    hdf5.putGroup("model_weights").putGroup("block").putGroup("conv");
            layer.putAttribute("weight_names", new String[] {"block/conv/kernel:0", "block/conv/bias:0"});
            WritableGroup arrays = layer.putGroup("block").putGroup("conv");
            arrays.putDataset("kernel:0", new float[][][][] {{{{3, 4}}}});
            arrays.putDataset("bias:0", new float[] {5, 6});
            WritableGroup optimizer = hdf5.putGroup("optimizer_weights");
            optimizer.putAttribute(
                    "weight_names",
                    new String[] {"Adam/iter:0", "Adam/k/m:0", "Adam/b/m:0", "Adam/k/v:0", "Adam/b/v:0"});
            WritableGroup adam = optimizer.putGroup("Adam");
            adam.putDataset("iter:0", 7L);
            adam.putGroup("k").putDataset("m:0", new float[][][][] {{{{1, 2}}}});
            ((WritableGroup) adam.getChild("k")).putDataset("v:0", new float[][][][] {{{{3, 4}}}});
            adam.putGroup("b").putDataset("m:0", new float[] {5, 6});
            ((WritableGroup) adam.getChild("b")).putDataset("v:0", new float[] {7, 8});
        }
        try (Model model = KerasFile.load(old)) {
            assertArrayEquals(new float[] {3, 4}, model.weights().get("block_conv/kernel"));
            assertArrayEquals(new float[] {5, 6}, model.weights().get("block_conv/bias"));
            Layer read = model.layers().stream()
                    .filter(LeakyReLU.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            assertEquals(0.25, read.config().get("negative_slope"));
            assertInstanceOf(Adam.class, model.optimizer());
            assertEquals(0.5, model.optimizer().learningRateAt(0));
            OptimizerMemory memory = OptimizerMemory.of(model);
            assertEquals(7, memory.steps());
            assertArrayEquals(new float[] {7, 8}, memory.slots().get("block_conv/bias/velocity"));
            assertArrayEquals(new float[] {1, 2}, memory.slots().get("block_conv/kernel/momentum"));
        }
    }

    @Test
    void aSequentialWithoutAnInputLayerTakesTheShapeOfItsFirst() throws IOException {
        String config = "{\"class_name\":\"Sequential\",\"config\":[" // the oldest form: the layers themselves
                + layer("Flatten", "f", "\"batch_input_shape\":[null,3,2,1]") + "," + layer("Dense", "d", "\"units\":1")
                + "]}";
        archive(config, "layers/dense/vars/0", Shape.of(6, 1), "layers/dense/vars/1", Shape.of(1));
        try (Model model = KerasFile.load(file)) {
            assertEquals(Shape.of(3, 2, 1), model.inputShape());
            assertInstanceOf(Sequential.class, model);
        }
    }

    @Test
    void aRescalingOfChannelsElsewhereThanBehindTheInputIsRefused() throws IOException {
        String channels = layer("Rescaling", "scale", "\"scale\":0.5,\"offset\":[1.0,2.0]");
        assertTrue(refusal(sequential(layer("Flatten", "f", ""), channels)).contains("'scale' (Rescaling)"));
        String scaling = layer("Rescaling", "scale", "\"scale\":0.5,\"offset\":[1.0]");
        archive(sequential(scaling, layer("Flatten", "f", "")));
        try (Model model = KerasFile.load(file)) {
            assertEquals(new Normalization(new float[] {0.5f}, new float[] {1}), model.normalization());
        }
    }

    @Test
    void aModelWithUnknownCompileSettingsStillPredicts() throws IOException {
        String settings =
                ",\"compile_config\":{\"optimizer\":{\"class_name\":\"Lion\",\"config\":{}},\"loss\":\"mse\"}}";
        String config = sequential(layer("Flatten", "f", ""));
        archive(config.substring(0, config.length() - 1) + settings);
        try (Model model = KerasFile.load(file)) {
            assertFalse(model.isCompiled());
        }
    }

    @Test
    void weightsOfAnotherShapeAreNamed() throws IOException {
        archive(
                sequential(layer("Flatten", "f", ""), layer("Dense", "d", "\"units\":2")),
                "layers/dense/vars/0",
                Shape.of(15, 2),
                "layers/dense/vars/1",
                Shape.of(2));
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(file))
                .getMessage();
        assertTrue(message.contains("layers/dense/vars/0") && message.contains("[15, 2]"), message);
    }

    @Test
    void aFileOfWeightsAloneIsExplained() throws IOException {
        Path weights = folder.resolve("model.weights.h5");
        try (WritableHdfFile hdf5 = HdfFile.write(weights)) {
            hdf5.putGroup("layers").putDataset("0", new float[] {1});
        }
        assertTrue(Files.size(weights) > 0);
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(weights))
                .getMessage();
        assertTrue(message.contains("weights alone"), message);
    }
}
