package conv4j.shape;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The extents of an array, outermost first. A shape never includes the batch axis: an image is {@code (height, width,
 * channels)}, a class label is the empty shape. The number of elements always fits an {@code int}.
 */
public final class Shape {

    /** The shape of a single number: no axes, one element. */
    public static final Shape SCALAR = new Shape();

    private final int[] dims;
    private final int size;

    private Shape(int... dims) {
        this.dims = dims;
        long elements = 1;
        for (int dim : dims) {
            if (dim < 1) {
                throw new IllegalArgumentException("a shape needs extents of 1 or more, but was given " + text(dims)
                        + "; check the layer's sizes");
            }
            elements *= dim;
            if (elements > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("shape " + text(dims)
                        + " has more than 2147483647 elements per item, the most that one array can hold; use smaller"
                        + " images, fewer filters or larger strides");
            }
        }
        this.size = (int) elements;
    }

    /**
     * A shape of the given extents.
     *
     * @param dims the extents, outermost first, each 1 or more
     * @return the shape
     * @throws IllegalArgumentException when an extent is below 1 or the elements do not fit an {@code int}
     */
    public static Shape of(int... dims) {
        return new Shape(dims.clone());
    }

    /**
     * The number of axes.
     *
     * @return 0 for a single number
     */
    public int rank() {
        return dims.length;
    }

    /**
     * The extent of one axis.
     *
     * @param axis the axis; negative ones count from the end, so -1 is the last
     * @return its extent
     * @throws IllegalArgumentException when there is no such axis
     */
    public int dim(int axis) {
        return dims[checkedAxis(axis)];
    }

    /**
     * The number of elements.
     *
     * @return the product of all extents, 1 for a single number
     */
    public int size() {
        return size;
    }

    /**
     * The extents as an array.
     *
     * @return a copy, outermost first
     */
    public int[] toArray() {
        return dims.clone();
    }

    /**
     * An axis counted from the front.
     *
     * @param axis an axis, negative ones counting from the end
     * @return the same axis, 0 or more
     * @throws IllegalArgumentException when there is no such axis
     */
    public int checkedAxis(int axis) {
        int counted = axis < 0 ? axis + dims.length : axis;
        if (counted < 0 || counted >= dims.length) {
            throw new IllegalArgumentException("shape " + this + " has no axis " + axis + "; it has " + dims.length);
        }
        return counted;
    }

    /**
     * The same shape with another extent along one axis.
     *
     * @param axis the axis, negative ones counting from the end
     * @param extent its new extent
     * @return the new shape
     */
    public Shape with(int axis, int extent) {
        int[] changed = dims.clone();
        changed[checkedAxis(axis)] = extent;
        return new Shape(changed);
    }

    /**
     * The number of rows when the last axis is taken as columns.
     *
     * @return the product of all extents but the last, 1 for ranks 0 and 1
     */
    public int rows() {
        return dims.length == 0 ? 1 : size / dims[dims.length - 1];
    }

    /**
     * The extent of the last axis.
     *
     * @return the last extent, 1 for a single number
     */
    public int columns() {
        return dims.length == 0 ? 1 : dims[dims.length - 1];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /** {@inheritDoc} Written as Keras does: {@code (32, 32, 3)}, {@code (10,)}, {@code ()}. */
    @Override
    public String toString() {
        return text(dims);
    }

    private static String text(int[] dims) {
        String list = Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return "(" + list + (dims.length == 1 ? ",)" : ")");
    }
}
