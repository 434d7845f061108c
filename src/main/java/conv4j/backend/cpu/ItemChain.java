package conv4j.backend.cpu;

import conv4j.backend.Profile;
import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Operations that follow each other and treat every item by itself. A thread takes a few items through all of them before
 * it takes the next ones, so that what one operation writes is still in that thread's cache when the next one reads it;
 * values that nothing else reads lie in memory of the thread, the same for all items. How many items are taken at a time
 * follows from sizes alone, so that results do not depend on the number of threads.
 */
final class ItemChain {

    /** A part of the second-level cache, which is 1 MiB or more on processors of servers: 512 KiB. */
    private static final long CACHE_BYTES = 512 << 10;

    /** What a thread may need for one item: more than that is in no cache of its own. */
    private static final long MOST_BYTES = 1 << 20;

    private final List<Operation> operations;
    private final Set<Value> inner;
    private final int items;
    private final MemoryPlan plan;

    /**
     * A chain.
     *
     * @param operations in running order; by items if there are several
     * @param inner the values, none of them a view, that nothing else reads
     * @param maxBatch the largest batch
     */
    ItemChain(List<Operation> operations, Set<Value> inner, int maxBatch) {
        this.operations = operations;
        this.inner = inner;
        long itemBytes = Math.max(1, plan(1).bytes());
        int most = Parts.largest(maxBatch, Parts.count(maxBatch, 1));
        this.items = (int) Math.max(1, Math.min(most, CACHE_BYTES / itemBytes));
        this.plan = plan(items);
    }

    /**
     * Whether one item of a value fits a thread's cache.
     *
     * @param value a value with items
     * @return false when no chain can hold it
     */
    static boolean fits(Value value) {
        return (long) Float.BYTES * value.shape().size() <= MOST_BYTES;
    }

    private MemoryPlan plan(int count) {
        Set<Value> placed = new HashSet<>();
        for (Operation operation : operations) {
            touched(operation).forEach(value -> placed.add(value.root()));
        }
        placed.removeAll(inner);
        return MemoryPlan.of(new Graph(operations), count, operation -> 0, placed, Integer.MAX_VALUE);
    }

    static List<Value> touched(Operation operation) {
        List<Value> touched = new ArrayList<>(operation.inputs());
        touched.addAll(operation.outputs());
        return touched;
    }

    /**
     * Whether one item fits a thread's cache.
     *
     * @return false when a shorter chain should be tried
     */
    boolean fits() {
        return plan.bytes() <= MOST_BYTES;
    }

    List<Operation> operations() {
        return operations;
    }

    /**
     * The memory that every thread needs.
     *
     * @return float32 elements, 0 when all values are somebody else's too
     */
    long elements() {
        return plan.bytes() / Float.BYTES;
    }

    /**
     * Finds places for the values that nothing else reads.
     *
     * @param lanes memory of {@link #elements()} for each thread, by its number
     * @param places receives the places, by the values' roots
     */
    void place(List<CpuMemory> lanes, Map<Value, Place> places) {
        for (Value value : inner) {
            int offset = Math.toIntExact(plan.place(value).offset());
            int size = value.shape().size();
            places.put(value, lane -> new Floats(lanes.get(lane.number()), offset - lane.firstItem() * size));
        }
    }

    /**
     * Joins the operations' steps.
     *
     * @param steps one for each operation
     * @param workers the threads
     * @param profile where the time of each goes, or null to time nothing
     * @return a step that does the same as all of them in order
     */
    Step join(List<Step> steps, Workers workers, Profile profile) {
        if (steps.size() == 1) {
            return Profile.timed(profile, operations.get(0).name(), steps.get(0));
        }
        ItemStep[] chain = steps.stream().map(ItemStep.class::cast).toArray(ItemStep[]::new);
        if (profile == null) {
            return run -> runAll(chain, run, workers);
        }
        Stopwatch[] timed = Stream.of(chain).map(Stopwatch::new).toArray(Stopwatch[]::new);
        return run -> {
            long begin = System.nanoTime();
            runAll(timed, run, workers);
            share(profile, timed, System.nanoTime() - begin);
        };
    }

    private void runAll(ItemStep[] chain, Run run, Workers workers) {
        workers.run(chain.length, (index, lane) -> chain[index].begin(run, lane));
        workers.run((run.batch() + items - 1) / items, (part, lane) -> {
            int first = part * items;
            lane.firstItem(first);
            for (ItemStep step : chain) {
                step.run(run, first, Math.min(items, run.batch() - first), lane);
            }
        });
    }

    /** The time of all threads in one step. */
    private static final class Stopwatch implements ItemStep {
        private final ItemStep step;
        private final LongAdder nanos = new LongAdder();

        Stopwatch(ItemStep step) {
            this.step = step;
        }

        @Override
        public void run(Run run) {
            step.run(run);
        }

        @Override
        public void begin(Run run, Lane lane) {
            long begin = System.nanoTime();
            step.begin(run, lane);
            nanos.add(System.nanoTime() - begin);
        }

        @Override
        public void run(Run run, int first, int count, Lane lane) {
            long begin = System.nanoTime();
            step.run(run, first, count, lane);
            nanos.add(System.nanoTime() - begin);
        }
    }

    /** Each step's part of the time that passed is its part of what the threads spent. */
    private void share(Profile profile, Stopwatch[] timed, long passed) {
        long[] spent =
                Stream.of(timed).mapToLong(step -> step.nanos.sumThenReset()).toArray();
        double all = Math.max(1, LongStream.of(spent).sum());
        for (int i = 0; i < spent.length; i++) {
            profile.add(operations.get(i).name(), Math.round(passed * (spent[i] / all)));
        }
    }
}
