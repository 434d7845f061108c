package conv4j.graph;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** A list of operations in an order in which they can run, and the values that must outlive the run. */
public final class Graph {

    private final List<Operation> operations;
    private Precision precision = Precision.FLOAT32;
    private final Set<Value> retained = Collections.newSetFromMap(new IdentityHashMap<>());

    /** An empty graph. */
    public Graph() {
        this(List.of());
    }

    /**
     * A graph of the given operations.
     *
     * @param operations in an order in which they can run
     */
    public Graph(List<Operation> operations) {
        this.operations = new ArrayList<>(operations);
    }

    /**
     * Appends an operation.
     *
     * @param operation reads only inputs, parameters, states, data and what earlier operations wrote
     */
    public void add(Operation operation) {
        operations.add(operation);
    }

    /**
     * The operations so far.
     *
     * @return an unmodifiable view, in running order
     */
    public List<Operation> operations() {
        return Collections.unmodifiableList(operations);
    }

    /**
     * How closely products may be computed; {@link Precision#FLOAT32} if it was never set.
     *
     * @return the precision
     */
    public Precision precision() {
        return precision;
    }

    /**
     * Sets how closely products may be computed.
     *
     * @param allowed the precision
     */
    public void precision(Precision allowed) {
        precision = allowed;
    }

    /**
     * Asks that a computed value keep its memory to the end of the run, so that the host can read it.
     *
     * @param value a value of this graph
     */
    public void retain(Value value) {
        retained.add(value.root());
    }

    /**
     * Whether a value is kept to the end of the run.
     *
     * @param value a value of this graph
     * @return true when it or the value it is a view of was retained
     */
    public boolean retains(Value value) {
        return retained.contains(value.root());
    }

    /**
     * A graph of other operations that retains the same values.
     *
     * @param other its operations
     * @return the new graph
     */
    Graph withOperations(List<Operation> other) {
        Graph graph = new Graph(other);
        graph.retained.addAll(retained);
        graph.precision = precision;
        return graph;
    }
}
