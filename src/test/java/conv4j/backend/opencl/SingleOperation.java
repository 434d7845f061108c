package conv4j.backend.opencl;

import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs one operation on a backend: arrays in, arrays out. Outputs are NaN before, so that what is left out shows. */
final class SingleOperation {

    private final OpenClBackend backend;
    private final Operation operation;
    private final int maxBatch;
    private final Map<Value, float[]> inputs = new LinkedHashMap<>();

    SingleOperation(OpenClBackend backend, Operation operation, int maxBatch) {
        this.backend = backend;
        this.operation = operation;
        this.maxBatch = maxBatch;
    }

    SingleOperation with(Value value, float[] elements) {
        inputs.put(value, elements);
        return this;
    }

    /** The operation's output for a batch. */
    float[] run(int batch) {
        Value output = operation.outputs().get(0);
        Graph graph = new Graph(List.of(operation));
        Placement placement = new Placement();
        Memory[] memories = inputs.keySet().stream().map(this::memory).toArray(Memory[]::new);
        int index = 0;
        for (Map.Entry<Value, float[]> input : inputs.entrySet()) {
            memories[index].write(0, input.getValue(), 0, input.getValue().length);
            placement.put(input.getKey(), memories[index++], 0);
        }
        Set<Value> placed = placement.placed();
        MemoryPlan plan =
                MemoryPlan.of(graph, maxBatch, op -> backend.scratch(op, maxBatch), Set.copyOf(placed), 1 << 26);
        List<Memory> slabs = placement.allocate(graph, plan, backend);
        slabs.forEach(slab -> slab.fill(0, slab.elements(), Float.NaN));
        try (Executable executable = backend.prepare(graph, placement, maxBatch)) {
            executable.run(new Run(batch, 0, 0, 0, 0, 0, 0, 0));
            float[] result = new float[Math.toIntExact(output.elements(batch))];
            Placement.Location location = placement.of(output);
            location.memory().read(location.offset(), result, 0, result.length);
            return result;
        } finally {
            slabs.forEach(Memory::close);
            for (Memory memory : memories) {
                memory.close();
            }
        }
    }

    private Memory memory(Value value) {
        return backend.allocate("a test", ElementType.FLOAT32, value.elements(maxBatch));
    }
}
