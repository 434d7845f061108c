package conv4j.layers;

import conv4j.config.Config;
import java.util.Map;

/** Applies a function to every element, or softmax to every row: {@code (...)} to the same shape. */
public final class Activation extends ActivationLayer<Activation> {

    private final LayerActivation function;

    /**
     * The function that Keras calls by this name.
     *
     * @param name one of linear, relu, relu6, leaky_relu (slope 0.2), elu, selu, gelu, gelu_tanh, swish (or silu),
     *     sigmoid, tanh, softplus, softmax
     * @throws IllegalArgumentException for any other name
     */
    public Activation(String name) {
        this(LayerActivation.named(name));
    }

    /**
     * A function with its parameters.
     *
     * @param function the function of every element
     */
    public Activation(conv4j.graph.Activation function) {
        this(new LayerActivation(function));
    }

    private Activation(LayerActivation function) {
        this.function = function;
    }

    static Activation from(Config config) {
        return new Activation(LayerActivation.from(config));
    }

    @Override
    LayerActivation function() {
        return function;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("activation", function.config());
        return config;
    }
}
