package conv4j.evaluation;

import java.util.ArrayList;
import java.util.List;

/**
 * How often a classifier is right for what it says of its own certainty: confidences in bins of equal width and, for each,
 * the part that was right (Guo, Pleiss, Sun, Weinberger 2017, section 2).
 *
 * @param bins from the least to the most confident, empty ones included
 */
public record Calibration(List<Bin> bins) {

    /**
     * The items whose confidence lies in an interval: above low, at most high; the first one includes 0.
     *
     * @param low the lower end
     * @param high the upper end
     * @param count items
     * @param confidence their mean confidence, 0 without items
     * @param accuracy the part of them that was right, 0 without items
     */
    public record Bin(double low, double high, long count, double confidence, double accuracy) {}

    /**
     * Copies the list.
     *
     * @param bins from the least to the most confident
     */
    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Sorts items into bins.
     *
     * @param confidences the probability of the predicted class of every item, from 0 to 1
     * @param right whether that class was the label
     * @param bins how many, 1 or more
     * @return the calibration
     * @throws IllegalArgumentException when the lengths differ or there are no bins
     */
    public static Calibration of(double[] confidences, boolean[] right, int bins) {
        if (confidences.length != right.length || bins < 1) {
            throw new IllegalArgumentException(confidences.length + " confidences, " + right.length + " results and "
                    + bins + " bins were given; give as many of the first two, and 1 bin or more");
        }
        long[] counts = new long[bins];
        double[] sums = new double[bins];
        long[] hits = new long[bins];
        for (int i = 0; i < confidences.length; i++) {
            int bin = Math.max(0, Math.min(bins - 1, (int) Math.ceil(confidences[i] * bins) - 1));
            counts[bin]++;
            sums[bin] += confidences[i];
            hits[bin] += right[i] ? 1 : 0;
        }
        List<Bin> list = new ArrayList<>();
        for (int b = 0; b < bins; b++) {
            long divisor = Math.max(1, counts[b]);
            list.add(new Bin(
                    (double) b / bins, (b + 1.0) / bins, counts[b], sums[b] / divisor, (double) hits[b] / divisor));
        }
        return new Calibration(list);
    }

    /** {@return all items} */
    public long total() {
        return bins.stream().mapToLong(Bin::count).sum();
    }

    /** {@return ECE, the mean distance of accuracy and confidence over all items, bin by bin; 0 is perfect} */
    public double expectedError() {
        double sum = bins.stream()
                .mapToDouble(bin -> bin.count() * Math.abs(bin.accuracy() - bin.confidence()))
                .sum();
        return sum / Math.max(1, total());
    }

    /** {@return the mean confidence minus the accuracy over all items; above 0 the classifier is too sure of itself} */
    public double overconfidence() {
        double sum = bins.stream()
                .mapToDouble(bin -> bin.count() * (bin.confidence() - bin.accuracy()))
                .sum();
        return sum / Math.max(1, total());
    }
}
