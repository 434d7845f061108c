package conv4j.bench;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import conv4j.graph.Update;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One operation on a device, prepared as the operations of a training step are, with random numbers in all its values. */
final class OperationRun implements AutoCloseable {

    private static final int BLOCK = 1 << 20;

    private final Backend backend;
    private final int batch;
    private final List<Memory> memories = new ArrayList<>();
    private Executable executable;

    OperationRun(Backend backend, Precision precision, Workload workload) {
        this.backend = backend;
        this.batch = workload.batch();
        try {
            Graph graph = new Graph(List.of(workload.operation()));
            graph.precision(precision);
            prepare(graph);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void prepare(Graph graph) {
        Placement placement = new Placement();
        Operation operation = graph.operations().get(0);
        operation.inputs().forEach(value -> place(placement, value));
        operation.outputs().forEach(value -> place(placement, value));
        if (operation instanceof Update update) {
            update.slots().forEach(value -> place(placement, value));
        }
        long largest = backend.device().largestAllocation() / ElementType.FLOAT32.bytes();
        MemoryPlan plan = MemoryPlan.of(
                graph, batch, any -> backend.scratch(any, graph.precision(), batch), placement.placed(), largest);
        memories.addAll(placement.allocate(graph, plan, backend));
        executable = backend.prepare(graph, placement, batch);
    }

    private void place(Placement placement, Value value) {
        if (placement.placed().contains(value.root())) {
            return;
        }
        Memory memory = backend.allocate(value.name(), ElementType.FLOAT32, MemoryPlan.aligned(value.elements(batch)));
        memories.add(memory);
        fill(memory);
        placement.put(value, memory, 0);
    }

    /** Numbers from 0 up to 1, which suit variances and second moments too; a block of them over and over. */
    private static void fill(Memory memory) {
        SplittableRandom random = new SplittableRandom(memory.elements());
        float[] block = new float[(int) Math.min(BLOCK, memory.elements())];
        for (int i = 0; i < block.length; i++) {
            block[i] = (float) random.nextDouble();
        }
        for (long offset = 0; offset < memory.elements(); offset += block.length) {
            memory.write(offset, block, 0, (int) Math.min(block.length, memory.elements() - offset));
        }
    }

    /** Starts it so many times and waits for the end; the seconds of all. */
    double seconds(int times) {
        Run run = new Run(batch, 0, 1, 0, 1e-6f, 1e-6f, 1e-6f, 1e-6f);
        backend.finish();
        long begin = System.nanoTime();
        for (int i = 0; i < times; i++) {
            executable.run(run);
        }
        backend.finish();
        return (System.nanoTime() - begin) * 1e-9;
    }

    @Override
    public void close() {
        if (executable != null) {
            executable.close();
        }
        memories.forEach(Memory::close);
    }
}
