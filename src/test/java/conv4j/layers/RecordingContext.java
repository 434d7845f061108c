package conv4j.layers;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** A context that keeps what a layer asks for. */
final class RecordingContext implements LayerContext {
    final Graph graph = new Graph();
    final Map<String, Value> parameters = new LinkedHashMap<>();
    final Map<String, Value> states = new LinkedHashMap<>();
    final Map<String, Value> constants = new LinkedHashMap<>();
    final Map<Value, Initializer> initializers = new LinkedHashMap<>();
    private final boolean training;
    private int streams;

    RecordingContext(boolean training) {
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
        return remember(parameters, Value.parameter(name, shape), initializer);
    }

    @Override
    public Value state(String name, Shape shape, Initializer initializer) {
        return remember(states, Value.state(name, shape), initializer);
    }

    @Override
    public Value constant(String name, Shape shape, Initializer initializer) {
        return remember(constants, Value.state(name, shape), initializer);
    }

    private Value remember(Map<String, Value> kind, Value value, Initializer initializer) {
        Value known = kind.putIfAbsent(value.name(), value);
        initializers.putIfAbsent(known == null ? value : known, initializer);
        return known == null ? value : known;
    }

    @Override
    public int stream() {
        return streams++;
    }
}
