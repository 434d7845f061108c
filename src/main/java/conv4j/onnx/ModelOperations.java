package conv4j.onnx;

import conv4j.graph.Fusion;
import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.layers.Layer;
import conv4j.layers.LayerContext;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The operations of a model's prediction and the numbers that they read. */
final class ModelOperations {

    private final Model model;
    private final Graph whole = new Graph();
    private final Map<Value, float[]> numbers = new IdentityHashMap<>();
    private final Map<String, Value> parameters = new LinkedHashMap<>();
    private Value input;
    private Value output;

    ModelOperations(Model model) {
        this.model = model;
        Map<Tensor, Value> values = new IdentityHashMap<>();
        for (Tensor tensor : model.tensors()) {
            List<Value> inputs = tensor.inputs().stream().map(values::get).toList();
            output = Normalized.is(tensor.layer())
                    ? normalized(tensor, inputs.get(0))
                    : tensor.layer().call(new Context(tensor.layer()), inputs);
            values.put(tensor, output);
            input = inputs.isEmpty() ? output : input;
        }
        whole.retain(output);
    }

    private Value normalized(Tensor tensor, Value x) {
        Value result = x.like(tensor.layer().name(), tensor.shape());
        whole.add(new Normalized(x, result, tensor.layer()));
        return result;
    }

    Value input() {
        return input;
    }

    Value output() {
        return output;
    }

    /** With bias and activation merged into products and convolutions. */
    Graph graph() {
        return Fusion.apply(whole, false);
    }

    boolean isKnown(Value value) {
        return numbers.containsKey(value.root());
    }

    /** The numbers of a parameter, state or constant. */
    float[] numbers(Value value) {
        return numbers.get(value.root());
    }

    /** Hands out the model's variables under their paths. */
    private final class Context implements LayerContext {

        private final Layer layer;

        Context(Layer layer) {
            this.layer = layer;
        }

        @Override
        public Graph graph() {
            return whole;
        }

        @Override
        public boolean training() {
            return false;
        }

        @Override
        public Value parameter(String name, Shape shape, Initializer initializer) {
            String path = layer.name() + "/" + name;
            return parameters.computeIfAbsent(path, unused -> {
                Value value = Value.parameter(path, shape);
                numbers.put(value, model.weights().get(path));
                return value;
            });
        }

        @Override
        public Value state(String name, Shape shape, Initializer initializer) {
            return parameter(name, shape, initializer);
        }

        @Override
        public Value constant(String name, Shape shape, Initializer initializer) {
            Value value = Value.parameter(layer.name() + "/" + name, shape);
            float[] values = new float[shape.size()];
            initializer.fill(values, shape, 0, 0);
            numbers.put(value, values);
            return value;
        }

        @Override
        public int stream() {
            return 0;
        }
    }
}
