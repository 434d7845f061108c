package conv4j.layers;

import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A part of a model: settings, the shape of what it returns, and the operations that compute it. A layer knows no
 * device and owns no memory; its parameters belong to the model, which hands them out through the {@link LayerContext}.
 *
 * <p>A new layer extends this class, implements {@link #computeOutputShape}, {@link #call} and {@link #config}, and is
 * entered in {@link Layers}. Names, defaults and weight layouts are those of Keras.
 */
public abstract class Layer {

    private String name;
    private boolean trainable = true;

    /** For subclasses. */
    protected Layer() {}

    /**
     * The layer's name in messages, summaries and files.
     *
     * @return the name, or null while neither the user nor a model has given one
     */
    public final String name() {
        return name;
    }

    /**
     * Gives the layer a name.
     *
     * @param newName a name that no other layer of the model has
     * @return this
     * @throws IllegalArgumentException when the name is empty or holds a slash, which separates names in files
     */
    public Layer name(String newName) {
        if (newName == null || newName.isBlank() || newName.indexOf('/') >= 0) {
            throw new IllegalArgumentException(
                    "a layer's name must have at least one letter and no '/', but is '" + newName + "'");
        }
        this.name = newName;
        return this;
    }

    /**
     * Whether training changes the layer's parameters.
     *
     * @return true unless the layer was frozen
     */
    public final boolean trainable() {
        return trainable;
    }

    /**
     * Freezes the layer or thaws it. Takes effect when the model is trained next.
     *
     * @param learns false to keep the layer's parameters as they are
     * @return this
     */
    public Layer trainable(boolean learns) {
        this.trainable = learns;
        return this;
    }

    /**
     * The kind of layer in configurations and summaries, Keras' class name.
     *
     * @return for example {@code Conv2D}
     */
    public String className() {
        return getClass().getSimpleName();
    }

    /**
     * The shape of what the layer returns.
     *
     * @param inputs the shapes of its inputs, without the batch axis
     * @return the output's shape, without the batch axis
     * @throws IllegalArgumentException when the inputs do not fit the layer; the message begins with the layer's name,
     *     class and inputs
     */
    public final Shape outputShape(List<Shape> inputs) {
        try {
            return computeOutputShape(inputs);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(describe(inputs) + ": " + e.getMessage(), e);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    describe(inputs) + ": a size would be larger than 2147483647; use smaller sizes", e);
        }
    }

    /**
     * The shape of what the layer returns; checks the inputs. {@link #outputShape} puts the layer's name before the
     * message of an exception.
     *
     * @param inputs the shapes of its inputs, without the batch axis
     * @return the output's shape, without the batch axis
     * @throws IllegalArgumentException when the inputs do not fit the layer, saying what is needed
     */
    protected abstract Shape computeOutputShape(List<Shape> inputs);

    /**
     * Adds the layer's operations to the context's graph.
     *
     * @param context where operations are added and parameters come from
     * @param inputs batched values of shapes that {@link #outputShape} accepts
     * @return the output, of the shape that {@link #outputShape} returns
     */
    public abstract Value call(LayerContext context, List<Value> inputs);

    /**
     * The layer's arguments under Keras' names, {@code name} and {@code trainable} first. Numbers, strings, booleans,
     * lists and maps only.
     *
     * @return what {@link Layers#fromConfig} makes the same layer of
     */
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        config.put("trainable", trainable);
        return config;
    }

    /**
     * Applies the layer to what other layers return, in the functional style.
     *
     * @param inputs one tensor for most layers, two or more for Add and Concatenate
     * @return the result
     * @throws IllegalArgumentException when the inputs do not fit the layer
     */
    public final Tensor apply(Tensor... inputs) {
        return new Tensor(this, List.of(inputs));
    }

    /**
     * The layer's name, class and inputs, as they begin every message about it.
     *
     * @param inputs the shapes of its inputs
     * @return for example {@code conv1 (Conv2D, input (5, 5, 1))}
     */
    public final String describe(List<Shape> inputs) {
        String shapes = inputs.stream().map(Shape::toString).collect(Collectors.joining(", "));
        String given = inputs.isEmpty() ? "" : (inputs.size() == 1 ? ", input " : ", inputs ") + shapes;
        return describeName() + " (" + className() + given + ")";
    }

    /**
     * The only input's shape.
     *
     * @param inputs the shapes of all inputs
     * @return the first
     * @throws IllegalArgumentException when there is not exactly one
     */
    protected static Shape single(List<Shape> inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("one input is needed, but " + inputs.size()
                    + " are given; join them with Add or Concatenate first");
        }
        return inputs.get(0);
    }

    /**
     * The only input's shape, which must be that of an image.
     *
     * @param inputs the shapes of all inputs
     * @return (height, width, channels)
     * @throws IllegalArgumentException when there is not exactly one input or it has not three axes
     */
    protected static Shape image(List<Shape> inputs) {
        Shape shape = single(inputs);
        if (shape.rank() != 3) {
            throw new IllegalArgumentException(
                    "an image of shape (height, width, channels) is needed, but the input has " + shape.rank()
                            + " axes, " + shape + "; bring it into that form with Reshape");
        }
        return shape;
    }

    /**
     * A new value of the layer's output shape, named after the layer.
     *
     * @param inputs the inputs of {@link #call}
     * @return a batched value, yet to be computed
     */
    protected final Value output(List<Value> inputs) {
        return Value.activation(
                describeName(), outputShape(inputs.stream().map(Value::shape).toList()));
    }

    /**
     * The layer's name, or what it would be called by default.
     *
     * @return never null
     */
    protected final String describeName() {
        return name == null ? Layers.defaultName(this) : name;
    }
}
