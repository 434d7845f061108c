package conv4j.selftest;

import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import java.util.List;

/** The reference, and something done to its memory after every run. */
public final class FaultyBackend implements Backend {

    /** What is done. */
    @FunctionalInterface
    public interface Fault {
        void after(Graph graph, Placement placement, Run run);
    }

    private final ReferenceBackend good = new ReferenceBackend();
    private final Fault fault;

    public FaultyBackend(Fault fault) {
        this.fault = fault;
    }

    /** A backend whose results of one kind of operation are off by one in their first element. */
    public static FaultyBackend wrongIn(String operation) {
        return new FaultyBackend((graph, placement, run) -> {
            Operation last = graph.operations().get(0);
            if (last.name().equals(operation)) {
                Placement.Location at = placement.of(last.outputs().get(0));
                float[] first = new float[1];
                at.memory().read(at.offset(), first, 0, 1);
                first[0]++;
                at.memory().write(at.offset(), first, 0, 1);
            }
        });
    }

    @Override
    public DeviceInfo device() {
        return good.device();
    }

    @Override
    public Memory allocate(String purpose, ElementType type, long elements) {
        return good.allocate(purpose, type, elements);
    }

    @Override
    public long scratch(Operation operation, Precision precision, int maxBatch) {
        return good.scratch(operation, precision, maxBatch);
    }

    @Override
    public Executable prepare(Graph graph, Placement placement, int maxBatch) {
        Executable executable = good.prepare(graph, placement, maxBatch);
        Step step = run -> {
            executable.run(run);
            fault.after(graph, placement, run);
        };
        return new Executable(List.of(step), executable.names(), maxBatch, executable::close);
    }

    @Override
    public void finish() {
        good.finish();
    }

    @Override
    public long allocatedBytes() {
        return good.allocatedBytes();
    }

    @Override
    public long peakBytes() {
        return good.peakBytes();
    }

    @Override
    public void close() {
        good.close();
    }
}
