package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as Keras would have it, or one that is a layer of another: layers and operations with configurations, in the order
 * in which Keras lists them, which decides where their weights are kept.
 */
final class WrittenGraph {

    private static final String FUNCTIONAL = "Functional";
    private static final String FUNCTIONAL_MODULE = "keras.src.models.functional";

    /**
     * A layer or an operation of the file.
     *
     * @param object class and configuration
     * @param source the model's layer whose weights it has, or null
     * @param stored the shape that its weight has in the file, or null where it is the weight's own
     * @param nested the model that it is, or null
     */
    record Written(JsonObject object, Layer source, Shape stored, WrittenGraph nested) {

        static Written layer(JsonObject object, Layer source) {
            return new Written(object, source, null, null);
        }

        /** A function without weights, {@code keras.ops.*}: no layer to Keras, though it stands among them. */
        static Written operation(String module, String className, Map<String, Object> config) {
            JsonObject object = Json.described(module, className, config);
            object.addProperty("registered_name", className);
            return layer(object, null);
        }

        String className() {
            return object.get("class_name").getAsString();
        }

        String name() {
            return object.getAsJsonObject("config").get("name").getAsString();
        }

        boolean isComparison() {
            return WeightedDecomposition.COMPARISONS.containsValue(className());
        }

        boolean isOperation() {
            return object.get("module").getAsString().startsWith("keras.src.ops.");
        }
    }

    /** One use of a layer. */
    static final class Node {
        private final Written layer;
        private final List<Node> inputs;
        private final Map<String, Number> named;
        private final Shape shape;

        Node(Written layer, List<Node> inputs, Map<String, Number> named, Shape shape) {
            this.layer = layer;
            this.inputs = inputs;
            this.named = named;
            this.shape = shape;
        }

        Written layer() {
            return layer;
        }

        List<Node> inputs() {
            return inputs;
        }

        Shape shape() {
            return shape;
        }
    }

    private final String name;
    private final boolean sequential;
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private List<Written> order;

    /** An empty graph; {@link #end} ends it. */
    WrittenGraph(String name, boolean sequential) {
        this.name = name;
        this.sequential = sequential;
    }

    /**
     * The graph of a model.
     *
     * @throws IllegalArgumentException when Keras has no counterpart of something, naming all of it
     */
    static WrittenGraph of(Model model) {
        return new ModelWriter(model).graph();
    }

    boolean isSequential() {
        return sequential;
    }

    /** Keeps a name from being given to a layer that is added. */
    void take(String taken) {
        names.add(taken);
    }

    /** The wanted name, or one like it that no layer has. */
    String free(String wanted) {
        String free = wanted;
        for (int i = 1; !names.add(free); i++) {
            free = wanted + "_" + i;
        }
        return free;
    }

    /** Applies a layer. */
    Node node(Written layer, List<Node> inputs, Shape shape) {
        return node(layer, inputs, Map.of(), shape);
    }

    /** Applies a layer or an operation, with arguments beside its inputs. */
    Node node(Written layer, List<Node> inputs, Map<String, Number> named, Shape shape) {
        Node node = new Node(layer, inputs, named, shape);
        nodes.add(node);
        return node;
    }

    /** Nothing comes after this; the last node is the output. */
    WrittenGraph end() {
        order = sequential ? nodes.stream().map(Node::layer).distinct().toList() : KerasOrder.of(output());
        return this;
    }

    /** The graph as a layer of another one. */
    Written asLayer() {
        return new Written(end().config(), null, null, this);
    }

    private Node output() {
        return nodes.get(nodes.size() - 1);
    }

    Node input() {
        return nodes.stream().filter(node -> node.inputs.isEmpty()).findFirst().orElseThrow();
    }

    /** The layers in Keras' order, with the names of the groups that hold their weights. */
    Map<Written, String> groups() {
        Map<Written, String> groups = new IdentityHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Written layer : order) {
            if (!layer.isOperation()) {
                String group = Layers.snakeCase(layer.className());
                int count = counts.merge(group, 1, Integer::sum);
                groups.put(layer, "layers/" + (count == 1 ? group : group + "_" + (count - 1)));
            }
        }
        return groups;
    }

    /**
     * A layer that has weights of the model's.
     *
     * @param layer the layer
     * @param group where the file keeps them
     */
    record Source(Written layer, String group) {}

    /** The layers in Keras' order that have weights of the model's, those of nested models included. */
    List<Source> sources() {
        List<Source> sources = new ArrayList<>();
        Map<Written, String> groups = groups();
        for (Written layer : order) {
            if (layer.nested() != null) {
                String group = groups.get(layer) + "/";
                layer.nested().sources().forEach(inner -> sources.add(new Source(inner.layer, group + inner.group)));
            } else if (layer.source() != null) {
                sources.add(new Source(layer, groups.get(layer)));
            }
        }
        return sources;
    }

    List<Written> order() {
        return order;
    }

    /** The whole {@code config.json} but for the compile settings. */
    JsonObject config() {
        JsonObject config = new JsonObject();
        config.addProperty("name", name);
        config.addProperty("trainable", true);
        JsonArray list = new JsonArray();
        config.add("layers", list);
        for (Written layer : order) {
            JsonObject object = layer.object().deepCopy();
            if (!sequential) {
                object.addProperty("name", layer.name());
                object.add("inbound_nodes", inbound(layer));
            }
            list.add(object);
        }
        JsonObject model = new JsonObject();
        model.addProperty("module", sequential ? "keras" : FUNCTIONAL_MODULE);
        model.addProperty("class_name", sequential ? "Sequential" : FUNCTIONAL);
        model.add("config", config);
        if (sequential) {
            model.add("registered_name", null);
        } else {
            model.addProperty("registered_name", FUNCTIONAL);
            config.add("input_layers", reference(input(), 0));
            // Making a nested model counts as its first use here, but not where its uses are listed.
            config.add("output_layers", reference(output(), output().layer.nested() == null ? 0 : 1));
        }
        return model;
    }

    private JsonArray inbound(Written layer) {
        JsonArray list = new JsonArray();
        for (Node node : nodes) {
            if (node.layer == layer && !node.inputs.isEmpty()) {
                JsonObject inbound = new JsonObject();
                inbound.add("args", arguments(node));
                inbound.add("kwargs", Json.GSON.toJsonTree(node.named));
                list.add(inbound);
            }
        }
        return list;
    }

    /** A layer takes several tensors as one list, an operation as so many arguments. */
    private JsonArray arguments(Node node) {
        JsonArray tensors = new JsonArray();
        node.inputs.forEach(input -> tensors.add(tensor(input)));
        if (tensors.size() == 1 || node.layer.isOperation()) {
            return tensors;
        }
        JsonArray list = new JsonArray();
        list.add(tensors);
        return list;
    }

    private JsonElement tensor(Node node) {
        JsonArray shape = new JsonArray();
        shape.add((Integer) null);
        for (int dim : node.shape.toArray()) {
            shape.add(dim);
        }
        JsonObject config = new JsonObject();
        config.add("shape", shape);
        config.addProperty("dtype", node.layer.isComparison() ? "bool" : "float32");
        config.add("keras_history", reference(node, 0));
        JsonObject tensor = new JsonObject();
        tensor.addProperty("class_name", "__keras_tensor__");
        tensor.add("config", config);
        return tensor;
    }

    /** A use of a layer as Keras names it: the layer, which of its uses, which of its outputs. */
    private JsonArray reference(Node node, int before) {
        JsonArray reference = new JsonArray();
        reference.add(node.layer.name());
        reference.add(before
                + (int) nodes.stream()
                        .takeWhile(other -> other != node)
                        .filter(other -> other.layer == node.layer)
                        .count());
        reference.add(0);
        return reference;
    }
}
