package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import conv4j.keras.Container.Call;
import conv4j.keras.Container.Use;
import conv4j.layers.Input;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the configurations of models, with the models nested in them. */
final class ContainerReader {

    private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");

    /** More layers than any network has; what comes is work per layer and layer. */
    private static final int MOST_LAYERS = 10_000;

    private final LayerReader layers;
    private int count;

    ContainerReader(LayerReader layers) {
        this.layers = layers;
    }

    static boolean isModel(JsonObject object) {
        String className = Json.text(object, "class_name", "");
        return className.equals("Sequential") || FUNCTIONAL.contains(className);
    }

    /** Reads a model. Parts that could not be made are null; {@link LayerReader#check} says which. */
    Container read(JsonObject model) {
        return checked(contents(model));
    }

    /** Reports what means nothing by itself and was not matched. */
    private Container checked(Container container) {
        container.entries().stream().filter(entry -> entry.unmatched() != null).forEach(layers::reportUnmatched);
        return container;
    }

    private Container contents(JsonObject model) {
        String className = Json.text(model, "class_name", "");
        if (!isModel(model)) {
            throw new IllegalArgumentException("the model is a " + className
                    + "; only Sequential and functional models are made of layers that can be read from a file");
        }
        boolean sequential = className.equals("Sequential");
        // Files of Keras before 2.2.3 have the list of layers in the place of the configuration.
        JsonObject config =
                model.get("config") instanceof JsonArray list ? wrapped(list) : Json.object(model, "config");
        List<JsonObject> objects = new ArrayList<>();
        Json.array(config, "layers").forEach(element -> objects.add(element.getAsJsonObject()));
        count += objects.size();
        if (count > MOST_LAYERS) {
            throw new IllegalArgumentException("the model has more than " + MOST_LAYERS + " layers");
        }
        List<LayerEntry> entries = objects.stream().map(this::entry).toList();
        String name = Json.text(config, "name", Json.text(model, "name", sequential ? "sequential" : "functional"));
        return sequential ? line(name, config, objects, entries) : network(name, config, objects, entries);
    }

    private static JsonObject wrapped(JsonArray layers) {
        JsonObject config = new JsonObject();
        config.add("layers", layers);
        return config;
    }

    private LayerEntry entry(JsonObject object) {
        if (isModel(object)) {
            String className = Json.text(object, "class_name", "");
            Container nested = checked(DecompositionMatcher.of(contents(object)));
            return LayerEntry.nested(
                    className.equals("Model") ? "Functional" : className,
                    Json.text(object, "name", nested.name()),
                    nested);
        }
        LayerEntry entry = layers.read(object);
        return entry == null ? LayerEntry.of("", LayerReader.name(object, Map.of(), ""), null) : entry;
    }

    /** Layers that follow each other; the first one may stand for the input, or say its shape. */
    private Container line(String name, JsonObject config, List<JsonObject> objects, List<LayerEntry> entries) {
        List<Call> calls = new ArrayList<>();
        boolean input = !entries.isEmpty() && entries.get(0).layer() instanceof Input;
        Use last = new Use(input ? 0 : -1, 0);
        for (int i = input ? 1 : 0; i < entries.size(); i++) {
            Use use = new Use(i, 0);
            calls.add(new Call(use, List.of(last), false));
            last = use;
        }
        Shape shape = null;
        String inputName = "input_layer";
        if (input) {
            shape = ((Input) entries.get(0).layer()).shape();
            inputName = entries.get(0).name();
        } else if (!entries.isEmpty() && !isInput(objects.get(0))) {
            Container first = entries.get(0).nested();
            shape = first != null ? first.inputShape() : declaredShape(config, objects.get(0));
        }
        return new Container(true, name, entries, calls, input ? 0 : -1, last, shape, inputName);
    }

    private static boolean isInput(JsonObject object) {
        return Json.text(object, "class_name", "").equals("InputLayer");
    }

    private Shape declaredShape(JsonObject sequential, JsonObject firstLayer) {
        JsonObject first = firstLayer.get("config") instanceof JsonObject object ? object : new JsonObject();
        for (JsonElement candidate : new JsonElement[] {
            first.get("batch_input_shape"), first.get("batch_shape"), sequential.get("build_input_shape")
        }) {
            if (candidate instanceof JsonArray) {
                JsonObject input = new JsonObject();
                JsonObject config = new JsonObject();
                config.add("batch_shape", candidate);
                input.addProperty("class_name", "InputLayer");
                input.add("config", config);
                LayerEntry entry = layers.read(input);
                return entry != null && entry.layer() instanceof Input made ? made.shape() : null;
            }
        }
        return null;
    }

    private Container network(String name, JsonObject config, List<JsonObject> objects, List<LayerEntry> entries) {
        Map<String, Integer> indices = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            if (indices.put(name(objects.get(i), entries.get(i)), i) != null) {
                throw new IllegalArgumentException(
                        "two layers are named '" + entries.get(i).name() + "'");
            }
        }
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            JsonArray nodes = objects.get(i).get("inbound_nodes") instanceof JsonArray list ? list : new JsonArray();
            for (int node = 0; node < nodes.size(); node++) {
                List<Use> inputs = new ArrayList<>();
                boolean inference = references(nodes.get(node), indices, entries, inputs);
                calls.add(new Call(new Use(i, node), inputs, inference));
            }
        }
        Use input = single(config, "input_layers", "inputs", indices, entries);
        Use output = single(config, "output_layers", "outputs", indices, entries);
        LayerEntry first = entries.get(input.entry());
        Shape shape = first.layer() instanceof Input made ? made.shape() : null;
        return new Container(false, name, entries, calls, input.entry(), output, shape, first.name());
    }

    private static String name(JsonObject object, LayerEntry entry) {
        return Json.text(object, "name", entry.name());
    }

    /**
     * Collects the tensors of a node in their order, as Keras 3 or Keras 2 writes them. That a layer was called with {@code
     * training=False} holds in Keras 2 alone: Keras 3 overrules it when it trains a functional model.
     *
     * @return whether the layer never trains
     */
    private boolean references(
            JsonElement element, Map<String, Integer> indices, List<LayerEntry> entries, List<Use> found) {
        boolean inference = false;
        if (element instanceof JsonObject object) {
            if (Json.text(object, "class_name", "").equals("__keras_tensor__")) {
                found.add(use(Json.array(Json.object(object, "config"), "keras_history"), indices, entries, false));
                return false;
            }
            for (JsonElement member : object.asMap().values()) {
                inference |= references(member, indices, entries, found);
            }
        } else if (element instanceof JsonArray array) {
            if (isHistory(array)) {
                found.add(use(array, indices, entries, true));
                return array.size() > 3
                        && array.get(3) instanceof JsonObject settings
                        && isFalse(settings.get("training"));
            }
            for (JsonElement member : array) {
                inference |= references(member, indices, entries, found);
            }
        }
        return inference;
    }

    private static boolean isFalse(JsonElement element) {
        return element != null
                && element.isJsonPrimitive()
                && element.getAsString().equals("false");
    }

    private static boolean isHistory(JsonArray array) {
        return array.size() >= 3
                && array.get(0).isJsonPrimitive()
                && array.get(0).getAsJsonPrimitive().isString()
                && array.get(1).isJsonPrimitive()
                && array.get(1).getAsJsonPrimitive().isNumber();
    }

    /** Keras 2, and Keras 3 for outputs, counts the making of a nested functional model as its first use. */
    private static Use use(
            JsonArray history, Map<String, Integer> indices, List<LayerEntry> entries, boolean countsMaking) {
        String name = history.get(0).getAsString();
        Integer index = indices.get(name);
        if (index == null) {
            throw new IllegalArgumentException("a layer is applied to '" + name + "', which there is not");
        }
        if (history.size() > 2 && history.get(2).getAsInt() != 0) {
            throw new IllegalArgumentException(
                    "the layer '" + name + "' has more than one output; conv4j's layers have one");
        }
        int node = history.get(1).getAsInt();
        Container nested = entries.get(index).nested();
        boolean shifted = countsMaking && nested != null && !nested.sequential() && node > 0;
        return new Use(index, shifted ? node - 1 : node);
    }

    private Use single(
            JsonObject config, String key, String what, Map<String, Integer> indices, List<LayerEntry> entries) {
        List<Use> found = new ArrayList<>();
        references(config.get(key), indices, entries, found);
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    "the model has " + found.size() + " " + what + "; conv4j's models have one");
        }
        return found.get(0);
    }
}
