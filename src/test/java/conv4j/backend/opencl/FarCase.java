package conv4j.backend.opencl;

import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.ElementType;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One operation, run over the last {@value #ITEMS} items of a batch of twice as many and of one {@value #TIMES} times as
 * large, which must give the same bits. Of both batches only those items exist: every array begins so far before its
 * memory that they fall into it when indices are computed in 64 bits, where adding a negative offset wraps around. What
 * an index of 32 bits reaches in the large batch lies outside.
 */
final class FarCase {

    /** Items of the batch: whole pieces of work for every kernel, tiles of 192 rows and chunks of 4096 elements. */
    static final int ITEMS = 12288;

    /** How many times as large the large batch is. With 3 elements per item it has more than 2^32 of them. */
    static final int TIMES = 1 << 17;

    /** The seed of the runs. */
    static final long SEED = 0x1234567890ABCDEFL;

    /** The step of the runs. */
    static final int STEP = 5;

    /** The same of the batch that 32 bits would do for; not 1, for which CPU drivers compile every kernel once more. */
    static final int SMALL_TIMES = 2;

    private static final int LARGE_BATCH = ITEMS * TIMES;
    private static final int GUARD = 8192;
    private static final float GUARDED = 12345.5f;

    /** Makes a step for a batch. */
    @FunctionalInterface
    interface Maker {

        /**
         * Makes the step.
         *
         * @param preparation for the large batch
         * @param batch items of the batch that will run
         * @return the step
         */
        Step make(Preparation preparation, int batch);
    }

    private final String name;
    private final Operation operation;
    private final Maker maker;
    private final Map<Value, Object> inputs = new LinkedHashMap<>();
    private final Map<Value, Object> farInputs = new LinkedHashMap<>();
    private final List<Value> outputs = new ArrayList<>();
    private final Set<Value> flat = new HashSet<>();
    private final Random random = new Random(7);
    private int scratch;
    private boolean scratchMoves;
    private float[] scratchContent;
    private int groups = 1;
    private Set<String> only = Set.of();
    private UnaryOperator<float[]> expected = near -> near;

    FarCase(String name, Operation operation, Maker maker) {
        this.name = name;
        this.operation = operation;
        this.maker = maker;
        operation.inputs().forEach(this::addInput);
        operation.outputs().forEach(this::addOutput);
    }

    FarCase(String name, Operation operation) {
        this(name, operation, (preparation, batch) -> operation.accept(new OpenClOperations(preparation)));
    }

    /** An array that is read; random numbers between 0 and 1 unless it is given others. */
    private void addInput(Value value) {
        float[] numbers = new float[Math.toIntExact(value.elements(ITEMS))];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextFloat();
        }
        inputs.put(value, numbers);
    }

    private void addOutput(Value value) {
        if (!outputs.contains(value)) {
            outputs.add(value);
        }
    }

    /** Other elements of an input. */
    FarCase with(Value value, Object elements) {
        return with(value, elements, elements);
    }

    /** Other elements of an input, in the small and in the large batch. */
    FarCase with(Value value, Object elements, Object farElements) {
        inputs.put(value, elements);
        farInputs.put(value, farElements);
        return this;
    }

    /** Infinities among the elements of the first input. */
    FarCase withInfinities() {
        float[] numbers = input(operation.inputs().get(0)).clone();
        for (int i = 0; i < numbers.length; i += 97) {
            numbers[i] = Float.POSITIVE_INFINITY;
        }
        return with(operation.inputs().get(0), numbers);
    }

    /** An output that another kernel, which does not run, would have made: it is given instead. */
    FarCase given(Value value) {
        outputs.remove(value);
        addInput(value);
        return this;
    }

    /** Arrays without a batch axis that grow nevertheless; they are read and written. */
    FarCase flat(List<Value> values) {
        flat.addAll(values);
        values.stream().filter(value -> !inputs.containsKey(value)).forEach(this::addInput);
        values.forEach(this::addOutput);
        return this;
    }

    /** Working memory, so many floats for a batch, whose place moves with the items or parts; it is compared as well. */
    FarCase movingScratch(int floats) {
        scratch = floats;
        scratchMoves = true;
        return this;
    }

    /** Working memory that holds something that does not move. */
    FarCase scratch(int floats) {
        scratch = floats;
        return this;
    }

    /** What working memory holds before. */
    FarCase holding(float[] numbers) {
        scratchContent = numbers;
        return this;
    }

    FarCase groups(int count) {
        groups = count;
        return this;
    }

    FarCase only(String... kernels) {
        only = Set.of(kernels);
        return this;
    }

    /** What the last items of the large batch give, from what those of the small one give. */
    FarCase expecting(UnaryOperator<float[]> function) {
        expected = function;
        return this;
    }

    float[] input(Value value) {
        return (float[]) inputs.get(value);
    }

    @Override
    public String toString() {
        return name;
    }

    /** Runs both; null, or what differs. */
    String run(OpenClBackend backend, FarLaunch launch) {
        try (Buffers buffers = new Buffers(backend)) {
            return buffers.run(launch);
        }
    }

    /** The memory of one run on a backend. */
    private final class Buffers implements AutoCloseable {

        private final OpenClBackend backend;
        private final Map<Value, Memory> memories = new LinkedHashMap<>();
        private final Memory working;

        Buffers(OpenClBackend backend) {
            this.backend = backend;
            inputs.forEach((value, content) -> memories.put(value, memory(value)));
            outputs.forEach(value -> memories.computeIfAbsent(value, this::memory));
            working = backend.allocate("a test", ElementType.FLOAT32, scratch + 2L * GUARD);
        }

        private Memory memory(Value value) {
            return backend.allocate("a test", value.type(), value.elements(ITEMS) + 2L * GUARD);
        }

        /** Where arrays begin when they are so many times as large and only their end is there. */
        private Placement placement(int times) {
            Placement placement = new Placement();
            memories.forEach((value, memory) -> {
                boolean moves = value.batched() || flat.contains(value);
                placement.put(value, memory, GUARD - (moves ? (times - 1) * value.elements(ITEMS) : 0));
            });
            placement.put(operation, working, GUARD - (scratchMoves ? (times - 1L) * scratch : 0));
            return placement;
        }

        String run(FarLaunch launch) {
            return difference(run(launch, SMALL_TIMES, inputs), run(launch, TIMES, farInputs));
        }

        /** Everything that was written, by the last items of a batch that is so many times as large. */
        private List<float[]> run(FarLaunch launch, int times, Map<Value, Object> contents) {
            Placement placement = placement(times);
            int batch = ITEMS * times;
            try (Preparation preparation = new Preparation(
                    backend,
                    placement,
                    LARGE_BATCH,
                    backend.style().multiplication(),
                    (shape, usual) -> usual,
                    launch)) {
                Step step = maker.make(preparation, batch);
                launch.measureBefore();
                step.run(Run.inference(batch - ITEMS, 0));
                launch.measureWhole();
                step.run(Run.inference(batch, 0));
                return run(step, launch, times, contents);
            }
        }

        private List<float[]> run(Step step, FarLaunch launch, int times, Map<Value, Object> contents) {
            memories.forEach((value, memory) -> write(memory, value, contents.getOrDefault(value, inputs.get(value))));
            working.fill(0, working.elements(), GUARDED);
            if (scratchContent != null) {
                working.write(GUARD, scratchContent, 0, scratchContent.length);
            }
            long elements = flat.stream()
                    .mapToLong(value -> value.elements(1))
                    .findFirst()
                    .orElse(0);
            launch.run(new FarLaunch.Piece(times, groups, elements, only));
            Run run = new Run(ITEMS * times, STEP, SEED, 0, 0.1f, 0.2f, 0.3f, 0.4f);
            backend.control().run(run);
            step.run(run);
            backend.finish();
            List<float[]> results = new ArrayList<>();
            outputs.forEach(value -> results.add(read(memories.get(value))));
            results.add(read(working));
            return results;
        }

        private static void write(Memory memory, Value value, Object content) {
            if (memory.type() == ElementType.FLOAT32) {
                memory.fill(0, memory.elements(), GUARDED);
            }
            if (content instanceof float[] floats) {
                memory.write(GUARD, floats, 0, floats.length);
            } else if (content instanceof int[] ints) {
                memory.write(GUARD, ints, 0, ints.length);
            } else if (content instanceof byte[] bytes) {
                memory.write(GUARD, bytes, 0, bytes.length);
            }
        }

        private static float[] read(Memory memory) {
            float[] all = new float[Math.toIntExact(memory.elements())];
            memory.read(0, all, 0, all.length);
            return all;
        }

        private String difference(List<float[]> near, List<float[]> far) {
            for (int i = 0; i < near.size(); i++) {
                boolean output = i < outputs.size();
                String array = output ? outputs.get(i).name() : "working memory";
                float[] wanted = near.get(i);
                if (output) {
                    float[] inner = Arrays.copyOfRange(wanted, GUARD, wanted.length - GUARD);
                    if (has(inner, GUARDED)) {
                        return array + " is not written everywhere";
                    }
                    System.arraycopy(expected.apply(inner), 0, wanted, GUARD, inner.length);
                }
                if (!Arrays.equals(far.get(i), wanted)) {
                    return array + " differs " + firstDifference(far.get(i), wanted);
                }
            }
            return null;
        }

        private static boolean has(float[] numbers, float wanted) {
            for (float number : numbers) {
                if (number == wanted) {
                    return true;
                }
            }
            return false;
        }

        private static String firstDifference(float[] got, float[] wanted) {
            int at = Arrays.mismatch(got, wanted);
            return "at element " + (at - GUARD) + " of " + (wanted.length - 2 * GUARD) + ": " + got[at] + " for "
                    + wanted[at];
        }

        @Override
        public void close() {
            memories.values().forEach(Memory::close);
            working.close();
        }
    }
}
