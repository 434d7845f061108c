package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import conv4j.data.ArraySet;
import conv4j.files.Checkpoint;
import conv4j.files.FileFormatException;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.metrics.MeanAbsoluteError;
import conv4j.optimizers.Adam;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model file whose document was changed anywhere, with the sum that belongs to it, is read or refused as a file. */
class ModelFileFuzzTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model");
    }

    /** Every field of the document, one after the other, is left out, null, a number, a text, a list or an object. */
    @Test
    void noFieldOfADocumentCanBreakTheReading() {
        try (Model model = new Sequential("line", new Input(2), new Dense(1))) {
            model.classNames(List.of("a"));
            model.compile(new Adam(0.1), new MeanSquaredError(), new MeanAbsoluteError("mae"));
            // Saved before the second callback knows that the epoch has ended.
            Callback saving = new Callback() {
                @Override
                public void onEpochEnd(Model trained, int epoch, Map<String, Double> logs) {
                    trained.save(file);
                }
            };
            ArraySet items = new ArraySet(Shape.of(2), new float[8], Shape.of(1), new float[4]);
            model.fit(items, new FitOptions().callbacks(saving, remembering));
        }
        Checkpoint original = Checkpoint.read(file);
        List<JsonElement> others = List.of(
                JsonNull.INSTANCE,
                new JsonPrimitive(-1),
                new JsonPrimitive(1e300),
                new JsonPrimitive("text"),
                new JsonArray(),
                new JsonObject());
        int refused = 0;
        for (List<String> path : paths(original.document(), List.of())) {
            for (int i = -1; i < others.size(); i++) {
                JsonElement instead = i < 0 ? null : others.get(i);
                JsonObject document = original.document().deepCopy();
                replace(document, path, instead);
                Checkpoint changed = new Checkpoint(document);
                original.names().forEach(name -> changed.put(name, original.shape(name), original.floats(name)));
                changed.write(file);
                refused += loadedOrRefused() ? 0 : 1;
            }
        }
        assertTrue(refused > 100, "refused: " + refused);
    }

    /** Remembers a number, a text and an array. */
    private final Callback remembering = new Callback() {
        @Override
        public CallbackState state() {
            return new CallbackState(Map.of("wait", 3, "monitor", "loss"), Map.of("array", new float[2]));
        }
    };

    private static void readOrRefused(CallbackState state) {
        try {
            assertTrue(state.count("wait") >= 0);
            assertEquals(state.text("monitor"), state.values().get("monitor"));
        } catch (IllegalArgumentException refused) {
            assertTrue(refused.getMessage().startsWith("its "), refused.getMessage());
        }
    }

    private boolean loadedOrRefused() {
        try {
            try (Model model = Model.load(file)) {
                for (CallbackEntry entry : model.training().state().callbacks()) {
                    readOrRefused(entry.state());
                }
            }
            return true;
        } catch (FileFormatException refused) {
            return false;
        }
    }

    private static List<List<String>> paths(JsonElement element, List<String> to) {
        List<List<String>> paths = new ArrayList<>();
        if (!to.isEmpty()) {
            paths.add(to);
        }
        if (element.isJsonObject()) {
            element.getAsJsonObject().asMap().forEach((key, value) -> paths.addAll(paths(value, append(to, key))));
        } else if (element.isJsonArray()) {
            for (int i = 0; i < element.getAsJsonArray().size(); i++) {
                paths.addAll(paths(element.getAsJsonArray().get(i), append(to, String.valueOf(i))));
            }
        }
        return paths;
    }

    private static List<String> append(List<String> path, String step) {
        List<String> longer = new ArrayList<>(path);
        longer.add(step);
        return longer;
    }

    private static void replace(JsonElement root, List<String> path, JsonElement instead) {
        JsonElement parent = root;
        for (String step : path.subList(0, path.size() - 1)) {
            parent = parent.isJsonObject()
                    ? parent.getAsJsonObject().get(step)
                    : parent.getAsJsonArray().get(Integer.parseInt(step));
        }
        String last = path.get(path.size() - 1);
        if (parent.isJsonObject()) {
            parent.getAsJsonObject().remove(last);
            if (instead != null) {
                parent.getAsJsonObject().add(last, instead);
            }
        } else if (instead == null) {
            parent.getAsJsonArray().remove(Integer.parseInt(last));
        } else {
            parent.getAsJsonArray().set(Integer.parseInt(last), instead);
        }
    }
}
