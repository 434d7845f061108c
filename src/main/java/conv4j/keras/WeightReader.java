package conv4j.keras;

import conv4j.files.FileFormatException;
import conv4j.layers.Input;
import conv4j.layers.Layers;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds the arrays of every layer in a file, by the two conventions that Keras had. */
final class WeightReader {

    private static final String LEGACY_ROOT = "model_weights";

    private final H5File file;
    private final String fileName;
    private final Model model;
    private final Map<String, List<String>> byLayer = new LinkedHashMap<>();
    private final Map<String, Shape> stored = new HashMap<>();

    WeightReader(H5File file, String fileName, Model model) {
        this.file = file;
        this.fileName = fileName;
        this.model = model;
        for (String name : model.weights().names()) {
            byLayer.computeIfAbsent(name.substring(0, name.lastIndexOf('/')), unused -> new ArrayList<>())
                    .add(name);
        }
    }

    /** The names of the model's weights in Keras' order, which is that of the configuration. */
    List<String> order(Container container) {
        List<String> names = new ArrayList<>();
        for (LayerEntry entry : container.entries()) {
            names.addAll(entry.nested() != null ? order(entry.nested()) : own(entry));
        }
        return names;
    }

    /** An operation has no weights in the file, though what it became may have some here. */
    private List<String> own(LayerEntry entry) {
        List<String> names = entry.layer() == null || !entry.counted()
                ? List.of()
                : byLayer.getOrDefault(entry.layer().name(), List.of());
        if (entry.stored() != null) {
            names.forEach(name -> stored.put(name, entry.stored()));
        }
        return names;
    }

    /** The shape that the file has a weight in. */
    Shape shape(String name) {
        return stored.getOrDefault(name, model.weights().shape(name));
    }

    /**
     * Reads the weights of a {@code .keras} archive: {@code layers/conv2d_1/vars/0}, where the group is named after the
     * class and counted per model.
     */
    void readArchive(Container root) {
        String list = file.has("layers") || !file.has("_layer_checkpoint_dependencies")
                ? "layers"
                : "_layer_checkpoint_dependencies";
        readArchive(root, "", list);
    }

    private void readArchive(Container container, String prefix, String list) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < container.entries().size(); i++) {
            LayerEntry entry = container.entries().get(i);
            boolean input = container.sequential() && i == 0 && entry.layer() instanceof Input;
            if (entry.counted() && !input) {
                String group = Layers.snakeCase(entry.className());
                int count = counts.merge(group, 1, Integer::sum);
                String path = prefix + list + "/" + (count == 1 ? group : group + "_" + (count - 1));
                if (entry.nested() != null) {
                    readArchive(entry.nested(), path + "/", list);
                } else {
                    readArrays(path + "/vars", own(entry), entry);
                }
            }
        }
    }

    private void readArrays(String path, List<String> names, LayerEntry entry) {
        if (file.count(path) > names.size() && !names.isEmpty()) {
            throw new FileFormatException(fileName + " has " + file.count(path) + " arrays for the layer '"
                    + entry.name() + "', but it has " + names.size());
        }
        for (int i = 0; i < names.size(); i++) {
            read(path + "/" + i, names.get(i));
        }
    }

    private void read(String path, String name) {
        model.weights().set(name, file.floats(path, shape(name)));
    }

    /** Reads the weights of an {@code .h5} file, whose attributes say where the arrays of each layer are. */
    void readLegacy(Container root) {
        Set<String> trainable = Set.copyOf(model.weights().trainableNames());
        for (LayerEntry entry : root.entries()) {
            List<String> names = entry.nested() == null ? own(entry) : trainableFirst(order(entry.nested()), trainable);
            if (!names.isEmpty()) {
                readLegacy(LEGACY_ROOT + "/" + entry.name(), names, entry);
            }
        }
    }

    private static List<String> trainableFirst(List<String> names, Set<String> trainable) {
        List<String> sorted =
                new ArrayList<>(names.stream().filter(trainable::contains).toList());
        names.stream().filter(name -> !trainable.contains(name)).forEach(sorted::add);
        return sorted;
    }

    private void readLegacy(String group, List<String> names, LayerEntry entry) {
        List<String> paths = file.texts(group, "weight_names");
        if (paths == null || paths.size() != names.size()) {
            throw new FileFormatException(fileName + " has " + (paths == null ? "no" : paths.size())
                    + " arrays for the layer '" + entry.name() + "', but it needs " + names.size()
                    + "; the file is not complete, or its layer is of another version");
        }
        for (int i = 0; i < names.size(); i++) {
            read(group + "/" + paths.get(i), names.get(i));
        }
    }
}
