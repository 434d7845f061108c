package conv4j.graph;

import java.util.Objects;

/**
 * A function applied to every element, with Keras' definitions.
 *
 * @param kind which function
 * @param alpha the slope below the threshold for RELU, the scale of the negative part for ELU; else unused
 * @param maximum the largest value RELU returns, infinite by default; else unused
 * @param threshold where RELU begins, 0 by default; else unused
 */
public record Activation(Kind kind, float alpha, float maximum, float threshold) {

    /** The functions. */
    public enum Kind {
        /** {@code y = x}. */
        LINEAR,
        /**
         * {@code y = maximum} where {@code x >= maximum}, {@code x} where {@code x >= threshold}, else {@code alpha *
         * (x - threshold)}. Leaky ReLU is the one with {@code alpha > 0}.
         */
        RELU,
        /** {@code y = x} for {@code x > 0}, else {@code alpha * (exp(x) - 1)}. Clevert et al. 2015. */
        ELU,
        /** {@code y = s * x} for {@code x > 0}, else {@code s * a * (exp(x) - 1)}. Klambauer et al. 2017. */
        SELU,
        /** {@code y = x * (1 + erf(x / sqrt(2))) / 2}. Hendrycks and Gimpel 2016. */
        GELU,
        /** {@code y = x * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))) / 2}, the approximation of {@link #GELU}. */
        GELU_TANH,
        /** {@code y = x * sigmoid(x)}, also called SiLU. Ramachandran et al. 2017. */
        SWISH,
        /** {@code y = 1 / (1 + exp(-x))}. */
        SIGMOID,
        /** {@code y = tanh(x)}. */
        TANH,
        /** {@code y = log(1 + exp(x))}. */
        SOFTPLUS
    }

    /** The {@code a} of {@link Kind#SELU}. */
    public static final double SELU_ALPHA = 1.6732632423543772;

    /** The {@code s} of {@link Kind#SELU}. */
    public static final double SELU_SCALE = 1.0507009873554805;

    /** The identity. */
    public static final Activation LINEAR = of(Kind.LINEAR);

    /** {@code max(x, 0)}. */
    public static final Activation RELU = of(Kind.RELU);

    public Activation {
        Objects.requireNonNull(kind, "kind");
    }

    /**
     * A function with its default parameters: alpha 0 for RELU and 1 for ELU.
     *
     * @param kind which function
     * @return the activation
     */
    public static Activation of(Kind kind) {
        return new Activation(kind, kind == Kind.ELU ? 1f : 0f, Float.POSITIVE_INFINITY, 0f);
    }

    /**
     * {@code x} where positive, else {@code slope * x}.
     *
     * @param slope the slope for negative x, 0 or more
     * @return the activation
     */
    public static Activation leakyRelu(float slope) {
        return new Activation(Kind.RELU, slope, Float.POSITIVE_INFINITY, 0f);
    }

    /**
     * Whether this is the identity.
     *
     * @return true for LINEAR
     */
    public boolean isLinear() {
        return kind == Kind.LINEAR;
    }

    /**
     * Whether the derivative can be computed from the function's value alone, so that its argument need not be kept.
     *
     * @return false for GELU, SWISH, and for RELU with a threshold or a negative slope
     */
    public boolean gradientFromOutput() {
        return switch (kind) {
            case GELU, GELU_TANH, SWISH -> false;
            case RELU -> threshold == 0 && alpha >= 0 && maximum > 0;
            case ELU -> alpha >= 0;
            default -> true;
        };
    }

    /**
     * Whether the function never falls, and neither do its values as they are computed, so that it has the same maximum
     * before and after a max pooling, to the bit. That is certain of comparisons and one product.
     *
     * @return true for LINEAR and the usual forms of RELU
     */
    public boolean neverFalls() {
        return isLinear() || kind == Kind.RELU && gradientFromOutput();
    }
}
