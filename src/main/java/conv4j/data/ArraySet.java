package conv4j.data;

import conv4j.shape.Shape;
import java.util.List;

/** A user's own arrays as a data set. Any float is allowed, also NaN and infinities: training will report what they do. */
public final class ArraySet implements Dataset {

    /** A class index above this is no exact float. */
    private static final int MOST_CLASSES = 1 << 24;

    private final int size;
    private final Shape inputShape;
    private final float[] inputs;
    private final Shape targetShape;
    private final float[] targets;
    private final List<String> classNames;

    /**
     * Inputs with arrays of numbers as targets.
     *
     * @param inputShape the shape of one input
     * @param inputs n inputs one after the other; kept, not copied
     * @param targetShape the shape of one target
     * @param targets n targets one after the other; kept, not copied
     * @throws DataException when the arrays do not hold the same whole number of examples
     */
    public ArraySet(Shape inputShape, float[] inputs, Shape targetShape, float[] targets) {
        this(inputShape, inputs, targetShape, targets, List.of());
    }

    private ArraySet(Shape inputShape, float[] inputs, Shape targetShape, float[] targets, List<String> classNames) {
        this.inputShape = inputShape;
        this.inputs = inputs;
        this.targetShape = targetShape;
        this.targets = targets;
        this.classNames = classNames;
        this.size = count("inputs", inputs, inputShape);
        int targetCount = count("targets", targets, targetShape);
        if (size != targetCount) {
            throw new DataException(size + " inputs and " + targetCount
                    + " targets were given; each input needs one target: give as many of both");
        }
    }

    /**
     * Inputs with class labels as targets.
     *
     * @param inputShape the shape of one input
     * @param inputs n inputs one after the other; kept, not copied
     * @param labels the class index of each input
     * @param classNames the name of each class
     * @return the set
     * @throws DataException when the arrays do not hold the same whole number of examples or a label is out of range
     */
    public static ArraySet labelled(Shape inputShape, float[] inputs, int[] labels, List<String> classNames) {
        List<String> names = Labels.checkNames(classNames);
        if (names.size() > MOST_CLASSES) {
            throw new DataException(names.size() + " classes were given; at most " + MOST_CLASSES + " are possible");
        }
        Labels.check(labels, names.size());
        float[] targets = new float[labels.length];
        for (int i = 0; i < labels.length; i++) {
            targets[i] = labels[i];
        }
        return new ArraySet(inputShape, inputs, Shape.SCALAR, targets, names);
    }

    private static int count(String what, float[] values, Shape shape) {
        if (values.length == 0 || values.length % shape.size() != 0) {
            throw new DataException(
                    values.length + " values of " + what + " were given; needed is a multiple, at least 1, of "
                            + shape.size() + " for the shape " + shape + "; check the array or the shape");
        }
        return values.length / shape.size();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Shape inputShape() {
        return inputShape;
    }

    @Override
    public Shape targetShape() {
        return targetShape;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public boolean bytes() {
        return false;
    }

    @Override
    public void input(int index, float[] out, int offset) {
        System.arraycopy(inputs, index * inputShape.size(), out, offset, inputShape.size());
    }

    @Override
    public void target(int index, float[] out, int offset) {
        System.arraycopy(targets, index * targetShape.size(), out, offset, targetShape.size());
    }
}
