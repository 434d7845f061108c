package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.model.Model;
import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the arrays of layers are in a file, and what files of other kinds are. */
class WeightReaderTest {

    private static final String INPUT = "{'class_name':'InputLayer','config':{'batch_shape':[null,2],'name':'in'}}";

    @TempDir
    private Path folder;

    private final H5Writer writer = new H5Writer();

    private static String layer(String className, String name, String config) {
        return "{'class_name':'" + className + "','config':{'name':'" + name + "'" + config + "}}";
    }

    private static String sequential(String name, String... layers) {
        return ("{'class_name':'Sequential','config':{'name':'" + name + "','layers':[" + String.join(",", layers)
                        + "]}}")
                .replace('\'', '"');
    }

    private void dense(String path, float number) {
        writer.put(path + "/vars/0", Shape.of(2, 2), new float[] {number, number, number, number});
        writer.put(path + "/vars/1", Shape.of(2), new float[] {number, number});
    }

    private Path archive(String config) throws IOException {
        writer.put("unused", 1);
        Path file = folder.resolve("model.keras");
        new KerasArchive("{}", config, writer.toBytes()).write(file);
        return file;
    }

    private static float first(Model model, String layer) {
        return model.weights().get(layer + "/bias")[0];
    }

    @Test
    void arraysOfNestedModelsLieWithinTheirs() throws IOException {
        String inner = sequential("inner", INPUT, layer("Dense", "a", ",'units':2"), layer("Dense", "b", ",'units':2"));
        String config =
                sequential("s", INPUT, layer("Dense", "c", ",'units':2"), inner, layer("Dense", "d", ",'units':2"));
        dense("layers/dense", 1);
        dense("layers/sequential/layers/dense", 2);
        dense("layers/sequential/layers/dense_1", 3);
        dense("layers/dense_1", 4);
        try (Model model = KerasFile.load(archive(config))) {
            assertEquals(
                    List.of(1f, 2f, 3f, 4f),
                    List.of(first(model, "c"), first(model, "a"), first(model, "b"), first(model, "d")));
        }
    }

    @Test
    void moreArraysThanALayerHasAreRefused() throws IOException {
        dense("layers/dense", 1);
        writer.put("layers/dense/vars/2", Shape.of(1), new float[] {1});
        Path file = archive(sequential("s", INPUT, layer("Dense", "d", ",'units':2")));
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(file))
                .getMessage();
        assertTrue(message.contains("has 3 arrays for the layer 'd', but it has 2"), message);
    }

    @Test
    void arraysOfALayerWithoutWeightsDoNotMatter() throws IOException {
        writer.put("layers/dropout/vars/0", Shape.of(1), new float[] {1});
        try (Model model = KerasFile.load(archive(sequential("s", INPUT, layer("Dropout", "d", ",'rate':0.5"))))) {
            assertEquals(List.of(), model.weights().names());
        }
    }

    private Path legacy(String config, String[] names, float... numbers) throws IOException {
        Path file = folder.resolve("old.h5");
        try (WritableHdfFile hdf5 = HdfFile.write(file)) {
            hdf5.putAttribute("model_config", config);
            WritableGroup group = hdf5.putGroup("model_weights").putGroup("x");
            if (names.length > 0) {
                group.putAttribute("weight_names", names);
            }
            group.putDataset("unused", new float[] {0});
            for (int i = 0; i < names.length; i++) {
                group.putDataset(names[i], new float[] {numbers[i], numbers[i]});
            }
        }
        return file;
    }

    @Test
    void aNestedModelOfAnOldFileHasItsTrainableArraysFirst() throws IOException {
        String inner =
                sequential("x", INPUT, layer("BatchNormalization", "n", ""), layer("BatchNormalization", "m", ""));
        String[] names = {"n_gamma", "n_beta", "m_gamma", "m_beta", "n_mean", "n_variance", "m_mean", "m_variance"};
        Path file = legacy(sequential("s", INPUT, inner), names, 1, 2, 3, 4, 5, 6, 7, 8);
        try (Model model = KerasFile.load(file)) {
            assertArrayEquals(new float[] {2, 2}, model.weights().get("n/beta"));
            assertArrayEquals(new float[] {4, 4}, model.weights().get("m/beta"));
            assertArrayEquals(new float[] {5, 5}, model.weights().get("n/moving_mean"));
            assertArrayEquals(new float[] {8, 8}, model.weights().get("m/moving_variance"));
        }
    }

    @Test
    void arraysThatAreMissingInAnOldFileAreCounted() throws IOException {
        String config = sequential("s", INPUT, layer("BatchNormalization", "x", ""));
        Path few = legacy(config, new String[] {"a"}, 1);
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(few))
                .getMessage();
        assertTrue(
                message.contains("has 1 arrays for the layer 'x', but it needs 4; the file is not complete"), message);
        Files.delete(few);
        Path none = legacy(config, new String[0]);
        message = assertThrows(FileFormatException.class, () -> KerasFile.load(none))
                .getMessage();
        assertTrue(message.contains("has no arrays for the layer 'x', but it needs 4"), message);
    }

    @Test
    void layersThatAreMissingInAnOldFileAreNamed() throws IOException {
        Path file = legacy(sequential("s", INPUT, layer("Strange", "x", "")), new String[0]);
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(file))
                .getMessage();
        assertTrue(message.contains("'x' (Strange)"), message);
    }

    @Test
    void filesAreKnownByHowTheyBegin() throws IOException {
        Path file = folder.resolve("any");
        byte[] hdf5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n', 0};
        for (byte[] content : List.of(hdf5, new byte[] {'P', 'K', 3, 4, 0, 0})) {
            Files.write(file, content);
            assertTrue(KerasFile.isKeras(file));
        }
        for (byte[] content :
                List.of(new byte[0], new byte[] {'P', 'K'}, new byte[] {'P', 'K', 3, 5, 0}, Arrays.copyOf(hdf5, 7))) {
            Files.write(file, content);
            assertFalse(KerasFile.isKeras(file));
        }
        assertFalse(KerasFile.isKeras(folder.resolve("missing")));
        assertFalse(KerasFile.isKeras(folder));
    }

    // Arrays and attributes.

    @Test
    void arraysOfOtherTypesBecomeFloats() throws IOException {
        Path path = folder.resolve("types.h5");
        try (WritableHdfFile file = HdfFile.write(path)) {
            file.putDataset("doubles", new double[][] {{1.5, 2}, {3, 4}});
            file.putDataset("longs", new long[] {5, 6});
            file.putDataset("one", new int[] {7});
            file.putDataset("words", new String[] {"a", "b"});
            file.putDataset("word", "a");
            file.putDataset("number", 8.5);
            WritableGroup group = file.putGroup("g");
            group.putDataset("inner", new float[] {1});
            group.putAttribute("numbers", new int[] {1, 2});
            group.putAttribute("number", 3);
        }
        try (H5File file = new H5File(Files.readAllBytes(path), "types")) {
            assertArrayEquals(new float[] {1.5f, 2, 3, 4}, file.floats("doubles", Shape.of(2, 2)));
            assertArrayEquals(new float[] {5, 6}, file.floats("longs", Shape.of(2)));
            assertArrayEquals(new float[] {8.5f}, file.floats("number", Shape.SCALAR));
            assertEquals(7, file.number("one"));
            assertEquals(8.5, file.number("number"));
            for (Runnable reading :
                    List.<Runnable>of(() -> file.floats("words", Shape.of(2)), () -> file.number("word"))) {
                String message =
                        assertThrows(FileFormatException.class, reading::run).getMessage();
                assertTrue(message.contains("does not hold numbers"), message);
            }
            assertEquals(List.of(), file.texts("g", "numbers"));
            assertEquals("3", file.text("g", "number"));
            assertFalse(file.has("doubles/within"));
            assertFalse(file.has("g/none/more"));
        }
    }
}
