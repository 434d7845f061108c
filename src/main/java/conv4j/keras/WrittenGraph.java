package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import conv4j.data.Normalization;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A model as Keras would have it: layers with configurations, in the order in which Keras lists them, which decides where
 * their weights are kept.
 */
final class WrittenGraph {

    private static final String LAYERS = "keras.layers";

    /**
     * A layer of the file.
     *
     * @param object class and configuration
     * @param source the model's layer whose weights it has, or null
     */
    record Written(JsonObject object, Layer source) {

        String className() {
            return object.get("class_name").getAsString();
        }

        String name() {
            return object.getAsJsonObject("config").get("name").getAsString();
        }
    }

    /** One use of a layer. */
    static final class Node {
        private final Written layer;
        private final List<Node> inputs;
        private final Shape shape;

        Node(Written layer, List<Node> inputs, Shape shape) {
            this.layer = layer;
            this.inputs = inputs;
            this.shape = shape;
        }

        Written layer() {
            return layer;
        }

        List<Node> inputs() {
            return inputs;
        }
    }

    private final String name;
    private final boolean sequential;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Layer, Written> written = new IdentityHashMap<>();
    private final Map<Layer, Written> margins = new IdentityHashMap<>();
    private final Set<String> names = new HashSet<>();
    private List<Written> order;

    private WrittenGraph(Model model) {
        this.name = model.name();
        this.sequential = model instanceof Sequential;
    }

    static WrittenGraph of(Model model) {
        WrittenGraph graph = new WrittenGraph(model);
        model.layers().forEach(layer -> graph.names.add(layer.name()));
        List<String> problems = new ArrayList<>();
        Map<Tensor, Node> made = new IdentityHashMap<>();
        for (Tensor tensor : model.tensors()) {
            try {
                List<Node> inputs = tensor.inputs().stream().map(made::get).toList();
                Node node = graph.add(tensor, inputs);
                made.put(tensor, tensor.layer() instanceof Input ? graph.scaled(node, model.normalization()) : node);
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
                made.put(tensor, new Node(null, List.of(), tensor.shape()));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("Keras has no counterpart of " + String.join("; ", problems)
                    + "; change them, or save without an extension");
        }
        graph.order = graph.sequential
                ? graph.nodes.stream().map(Node::layer).distinct().toList()
                : KerasOrder.of(graph.nodes.get(graph.nodes.size() - 1));
        return graph;
    }

    private Node add(Tensor tensor, List<Node> inputs) {
        LayerWriter writer = new LayerWriter(tensor.layer(), tensor.inputs());
        List<Node> from = inputs;
        if (writer.margins() != null) {
            Written padding = margins.computeIfAbsent(tensor.layer(), layer -> margins(layer, writer.margins()));
            from = List.of(node(
                    padding, inputs, LayerWriter.padded(tensor.inputs().get(0).shape(), writer.margins())));
        }
        Written layer = written.computeIfAbsent(tensor.layer(), source -> new Written(writer.object(), source));
        return node(layer, from, tensor.shape());
    }

    private Written margins(Layer layer, List<List<Integer>> margins) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", free(layer.name() + "_padding"));
        config.put("padding", margins);
        return new Written(Json.described(LAYERS, "ZeroPadding2D", config), null);
    }

    /** Puts the normalization behind the input, where Keras has a layer for it. */
    private Node scaled(Node input, Normalization normalization) {
        if (normalization.equals(Normalization.IDENTITY)) {
            return input;
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", free("rescaling"));
        config.put("scale", LayerWriter.numbers(normalization.scale()));
        config.put("offset", LayerWriter.numbers(normalization.shift()));
        return node(new Written(Json.described(LAYERS, "Rescaling", config), null), List.of(input), input.shape);
    }

    private String free(String wanted) {
        String free = wanted;
        for (int i = 1; !names.add(free); i++) {
            free = wanted + "_" + i;
        }
        return free;
    }

    private Node node(Written layer, List<Node> inputs, Shape shape) {
        Node node = new Node(layer, inputs, shape);
        nodes.add(node);
        return node;
    }

    /** The layers in Keras' order, with the names of the groups that hold their weights. */
    Map<Written, String> groups() {
        Map<Written, String> groups = new IdentityHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Written layer : order) {
            String group = Layers.snakeCase(layer.className());
            int count = counts.merge(group, 1, Integer::sum);
            groups.put(layer, "layers/" + (count == 1 ? group : group + "_" + (count - 1)));
        }
        return groups;
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
        model.addProperty("module", sequential ? "keras" : "keras.src.models.functional");
        model.addProperty("class_name", sequential ? "Sequential" : "Functional");
        model.add("config", config);
        if (sequential) {
            model.add("registered_name", null);
        } else {
            model.addProperty("registered_name", "Functional");
            config.add("input_layers", reference(inputNode()));
            config.add("output_layers", reference(nodes.get(nodes.size() - 1)));
        }
        return model;
    }

    private Node inputNode() {
        return nodes.stream().filter(node -> node.inputs.isEmpty()).findFirst().orElseThrow();
    }

    private JsonArray inbound(Written layer) {
        JsonArray list = new JsonArray();
        for (Node node : nodes) {
            if (node.layer == layer && !node.inputs.isEmpty()) {
                JsonArray tensors = new JsonArray();
                node.inputs.forEach(input -> tensors.add(tensor(input)));
                JsonArray args = new JsonArray();
                args.add(tensors.size() == 1 ? tensors.get(0) : tensors);
                JsonObject inbound = new JsonObject();
                inbound.add("args", args);
                inbound.add("kwargs", new JsonObject());
                list.add(inbound);
            }
        }
        return list;
    }

    private JsonObject tensor(Node node) {
        JsonArray shape = new JsonArray();
        shape.add((Integer) null);
        for (int dim : node.shape.toArray()) {
            shape.add(dim);
        }
        JsonObject config = new JsonObject();
        config.add("shape", shape);
        config.addProperty("dtype", "float32");
        config.add("keras_history", reference(node));
        JsonObject tensor = new JsonObject();
        tensor.addProperty("class_name", "__keras_tensor__");
        tensor.add("config", config);
        return tensor;
    }

    /** A use of a layer as Keras names it: the layer, which of its uses, which of its outputs. */
    private JsonArray reference(Node node) {
        JsonArray reference = new JsonArray();
        reference.add(node.layer.name());
        reference.add((int) nodes.stream()
                .takeWhile(other -> other != node)
                .filter(other -> other.layer == node.layer)
                .count());
        reference.add(0);
        return reference;
    }
}
