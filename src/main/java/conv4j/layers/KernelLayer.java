package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.AddBias;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.initializers.Zeros;
import conv4j.regularizers.Regularizer;
import conv4j.regularizers.Regularizers;
import conv4j.shape.Shape;
import java.util.Map;

/**
 * A layer that multiplies by weights, adds a bias and applies an activation.
 *
 * @param <L> the layer's own type
 */
abstract class KernelLayer<L extends KernelLayer<L>> extends FluentLayer<L> {

    private LayerActivation activation = LayerActivation.LINEAR;
    private boolean useBias = true;
    private Initializer biasInitializer = new Zeros();
    private Regularizer biasRegularizer;

    /**
     * Sets the function applied last.
     *
     * @param name one of linear, relu, relu6, leaky_relu (slope 0.2), elu, selu, gelu, gelu_tanh, swish (or silu),
     *     sigmoid, tanh, softplus, softmax; by default linear
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public final L activation(String name) {
        this.activation = LayerActivation.named(name);
        return self();
    }

    /**
     * Sets the function applied last.
     *
     * @param function a function of every element with its parameters
     * @return this
     */
    public final L activation(conv4j.graph.Activation function) {
        this.activation = new LayerActivation(function);
        return self();
    }

    /**
     * Sets whether a learnt number is added to every channel.
     *
     * @param add by default true
     * @return this
     */
    public final L useBias(boolean add) {
        this.useBias = add;
        return self();
    }

    /**
     * Sets the bias before training.
     *
     * @param initializer by default {@link Zeros}
     * @return this
     */
    public final L biasInitializer(Initializer initializer) {
        this.biasInitializer = initializer;
        return self();
    }

    /**
     * Sets the penalty on the bias.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public final L biasRegularizer(Regularizer penalty) {
        this.biasRegularizer = penalty;
        return self();
    }

    /**
     * Sets the penalty on the bias.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, with factors of 0.01
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public final L biasRegularizer(String name) {
        return biasRegularizer(Regularizers.named(name));
    }

    /** Adds bias and activation to what was computed with the weights. */
    final Value finish(LayerContext context, Value computed) {
        Value result = computed;
        if (useBias) {
            Value bias = context.parameter("bias", Shape.of(computed.columns()), biasInitializer, biasRegularizer);
            result = Value.activation(describeName(), computed.shape());
            context.graph().add(new AddBias(computed, bias, result));
        }
        return activation.apply(context, result, describeName());
    }

    L configure(Config config) {
        this.activation = LayerActivation.from(config);
        this.useBias = config.flag("use_bias", true);
        this.biasInitializer = Settings.initializer(config, "bias_initializer", biasInitializer);
        this.biasRegularizer = Settings.regularizer(config, "bias_regularizer");
        return self();
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("activation", activation.config());
        config.put("use_bias", useBias);
        config.put("bias_initializer", Settings.initializer(biasInitializer));
        config.put("bias_regularizer", Settings.regularizer(biasRegularizer));
        return config;
    }
}
