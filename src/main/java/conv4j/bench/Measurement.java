package conv4j.bench;

import conv4j.backend.Peak;

/**
 * What was measured of a piece of work, or why it was not.
 *
 * @param group the kind of work
 * @param name its name
 * @param batch items
 * @param work what it has to do
 * @param times how long it took, null when it was skipped
 * @param skipped why it was not measured, null when it was
 */
public record Measurement(Group group, String name, int batch, Work work, Times times, String skipped) {

    /**
     * The rate of the median run, in what counts for this kind of work.
     *
     * @return flop per second or bytes per second; NaN when it was skipped
     */
    public double rate() {
        return times == null ? Double.NaN : (group.countsOperations() ? work.flops() : work.bytes()) / times.median();
    }

    /**
     * The rate as a share of what the device does at most.
     *
     * @param peak of the device
     * @return 1 for the peak itself; NaN when either is not known
     */
    public double share(Peak peak) {
        return rate() / (group.countsOperations() ? peak.flops() : peak.bytes());
    }
}
