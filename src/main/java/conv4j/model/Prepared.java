package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A {@link ModelGraph} that has its memory and its steps on a device. */
final class Prepared implements AutoCloseable {

    static final int TOTAL = 3;

    private final Backend backend;
    private final ModelGraph model;
    private final Graph graph;
    private final Feed feed;
    private final int maxBatch;
    private final Placement placement;
    private final List<Memory> lent;
    private final List<Memory> memories = new ArrayList<>();
    private List<Memory> slabs = List.of();
    private Executable executable;
    private Memory totals;

    /**
     * Prepares a graph. The feed is closed together with this, also when preparing fails.
     *
     * @param placement where parameters, states, gradients and slots lie
     * @throws OutOfMemoryException naming the largest batch that fits, when this one does not
     */
    Prepared(Backend backend, ModelGraph model, Feed feed, Placement placement, int maxBatch) {
        this(backend, model, feed, placement, maxBatch, List.of());
    }

    /**
     * Prepares a graph in memory of another one, which stays the other one's.
     *
     * @param lent its {@link #slabs}; what is computed there lasts until either of them runs again
     */
    Prepared(Backend backend, ModelGraph model, Feed feed, Placement placement, int maxBatch, List<Memory> lent) {
        this.lent = lent;
        this.backend = backend;
        this.model = model;
        this.graph = backend.suited(model.graph(), maxBatch);
        this.feed = feed;
        this.maxBatch = maxBatch;
        this.placement = placement;
        try {
            feed.attach(placement);
            placeTotals();
            placeConstants();
            MemoryPlan plan = planThatFits();
            slabs = placement.allocate(graph, plan, backend, lent);
            slabs.stream().filter(slab -> !lent.contains(slab)).forEach(memories::add);
            executable = backend.prepare(graph, placement, maxBatch);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void placeTotals() {
        if (!model.totals().isEmpty()) {
            totals = backend.allocate(
                    "totals of metrics",
                    ElementType.FLOAT32,
                    (long) MemoryPlan.ALIGNMENT * model.totals().size());
            memories.add(totals);
            long offset = 0;
            for (Value total : model.totals().values()) {
                placement.put(total, totals, offset);
                offset += MemoryPlan.ALIGNMENT;
            }
        }
    }

    private void placeConstants() {
        long elements = model.constants().keySet().stream()
                .mapToLong(value -> MemoryPlan.aligned(value.elements(1)))
                .sum();
        if (elements == 0) {
            return;
        }
        Memory memory = backend.allocate("constants of augmentation", ElementType.FLOAT32, elements);
        memories.add(memory);
        long offset = 0;
        for (Map.Entry<Value, float[]> constant : model.constants().entrySet()) {
            memory.write(offset, constant.getValue(), 0, constant.getValue().length);
            placement.put(constant.getKey(), memory, offset);
            offset += MemoryPlan.aligned(constant.getValue().length);
        }
    }

    private MemoryPlan plan(int batch, long largestPiece) {
        return MemoryPlan.of(
                graph,
                batch,
                operation -> backend.scratch(operation, graph.precision(), batch),
                placement.placed(),
                largestPiece / ElementType.FLOAT32.bytes());
    }

    /** Plans for the largest batch, or says which batch would fit into what is left of the device. */
    private MemoryPlan planThatFits() {
        long borrowed = ElementType.FLOAT32.bytes()
                * lent.stream().mapToLong(Memory::elements).sum();
        long available = backend.device().memoryBytes() - backend.allocatedBytes() + borrowed;
        if (fits(maxBatch, available)) {
            return plan(maxBatch, backend.device().largestAllocation());
        }
        int fits = 0;
        int fails = maxBatch;
        while (fails - fits > 1) {
            int middle = (fits + fails) / 2;
            if (fits(middle, available)) {
                fits = middle;
            } else {
                fails = middle;
            }
        }
        long needed = plan(maxBatch, Long.MAX_VALUE).bytes();
        String advice = fits == 0
                ? "not even one item fits; use a smaller network or another device"
                : "the largest batch that fits is " + fits;
        throw new OutOfMemoryException(
                "a batch of " + maxBatch + " items does not fit into the memory of "
                        + backend.device().describe() + ": " + needed + " bytes are needed, " + available
                        + " are available, at most " + backend.device().largestAllocation() + " in one piece; "
                        + advice,
                needed,
                available);
    }

    private boolean fits(int batch, long available) {
        try {
            return plan(batch, backend.device().largestAllocation()).bytes() <= available;
        } catch (IllegalArgumentException e) {
            return false; // one value alone is larger than a piece may be
        }
    }

    /** The memory of everything that is computed in a step. */
    List<Memory> slabs() {
        return slabs;
    }

    Feed feed() {
        return feed;
    }

    int maxBatch() {
        return maxBatch;
    }

    void run(Run run) {
        feed.next(run.cursor(), run.batch());
        executable.run(run);
    }

    /** Runs once more on the batch that is there. */
    void runAgain(Run run) {
        executable.run(run);
    }

    /** Sets all running totals to zero. */
    void resetTotals() {
        totals.fill(0, totals.elements(), 0);
    }

    /** The raw totals, for checkpoints within an epoch: three numbers per metric. */
    float[] rawTotals() {
        float[] all = new float[(int) totals.elements()];
        totals.read(0, all, 0, all.length);
        float[] compact = new float[TOTAL * model.totals().size()];
        for (int i = 0; i < compact.length; i++) {
            compact[i] = all[i / TOTAL * MemoryPlan.ALIGNMENT + i % TOTAL];
        }
        return compact;
    }

    void rawTotals(float[] compact) {
        for (int i = 0; i < compact.length; i += TOTAL) {
            totals.write((long) i / TOTAL * MemoryPlan.ALIGNMENT, compact, i, TOTAL);
        }
    }

    /** The means over the items since the last reset, by name. */
    Map<String, Double> means(long items) {
        float[] raw = rawTotals();
        Map<String, Double> means = new LinkedHashMap<>();
        int i = 0;
        for (String name : model.totals().keySet()) {
            means.put(name, ((double) raw[i] - raw[i + 1]) / Math.max(1, items));
            i += TOTAL;
        }
        return means;
    }

    /** The step at which the loss was first NaN or infinite since the last reset, or -1. */
    long firstBadStep() {
        return (long) rawTotals()[2] - 1;
    }

    /** Reads the model's output after a run: items, one after the other. */
    void readOutput(float[] values, int count) {
        read(model.output(), values, count);
    }

    /** Reads a retained value after a run: items, one after the other. */
    void read(Value value, float[] values, int count) {
        Placement.Location location = placement.of(value);
        location.memory().read(location.offset(), values, 0, count);
    }

    @Override
    public void close() {
        if (executable != null) {
            executable.close();
        }
        memories.forEach(Memory::close);
        feed.close();
    }
}
