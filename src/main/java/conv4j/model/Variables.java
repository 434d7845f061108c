package conv4j.model;

import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.layers.Layer;
import conv4j.regularizers.Regularizer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parameters and states of a model, in the order in which its layers first asked for them. A layer that is used
 * twice asks for the same ones.
 */
final class Variables {

    /** What a variable is. */
    enum Kind {
        /** Learnt by training. */
        PARAMETER,
        /** Changed by running, such as a moving average. */
        STATE,
        /** Never changed. */
        CONSTANT
    }

    /**
     * A parameter, state or constant.
     *
     * @param value stands for it in graphs; its name is {@code layer/name}
     * @param kind what it is
     * @param layer the layer that owns it
     * @param initializer gives its first numbers
     * @param regularizer the penalty on its numbers, null for none
     * @param stream tells its random numbers from those of the others
     */
    record Variable(Value value, Kind kind, Layer layer, Initializer initializer, Regularizer regularizer, int stream) {

        boolean isTrainable() {
            return kind == Kind.PARAMETER && layer.trainable();
        }

        /** Constants follow from the layer's configuration and need not be saved. */
        boolean isSaved() {
            return kind != Kind.CONSTANT;
        }

        int size() {
            return value.shape().size();
        }

        float[] initial(long seed) {
            float[] values = new float[size()];
            initializer.fill(values, value.shape(), seed, stream);
            return values;
        }
    }

    private final Map<Layer, Map<String, Variable>> byLayer = new IdentityHashMap<>();
    private final List<Variable> all = new ArrayList<>();

    /** The value of a layer's learnt array, made at the first request. */
    Value parameter(Layer layer, String name, Shape shape, Initializer initializer, Regularizer regularizer) {
        return get(layer, name, shape, initializer, Kind.PARAMETER, regularizer);
    }

    /** The value of an array that is not learnt, made at the first request. */
    Value get(Layer layer, String name, Shape shape, Initializer initializer, Kind kind) {
        return get(layer, name, shape, initializer, kind, null);
    }

    private Value get(
            Layer layer, String name, Shape shape, Initializer initializer, Kind kind, Regularizer regularizer) {
        Map<String, Variable> own = byLayer.computeIfAbsent(layer, unused -> new LinkedHashMap<>());
        Variable variable = own.get(name);
        if (variable == null) {
            String path = layer.name() + "/" + name;
            Value value = kind == Kind.PARAMETER ? Value.parameter(path, shape) : Value.state(path, shape);
            variable = new Variable(value, kind, layer, initializer, regularizer, all.size());
            own.put(name, variable);
            all.add(variable);
        }
        if (!variable.value().shape().equals(shape)) {
            throw new IllegalArgumentException(
                    layer.name() + " (" + layer.className() + ") is used on inputs of different"
                            + " sizes: its " + name + " would need the shapes "
                            + variable.value().shape() + " and " + shape
                            + "; use two layers");
        }
        return variable.value();
    }

    List<Variable> all() {
        return all;
    }

    List<Variable> trainable() {
        return all.stream().filter(Variable::isTrainable).toList();
    }

    /** The number of elements that a file holds. */
    long savedElements() {
        return all.stream().filter(Variable::isSaved).mapToLong(Variable::size).sum();
    }

    /** The variables of one layer, in the order of its requests. */
    List<Variable> of(Layer layer) {
        return List.copyOf(byLayer.getOrDefault(layer, Map.of()).values());
    }
}
