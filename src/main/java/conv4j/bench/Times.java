package conv4j.bench;

import java.util.Arrays;

/**
 * How long something took, in seconds.
 *
 * @param median half of the runs took less
 * @param least the shortest run
 * @param most the longest run
 * @param runs how many were timed
 */
public record Times(double median, double least, double most, int runs) {

    /**
     * The times of some runs.
     *
     * @param seconds one or more, in any order
     * @return their median, least and most
     * @throws IllegalArgumentException when there are none
     */
    public static Times of(double... seconds) {
        if (seconds.length == 0) {
            throw new IllegalArgumentException("no run was timed; time 1 or more");
        }
        double[] sorted = seconds.clone();
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        double median = (sorted[last / 2] + sorted[sorted.length / 2]) / 2;
        return new Times(median, sorted[0], sorted[last], sorted.length);
    }

    /**
     * The times of a part, where each run had so many equal parts.
     *
     * @param parts 1 or more
     * @return all times divided
     */
    public Times dividedBy(int parts) {
        return new Times(median / parts, least / parts, most / parts, runs);
    }
}
