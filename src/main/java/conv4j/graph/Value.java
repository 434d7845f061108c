package conv4j.graph;

import conv4j.shape.Shape;
import java.util.Objects;

/**
 * An array that operations read and write, known by identity. It has a shape per item and, when it is batched, a
 * leading batch axis that the shape leaves out: items lie one after the other, so a batch that is smaller than the
 * largest simply ends earlier.
 */
public final class Value {

    /** What a value is for, which decides who gives it memory. */
    public enum Role {
        /** Written by the host or a gathering operation before the others run. */
        INPUT,
        /** Learnt by training; lives as long as the model. */
        PARAMETER,
        /** Kept from one run to the next without being learnt: moving averages, totals of metrics, optimizer slots. */
        STATE,
        /** Items of a whole data set, of which a run takes some. */
        DATA,
        /** Computed in a run and forgotten after its last use. */
        ACTIVATION
    }

    private final String name;
    private final Shape shape;
    private final boolean batched;
    private final Role role;
    private final ElementType type;
    private final Value root;

    private Value(String name, Shape shape, boolean batched, Role role, ElementType type, Value root) {
        this.name = Objects.requireNonNull(name, "name");
        this.shape = Objects.requireNonNull(shape, "shape");
        this.batched = batched;
        this.role = role;
        this.type = type;
        this.root = root == null ? this : root;
    }

    /**
     * A batched input.
     *
     * @param name its name in messages
     * @param shape the shape of an item
     * @return the value
     */
    public static Value input(String name, Shape shape) {
        return new Value(name, shape, true, Role.INPUT, ElementType.FLOAT32, null);
    }

    /**
     * A learnt array.
     *
     * @param name its name in messages and files
     * @param shape its shape
     * @return the value
     */
    public static Value parameter(String name, Shape shape) {
        return new Value(name, shape, false, Role.PARAMETER, ElementType.FLOAT32, null);
    }

    /**
     * An array that is kept between runs without being learnt.
     *
     * @param name its name in messages and files
     * @param shape its shape
     * @return the value
     */
    public static Value state(String name, Shape shape) {
        return new Value(name, shape, false, Role.STATE, ElementType.FLOAT32, null);
    }

    /**
     * The items of a data set.
     *
     * @param name its name in messages
     * @param type the type of its elements
     * @param shape the shape of an item
     * @return the value
     */
    public static Value data(String name, ElementType type, Shape shape) {
        return new Value(name, shape, true, Role.DATA, type, null);
    }

    /**
     * A batched value computed in a run.
     *
     * @param name its name in messages
     * @param shape the shape of an item
     * @return the value
     */
    public static Value activation(String name, Shape shape) {
        return new Value(name, shape, true, Role.ACTIVATION, ElementType.FLOAT32, null);
    }

    /**
     * A value without a batch axis that is computed in a run, such as a parameter's gradient.
     *
     * @param name its name in messages
     * @param shape its shape
     * @return the value
     */
    public static Value unbatched(String name, Shape shape) {
        return new Value(name, shape, false, Role.ACTIVATION, ElementType.FLOAT32, null);
    }

    /**
     * A computed value of the same shape as this one, batched if this one is.
     *
     * @param newName its name in messages
     * @return the value
     */
    public Value like(String newName) {
        return new Value(newName, shape, batched, Role.ACTIVATION, ElementType.FLOAT32, null);
    }

    /**
     * A computed value of another shape, with a batch axis when this one has it.
     *
     * @param newName its name
     * @param newShape its shape
     * @return a value of its own
     */
    public Value like(String newName, Shape newShape) {
        return new Value(newName, newShape, batched, Role.ACTIVATION, ElementType.FLOAT32, null);
    }

    /**
     * The same memory under another shape.
     *
     * @param newName its name in messages
     * @param newShape a shape of as many elements
     * @return the view
     * @throws IllegalArgumentException when the numbers of elements differ
     */
    public Value reshaped(String newName, Shape newShape) {
        if (newShape.size() != shape.size()) {
            throw new IllegalArgumentException(name + " of shape " + shape + " (" + shape.size()
                    + " elements) cannot take the shape " + newShape + " (" + newShape.size() + " elements)");
        }
        return new Value(newName, newShape, batched, role, type, root);
    }

    /**
     * The name in messages and, for parameters and states, in files.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * The shape of an item, or of the whole when the value is not batched.
     *
     * @return the shape without the batch axis
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Whether there is a leading batch axis.
     *
     * @return true for inputs, data and most activations
     */
    public boolean batched() {
        return batched;
    }

    /**
     * What the value is for.
     *
     * @return its role
     */
    public Role role() {
        return role;
    }

    /**
     * The type of the elements.
     *
     * @return FLOAT32 unless this is a data set
     */
    public ElementType type() {
        return type;
    }

    /**
     * The value whose memory this one is a view of.
     *
     * @return the value that {@link #reshaped} began with, or this one
     */
    public Value root() {
        return root;
    }

    /**
     * The number of elements in a batch.
     *
     * @param batch the number of items
     * @return items times elements per item; without a batch axis just the elements
     */
    public long elements(int batch) {
        return batched ? (long) batch * shape.size() : shape.size();
    }

    /**
     * The number of rows when this value is read as a matrix whose columns are its last axis.
     *
     * @param batch the number of items
     * @return elements divided by {@link #columns()}
     */
    public long rows(int batch) {
        return elements(batch) / shape.columns();
    }

    /**
     * The number of columns when this value is read as a matrix.
     *
     * @return the extent of the last axis
     */
    public int columns() {
        return shape.columns();
    }

    @Override
    public String toString() {
        return name + (batched ? " (batch) x " : " ") + shape;
    }
}
