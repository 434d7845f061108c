package conv4j.backend;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** Runs a check on many cases and reports every one that fails, each on a line of its own. */
final class Cases {

    /** The sizes around the edges of tiles, work-groups and vectors. */
    static final int[] EDGES = {1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65};

    /** What random cases begin with; another one is a matter of a system property. */
    static final long SEED = Long.getLong("conv4j.contractSeed", 20260729);

    /** How many random cases there are of each kind; a nightly run may want thousands. */
    static final int RANDOM = Integer.getInteger("conv4j.contractCases", 12);

    private static final int SHOWN = 12;

    private Cases() {}

    static Random random() {
        return new Random(SEED);
    }

    static <C> void each(Collection<C> cases, Consumer<C> check) {
        List<String> failures = new ArrayList<>();
        AssertionError first = null;
        for (C one : cases) {
            try {
                check.accept(one);
            } catch (AssertionError e) {
                first = first == null ? e : first;
                failures.add(e.getMessage());
            } catch (RuntimeException e) {
                throw new AssertionError(one + ": " + e, e);
            }
        }
        if (!failures.isEmpty()) {
            List<String> shown = failures.subList(0, Math.min(SHOWN, failures.size()));
            fail(
                    failures.size() + " of " + cases.size() + " cases fail (-Dconv4j.contractSeed=" + SEED + "):\n"
                            + String.join("\n", shown),
                    first);
        }
    }
}
