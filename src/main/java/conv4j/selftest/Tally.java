package conv4j.selftest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was found of each operation: how often it was tried, how near to its bound it came, how long that took. */
final class Tally {

    private static final class Counts {
        private long cases;
        private double worstShare;
        private long nanos;
    }

    private final Map<String, Counts> byOperation = new TreeMap<>();

    /** One case of an operation, with its largest error as a share of the bound there. */
    void add(String operation, double worstShare, long nanos) {
        Counts counts = byOperation.computeIfAbsent(operation, name -> new Counts());
        counts.cases++;
        counts.worstShare = Math.max(counts.worstShare, worstShare);
        counts.nanos += nanos;
    }

    List<OperationResult> results() {
        List<OperationResult> results = new ArrayList<>();
        byOperation.forEach((name, c) -> results.add(new OperationResult(name, c.cases, c.worstShare, c.nanos / 1e9)));
        return results;
    }
}
