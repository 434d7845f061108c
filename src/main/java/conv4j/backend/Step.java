package conv4j.backend;

/** An operation that is bound to its memory and ready to run. */
@FunctionalInterface
public interface Step {

    /**
     * Runs the operation, or starts it on a device that works in order.
     *
     * @param run what changes from run to run
     */
    void run(Run run);
}
