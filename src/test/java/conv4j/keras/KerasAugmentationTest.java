package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.augmentation.Augmentation;
import conv4j.augmentation.RandomCutout;
import conv4j.augmentation.RandomFlip;
import conv4j.augmentation.RandomRotation;
import conv4j.augmentation.RandomTranslation;
import conv4j.files.FileFormatException;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.model.Model;
import conv4j.model.Sequential;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training that goes on from a {@code .keras} file changes images as it did before. */
class KerasAugmentationTest {

    private static final Augmentation[] STEPS = {
        new RandomFlip(RandomFlip.Mode.HORIZONTAL_AND_VERTICAL),
        new RandomTranslation(0.125, 0.25),
        new RandomRotation(0.1),
        new RandomCutout(0.25, 0.5)
    };

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void save() {
        file = folder.resolve("model.keras");
        try (Model model = new Sequential("few", new Input(8, 8, 1), new Flatten(), new Dense(2))) {
            model.augmentation(STEPS);
            KerasFile.save(model, file);
        }
    }

    private static List<Map<String, Object>> settings(List<Augmentation> steps) {
        return steps.stream().map(Augmentation::config).toList();
    }

    private void change(Consumer<JsonObject> metadata) throws IOException {
        KerasArchive archive = KerasArchive.read(file);
        JsonObject json = Json.parse(archive.metadata());
        metadata.accept(json.getAsJsonObject("conv4j"));
        new KerasArchive(Json.GSON.toJson(json), archive.config(), archive.weights()).write(file);
    }

    @Test
    void everyStepComesBackWithItsSettings() {
        try (Model model = KerasFile.load(file)) {
            assertEquals(settings(List.of(STEPS)), settings(model.augmentation()));
            assertEquals(RandomFlip.class, model.augmentation().get(0).getClass());
        }
    }

    @Test
    void aFileOfAnEarlierVersionHasNone() throws IOException {
        change(own -> own.remove("augmentation"));
        try (Model model = KerasFile.load(file)) {
            assertEquals(List.of(), model.augmentation());
        }
    }

    @Test
    void aStepThatThereIsNotIsRefused() throws IOException {
        change(own ->
                own.getAsJsonArray("augmentation").get(0).getAsJsonObject().addProperty("class_name", "RandomZoom"));
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(file))
                .getMessage();
        assertTrue(message.contains("there is no augmentation 'RandomZoom'"), message);
        change(own -> own.addProperty("augmentation", "flip"));
        assertThrows(FileFormatException.class, () -> KerasFile.load(file));
    }
}
