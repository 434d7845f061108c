package conv4j.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The pass that gives memory to every value that is computed in a run: values that are never alive together share it.
 * Memory comes in slabs, each no larger than the device allows; the plan knows their sizes before anything is allocated.
 * Values are placed from the largest to the smallest, each at the lowest free place (first fit).
 */
public final class MemoryPlan {

    /** Offsets are multiples of so many elements, 1 KiB, which every device accepts as the start of a sub-buffer. */
    public static final int ALIGNMENT = 256;

    /**
     * A place in a slab.
     *
     * @param slab the slab's index
     * @param offset the first element
     * @param elements the number of float32 elements
     */
    public record Place(int slab, long offset, long elements) {}

    private record Interval(Object key, long elements, int first, int last) {
        boolean overlaps(Interval other) {
            return first <= other.last && other.first <= last;
        }
    }

    private record Placed(Interval interval, Place place) {}

    private final long largestSlab;
    private final Map<Object, Place> places = new IdentityHashMap<>();
    private final List<List<Placed>> slabs = new ArrayList<>();

    private MemoryPlan(long largestSlab) {
        this.largestSlab = largestSlab;
    }

    /**
     * Plans the memory of a graph.
     *
     * @param graph its operations in running order
     * @param maxBatch the largest batch
     * @param scratch the float32 elements of working memory that the backend wants for an operation
     * @param placed values that have memory already
     * @param largestSlab the most float32 elements of one slab
     * @return the plan
     * @throws IllegalArgumentException when one value alone is larger than a slab may be
     */
    public static MemoryPlan of(
            Graph graph, int maxBatch, ToLongFunction<Operation> scratch, Set<Value> placed, long largestSlab) {
        MemoryPlan plan = new MemoryPlan(largestSlab);
        List<Interval> intervals = intervals(graph, maxBatch, scratch, placed);
        intervals.sort(Comparator.comparingLong(Interval::elements).reversed());
        intervals.forEach(plan::place);
        return plan;
    }

    private static List<Interval> intervals(
            Graph graph, int maxBatch, ToLongFunction<Operation> scratch, Set<Value> placed) {
        Map<Value, int[]> lifetimes = new IdentityHashMap<>();
        List<Value> order = new ArrayList<>();
        List<Interval> intervals = new ArrayList<>();
        List<Operation> operations = graph.operations();
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            List<Value> touched = new ArrayList<>(operation.inputs());
            touched.addAll(operation.outputs());
            for (Value value : touched) {
                live(value.root(), i, lifetimes, order);
            }
            long working = scratch.applyAsLong(operation);
            if (working > 0) {
                intervals.add(new Interval(operation, working, i, i));
            }
        }
        for (Value value : order) {
            if (isPlanned(value) && !placed.contains(value)) {
                int[] lifetime = lifetimes.get(value);
                int last = graph.retains(value) ? operations.size() : lifetime[1];
                intervals.add(new Interval(value, value.elements(maxBatch), lifetime[0], last));
            }
        }
        return intervals;
    }

    private static void live(Value value, int index, Map<Value, int[]> lifetimes, List<Value> order) {
        int[] lifetime = lifetimes.get(value);
        if (lifetime == null) {
            // The host writes inputs before the first operation runs.
            int first = value.role() == Value.Role.INPUT ? -1 : index;
            lifetimes.put(value, new int[] {first, index});
            order.add(value);
        } else {
            lifetime[1] = index;
        }
    }

    private static boolean isPlanned(Value value) {
        return value.role() == Value.Role.ACTIVATION || value.role() == Value.Role.INPUT;
    }

    private void place(Interval interval) {
        long elements = aligned(interval.elements());
        if (elements > largestSlab) {
            throw new IllegalArgumentException(interval.key() + " needs " + 4 * interval.elements()
                    + " bytes in one piece, but the device allows " + 4 * largestSlab + "; use a smaller batch");
        }
        for (int slab = 0; ; slab++) {
            if (slab == slabs.size()) {
                slabs.add(new ArrayList<>());
            }
            long offset = firstFit(slabs.get(slab), interval, elements);
            if (offset + elements <= largestSlab) {
                Place place = new Place(slab, offset, interval.elements());
                slabs.get(slab).add(new Placed(interval, place));
                places.put(interval.key(), place);
                return;
            }
        }
    }

    private static long firstFit(List<Placed> slab, Interval interval, long elements) {
        List<Place> taken = new ArrayList<>();
        for (Placed other : slab) {
            if (other.interval().overlaps(interval)) {
                taken.add(other.place());
            }
        }
        taken.sort(Comparator.comparingLong(Place::offset));
        long offset = 0;
        for (Place place : taken) {
            if (offset + elements <= place.offset()) {
                return offset;
            }
            offset = Math.max(offset, place.offset() + aligned(place.elements()));
        }
        return offset;
    }

    /**
     * Rounds a number of elements up to the alignment.
     *
     * @param elements 0 or more
     * @return the next multiple of {@link #ALIGNMENT}
     */
    public static long aligned(long elements) {
        return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /**
     * Where a value lies.
     *
     * @param value a value of the graph or a view of one
     * @return its place, or null when it has memory from elsewhere
     */
    public Place place(Value value) {
        return places.get(value.root());
    }

    /**
     * Where an operation's working memory lies.
     *
     * @param operation an operation of the graph
     * @return its place, or null when it wanted none
     */
    public Place scratch(Operation operation) {
        return places.get(operation);
    }

    /**
     * The sizes of the slabs.
     *
     * @return float32 elements of each
     */
    public List<Long> slabElements() {
        List<Long> sizes = new ArrayList<>();
        for (List<Placed> slab : slabs) {
            sizes.add(slab.stream()
                    .mapToLong(p -> p.place().offset() + aligned(p.place().elements()))
                    .max()
                    .orElse(0));
        }
        return Collections.unmodifiableList(sizes);
    }

    /**
     * The memory that the plan needs.
     *
     * @return bytes of all slabs together
     */
    public long bytes() {
        return 4 * slabElements().stream().mapToLong(Long::longValue).sum();
    }
}
