package conv4j.keras;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keras' JSON: objects that name a class and its arguments. Wrong kinds of elements are {@link IllegalArgumentException}s. */
final class Json {

    static final Gson GSON = new GsonBuilder()
            .serializeNulls()
            .serializeSpecialFloatingPointValues() // as Python writes them: -Infinity
            .disableHtmlEscaping()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .create();

    private Json() {}

    /** Parses a text that must be an object. */
    static JsonObject parse(String text) {
        JsonElement element = JsonParser.parseString(text);
        if (!element.isJsonObject()) {
            throw new IllegalArgumentException("an object {...} is needed, but the text is another element");
        }
        return element.getAsJsonObject();
    }

    /** An object's member that must be an object itself. */
    static JsonObject object(JsonObject parent, String key) {
        if (parent.get(key) instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException("the object '" + key + "' is missing");
    }

    /** An object's member that must be a list. */
    static JsonArray array(JsonObject parent, String key) {
        if (parent.get(key) instanceof JsonArray array) {
            return array;
        }
        throw new IllegalArgumentException("the list '" + key + "' is missing");
    }

    /** An object's member as a text, or the other text when it is none. */
    static String text(JsonObject parent, String key, String otherwise) {
        JsonElement element = parent.get(key);
        return element != null
                        && element.isJsonPrimitive()
                        && element.getAsJsonPrimitive().isString()
                ? element.getAsString()
                : otherwise;
    }

    /** Whether a member is there and not null. */
    static boolean has(JsonObject parent, String key) {
        return parent.has(key) && !parent.get(key).isJsonNull();
    }

    /** An object as a map of texts, numbers, truth values, lists and maps. */
    static Map<String, Object> map(JsonElement element) {
        return element instanceof JsonObject
                ? GSON.fromJson(element, new TypeToken<LinkedHashMap<String, Object>>() {}.getType())
                : new LinkedHashMap<>();
    }

    /** Keras' form of something that has a class and arguments. */
    static JsonObject described(String module, String className, Map<String, Object> config) {
        JsonObject object = new JsonObject();
        object.addProperty("module", module);
        object.addProperty("class_name", className);
        object.add("config", GSON.toJsonTree(config));
        object.add("registered_name", null);
        return object;
    }
}
