package conv4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.Optimizers;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that Keras 3.15.1 wrote, in the shared test vectors; skipped where those are not there. */
class KerasConfigurationsTest {
    private static final Path FOLDER = Path.of("..", "shared", "vectors", "keras");

    @ParameterizedTest
    @ValueSource(strings = {"first_cnn", "depthwise", "resnet"})
    void everyLayerOfAKerasModelIsReadAndKeepsItsArguments(String name) throws IOException {
        JsonArray layers = model(name).getAsJsonObject("config").getAsJsonArray("layers");
        assertTrue(layers.size() > 5, "layers");
        for (JsonElement each : layers) {
            JsonObject object = each.getAsJsonObject();
            String className = object.get("class_name").getAsString();
            JsonObject written = object.getAsJsonObject("config");
            Layer layer = Layers.fromConfig(className, map(written));
            assertEquals(written.get("name").getAsString(), layer.name());
            assertKept(className, written, new Gson().toJsonTree(layer.config()).getAsJsonObject());
            checkShape(object, layer);
        }
    }

    /** What we write of an argument equals what Keras wrote. */
    private static void assertKept(String className, JsonObject written, JsonObject kept) {
        for (Map.Entry<String, JsonElement> entry : kept.entrySet()) {
            JsonElement expected = written.get(entry.getKey());
            if (expected != null && expected.isJsonObject()) {
                assertEquals(
                        expected.getAsJsonObject().get("class_name"),
                        entry.getValue().getAsJsonObject().get("class_name"),
                        className + " " + entry.getKey());
            } else {
                assertTrue(
                        expected == null
                                ? entry.getValue().isJsonNull()
                                : expected.toString().equals(entry.getValue().toString()),
                        className + " " + entry.getKey() + ": " + expected + " became " + entry.getValue());
            }
        }
    }

    /** The shape that Keras built the layer for must be one that it takes. */
    private static void checkShape(JsonObject object, Layer layer) {
        JsonObject build = object.getAsJsonObject("build_config");
        if (build != null
                && build.get("input_shape") instanceof JsonArray batchShape
                && !batchShape.get(0).isJsonArray()) {
            int[] dims = new int[batchShape.size() - 1];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = batchShape.get(i + 1).getAsInt();
            }
            layer.outputShape(java.util.List.of(Shape.of(dims)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"first_cnn", "depthwise", "resnet"})
    void theOptimizerOfAKerasModelIsRead(String name) throws IOException {
        JsonObject written = model(name).getAsJsonObject("compile_config").getAsJsonObject("optimizer");
        Map<String, Object> config = map(written.getAsJsonObject("config"));
        Optimizer optimizer = Optimizers.fromConfig(written.get("class_name").getAsString(), config);
        assertEquals(written.get("class_name").getAsString(), optimizer.className());
        optimizer.config().forEach((key, value) -> {
            if (!(value instanceof Map)) {
                assertEquals(config.get(key), value, key);
            }
        });
    }

    private static JsonObject model(String name) throws IOException {
        Path file = FOLDER.resolve(name + ".keras");
        assumeTrue(Files.exists(file), () -> "no shared test vectors: " + file.toAbsolutePath());
        try (ZipFile zip = new ZipFile(file.toFile())) {
            byte[] json = zip.getInputStream(zip.getEntry("config.json")).readAllBytes();
            return JsonParser.parseString(new String(json, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(JsonObject object) {
        return new Gson().fromJson(object, Map.class);
    }
}
