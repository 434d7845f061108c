package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The function that a layer applies to what it has computed.
 *
 * @param function a function of every element, or null for softmax over the last axis
 */
record LayerActivation(Activation function) {

    static final LayerActivation LINEAR = new LayerActivation(Activation.LINEAR);
    static final LayerActivation SOFTMAX = new LayerActivation(null);

    private static final float LEAKY_RELU_SLOPE = 0.2f;

    /** The function that Keras calls by this name. */
    static LayerActivation named(String name) {
        return name.equals("softmax") ? SOFTMAX : new LayerActivation(elementwise(name));
    }

    private static Activation elementwise(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "linear" -> Activation.LINEAR;
            case "relu" -> Activation.RELU;
            case "relu6" -> new Activation(Activation.Kind.RELU, 0, 6, 0);
            case "leaky_relu" -> Activation.leakyRelu(LEAKY_RELU_SLOPE);
            case "elu" -> Activation.of(Activation.Kind.ELU);
            case "selu" -> Activation.of(Activation.Kind.SELU);
            case "gelu" -> Activation.of(Activation.Kind.GELU);
            case "gelu_tanh" -> Activation.of(Activation.Kind.GELU_TANH);
            case "swish", "silu" -> Activation.of(Activation.Kind.SWISH);
            case "sigmoid" -> Activation.of(Activation.Kind.SIGMOID);
            case "tanh" -> Activation.of(Activation.Kind.TANH);
            case "softplus" -> Activation.of(Activation.Kind.SOFTPLUS);
            default -> throw new IllegalArgumentException("there is no activation '" + name
                    + "'; there are linear, relu, relu6, leaky_relu, elu, selu, gelu, gelu_tanh, swish (or silu),"
                    + " sigmoid, tanh, softplus and softmax");
        };
    }

    /** The activation of a configuration, a name or a nested layer such as LeakyReLU with another slope. */
    static LayerActivation from(Config config) {
        Config.Part part = config.part("activation");
        if (part == null) {
            return LINEAR;
        }
        if (part.config().isEmpty()) {
            return named(part.className());
        }
        if (Layers.fromConfig(part.className(), part.config()) instanceof ActivationLayer<?> layer) {
            return layer.function();
        }
        throw new IllegalArgumentException(part.className() + " cannot be used as an activation");
    }

    /** The name, or a nested layer where the function has other than default parameters. */
    Object config() {
        if (function == null) {
            return "softmax";
        }
        for (String name : new String[] {"relu", "relu6", "leaky_relu", "elu"}) {
            if (elementwise(name).equals(function)) {
                return name;
            }
        }
        return switch (function.kind()) {
            case RELU -> new Config.Part("ReLU", reluConfig(function)).toMap();
            case ELU -> new Config.Part("ELU", Map.of("alpha", Settings.decimal(function.alpha()))).toMap();
            default -> function.kind().name().toLowerCase(Locale.ROOT);
        };
    }

    /** The arguments of Keras' ReLU layer. */
    static Map<String, Object> reluConfig(Activation relu) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("max_value", Float.isInfinite(relu.maximum()) ? null : Settings.decimal(relu.maximum()));
        config.put("negative_slope", Settings.decimal(relu.alpha()));
        config.put("threshold", Settings.decimal(relu.threshold()));
        return config;
    }

    /** Adds the function to the graph; the identity needs no operation. */
    Value apply(LayerContext context, Value input, String name) {
        if (function != null && function.isLinear()) {
            return input;
        }
        Value output = Value.activation(name, input.shape());
        context.graph()
                .add(
                        function == null
                                ? new conv4j.graph.Softmax(input, output)
                                : new Activate(input, output, function));
        return output;
    }
}
