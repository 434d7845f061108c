package conv4j.backend.cpu;

import conv4j.backend.Placement;
import conv4j.graph.Activate;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.AveragePool2d;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Conv2d;
import conv4j.graph.Dropout;
import conv4j.graph.Gather;
import conv4j.graph.Graph;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Reshape;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Cuts a graph into {@link ItemChain}s: as long as they can be from the first operation on. */
final class ItemChains {

    /** Operations whose steps are {@link ItemStep}s. */
    private static final Set<Class<?>> BY_ITEM = Set.of(
            Activate.class,
            Activate.Gradient.class,
            Add.class,
            AddBias.class,
            AveragePool2d.class,
            AveragePool2d.Gradient.class,
            BatchNormalization.Inference.class,
            Conv2d.class,
            Conv2d.InputGradient.class,
            Dropout.class,
            Gather.class,
            MaxPool2d.class,
            MaxPool2d.Gradient.class,
            MaxPool2d.PlacesGradient.class,
            Reshape.class);

    /** Longer chains gain nothing, and it takes long to find that they are too long. */
    private static final int LONGEST = 32;

    private final Graph graph;
    private final Placement placement;
    private final int maxBatch;
    private final Map<Value, int[]> uses = new IdentityHashMap<>();

    private ItemChains(Graph graph, Placement placement, int maxBatch) {
        this.graph = graph;
        this.placement = placement;
        this.maxBatch = maxBatch;
        for (int i = 0; i < graph.operations().size(); i++) {
            int[] here = {i, i};
            for (Value value : ItemChain.touched(graph.operations().get(i))) {
                uses.merge(value.root(), here, (before, last) -> new int[] {before[0], last[1]});
            }
        }
    }

    /**
     * Cuts a graph into chains, in running order; an operation that is not by items is one alone.
     *
     * @param graph the operations
     * @param placement where values lie that are not in memory of a thread
     * @param maxBatch the largest batch
     * @return chains that together have all operations
     */
    static List<ItemChain> of(Graph graph, Placement placement, int maxBatch) {
        return new ItemChains(graph, placement, maxBatch).chains();
    }

    private List<ItemChain> chains() {
        List<Operation> all = graph.operations();
        List<ItemChain> chains = new ArrayList<>();
        for (int from = 0; from < all.size(); ) {
            int end = from + 1;
            while (end < Math.min(all.size(), from + LONGEST) && byItem(all.get(end - 1)) && byItem(all.get(end))) {
                end++;
            }
            ItemChain chain = chain(from, end);
            while (end > from + 1 && (endBeforeConflict(from, end) < end || !chain.fits())) {
                end = Math.min(end - 1, endBeforeConflict(from, end));
                chain = chain(from, end);
            }
            chains.add(chain);
            from = end;
        }
        return chains;
    }

    private ItemChain chain(int from, int end) {
        return new ItemChain(List.copyOf(graph.operations().subList(from, end)), inner(from, end), maxBatch);
    }

    /** Whether an operation can be in a chain: what it writes has items, each of which a thread's cache holds. */
    private static boolean byItem(Operation operation) {
        return BY_ITEM.contains(operation.getClass())
                && operation.outputs().stream().allMatch(output -> output.batched() && ItemChain.fits(output));
    }

    /** Values that are computed and used within operations {@code from} to {@code end - 1} alone. */
    private Set<Value> inner(int from, int end) {
        Set<Value> inner = new HashSet<>();
        for (int i = from; i < end; i++) {
            for (Value output : graph.operations().get(i).outputs()) {
                Value value = output.root();
                int[] firstAndLast = uses.get(value);
                if (value.role() == Value.Role.ACTIVATION
                        && !graph.retains(value)
                        && firstAndLast[0] >= from
                        && firstAndLast[1] < end
                        && firstAndLast[0] < firstAndLast[1]) {
                    inner.add(value);
                }
            }
        }
        return inner;
    }

    /**
     * The first operation that writes where another value of the chain lies: the other items of that value may not
     * have been read yet.
     */
    private int endBeforeConflict(int from, int end) {
        Set<Value> inner = inner(from, end);
        Set<Value> seen = new HashSet<>();
        for (int i = from; i < end; i++) {
            Operation operation = graph.operations().get(i);
            for (Value output : operation.outputs()) {
                if (!inner.contains(output.root()) && seen.stream().anyMatch(other -> overlap(other, output.root()))) {
                    return i;
                }
            }
            for (Value value : ItemChain.touched(operation)) {
                if (!inner.contains(value.root())) {
                    seen.add(value.root());
                }
            }
        }
        return end;
    }

    private boolean overlap(Value a, Value b) {
        if (a == b) {
            return false;
        }
        Placement.Location one = placement.of(a);
        Placement.Location other = placement.of(b);
        return one.memory() == other.memory()
                && one.offset() < other.offset() + b.elements(maxBatch)
                && other.offset() < one.offset() + a.elements(maxBatch);
    }
}
