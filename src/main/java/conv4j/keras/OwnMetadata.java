package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Augmentations;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What a model has and Keras has no place for: a part of {@code metadata.json}, which Keras does not look at.
 *
 * @param epochs epochs that were trained to their end
 * @param seed the model's seed
 * @param classNames the names of the classes
 * @param augmentation how images are changed at random in training
 */
record OwnMetadata(int epochs, long seed, List<String> classNames, List<Augmentation> augmentation) {

    private static final String KEY = "conv4j";
    private static final String AUGMENTATION = "augmentation";

    /** The version of Keras whose form the files have. */
    private static final String KERAS_VERSION = "3.15.1";

    static OwnMetadata of(Model model) {
        return new OwnMetadata(
                OptimizerMemory.of(model).epochs(), model.seed(), model.classNames(), model.augmentation());
    }

    /** Files of Keras itself have nothing of it. */
    static OwnMetadata read(String json) {
        if (!(Json.parse(json).get(KEY) instanceof JsonObject own)) {
            return new OwnMetadata(0, 0, List.of(), List.of());
        }
        List<String> names = new ArrayList<>();
        for (JsonElement name : Json.array(own, "class_names")) {
            names.add(name.getAsString());
        }
        return new OwnMetadata(own.get("epochs").getAsInt(), own.get("seed").getAsLong(), names, augmentation(own));
    }

    private static List<Augmentation> augmentation(JsonObject own) {
        List<Augmentation> steps = new ArrayList<>();
        if (own.has(AUGMENTATION)) { // files of earlier versions have none
            for (JsonElement element : Json.array(own, AUGMENTATION)) {
                JsonObject step = element.getAsJsonObject();
                steps.add(Augmentations.fromConfig(
                        Json.text(step, "class_name", "(no class_name)"), Json.map(step.get("config"))));
            }
        }
        return steps;
    }

    /** Sets what does not wait for the model to be compiled. */
    void into(Model model) {
        model.seed(seed).classNames(classNames).augmentation(augmentation.toArray(Augmentation[]::new));
    }

    String toJson() {
        JsonArray names = new JsonArray();
        classNames.forEach(names::add);
        JsonObject own = new JsonObject();
        own.addProperty("epochs", epochs);
        own.addProperty("seed", seed);
        own.add("class_names", names);
        JsonArray steps = new JsonArray();
        augmentation.forEach(step -> steps.add(Json.described("keras.layers", step.className(), step.config())));
        own.add(AUGMENTATION, steps);
        JsonObject metadata = new JsonObject();
        metadata.addProperty("keras_version", KERAS_VERSION);
        metadata.add(KEY, own);
        return Json.GSON.toJson(metadata);
    }
}
