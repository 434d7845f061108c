package conv4j.backend;

import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where values lie: which memory, and from which element on. A view ({@link Value#reshaped}) lies where its root does.
 */
public final class Placement {

    /**
     * A place in memory.
     *
     * @param memory the memory
     * @param offset the first element
     */
    public record Location(Memory memory, long offset) {}

    private final Map<Value, Location> values = new IdentityHashMap<>();
    private final Map<Operation, Location> scratch = new IdentityHashMap<>();

    /** A placement of nothing. */
    public Placement() {}

    /**
     * A placement that begins with what another one holds.
     *
     * @param other parameters and states, usually
     */
    public Placement(Placement other) {
        values.putAll(other.values);
    }

    /**
     * Gives a value its place.
     *
     * @param value any value; for a view its root is placed
     * @param memory the memory
     * @param offset the first element, a multiple of {@link MemoryPlan#ALIGNMENT}
     */
    public void put(Value value, Memory memory, long offset) {
        values.put(value.root(), new Location(memory, offset));
    }

    /**
     * Allocates the memory of a plan and places everything that it planned.
     *
     * @param graph the graph that the plan is for
     * @param plan the plan
     * @param backend allocates
     * @return the slabs; the caller closes them
     * @throws OutOfMemoryException when the device has no room; nothing stays allocated then
     */
    public List<Memory> allocate(Graph graph, MemoryPlan plan, Backend backend) {
        return allocate(graph, plan, backend, List.of());
    }

    /**
     * The same with memory that is there already, of a graph that never runs between two steps of this one.
     *
     * @param graph the graph that the plan is for
     * @param plan the plan
     * @param backend allocates what is not lent
     * @param lent slabs of another graph, whose contents are lost
     * @return the slabs; the caller closes those that were not lent
     * @throws OutOfMemoryException when the device has no room; nothing new stays allocated then
     */
    public List<Memory> allocate(Graph graph, MemoryPlan plan, Backend backend, List<Memory> lent) {
        List<Memory> left = new ArrayList<>(lent);
        List<Memory> slabs = new ArrayList<>();
        List<Memory> allocated = new ArrayList<>();
        try {
            for (long elements : plan.slabElements()) {
                Memory slab = takeFrom(left, elements);
                if (slab == null) {
                    slab = backend.allocate("activations and gradients", ElementType.FLOAT32, elements);
                    allocated.add(slab);
                }
                slabs.add(slab);
            }
        } catch (RuntimeException e) {
            allocated.forEach(Memory::close);
            throw e;
        }
        for (Operation operation : graph.operations()) {
            operation.inputs().forEach(value -> put(value, plan.place(value), slabs));
            operation.outputs().forEach(value -> put(value, plan.place(value), slabs));
            MemoryPlan.Place working = plan.scratch(operation);
            if (working != null) {
                put(operation, slabs.get(working.slab()), working.offset());
            }
        }
        return slabs;
    }

    private static Memory takeFrom(List<Memory> left, long elements) {
        for (Memory memory : left) {
            if (memory.elements() >= elements) {
                left.remove(memory);
                return memory;
            }
        }
        return null;
    }

    /**
     * Gives an operation its working memory.
     *
     * @param operation an operation that asked for some
     * @param memory the memory
     * @param offset the first element, a multiple of {@link MemoryPlan#ALIGNMENT}
     */
    public void put(Operation operation, Memory memory, long offset) {
        scratch.put(operation, new Location(memory, offset));
    }

    private void put(Value value, MemoryPlan.Place place, List<Memory> slabs) {
        if (place != null) {
            put(value, slabs.get(place.slab()), place.offset());
        }
    }

    /**
     * Where a value lies.
     *
     * @param value a value or a view
     * @return its place
     * @throws IllegalStateException when it has none
     */
    public Location of(Value value) {
        Location location = values.get(value.root());
        if (location == null) {
            throw new IllegalStateException(value + " was given no memory");
        }
        return location;
    }

    /**
     * Where an operation's working memory lies.
     *
     * @param operation an operation that asked for some
     * @return its place
     * @throws IllegalStateException when it has none
     */
    public Location scratch(Operation operation) {
        Location location = scratch.get(operation);
        if (location == null) {
            throw new IllegalStateException(operation.name() + " was given no working memory");
        }
        return location;
    }

    /**
     * The values that have a place.
     *
     * @return the roots
     */
    public Set<Value> placed() {
        return Collections.unmodifiableSet(values.keySet());
    }
}
