package conv4j.keras;

import conv4j.graph.UnaryFunction;
import conv4j.keras.WrittenGraph.Node;
import conv4j.keras.WrittenGraph.Written;
import conv4j.layers.Activation;
import conv4j.layers.Divide;
import conv4j.layers.Elementwise;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.Weighted;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A layer in Keras' words: the layer of that name; or one other layer or operation; or, where Keras has no single word for it,
 * its decomposition: a functional model of several that bears the layer's name, which {@link DecompositionMatcher} finds again.
 */
final class LayerDecomposition {

    private static final String LAYERS = "keras.layers";

    private final Layer layer;
    private final WrittenGraph graph;

    /** For a layer that takes several layers or operations, which become this graph. */
    LayerDecomposition(Layer layer, WrittenGraph graph) {
        this.layer = layer;
        this.graph = graph;
    }

    /** Zeros around the input of a convolution, for which a layer stands before it, or null. */
    static List<List<Integer>> margins(Layer layer) {
        LayerWriter writer = new LayerWriter(layer);
        return writer.padsAreZeros() ? writer.pads() : null;
    }

    /** A quotient of two tensors. */
    static Written division(String name) {
        return Written.operation(UnaryOperations.NUMPY, "Divide", named(name));
    }

    /**
     * The layer as one layer or operation, or null where it takes several.
     *
     * @throws IllegalArgumentException when it can be said in no way
     */
    static Written single(Layer layer, Shape input) {
        if (layer instanceof Elementwise elementwise) {
            return function(elementwise);
        }
        if (layer instanceof Divide) {
            return division(layer.name());
        }
        if (layer instanceof Weighted) {
            return WeightedDecomposition.prelu(layer, input);
        }
        LayerWriter writer = new LayerWriter(layer);
        if (layer instanceof Activation && writer.geluTanh()) {
            return geluTanh(layer.name());
        }
        return !writer.geluTanh() && (writer.pads() == null || writer.padsAreZeros()) ? writer.written() : null;
    }

    private static Written function(Elementwise layer) {
        UnaryFunction function = layer.function();
        Map<String, Object> config = named(layer.name());
        switch (function.kind()) {
            case AFFINE:
                return Written.layer(Json.described(LAYERS, "Rescaling", affine(config, function)), layer);
            case MISH:
                config.put("activation", "mish"); // of which there is no operation
                return Written.layer(Json.described(LAYERS, "Activation", config), layer);
            default:
                return UnaryOperations.operation(function, layer.name());
        }
    }

    private static Map<String, Object> affine(Map<String, Object> config, UnaryFunction function) {
        config.put("scale", UnaryOperations.decimal(function.alpha()));
        config.put("offset", UnaryOperations.decimal(function.beta()));
        return config;
    }

    private static Written geluTanh(String name) {
        Map<String, Object> config = named(name);
        config.put("approximate", true);
        return Written.operation(UnaryOperations.NN, "Gelu", config);
    }

    private static Map<String, Object> named(String name) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        return config;
    }

    /** The input of the graph. */
    Node input(Shape shape) {
        Input input = new Input(shape);
        input.name(graph.free(layer.name() + "_input"));
        return graph.node(Written.layer(new LayerWriter(input).object(), null), List.of(), shape);
    }

    /**
     * Adds the layers and operations that the layer is made of.
     *
     * @throws IllegalArgumentException when it can be said in no way
     */
    void compose(Node begin) {
        if (layer instanceof Elementwise elementwise) {
            composeFunction(begin, elementwise.function());
        } else if (layer instanceof Weighted) {
            new WeightedDecomposition(layer, graph).compose(begin);
        } else {
            surround(begin, new LayerWriter(layer));
        }
    }

    private void composeFunction(Node x, UnaryFunction function) {
        float alpha = function.alpha();
        float beta = function.beta();
        switch (function.kind()) {
            case HARD_SIGMOID:
                apply(
                        UnaryFunction.Kind.CLIP,
                        0,
                        1,
                        layer.name(),
                        scaled(x, new UnaryFunction(UnaryFunction.Kind.AFFINE, alpha, beta)));
                break;
            case SCALED_ELU:
                Map<String, Object> elu = named(layer.name());
                elu.put("alpha", UnaryOperations.decimal(alpha));
                scaled(
                        graph.node(Written.operation(UnaryOperations.NN, "Elu", elu), List.of(x), x.shape()),
                        new UnaryFunction(UnaryFunction.Kind.AFFINE, beta, 0));
                break;
            case SHRINK:
                shrink(x, function);
                break;
            default:
                throw new IllegalArgumentException("the function " + function + " of '" + layer.name() + "'");
        }
    }

    /** What is left of x, less beta in its direction. */
    private void shrink(Node x, UnaryFunction function) {
        if (!(function.alpha() >= 0)) {
            throw new IllegalArgumentException(
                    "the negative threshold " + function.alpha() + " of '" + layer.name() + "' (Elementwise shrink)");
        }
        Node left = apply(UnaryFunction.Kind.SHRINK, function.alpha(), 0, layer.name(), x);
        Node sign = apply(UnaryFunction.Kind.SIGN, 0, 0, graph.free(layer.name() + "_sign"), left);
        Node step = scaled(sign, new UnaryFunction(UnaryFunction.Kind.AFFINE, function.beta(), 0));
        Written difference =
                Written.operation(UnaryOperations.NUMPY, "Subtract", named(graph.free(layer.name() + "_difference")));
        graph.node(difference, List.of(left, step), x.shape());
    }

    private Node apply(UnaryFunction.Kind kind, float alpha, float beta, String name, Node x) {
        return graph.node(UnaryOperations.operation(new UnaryFunction(kind, alpha, beta), name), List.of(x), x.shape());
    }

    private Node scaled(Node x, UnaryFunction affine) {
        Map<String, Object> config = affine(named(graph.free(layer.name() + "_scale")), affine);
        return graph.node(Written.layer(Json.described(LAYERS, "Rescaling", config), null), List.of(x), x.shape());
    }

    /** The layer, with its padding and its activation around it. */
    private void surround(Node begin, LayerWriter writer) {
        List<List<Integer>> pads = writer.pads();
        Shape output = layer.outputShape(List.of(begin.shape()));
        Node last;
        if (pads == null || writer.padsAreZeros()) {
            last = graph.node(writer.written(), List.of(begin), unpadded(begin.shape()));
        } else if (writer.object().get("class_name").getAsString().equals("Conv2DTranspose")) {
            Node whole = graph.node(writer.written(), List.of(begin), LayerWriter.padded(output, pads));
            last = graph.node(bordered("Cropping2D", "_cropping", pads), List.of(whole), output);
        } else if (layer instanceof MaxPooling2D) {
            last = graph.node(writer.written(), List.of(least(begin, pads)), output);
        } else {
            last = average(begin, writer.written(), pads, output);
        }
        if (writer.geluTanh()) {
            graph.node(geluTanh(graph.free(layer.name() + "_activation")), List.of(last), last.shape());
        }
    }

    /** The shape of a convolution's output whose padding is a layer before it already. */
    private Shape unpadded(Shape padded) {
        Map<String, Object> config = new LinkedHashMap<>(layer.config());
        if (config.get("padding") instanceof List || "full".equals(config.get("padding"))) {
            config.put("padding", "valid");
        }
        return Layers.fromConfig(layer.className(), config).outputShape(List.of(padded));
    }

    private Written bordered(String className, String suffix, List<List<Integer>> border) {
        Map<String, Object> config = named(graph.free(layer.name() + suffix));
        config.put(className.equals("Cropping2D") ? "cropping" : "padding", border);
        return Written.layer(Json.described(LAYERS, className, config), null);
    }

    /** Surrounds images with what no maximum is. */
    private Node least(Node begin, List<List<Integer>> pads) {
        List<List<Integer>> width = new ArrayList<>(pads);
        width.add(0, List.of(0, 0));
        width.add(List.of(0, 0));
        Map<String, Object> config = named(graph.free(layer.name() + "_padding"));
        config.put("pad_width", width);
        config.put("mode", "constant");
        return graph.node(
                Written.operation(UnaryOperations.NUMPY, "Pad", config),
                List.of(begin),
                Map.of("constant_values", Double.NEGATIVE_INFINITY),
                LayerWriter.padded(begin.shape(), pads));
    }

    /** Means with padding counted, divided by the part of the window that is no padding. */
    private Node average(Node begin, Written pool, List<List<Integer>> pads, Shape output) {
        Written padding = bordered("ZeroPadding2D", "_padding", pads);
        Map<String, Object> config = named(graph.free(layer.name() + "_ones"));
        config.put("dtype", null);
        Node ones =
                graph.node(Written.operation(UnaryOperations.NUMPY, "OnesLike", config), List.of(begin), begin.shape());
        Shape padded = LayerWriter.padded(begin.shape(), pads);
        List<Node> means = new ArrayList<>();
        for (Node image : List.of(begin, ones)) {
            means.add(graph.node(pool, List.of(graph.node(padding, List.of(image), padded)), output));
        }
        return graph.node(division(graph.free(layer.name() + "_division")), means, output);
    }
}
