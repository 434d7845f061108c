package conv4j.backend.reference;

import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.MemoryMeter;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Profile;
import conv4j.backend.Step;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The backend that all others are compared with: one thread, Java arrays, every formula written out as loops whose sums
 * are double precision. Results are rounded to float once, when they are stored.
 */
public final class ReferenceBackend implements Backend {

    /** The most elements of a Java array on every virtual machine. */
    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8;

    private final MemoryMeter meter =
            new MemoryMeter("the Java heap", Runtime.getRuntime().maxMemory());
    private final Set<ArrayMemory> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private Profile profile;

    /** A backend without memory. */
    public ReferenceBackend() {}

    @Override
    public DeviceInfo device() {
        return new DeviceInfo(
                "reference",
                "reference",
                "CPU",
                "Java " + Runtime.version().feature(),
                System.getProperty("java.vm.name", "unknown"),
                Runtime.getRuntime().maxMemory(),
                4 * LARGEST_ARRAY,
                1,
                0,
                1);
    }

    @Override
    public Memory allocate(String purpose, ElementType type, long elements) {
        if (elements < 0) {
            throw new IllegalArgumentException(purpose + ": cannot allocate " + elements + " elements");
        }
        long bytes = elements * type.bytes();
        if (elements > LARGEST_ARRAY) {
            throw new OutOfMemoryException(
                    purpose + " need " + elements + " elements in one piece, but a Java array holds at most "
                            + LARGEST_ARRAY + "; use a smaller batch or a smaller network",
                    bytes,
                    LARGEST_ARRAY * type.bytes());
        }
        meter.take(purpose, bytes);
        try {
            ArrayMemory memory = new ArrayMemory(type, (int) elements, this::release);
            open.add(memory);
            return memory;
        } catch (OutOfMemoryError e) {
            meter.give(bytes);
            throw new OutOfMemoryException(
                    purpose, "the Java heap", bytes, Runtime.getRuntime().freeMemory());
        }
    }

    private void release(ArrayMemory memory) {
        open.remove(memory);
        meter.give(memory.elements() * memory.type().bytes());
    }

    /** {@inheritDoc} None here. */
    @Override
    public long scratch(Operation operation, Precision precision, int maxBatch) {
        return 0;
    }

    @Override
    public Executable prepare(Graph graph, Placement placement, int maxBatch) {
        Places places = new Places(placement, maxBatch);
        ReferenceOperations operations = new ReferenceOperations(places);
        List<Step> steps = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Operation operation : graph.operations()) {
            Step step = operation.accept(operations);
            Set<ArrayMemory> used = places.takeUsed();
            if (step != null) {
                steps.add(Profile.timed(profile, operation.name(), onOpenMemory(used, step)));
                names.add(operation.name());
            }
        }
        return new Executable(steps, names, maxBatch, () -> {});
    }

    /** A step that refuses to run on closed memory. */
    private static Step onOpenMemory(Set<ArrayMemory> used, Step step) {
        return run -> {
            used.forEach(ArrayMemory::array);
            step.run(run);
        };
    }

    @Override
    public void profile(Profile into) {
        profile = into;
    }

    /** {@inheritDoc} Nothing is ever under way here. */
    @Override
    public void finish() {}

    @Override
    public long allocatedBytes() {
        return meter.allocated();
    }

    @Override
    public long peakBytes() {
        return meter.peak();
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(ArrayMemory::close);
    }
}
