package conv4j.keras;

import conv4j.data.Normalization;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.keras.WrittenGraph.Node;
import conv4j.keras.WrittenGraph.Written;
import conv4j.layers.Divide;
import conv4j.layers.Elementwise;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the graph that is written of a model, layer by layer. */
final class ModelWriter {

    private static final String LAYERS = "keras.layers";

    private final WrittenGraph graph;
    private final Map<Layer, Written> written = new IdentityHashMap<>();
    private final Map<Layer, Written> margins = new IdentityHashMap<>();

    ModelWriter(Model model) {
        this.graph = new WrittenGraph(model.name(), model instanceof Sequential);
        model.layers().forEach(layer -> graph.take(layer.name()));
        List<String> problems = new ArrayList<>();
        Map<Tensor, Node> made = new IdentityHashMap<>();
        for (Tensor tensor : model.tensors()) {
            try {
                List<Node> inputs = tensor.inputs().stream().map(made::get).toList();
                made.put(tensor, inputs.isEmpty() ? input(tensor, model) : add(tensor, inputs));
            } catch (IllegalArgumentException e) {
                problems.add(e.getMessage());
                made.put(tensor, new Node(null, List.of(), Map.of(), tensor.shape()));
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("Keras has no counterpart of " + String.join("; ", problems)
                    + "; change them, or save without an extension");
        }
    }

    WrittenGraph graph() {
        return graph.end();
    }

    /** The input, with the normalization behind it, for which Keras has a layer. */
    private Node input(Tensor tensor, Model model) {
        Node input = graph.node(
                Written.layer(new LayerWriter(tensor.layer()).object(), tensor.layer()), List.of(), tensor.shape());
        Normalization normalization = model.normalization();
        if (normalization.equals(Normalization.IDENTITY)
                && model.tensors().stream().noneMatch(ModelWriter::looksAlike)) {
            return input;
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", graph.free("rescaling"));
        config.put("scale", LayerWriter.numbers(normalization.scale()));
        config.put("offset", LayerWriter.numbers(normalization.shift()));
        return graph.node(
                Written.layer(Json.described(LAYERS, "Rescaling", config), null), List.of(input), tensor.shape());
    }

    /** Whether a layer of the model would be read as its normalization if there were none before it. */
    private static boolean looksAlike(Tensor tensor) {
        return tensor.layer() instanceof Elementwise elementwise
                && elementwise.function().kind() == UnaryFunction.Kind.AFFINE
                && tensor.inputs().get(0).layer() instanceof Input;
    }

    private Node add(Tensor tensor, List<Node> inputs) {
        Layer layer = tensor.layer();
        List<Node> from = layer instanceof Divide ? pair(layer, inputs) : surrounded(layer, inputs);
        Shape shape = from.get(0).shape();
        Written known = written.get(layer);
        if (known == null) {
            known = make(layer, shape);
            written.put(layer, known);
        } else if (known.nested() != null && !known.nested().input().shape().equals(shape)) {
            throw new IllegalArgumentException(
                    "'" + layer.name() + "' (" + layer.className() + ") being used on inputs of different shapes");
        }
        return graph.node(known, from, tensor.shape());
    }

    /** The layer as one of Keras' layers where it is one; else as an operation, or as a model of several. */
    private Written make(Layer layer, Shape input) {
        Written single = LayerDecomposition.single(layer, input);
        if (single != null && !(single.isOperation() && graph.isSequential())) {
            return single;
        }
        WrittenGraph nested = new WrittenGraph(layer.name(), false);
        nested.take(layer.name());
        LayerDecomposition forms = new LayerDecomposition(layer, nested);
        Node begin = forms.input(input);
        if (single != null) {
            nested.node(single, List.of(begin), input);
        } else {
            forms.compose(begin);
        }
        return nested.asLayer();
    }

    /** Keras' division has two operands: the first ones are divided before. */
    private List<Node> pair(Layer layer, List<Node> inputs) {
        Node first = inputs.get(0);
        for (Node divisor : inputs.subList(1, inputs.size() - 1)) {
            Written division = LayerDecomposition.division(graph.free(layer.name() + "_first"));
            first = graph.node(division, List.of(first, divisor), Binary.broadcast(first.shape(), divisor.shape()));
        }
        return List.of(first, inputs.get(inputs.size() - 1));
    }

    /** Puts zeros around the input of a convolution that asks for them by numbers. */
    private List<Node> surrounded(Layer source, List<Node> inputs) {
        List<List<Integer>> zeros = LayerDecomposition.margins(source);
        if (zeros == null) {
            return inputs;
        }
        Written padding = margins.computeIfAbsent(source, layer -> {
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("name", graph.free(layer.name() + "_padding"));
            config.put("padding", zeros);
            return Written.layer(Json.described(LAYERS, "ZeroPadding2D", config), null);
        });
        return List.of(
                graph.node(padding, inputs, LayerWriter.padded(inputs.get(0).shape(), zeros)));
    }
}
