package conv4j.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import conv4j.files.Checkpoint;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a model file holds of one callback: values in the document, arrays as {@code training/callbacks/INDEX/NAME}, INDEX
 * being the entry's place in the list of all.
 *
 * @param key which of a training's callbacks it is
 * @param state what it remembered
 * @param missed the logs of the last epoch when the file was written before this callback was told that the epoch had
 *     ended, as happens when a callback before it saves the model; else empty
 */
record CallbackEntry(Key key, CallbackState state, List<Map<String, Double>> missed) {

    private static final String PREFIX = "training/callbacks/";

    /**
     * A callback among those of a training.
     *
     * @param className its class, with the package
     * @param place its place among those of its class, from 0
     */
    record Key(String className, int place) {

        /** {@return the class for messages, and which of several it is} */
        @Override
        public String toString() {
            return className.substring(className.lastIndexOf('.') + 1) + (place == 0 ? "" : " number " + (place + 1));
        }
    }

    CallbackEntry {
        missed = List.copyOf(missed);
    }

    /** The document's part of all entries. */
    static JsonArray toJson(List<CallbackEntry> entries) {
        JsonArray list = new JsonArray();
        for (CallbackEntry entry : entries) {
            JsonObject object = new JsonObject();
            object.addProperty("class_name", entry.key.className);
            object.addProperty("place", entry.key.place);
            JsonObject values = new JsonObject();
            entry.state.values().forEach((name, value) -> values.add(name, primitive(value)));
            object.add("state", values);
            if (!entry.missed.isEmpty()) {
                object.add("missed_epochs", EpochLogs.toJson(entry.missed));
            }
            list.add(object);
        }
        return list;
    }

    private static JsonPrimitive primitive(Object value) {
        if (value instanceof Number number) {
            return new JsonPrimitive(number);
        }
        return value instanceof Boolean truth ? new JsonPrimitive(truth) : new JsonPrimitive((String) value);
    }

    /** Puts the arrays of all entries into a file. */
    static void putArrays(List<CallbackEntry> entries, Checkpoint checkpoint) {
        for (int i = 0; i < entries.size(); i++) {
            String prefix = PREFIX + i + "/";
            entries.get(i)
                    .state
                    .arrays()
                    .forEach((name, values) -> checkpoint.put(prefix + name, Shape.of(values.length), values));
        }
    }

    /** Reads what {@link #toJson} and {@link #putArrays} made; null, as in files of earlier versions, is no entries. */
    static List<CallbackEntry> read(JsonElement list, Checkpoint checkpoint) {
        List<CallbackEntry> entries = new ArrayList<>();
        if (list != null) {
            for (JsonElement element : list.getAsJsonArray()) {
                JsonObject object = element.getAsJsonObject();
                entries.add(new CallbackEntry(
                        new Key(
                                object.get("class_name").getAsString(),
                                object.get("place").getAsInt()),
                        new CallbackState(
                                values(object.getAsJsonObject("state")),
                                arrays(checkpoint, PREFIX + entries.size() + "/")),
                        EpochLogs.fromJson(object.get("missed_epochs"))));
            }
        }
        return entries;
    }

    private static Map<String, Object> values(JsonObject object) {
        Map<String, Object> values = new LinkedHashMap<>();
        object.entrySet().forEach(entry -> {
            JsonPrimitive value = entry.getValue().getAsJsonPrimitive();
            values.put(
                    entry.getKey(),
                    value.isNumber()
                            ? (Object) value.getAsDouble()
                            : value.isBoolean() ? (Object) value.getAsBoolean() : value.getAsString());
        });
        return values;
    }

    private static Map<String, float[]> arrays(Checkpoint checkpoint, String prefix) {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        for (String name : checkpoint.names()) {
            if (name.startsWith(prefix)) {
                arrays.put(name.substring(prefix.length()), checkpoint.floats(name));
            }
        }
        return arrays;
    }
}
