package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The parts of a batch that go through an operation's working memory one after the other, so that it need not hold all of
 * them.
 *
 * @param items items of each but the last one
 * @param count how many parts the largest batch has
 */
record BatchParts(int items, int count) {

    // More would mean small products, and many to be started.
    private static final int MOST = 16;

    /** Parts of the largest batch, whose items want so many floats each: as few as the style has memory for, or the most. */
    static BatchParts of(Style style, long floatsOfAnItem, int maxBatch) {
        long wanted = divideUp(maxBatch * floatsOfAnItem, style.partFloats());
        int items = (int) divideUp(maxBatch, Math.min(wanted, MOST));
        return new BatchParts(items, (int) divideUp(maxBatch, items));
    }

    /** Items of the part that begins with one, in a batch. */
    long items(int first, int batch) {
        return Math.max(0, Math.min(items, batch - first));
    }

    /** What is done for each part that a batch has, given its first item. */
    Step each(IntFunction<Step> part) {
        return Preparation.inOrder(IntStream.range(0, count)
                .map(number -> number * items)
                .mapToObj(first -> {
                    Step step = part.apply(first);
                    return (Step) run -> {
                        if (run.batch() > first) {
                            step.run(run);
                        }
                    };
                })
                .toArray(Step[]::new));
    }
}
