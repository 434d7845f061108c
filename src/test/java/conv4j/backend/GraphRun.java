package conv4j.backend;

import conv4j.backend.reference.ReferenceBackend;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a graph on the reference backend, every value in a place of its own, so that all of them can be looked at. */
public final class GraphRun {

    private final int batch;
    private final Map<Value, float[]> elements = new LinkedHashMap<>();

    /** A run of so many items. */
    public GraphRun(int batch) {
        this.batch = batch;
    }

    /** Gives an input, parameter or state its elements. */
    public GraphRun put(Value value, float... given) {
        elements.put(value.root(), given.clone());
        return this;
    }

    /** Runs all operations; afterwards {@link #get} returns what they wrote. */
    public GraphRun of(Graph graph) {
        Map<Value, Integer> offsets = new LinkedHashMap<>();
        int end = 0;
        for (Value value : values(graph)) {
            offsets.put(value, end);
            end += (int) MemoryPlan.aligned(value.elements(batch) + 1);
        }
        try (ReferenceBackend backend = new ReferenceBackend();
                Memory memory = backend.allocate("test", ElementType.FLOAT32, end)) {
            // What lies between the values must not get into any of them.
            memory.fill(0, end, Float.NaN);
            Placement placement = new Placement();
            offsets.forEach((value, offset) -> placement.put(value, memory, offset));
            elements.forEach((value, given) -> {
                if (offsets.containsKey(value)) {
                    memory.write(offsets.get(value), given, 0, given.length);
                }
            });
            try (Executable executable = backend.prepare(graph, placement, batch)) {
                executable.run(Run.inference(batch, 0));
            }
            offsets.forEach((value, offset) -> {
                float[] read = new float[(int) value.elements(batch)];
                memory.read(offset, read, 0, read.length);
                elements.put(value, read);
            });
        }
        return this;
    }

    private static List<Value> values(Graph graph) {
        Map<Value, Boolean> roots = new LinkedHashMap<>();
        for (Operation operation : graph.operations()) {
            operation.inputs().forEach(value -> roots.put(value.root(), true));
            operation.outputs().forEach(value -> roots.put(value.root(), true));
        }
        return new ArrayList<>(roots.keySet());
    }

    /** What a value holds. */
    public float[] get(Value value) {
        return elements.get(value.root()).clone();
    }
}
