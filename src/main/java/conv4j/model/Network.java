package conv4j.model;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LayerContext;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.regularizers.Regularizer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layers of a model and how they are connected: a directed acyclic graph from one input to one output. */
final class Network {

    private final Tensor input;
    private final Tensor output;
    private final List<Tensor> order = new ArrayList<>();
    private final Set<Layer> layers = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Layer> layerOrder = new ArrayList<>();

    Network(Tensor input, Tensor output) {
        this.input = input;
        this.output = output;
        visit(output);
        if (!order.contains(input)) {
            throw new IllegalArgumentException(
                    "the model's output does not depend on its input; connect them through layers");
        }
        nameLayers();
    }

    /** Depth first without recursion, so that a network may be as deep as it likes. */
    private void visit(Tensor end) {
        Set<Tensor> opened = new LinkedHashSet<>();
        List<Tensor> stack = new ArrayList<>(List.of(end));
        Set<Tensor> done = Collections.newSetFromMap(new IdentityHashMap<>());
        while (!stack.isEmpty()) {
            Tensor tensor = stack.get(stack.size() - 1);
            if (done.contains(tensor)) {
                stack.remove(stack.size() - 1);
            } else if (opened.add(tensor)) {
                for (int i = tensor.inputs().size() - 1; i >= 0; i--) {
                    stack.add(tensor.inputs().get(i));
                }
            } else {
                stack.remove(stack.size() - 1);
                done.add(tensor);
                append(tensor);
            }
        }
    }

    private void append(Tensor tensor) {
        boolean isInput = tensor.layer() instanceof Input;
        if (isInput && tensor != input) {
            throw new IllegalArgumentException("the model's output also depends on another input, of shape "
                    + tensor.shape() + "; a model has one input, so join them into one");
        }
        order.add(tensor);
        if (layers.add(tensor.layer())) {
            layerOrder.add(tensor.layer());
        }
    }

    private void nameLayers() {
        Set<String> taken = new HashSet<>();
        for (Layer layer : layerOrder) {
            if (layer.name() != null && !taken.add(layer.name())) {
                throw new IllegalArgumentException(
                        "two layers are named '" + layer.name() + "'; layer names must differ within a model");
            }
        }
        for (Layer layer : layerOrder) {
            if (layer.name() == null) {
                String base = Layers.defaultName(layer);
                String name = base;
                for (int i = 1; !taken.add(name); i++) {
                    name = base + "_" + i;
                }
                layer.name(name);
            }
        }
    }

    Tensor input() {
        return input;
    }

    Tensor output() {
        return output;
    }

    /** Every use of a layer, in an order in which they can be computed, the input first or before its first use. */
    List<Tensor> order() {
        return order;
    }

    List<Layer> layers() {
        return layerOrder;
    }

    /** The last use of the layer of a name that computes something. */
    Tensor named(String layer, String modelName) {
        for (int i = order.size() - 1; i >= 0; i--) {
            if (order.get(i) != input && order.get(i).layer().name().equals(layer)) {
                return order.get(i);
            }
        }
        List<String> names = layerOrder.stream()
                .filter(known -> known != input.layer())
                .map(Layer::name)
                .toList();
        throw new IllegalArgumentException(
                "model " + modelName + " has no layer '" + layer + "' that computes something; it has " + names);
    }

    /**
     * Adds the operations of all layers to a graph.
     *
     * @return the value of the model's output
     */
    Value forward(Graph graph, Value inputValue, Variables variables, boolean training) {
        return values(graph, inputValue, variables, training).get(output);
    }

    /** The same; returns the value of every use of a layer. */
    Map<Tensor, Value> values(Graph graph, Value inputValue, Variables variables, boolean training) {
        Map<Tensor, Value> values = new IdentityHashMap<>();
        values.put(input, inputValue);
        Building building = new Building(graph, variables, training);
        for (Tensor tensor : order) {
            if (tensor != input) {
                building.layer = tensor.layer();
                values.put(
                        tensor,
                        tensor.layer()
                                .call(
                                        building,
                                        tensor.inputs().stream()
                                                .map(values::get)
                                                .toList()));
            }
        }
        return values;
    }

    private static final class Building implements LayerContext {
        private final Graph graph;
        private final Variables variables;
        private final boolean training;
        private Layer layer;
        private int streams;

        Building(Graph graph, Variables variables, boolean training) {
            this.graph = graph;
            this.variables = variables;
            this.training = training;
        }

        @Override
        public Graph graph() {
            return graph;
        }

        @Override
        public boolean training() {
            return training;
        }

        @Override
        public Value parameter(String name, Shape shape, Initializer initializer) {
            return parameter(name, shape, initializer, null);
        }

        @Override
        public Value parameter(String name, Shape shape, Initializer initializer, Regularizer regularizer) {
            return variables.parameter(layer, name, shape, initializer, regularizer);
        }

        @Override
        public Value state(String name, Shape shape, Initializer initializer) {
            return variables.get(layer, name, shape, initializer, Variables.Kind.STATE);
        }

        @Override
        public Value constant(String name, Shape shape, Initializer initializer) {
            return variables.get(layer, name, shape, initializer, Variables.Kind.CONSTANT);
        }

        @Override
        public int stream() {
            return streams++;
        }
    }
}
