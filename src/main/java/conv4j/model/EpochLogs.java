package conv4j.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The losses and metrics of the epochs of one training, however often it was saved and resumed. */
final class EpochLogs {

    private final List<Map<String, Double>> epochs = new ArrayList<>();

    /** Begins with what is known of the epochs before; files of earlier versions say nothing about theirs. */
    void restore(List<Map<String, Double>> known, int epochsBefore) {
        for (int epoch = 0; epoch < epochsBefore; epoch++) {
            epochs.add(epoch < known.size() ? known.get(epoch) : Map.of());
        }
    }

    void add(Map<String, Double> logs) {
        epochs.add(Collections.unmodifiableMap(new LinkedHashMap<>(logs)));
    }

    List<Map<String, Double>> list() {
        return epochs;
    }

    static JsonArray toJson(List<Map<String, Double>> epochs) {
        JsonArray list = new JsonArray();
        for (Map<String, Double> logs : epochs) {
            JsonObject object = new JsonObject();
            logs.forEach(object::addProperty);
            list.add(object);
        }
        return list;
    }

    /** Reads what {@link #toJson} made; null, as in files of earlier versions, is no epochs. */
    static List<Map<String, Double>> fromJson(JsonElement list) {
        EpochLogs result = new EpochLogs();
        if (list != null) {
            for (JsonElement epoch : list.getAsJsonArray()) {
                Map<String, Double> logs = new LinkedHashMap<>();
                epoch.getAsJsonObject()
                        .entrySet()
                        .forEach(entry ->
                                logs.put(entry.getKey(), entry.getValue().getAsDouble()));
                result.add(logs);
            }
        }
        return result.list();
    }
}
