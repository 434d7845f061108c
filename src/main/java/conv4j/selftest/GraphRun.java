package conv4j.selftest;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
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

/** Runs a graph with every value in a place of its own, so that all of them can be looked at afterwards. */
public final class GraphRun {

    private final int batch;
    private final Map<Value, float[]> elements = new LinkedHashMap<>();

    /**
     * A run without elements yet.
     *
     * @param batch how many items
     */
    public GraphRun(int batch) {
        this.batch = batch;
    }

    /**
     * Gives an input, parameter or state its elements.
     *
     * @param value any value of the graph
     * @param given as many as it has in this batch
     * @return this
     */
    public GraphRun put(Value value, float... given) {
        elements.put(value.root(), given.clone());
        return this;
    }

    /**
     * Runs all operations on the reference backend; afterwards {@link #get} returns what they wrote.
     *
     * @param graph the operations
     * @return this
     */
    public GraphRun of(Graph graph) {
        try (ReferenceBackend reference = new ReferenceBackend()) {
            return of(graph, reference);
        }
    }

    /**
     * Runs all operations; afterwards {@link #get} returns what they wrote.
     *
     * @param graph the operations
     * @param backend where they run
     * @return this
     */
    public GraphRun of(Graph graph, Backend backend) {
        Map<Value, Integer> offsets = offsets(graph);
        List<Memory> memories = new ArrayList<>();
        try {
            Memory memory = backend.allocate("graph", ElementType.FLOAT32, end(offsets));
            memories.add(memory);
            // What lies between the values must not get into any of them.
            memory.fill(0, memory.elements(), Float.NaN);
            Placement placement = new Placement();
            offsets.forEach((value, offset) -> placement.put(value, memory, offset));
            memories.addAll(scratch(graph, backend, placement));
            write(memory, offsets);
            try (Executable executable = backend.prepare(graph, placement, batch)) {
                executable.run(Run.inference(batch, 0));
            }
            read(memory, offsets);
        } finally {
            memories.forEach(Memory::close);
        }
        return this;
    }

    private Map<Value, Integer> offsets(Graph graph) {
        Map<Value, Integer> offsets = new LinkedHashMap<>();
        for (Operation operation : graph.operations()) {
            operation.inputs().forEach(value -> place(value.root(), offsets));
            operation.outputs().forEach(value -> place(value.root(), offsets));
        }
        return offsets;
    }

    private void place(Value root, Map<Value, Integer> offsets) {
        if (!offsets.containsKey(root)) {
            offsets.put(root, end(offsets));
        }
    }

    private int end(Map<Value, Integer> offsets) {
        int end = 0;
        for (Value value : offsets.keySet()) {
            end += (int) MemoryPlan.aligned(value.elements(batch) + 1);
        }
        return end;
    }

    private List<Memory> scratch(Graph graph, Backend backend, Placement placement) {
        long largest = backend.device().largestAllocation() / ElementType.FLOAT32.bytes();
        MemoryPlan plan = MemoryPlan.of(
                graph, batch, any -> backend.scratch(any, graph.precision(), batch), placement.placed(), largest);
        return placement.allocate(graph, plan, backend);
    }

    private void write(Memory memory, Map<Value, Integer> offsets) {
        elements.forEach((value, given) -> {
            if (offsets.containsKey(value)) {
                memory.write(offsets.get(value), given, 0, given.length);
            }
        });
    }

    private void read(Memory memory, Map<Value, Integer> offsets) {
        offsets.forEach((value, offset) -> {
            float[] read = new float[(int) value.elements(batch)];
            memory.read(offset, read, 0, read.length);
            elements.put(value, read);
        });
    }

    /**
     * What a value holds.
     *
     * @param value a value of the graph
     * @return a copy of its elements
     */
    public float[] get(Value value) {
        return elements.get(value.root()).clone();
    }

    /** The scalar product of two values, in double. */
    double dot(Value a, Value b) {
        float[] left = elements.get(a.root());
        float[] right = elements.get(b.root());
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += (double) left[i] * right[i];
        }
        return sum;
    }
}
