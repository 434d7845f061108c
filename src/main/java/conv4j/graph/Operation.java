package conv4j.graph;

import java.util.List;

/**
 * One step of a computation: a record that names the values it reads and writes and all resolved sizes. The rule for
 * its gradient stands in the same file, as do the operations that the rule emits.
 */
public interface Operation {

    /**
     * The values that are read.
     *
     * @return in the order of the formula
     */
    List<Value> inputs();

    /**
     * The values that are written.
     *
     * @return usually one
     */
    List<Value> outputs();

    /**
     * The operations that this one was fused from.
     *
     * @return in running order; itself alone where it is not made of others
     */
    default List<Operation> unfused() {
        return List.of(this);
    }

    /**
     * Calls the method of {@code operations} that is meant for this kind of operation.
     *
     * @param operations one method per kind of operation
     * @param <T> what the methods return
     * @return what that method returned
     */
    <T> T accept(Operations<T> operations);

    /**
     * Emits the operations that compute the gradients of the inputs from those of the outputs.
     *
     * @param gradients the pass that runs the rules
     * @throws UnsupportedOperationException when this operation has no gradient, as for gradients themselves
     */
    default void gradient(Gradients gradients) {
        throw new UnsupportedOperationException(name() + " has no gradient");
    }

    /**
     * The kind of operation, for messages and profiles.
     *
     * @return the record's name, a nested one with its parent: {@code Conv2d.KernelGradient}
     */
    default String name() {
        Class<?> parent = getClass().getEnclosingClass();
        return (parent == null ? "" : parent.getSimpleName() + ".") + getClass().getSimpleName();
    }
}
