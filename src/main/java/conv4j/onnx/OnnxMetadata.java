package conv4j.onnx;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import conv4j.model.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What a file notes beside the graph: the names of the classes. */
final class OnnxMetadata {

    private static final String CLASS_NAMES = "class_names";

    private OnnxMetadata() {}

    static Map<String, String> of(Model model) {
        Map<String, String> metadata = new LinkedHashMap<>();
        if (!model.classNames().isEmpty()) {
            metadata.put(CLASS_NAMES, new Gson().toJson(model.classNames()));
        }
        return metadata;
    }

    /** Names in another form are those of another program, and left alone. */
    static void read(Map<String, String> metadata, Model model) {
        try {
            String[] names = new Gson().fromJson(metadata.getOrDefault(CLASS_NAMES, "[]"), String[].class);
            if (names != null && List.of(names).stream().allMatch(Objects::nonNull)) {
                model.classNames(List.of(names));
            }
        } catch (JsonParseException | NullPointerException e) {
            model.classNames(List.of());
        }
    }
}
