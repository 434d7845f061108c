package conv4j.bench;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.graph.Precision;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Times single operations on a device, and leaves out, visibly, what would take too long or does not fit. */
public final class OperationBench {

    private static final double LONG_ENOUGH = 0.02;
    private static final double WARM_UP = 0.2;
    private static final int MOST_REPEATS = 1000;

    private final Backend backend;
    private final Precision precision;
    private final int runs;
    private final double limit;
    private final Map<Group, Double> fastest = new EnumMap<>(Group.class);

    /**
     * A bench.
     *
     * @param backend the device
     * @param precision what products may be computed in
     * @param runs how many timed runs the median is taken of
     * @param limit the most seconds that one run of an operation may be expected to take
     */
    public OperationBench(Backend backend, Precision precision, int runs, double limit) {
        this.backend = backend;
        this.precision = precision;
        this.runs = runs;
        this.limit = limit;
    }

    /**
     * Measures one operation.
     *
     * @param workload the operation
     * @return its times, or the reason why there are none
     */
    public Measurement measure(Workload workload) {
        Work work = workload.work();
        double expected = amount(workload) / fastest.getOrDefault(workload.group(), Double.POSITIVE_INFINITY);
        if (expected > limit) {
            return skipped(workload, String.format(Locale.ROOT, "would take %.1f s or more", expected));
        }
        try (OperationRun run = new OperationRun(backend, precision, workload)) {
            Times times = times(run);
            fastest.merge(workload.group(), amount(workload) / times.median(), Math::max);
            return new Measurement(workload.group(), workload.name(), workload.batch(), work, times, null);
        } catch (BackendException e) {
            return skipped(workload, e.getMessage());
        } catch (IllegalArgumentException e) {
            // The plan says so when a value or working memory alone is larger than a piece may be.
            return skipped(workload, e.getMessage());
        }
    }

    private static double amount(Workload workload) {
        Work work = workload.work();
        return workload.group().countsOperations() ? work.flops() : work.bytes();
    }

    /** Several runs in a row count as one where a single one is too short for the clock. */
    private Times times(OperationRun run) {
        double once = warmUp(run);
        int repeats = (int) Math.max(1, Math.min(MOST_REPEATS, LONG_ENOUGH / once));
        double[] seconds = new double[once > limit ? 1 : runs];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = run.seconds(repeats);
        }
        return Times.of(seconds).dividedBy(repeats);
    }

    /** Runs until the time is up in which devices compile and clocks rise; the seconds of the last run. */
    private double warmUp(OperationRun run) {
        long begin = System.nanoTime();
        double once;
        do {
            once = run.seconds(1);
        } while ((System.nanoTime() - begin) * 1e-9 < Math.min(WARM_UP, limit));
        return once;
    }

    private static Measurement skipped(Workload workload, String reason) {
        return new Measurement(workload.group(), workload.name(), workload.batch(), workload.work(), null, reason);
    }
}
