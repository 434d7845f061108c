package conv4j.evaluation;

import java.util.Arrays;
import java.util.List;

/** How often items of each class were taken for each class: rows are labels, columns are predictions. */
public final class ConfusionMatrix {

    private final long[][] counts;
    private final List<String> classNames;

    private ConfusionMatrix(long[][] counts, List<String> classNames) {
        this.counts = counts;
        this.classNames = classNames;
    }

    /**
     * Counts.
     *
     * @param labels the class of every item, from 0
     * @param predicted the class that it was taken for
     * @param classNames one per class
     * @return the matrix
     * @throws IllegalArgumentException when there are more of one than of the other, or a class has no name
     */
    public static ConfusionMatrix of(int[] labels, int[] predicted, List<String> classNames) {
        if (labels.length != predicted.length) {
            throw new IllegalArgumentException(labels.length + " labels and " + predicted.length
                    + " predictions were given; give as many of both");
        }
        int classes = classNames.size();
        long[][] counts = new long[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            if (Math.min(labels[i], predicted[i]) < 0 || Math.max(labels[i], predicted[i]) >= classes) {
                throw new IllegalArgumentException("item " + i + " has the label " + labels[i] + " and the prediction "
                        + predicted[i] + ", but there are the classes 0 to " + (classes - 1));
            }
            counts[labels[i]][predicted[i]]++;
        }
        return new ConfusionMatrix(counts, List.copyOf(classNames));
    }

    /** {@return the number of classes} */
    public int classes() {
        return classNames.size();
    }

    /** {@return the names of the classes} */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * How often a class was taken for another one, or for itself.
     *
     * @param actual the class that labels name
     * @param predicted the class that it was taken for
     * @return items
     */
    public long count(int actual, int predicted) {
        return counts[actual][predicted];
    }

    /**
     * The items of a class.
     *
     * @param actual the class
     * @return the sum of its row
     */
    public long support(int actual) {
        return Arrays.stream(counts[actual]).sum();
    }

    /**
     * The items that were taken for a class.
     *
     * @param predicted the class
     * @return the sum of its column
     */
    public long predictions(int predicted) {
        return Arrays.stream(counts).mapToLong(row -> row[predicted]).sum();
    }

    /** {@return all items} */
    public long total() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    /** {@return the items on the diagonal} */
    public long correct() {
        long sum = 0;
        for (int c = 0; c < counts.length; c++) {
            sum += counts[c][c];
        }
        return sum;
    }
}
