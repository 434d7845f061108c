package conv4j.bench;

import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Peak;
import conv4j.backend.Placement;
import conv4j.backend.Profile;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import java.util.List;

/** A backend that remembers the work of the last graph that was prepared on it, and leaves everything to another one. */
final class GraphWatch implements Backend {

    private final Backend backend;
    private Work last = new Work(0, 0);

    GraphWatch(Backend backend) {
        this.backend = backend;
    }

    /** The work of one run of the last graph with its largest batch. */
    Work last() {
        return last;
    }

    @Override
    public Executable prepare(Graph graph, Placement placement, int maxBatch) {
        last = Work.of(graph, maxBatch);
        return backend.prepare(graph, placement, maxBatch);
    }

    @Override
    public DeviceInfo device() {
        return backend.device();
    }

    @Override
    public Memory allocate(String purpose, ElementType type, long elements) {
        return backend.allocate(purpose, type, elements);
    }

    @Override
    public Graph suited(Graph graph, int maxBatch) {
        return backend.suited(graph, maxBatch);
    }

    @Override
    public boolean usesWinograd(Operation operation, int maxBatch) {
        return backend.usesWinograd(operation, maxBatch);
    }

    @Override
    public Precision precision() {
        return backend.precision();
    }

    @Override
    public boolean search(double seconds) {
        return backend.search(seconds);
    }

    @Override
    public List<String> found() {
        return backend.found();
    }

    @Override
    public long scratch(Operation operation, Precision precision, int maxBatch) {
        return backend.scratch(operation, precision, maxBatch);
    }

    @Override
    public void finish() {
        backend.finish();
    }

    @Override
    public long allocatedBytes() {
        return backend.allocatedBytes();
    }

    @Override
    public long peakBytes() {
        return backend.peakBytes();
    }

    @Override
    public Peak peak() {
        return backend.peak();
    }

    @Override
    public void profile(Profile profile) {
        backend.profile(profile);
    }

    /** {@inheritDoc} The other backend stays open for whoever opened it. */
    @Override
    public void close() {
        finish();
    }
}
