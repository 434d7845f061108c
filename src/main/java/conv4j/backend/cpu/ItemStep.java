package conv4j.backend.cpu;

import conv4j.backend.Run;
import conv4j.backend.Step;

/**
 * A step whose operation treats every item of a batch by itself, so that it can run for some items alone, on one thread.
 * {@link #run(Run)} runs it for all items on all threads.
 */
interface ItemStep extends Step {

    /**
     * Does what is needed once for a whole batch before {@link #run(Run, int, int, Lane)} is called for its items, such as
     * packing a kernel. {@link #run(Run)} does it itself.
     *
     * @param run what changes from run to run
     * @param lane the calling thread's arrays
     */
    default void begin(Run run, Lane lane) {}

    /**
     * Runs the operation for some items.
     *
     * @param run what changes from run to run
     * @param first the first item
     * @param items how many
     * @param lane the calling thread's arrays
     */
    void run(Run run, int first, int items, Lane lane);
}
