package conv4j.evaluation;

import conv4j.data.DataException;
import conv4j.data.Dataset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The outputs of a classifier for a data set, beside the labels.
 *
 * <pre>{@code
 * Classification result = Classification.of(model.predict(test, 128), test);
 * System.out.println(result.report());
 * }</pre>
 */
public final class Classification {

    private final float[][] probabilities;
    private final int[] labels;
    private final int[] predicted;
    private final List<String> classNames;

    /**
     * An image whose class was taken for another one.
     *
     * @param index its place in the data set
     * @param actual the class that the label names
     * @param predicted the most probable class
     * @param confidence the probability of the predicted class
     * @param probability the probability of the actual class
     */
    public record Mistake(int index, int actual, int predicted, double confidence, double probability) {}

    private Classification(float[][] probabilities, int[] labels, List<String> classNames) {
        this.probabilities = probabilities;
        this.labels = labels;
        this.classNames = classNames;
        this.predicted = new int[labels.length];
        for (int i = 0; i < labels.length; i++) {
            predicted[i] = largest(probabilities[i]);
        }
    }

    /**
     * Outputs and labels. Outputs of which one is below 0 or above 1 are logits, and become probabilities by a softmax.
     *
     * @param outputs one row of class probabilities or logits per item, or one number per item, for the second of two
     *     classes
     * @param labels the class of every item, from 0
     * @param classNames one per class; classes without a name are called by their number
     * @return the classification
     * @throws IllegalArgumentException when there are no items, rows and labels do not fit, or an output is NaN
     */
    public static Classification of(float[][] outputs, int[] labels, List<String> classNames) {
        if (outputs.length == 0 || outputs.length != labels.length) {
            throw new IllegalArgumentException(outputs.length + " rows of outputs and " + labels.length
                    + " labels were given; give as many of both, 1 or more");
        }
        int classes = Math.max(2, outputs[0].length);
        boolean logits = areLogits(outputs);
        float[][] rows = new float[outputs.length][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = row(outputs[i], logits);
            check(i, rows[i], labels[i], classes);
        }
        List<String> names = IntStream.range(0, classes)
                .mapToObj(c -> c < classNames.size() ? classNames.get(c) : "class " + c)
                .toList();
        return new Classification(rows, labels.clone(), names);
    }

    private static boolean areLogits(float[][] outputs) {
        for (float[] row : outputs) {
            for (float output : row) {
                if (output < 0 || output > 1) {
                    return true;
                }
            }
        }
        return false;
    }

    private static float[] row(float[] output, boolean logits) {
        boolean one = output.length == 1;
        if (!logits) {
            return one ? new float[] {1 - output[0], output[0]} : output.clone();
        }
        float[] row = one ? new float[] {0, output[0]} : output.clone();
        double most = row[largest(row)];
        double sum = 0;
        for (float logit : row) {
            sum += Math.exp(logit - most);
        }
        for (int c = 0; c < row.length; c++) {
            row[c] = (float) (Math.exp(row[c] - most) / sum);
        }
        return row;
    }

    private static void check(int item, float[] row, int label, int classes) {
        if (row.length != classes) {
            throw new IllegalArgumentException(
                    "item " + item + " has " + row.length + " outputs, but the first has " + classes);
        }
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("the label of item " + item + " is " + label + ", but the outputs have "
                    + classes + " classes, 0 to " + (classes - 1));
        }
        for (float output : row) {
            if (Float.isNaN(output)) {
                throw new IllegalArgumentException(
                        "item " + item + " has the output NaN; train the model again, with a smaller learning rate");
            }
        }
    }

    /**
     * A model's predictions for a data set with class labels.
     *
     * @param outputs what {@code model.predict} returned
     * @param data the data set
     * @return the classification
     * @throws DataException when its targets are no class labels
     * @throws IllegalArgumentException when they do not fit the outputs
     */
    public static Classification of(float[][] outputs, Dataset data) {
        if (data.targetShape().size() != 1) {
            throw new DataException("the data set has targets of shape " + data.targetShape()
                    + ", but a classification needs one class label per item");
        }
        int[] labels = new int[data.size()];
        float[] target = new float[1];
        for (int i = 0; i < labels.length; i++) {
            data.target(i, target, 0);
            labels[i] = (int) target[0];
        }
        return of(outputs, labels, data.classNames());
    }

    private static int largest(float[] row) {
        int best = 0;
        for (int c = 1; c < row.length; c++) {
            if (row[c] > row[best]) {
                best = c;
            }
        }
        return best;
    }

    /** {@return the number of items} */
    public int size() {
        return labels.length;
    }

    /** {@return the names of the classes, in the order of their indices} */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * The label of an item.
     *
     * @param item from 0
     * @return its class
     */
    public int label(int item) {
        return labels[item];
    }

    /**
     * The most probable class of an item, the first of several.
     *
     * @param item from 0
     * @return its predicted class
     */
    public int predicted(int item) {
        return predicted[item];
    }

    /**
     * The probability of a class.
     *
     * @param item from 0
     * @param c the class
     * @return the model's output
     */
    public double probability(int item, int c) {
        return probabilities[item][c];
    }

    /**
     * The classes of an item from the most probable on.
     *
     * @param item from 0
     * @return all classes; those that are equally probable by their numbers
     */
    public List<Integer> ranking(int item) {
        return IntStream.range(0, classNames.size())
                .boxed()
                .sorted(Comparator.comparingDouble((Integer c) -> probabilities[item][c])
                        .reversed())
                .toList();
    }

    /** {@return the part of the items whose most probable class is their label} */
    public double accuracy() {
        return topK(1);
    }

    /**
     * The part of the items whose label is among the k most probable classes.
     *
     * @param k 1 or more
     * @return from 0 to 1
     */
    public double topK(int k) {
        int hits = 0;
        for (int i = 0; i < labels.length; i++) {
            if (rank(i) < k) {
                hits++;
            }
        }
        return (double) hits / labels.length;
    }

    /** The place of an item's label in its ranking, from 0. */
    private int rank(int item) {
        float[] row = probabilities[item];
        int label = labels[item];
        int before = 0;
        for (int c = 0; c < row.length; c++) {
            if (row[c] > row[label] || row[c] == row[label] && c < label) {
                before++;
            }
        }
        return before;
    }

    /** {@return how often each class was taken for each} */
    public ConfusionMatrix confusion() {
        return ConfusionMatrix.of(labels, predicted, classNames);
    }

    /** {@return precision, recall and F1 of every class} */
    public ClassificationReport report() {
        return new ClassificationReport(confusion());
    }

    /**
     * How often the model is right for what it says of its own certainty.
     *
     * @param bins intervals of equal width from 0 to 1, usually 10 or 15
     * @return the calibration
     */
    public Calibration calibration(int bins) {
        double[] confidences = new double[labels.length];
        boolean[] right = new boolean[labels.length];
        for (int i = 0; i < labels.length; i++) {
            confidences[i] = probabilities[i][predicted[i]];
            right[i] = predicted[i] == labels[i];
        }
        return Calibration.of(confidences, right, bins);
    }

    /** {@return all items that were taken for another class, the most confident first} */
    public List<Mistake> mistakes() {
        List<Mistake> mistakes = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            if (predicted[i] != labels[i]) {
                mistakes.add(new Mistake(
                        i, labels[i], predicted[i], probabilities[i][predicted[i]], probabilities[i][labels[i]]));
            }
        }
        mistakes.sort(Comparator.comparingDouble(Mistake::confidence).reversed());
        return mistakes;
    }
}
