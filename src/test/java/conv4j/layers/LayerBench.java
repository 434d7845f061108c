package conv4j.layers;

import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.graph.ElementType;
import conv4j.graph.Gradients;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A layer in a graph of its own on the reference backend, with numbers for everything that it reads. */
final class LayerBench {
    final RecordingContext context;
    final List<Value> inputs = new ArrayList<>();
    final Value output;
    final Value upstream;
    private final Map<Value, float[]> given = new LinkedHashMap<>();
    private final int batch;

    /**
     * Calls the layer.
     *
     * @param numbers what an input "x", a parameter, a state or the gradient "dy" of the output holds
     */
    LayerBench(Layer layer, List<Shape> shapes, boolean training, int batch, Function<Value, float[]> numbers) {
        this.batch = batch;
        context = new RecordingContext(training);
        shapes.forEach(shape -> inputs.add(Value.input("x", shape)));
        output = layer.call(context, inputs);
        context.graph.retain(output);
        upstream = Value.input("dy", output.shape());
        inputs.forEach(input -> given.put(input, numbers.apply(input)));
        context.parameters.values().forEach(value -> given.put(value, numbers.apply(value)));
        context.states.values().forEach(value -> given.put(value, numbers.apply(value)));
        context.constants.values().forEach(value -> {
            float[] values = new float[value.shape().size()];
            context.initializers.get(value).fill(values, value.shape(), 0, 0);
            given.put(value, values);
        });
        given.put(upstream, numbers.apply(upstream));
    }

    /** The numbers that a value was given; changing them changes the next run. */
    float[] given(Value value) {
        return given.get(value);
    }

    /** Inputs and parameters. */
    List<Value> leaves() {
        List<Value> leaves = new ArrayList<>(inputs);
        leaves.addAll(context.parameters.values());
        return leaves;
    }

    float[] runForward() {
        return run(context.graph, List.of(output)).get(output);
    }

    /** The gradient of every leaf when "dy" flows into the output. */
    Map<Value, float[]> runBackward() {
        Graph graph = new Graph(context.graph.operations());
        Map<Value, Value> gradients =
                new Gradients(graph, leaves()).from(output, upstream).append();
        gradients.values().forEach(graph::retain);
        Map<Value, float[]> computed = run(graph, List.copyOf(gradients.values()));
        Map<Value, float[]> result = new LinkedHashMap<>();
        gradients.forEach((value, gradient) -> result.put(value, computed.get(gradient)));
        return result;
    }

    /** Runs a graph with room for one item more than there are. States are as given at the beginning of every run. */
    Map<Value, float[]> run(Graph graph, List<Value> read) {
        int maxBatch = batch + 1;
        try (ReferenceBackend backend = new ReferenceBackend()) {
            Placement placement = new Placement();
            given.forEach((value, numbers) -> placement.put(value, memory(backend, value, numbers), 0));
            MemoryPlan plan = MemoryPlan.of(
                    graph,
                    maxBatch,
                    operation -> backend.scratch(operation, graph.precision(), maxBatch),
                    placement.placed(),
                    Integer.MAX_VALUE);
            placement.allocate(graph, plan, backend);
            try (Executable executable = backend.prepare(graph, placement, maxBatch)) {
                executable.run(new Run(batch, 5, 1234, 0, 0, 0, 0, 0));
            }
            Map<Value, float[]> results = new LinkedHashMap<>();
            read.forEach(value -> results.put(value, numbers(placement.of(value), (int) value.elements(batch))));
            return results;
        }
    }

    private Memory memory(ReferenceBackend backend, Value value, float[] numbers) {
        if (numbers.length != value.elements(batch)) {
            throw new IllegalArgumentException(numbers.length + " numbers were given for " + value);
        }
        Memory memory = backend.allocate(value.name(), ElementType.FLOAT32, value.elements(batch + 1));
        memory.write(0, numbers, 0, numbers.length);
        return memory;
    }

    private static float[] numbers(Placement.Location location, int count) {
        float[] numbers = new float[count];
        location.memory().read(location.offset(), numbers, 0, count);
        return numbers;
    }
}
