package conv4j.backend;

import java.util.List;

/** A graph that is ready to run: a list of steps and whatever they hold on the device. */
public final class Executable implements AutoCloseable {

    private final Step[] steps;
    private final List<String> names;
    private final int maxBatch;
    private final Runnable release;
    private boolean closed;

    /**
     * An executable.
     *
     * @param steps what runs, in order
     * @param names the operations that the steps do, in running order
     * @param maxBatch the largest batch
     * @param release frees what the steps hold
     */
    public Executable(List<Step> steps, List<String> names, int maxBatch, Runnable release) {
        this.steps = steps.toArray(Step[]::new);
        this.names = List.copyOf(names);
        this.maxBatch = maxBatch;
        this.release = release;
    }

    /**
     * Runs all steps. On a device this returns when everything is started; reading memory waits for the end.
     *
     * @param run what changes from run to run
     * @throws IllegalArgumentException when the batch is empty or larger than was prepared for
     * @throws IllegalStateException when this executable is closed
     */
    public void run(Run run) {
        if (closed) {
            throw new IllegalStateException("this executable is closed");
        }
        if (run.batch() < 1 || run.batch() > maxBatch) {
            throw new IllegalArgumentException(
                    "a batch of " + run.batch() + " items was given, but 1 to " + maxBatch + " were prepared for");
        }
        for (Step step : steps) {
            step.run(run);
        }
    }

    /**
     * What the steps do.
     *
     * @return names of operations, in running order
     */
    public List<String> names() {
        return names;
    }

    /**
     * The largest batch.
     *
     * @return items
     */
    public int maxBatch() {
        return maxBatch;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            release.run();
        }
    }
}
