package conv4j.backend.cpu;

/** Where a value lies: the same for all threads, or, within an {@link ItemChain}, in memory of each thread. */
interface Place {

    /**
     * The place as one thread sees it.
     *
     * @param lane the thread's
     * @return where indices count from the value's first element, though only those of the lane's items may be there
     */
    Floats on(Lane lane);
}
