package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Applies one of the general functions to every element, such as {@code hard_sigmoid}, {@code clip} or {@code affine}:
 * any shape to the same shape. The usual activations are {@link Activation}'s. Keras has operations for them
 * in the place of a layer. The functions are those of {@link UnaryFunction}.
 */
public final class Elementwise extends FluentLayer<Elementwise> {

    private final UnaryFunction function;

    /**
     * A function with its parameters.
     *
     * @param function the function
     */
    public Elementwise(UnaryFunction function) {
        this.function = function;
    }

    /**
     * What is applied.
     *
     * @return the function
     */
    public UnaryFunction function() {
        return function;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return single(inputs);
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        context.graph().add(new Unary(inputs.get(0), output, function));
        return output;
    }

    static Elementwise from(Config config) {
        String name = config.text("function", "");
        UnaryFunction.Kind kind = Arrays.stream(UnaryFunction.Kind.values())
                .filter(known -> name(known).equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("Elementwise has no function '" + name + "'; it has "
                        + Arrays.stream(UnaryFunction.Kind.values())
                                .map(Elementwise::name)
                                .toList()));
        boolean clips = kind == UnaryFunction.Kind.CLIP;
        double alpha = config.number("alpha", clips ? Double.NEGATIVE_INFINITY : 0);
        double beta = config.number("beta", clips ? Double.POSITIVE_INFINITY : 0);
        return new Elementwise(new UnaryFunction(kind, (float) alpha, (float) beta));
    }

    /** Null for no limit, which JSON has no number for. */
    private static Double parameter(float value) {
        return Float.isInfinite(value) ? null : Double.valueOf(Settings.decimal(value));
    }

    private static String name(UnaryFunction.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("function", name(function.kind()));
        config.put("alpha", parameter(function.alpha()));
        config.put("beta", parameter(function.beta()));
        return config;
    }
}
