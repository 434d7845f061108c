package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.DivergedException;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a .keras archive says beside layers and weights, and where a model was last saved. */
class WrittenSettingsTest {

    @TempDir
    Path folder;

    private static Model classifier(String accuracy) {
        Model model = new Sequential("few", new Input(2), new Dense(3));
        model.compile(new SGD(0.1), new SparseCategoricalCrossentropy(true, 0), new Accuracy(accuracy));
        return model;
    }

    private static String metric(String name) {
        List<String> warnings = new ArrayList<>();
        try (Model model = classifier(name)) {
            JsonObject settings = CompileWriter.write(model, warnings).getAsJsonObject();
            assertEquals(List.of(), warnings);
            return settings.getAsJsonArray("metrics").get(0).getAsString();
        }
    }

    @Test
    void accuracyHasTheNameUnderWhichItIsReported() {
        assertEquals("acc", metric("acc"));
        assertEquals("accuracy", metric("accuracy"));
    }

    @Test
    void theVersionIsThatOfKerasWhoseFormItIs() {
        try (Model model = classifier("accuracy")) {
            JsonObject metadata = Json.parse(OwnMetadata.of(model).toJson());
            assertTrue(metadata.get("keras_version").getAsString().matches("3\\.\\d+\\.\\d+"), metadata.toString());
        }
    }

    private static String divergence(Model model) {
        ArraySet data = new ArraySet(Shape.of(2), new float[] {1, Float.NaN}, Shape.SCALAR, new float[] {1});
        return assertThrows(
                        DivergedException.class,
                        () -> model.fit(data, new FitOptions().epochs(1).batchSize(1)))
                .getMessage();
    }

    @Test
    void aModelRemembersWhereItWasSavedAndReadLast() {
        Path file = folder.resolve("few.keras");
        try (Backend backend = Backends.open("reference");
                Model model = classifier("accuracy").on(backend)) {
            KerasFile.save(model, file);
            assertTrue(divergence(model).contains("the last good checkpoint is " + file));
        }
        try (Backend backend = Backends.open("reference");
                Model model = KerasFile.load(file).on(backend)) {
            assertTrue(divergence(model).contains("the last good checkpoint is " + file));
        }
    }
}
