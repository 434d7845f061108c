package conv4j.data;

import java.util.List;

/** Checks of class labels. */
public final class Labels {

    private Labels() {}

    /**
     * Checks that every label names a class.
     *
     * @param labels class indices
     * @param classes the number of classes
     * @throws DataException when a label is below 0 or not below the number of classes; names the first such label
     */
    public static void check(int[] labels, int classes) {
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes) {
                throw outOfRange(i, Integer.toString(labels[i]), classes);
            }
        }
    }

    /**
     * Checks that every target of a set is the index of a class, before a loss uses it as one.
     *
     * @param dataset a set whose targets are class labels
     * @param classes the number of classes, which is the number of outputs of the network
     * @throws DataException when targets are not single numbers, or one is not a whole number from 0 to classes - 1
     */
    public static void check(Dataset dataset, int classes) {
        if (dataset.targetShape().size() != 1) {
            throw new DataException("targets of shape " + dataset.targetShape() + " are not class labels, which are one"
                    + " number each; use a loss for vectors, or give labels");
        }
        float[] label = new float[1];
        for (int i = 0; i < dataset.size(); i++) {
            dataset.target(i, label, 0);
            if (!(label[0] >= 0 && label[0] < classes && label[0] == (int) label[0])) {
                String text = label[0] == (int) label[0] ? Integer.toString((int) label[0]) : Float.toString(label[0]);
                throw outOfRange(i, text, classes);
            }
        }
    }

    /** The count of names as a data set needs it: at least one, none missing, none twice. */
    static List<String> checkNames(List<String> classNames) {
        if (classNames.isEmpty()) {
            throw new DataException("a set with class labels needs class names, but was given none; name each class");
        }
        List<String> names = List.copyOf(classNames);
        if (names.stream().distinct().count() != names.size()) {
            throw new DataException("the class names " + names + " hold a name twice; give each class its own name");
        }
        return names;
    }

    private static DataException outOfRange(int index, String label, int classes) {
        return new DataException("label " + label + " of example " + index + " is out of range: with " + classes
                + " classes a label is a whole number from 0 to " + (classes - 1)
                + "; correct the label or the number of classes (the units of the last layer)");
    }
}
