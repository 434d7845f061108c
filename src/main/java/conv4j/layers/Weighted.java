package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Binary;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.initializers.Zeros;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Joins every item with an array of the layer's own, element by element: {@code f(x, weight)}, or {@code f(weight, x)}
 * when reversed. Any shape to the shape that it has together with the weight's. With {@code prelu} it is Keras' PReLU.
 * Parameter: weight, of the given shape. Keras has no other such layer of this generality.
 */
public final class Weighted extends FluentLayer<Weighted> {

    private final Binary.Function function;
    private final int[] weightShape;
    private boolean reversed;
    private Initializer weightInitializer = new Zeros();

    /**
     * A function of the input and a weight.
     *
     * @param function what an element and its weight become
     * @param weightShape the weight's shape, which broadcasts with the items'
     */
    public Weighted(Binary.Function function, int... weightShape) {
        this.function = function;
        this.weightShape = weightShape.clone();
    }

    /**
     * Sets the order of operands.
     *
     * @param weightFirst by default false
     * @return this
     */
    public Weighted reversed(boolean weightFirst) {
        this.reversed = weightFirst;
        return this;
    }

    /**
     * Sets the weight before training.
     *
     * @param initializer by default {@link Zeros}
     * @return this
     */
    public Weighted weightInitializer(Initializer initializer) {
        this.weightInitializer = initializer;
        return this;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape input = single(inputs);
        if (input.rank() < weightShape.length) {
            throw new IllegalArgumentException(
                    "an input of " + weightShape.length + " axes or more is needed for the weight "
                            + Shape.of(weightShape) + ", but it has " + input.rank());
        }
        return Binary.broadcast(input, Shape.of(weightShape));
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value input = inputs.get(0);
        Value weight = context.parameter("weight", Shape.of(weightShape), weightInitializer);
        Value output = output(inputs);
        context.graph().add(new Binary(reversed ? weight : input, reversed ? input : weight, output, function));
        return output;
    }

    static Weighted from(Config config) {
        String name = config.text("function", "").toUpperCase(Locale.ROOT);
        Binary.Function function = Arrays.stream(Binary.Function.values())
                .filter(known -> known.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Weighted has no function '" + name + "'; it has "
                        + Arrays.toString(Binary.Function.values())));
        return new Weighted(function, config.integers("weight_shape"))
                .reversed(config.flag("reversed", false))
                .weightInitializer(Settings.initializer(config, "weight_initializer", new Zeros()));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("function", function.name().toLowerCase(Locale.ROOT));
        config.put("weight_shape", Settings.list(weightShape));
        config.put("reversed", reversed);
        config.put("weight_initializer", Settings.initializer(weightInitializer));
        return config;
    }
}
