package conv4j.backend;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Time on a device, added up by what took it: kernels, or whole operations where there are no kernels. */
public final class Profile {

    private final Map<String, Share> shares = new LinkedHashMap<>();

    /** A profile of nothing. */
    public Profile() {}

    /**
     * What took time.
     *
     * @param name a kernel or an operation
     * @param count how often it ran
     * @param nanos the time of all its runs, in nanoseconds
     */
    public record Share(String name, long count, long nanos) {

        private Share plus(long more) {
            return new Share(name, count + 1, nanos + more);
        }
    }

    /**
     * Adds one run.
     *
     * @param name a kernel or an operation
     * @param nanos its time in nanoseconds
     */
    public void add(String name, long nanos) {
        shares.put(name, shares.getOrDefault(name, new Share(name, 0, 0)).plus(nanos));
    }

    /** Forgets everything, for example a warm-up. */
    public void clear() {
        shares.clear();
    }

    /**
     * Everything that took time.
     *
     * @return the longest first
     */
    public List<Share> shares() {
        return shares.values().stream()
                .sorted(Comparator.comparingLong(Share::nanos).reversed())
                .toList();
    }

    /**
     * The time of everything.
     *
     * @return nanoseconds
     */
    public long nanos() {
        return shares.values().stream().mapToLong(Share::nanos).sum();
    }

    /**
     * A step that is timed by the host; right only where a step has ended when it returns.
     *
     * @param profile where its time goes, or null to time nothing
     * @param name its name
     * @param step the step
     * @return a step that does the same
     */
    public static Step timed(Profile profile, String name, Step step) {
        if (profile == null) {
            return step;
        }
        return run -> {
            long begin = System.nanoTime();
            step.run(run);
            profile.add(name, System.nanoTime() - begin);
        };
    }
}
