package conv4j.selftest;

import static conv4j.selftest.Assertions.assertArrayEquals;
import static conv4j.selftest.Assertions.fail;

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
import conv4j.graph.Precision;
import conv4j.graph.Update;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One operation with its arrays, to be run on any backend and compared with the reference.
 *
 * <p>All float values lie in one memory, each surrounded by canaries: NaNs, every one with bits of its own. Outputs,
 * the rows beyond the actual batch and working memory are full of them too. So whatever reads where it should not gets
 * NaN into its result, and whatever writes where it should not changes a pattern, even with a canary that it read
 * elsewhere; both fail the trial.
 */
final class Trial {

    /** The tolerance of one output element. */
    @FunctionalInterface
    interface Tolerance {
        double at(Value output, int index, float want);
    }

    /** What an operation left in its outputs, live elements only. */
    record Results(Map<Value, float[]> arrays) {
        float[] of(Value value) {
            return arrays.get(value.root());
        }

        /** The output of an operation that has one only. */
        float[] single() {
            return arrays.values().iterator().next();
        }
    }

    private static final int NAN_BITS = 0x7fc00000;
    private static final int PAYLOADS = 0x3ffffe;
    private static final int GAP = MemoryPlan.ALIGNMENT;

    // What working memory holds before the second run: a number, because some kernels compute anew what is not finite.
    private static final float STALE = 12345.5f;

    private final String title;
    private final Operation operation;
    private final int maxBatch;
    private final Run run;
    private final Map<Value, float[]> floats = new LinkedHashMap<>();
    private final Map<Value, Object> data = new LinkedHashMap<>();

    private Trial(String title, Operation operation, int maxBatch, Run run) {
        this.title = title;
        this.operation = operation;
        this.maxBatch = maxBatch;
        this.run = run;
    }

    /** A trial of an operation prepared for batches of up to maxBatch and run with the batch that run names. */
    static Trial of(Object title, Operation operation, int maxBatch, Run run) {
        return new Trial(operation.name() + " " + title, operation, maxBatch, run);
    }

    /** A trial outside training with a batch of n. */
    static Trial of(Object title, Operation operation, int n, int maxBatch) {
        return of(title, operation, maxBatch, Run.inference(n, 0));
    }

    /** Gives a value its elements: those of the actual batch, or for data those of the whole data set. */
    Trial put(Value value, float... elements) {
        long needed = value.role() == Value.Role.DATA ? elements.length : value.elements(run.batch());
        if (elements.length != needed) {
            throw new IllegalArgumentException(
                    value + " has " + needed + " elements, but was given " + elements.length);
        }
        floats.put(value.root(), elements);
        return this;
    }

    /** Gives a data set its bytes. */
    Trial put(Value value, byte[] elements) {
        data.put(value, elements);
        return this;
    }

    /** Gives an order its indices. */
    Trial put(Value value, int[] elements) {
        data.put(value, elements);
        return this;
    }

    /** Fills every input that has no elements yet with whole numbers from -limit to limit. */
    Trial integers(Random random, int limit) {
        missing().forEach(value -> put(value, Numbers.integers(random, size(value), limit)));
        return this;
    }

    /** Fills every input that has no elements yet with real numbers, normally distributed. */
    Trial reals(Random random) {
        missing().forEach(value -> put(value, Numbers.reals(random, size(value))));
        return this;
    }

    private int size(Value value) {
        return (int) value.elements(run.batch());
    }

    private List<Value> missing() {
        List<Value> missing = new ArrayList<>();
        for (Value value : operation.inputs()) {
            if (!floats.containsKey(value.root()) && !data.containsKey(value) && value.type() == ElementType.FLOAT32) {
                missing.add(value);
            }
        }
        return missing;
    }

    /** The same arrays under another operation on the same values. */
    Trial with(Operation other) {
        Trial trial = new Trial(title, other, maxBatch, run);
        trial.floats.putAll(floats);
        trial.data.putAll(data);
        return trial;
    }

    /** The same operation with the absolute values of all arrays. */
    Trial absolute() {
        Trial trial = with(operation);
        trial.floats.replaceAll((value, elements) -> Numbers.absolute(elements));
        return trial;
    }

    /**
     * The same with what rounding errors of operands are a share of: all but 0 counts as at least the smallest number that
     * keeps its bits, because 0 alone is exact below it.
     */
    Trial absolute(Precision precision) {
        Trial trial = absolute();
        trial.floats.replaceAll((value, elements) -> Numbers.raised(elements, (float) precision.smallestNormal()));
        return trial;
    }

    Operation operation() {
        return operation;
    }

    int maxBatch() {
        return maxBatch;
    }

    /** What was put so far, by the values' roots. */
    Map<Value, float[]> elements() {
        return floats;
    }

    float[] elements(Value value) {
        return floats.get(value.root());
    }

    /** Fails unless the device returns the reference's numbers. */
    void assertExact(Subject subject) {
        assertWithin(subject, (output, index, want) -> 0);
    }

    /** Fails unless the device's numbers are as near to the reference's as the tolerance says; NaN is near NaN only. */
    void assertWithin(Subject subject, Tolerance tolerance) {
        long start = System.nanoTime();
        Results want = onReference();
        Results got = on(subject.backend());
        double worst = 0;
        for (Map.Entry<Value, float[]> entry : want.arrays().entrySet()) {
            worst = Math.max(worst, compare(entry.getKey(), entry.getValue(), got.of(entry.getKey()), tolerance));
        }
        subject.tally().add(operation.name(), worst, System.nanoTime() - start);
    }

    /** The largest error as a share of its tolerance. */
    private double compare(Value value, float[] want, float[] got, Tolerance tolerance) {
        double worst = 0;
        for (int i = 0; i < want.length; i++) {
            boolean same = want[i] == got[i] || Float.isNaN(want[i]) && Float.isNaN(got[i]);
            double share = same ? 0 : Math.abs((double) want[i] - got[i]) / tolerance.at(value, i, want[i]);
            worst = Math.max(worst, share);
            if (!(share <= 1)) {
                fail(title + ": element " + i + " of " + value + " is " + got[i] + ", but should be " + want[i]
                        + " within " + tolerance.at(value, i, want[i]) + " (batch " + run.batch() + " of " + maxBatch
                        + ")");
            }
        }
        return worst;
    }

    Results onReference() {
        try (ReferenceBackend reference = new ReferenceBackend()) {
            return on(reference);
        }
    }

    /** Runs the operation on the device under test, counted as a case of it. */
    Results on(Subject subject) {
        long start = System.nanoTime();
        Results results = on(subject.backend());
        subject.tally().add(operation.name(), 0, System.nanoTime() - start);
        return results;
    }

    /** Runs the operation and returns its outputs, having checked that it kept its hands off everything else. */
    Results on(Backend backend) {
        List<Memory> memories = new ArrayList<>();
        try {
            return run(backend, memories);
        } finally {
            memories.forEach(Memory::close);
        }
    }

    private Results run(Backend backend, List<Memory> memories) {
        Map<Value, Integer> offsets = new LinkedHashMap<>();
        float[] before = layout(offsets);
        Memory memory = backend.allocate("trial", ElementType.FLOAT32, before.length);
        memories.add(memory);
        Placement placement = new Placement();
        offsets.forEach((value, offset) -> placement.put(value, memory, offset));
        data.forEach((value, elements) -> placement.put(value, upload(backend, elements, memories), 0));
        Graph graph = graph(backend);
        List<Memory> scratch = placeScratch(backend, graph, placement);
        memories.addAll(scratch);
        try (Executable executable = backend.prepare(graph, placement, maxBatch)) {
            float[] after = execute(executable, memory, before);
            if (!changesItsInputs()) {
                scratch.forEach(slab -> slab.fill(0, slab.elements(), STALE));
                assertArrayEquals(
                        after, execute(executable, memory, before), title + ": a second run gives other bits");
            }
            return results(offsets, before, after);
        }
    }

    /** The operation as the backend runs it: an operation that is several ones need not be one on every backend. */
    private Graph graph(Backend backend) {
        Graph graph = new Graph(operation.unfused());
        operation.outputs().forEach(graph::retain);
        return backend.suited(graph, maxBatch);
    }

    private float[] execute(Executable executable, Memory memory, float[] before) {
        memory.write(0, before, 0, before.length);
        executable.run(run);
        float[] after = new float[before.length];
        memory.read(0, after, 0, after.length);
        return after;
    }

    /** The contents of the memory before the run, and where every float value lies in it. */
    private float[] layout(Map<Value, Integer> offsets) {
        int end = GAP;
        for (Value value : values()) {
            offsets.put(value, end);
            int elements = value.role() == Value.Role.DATA ? floats.get(value).length : (int) value.elements(maxBatch);
            end += (int) MemoryPlan.aligned(elements) + GAP;
        }
        float[] contents = new float[end];
        for (int i = 0; i < end; i++) {
            contents[i] = canary(i);
        }
        floats.forEach(
                (value, elements) -> System.arraycopy(elements, 0, contents, offsets.get(value), elements.length));
        return contents;
    }

    private static float canary(int index) {
        return Float.intBitsToFloat(NAN_BITS + 1 + index % PAYLOADS);
    }

    /** The roots of all float values that the operation touches. */
    private Set<Value> values() {
        Set<Value> values = new LinkedHashSet<>();
        operation.inputs().forEach(value -> values.add(value.root()));
        outputs().forEach(value -> values.add(value.root()));
        values.removeAll(data.keySet());
        return values;
    }

    private List<Value> outputs() {
        List<Value> outputs = new ArrayList<>(operation.outputs());
        if (operation instanceof Update update) {
            outputs.addAll(update.slots());
        }
        return outputs;
    }

    private boolean changesItsInputs() {
        return outputs().stream().anyMatch(value -> floats.containsKey(value.root()));
    }

    private static Memory upload(Backend backend, Object elements, List<Memory> memories) {
        if (elements instanceof int[] ints) {
            Memory memory = backend.allocate("order", ElementType.INT32, ints.length);
            memories.add(memory);
            memory.write(0, ints, 0, ints.length);
            return memory;
        }
        byte[] bytes = (byte[]) elements;
        Memory memory = backend.allocate("data", ElementType.UINT8, bytes.length);
        memories.add(memory);
        memory.write(0, bytes, 0, bytes.length);
        return memory;
    }

    private List<Memory> placeScratch(Backend backend, Graph graph, Placement placement) {
        MemoryPlan plan = MemoryPlan.of(
                graph,
                maxBatch,
                any -> backend.scratch(any, graph.precision(), maxBatch),
                placement.placed(),
                backend.device().largestAllocation() / 4);
        List<Memory> slabs = placement.allocate(graph, plan, backend);
        slabs.forEach(slab -> slab.fill(0, slab.elements(), canary(0)));
        return slabs;
    }

    private Results results(Map<Value, Integer> offsets, float[] before, float[] after) {
        Map<Value, float[]> results = new LinkedHashMap<>();
        float[] untouched = after.clone();
        for (Value value : outputs()) {
            int offset = offsets.get(value.root());
            int live = size(value);
            results.put(value.root(), Arrays.copyOfRange(after, offset, offset + live));
            System.arraycopy(before, offset, untouched, offset, live);
        }
        for (int i = 0; i < before.length; i++) {
            if (Float.floatToRawIntBits(before[i]) != Float.floatToRawIntBits(untouched[i])) {
                fail(title + ": changed " + owner(offsets, i) + " from " + before[i] + " to " + after[i] + " (batch "
                        + run.batch() + " of " + maxBatch + ")");
            }
        }
        return new Results(results);
    }

    private String owner(Map<Value, Integer> offsets, int index) {
        String owner = "the element at " + index;
        for (Map.Entry<Value, Integer> entry : offsets.entrySet()) {
            int from = index - entry.getValue();
            if (from >= 0) {
                long end = entry.getKey().elements(run.batch());
                String where = from < end ? "element " + from + " of " : (from - end) + " elements behind the end of ";
                owner = where + entry.getKey();
            }
        }
        return owner;
    }
}
