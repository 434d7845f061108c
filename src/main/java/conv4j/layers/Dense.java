package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.MatMul;
import conv4j.graph.Value;
import conv4j.initializers.GlorotUniform;
import conv4j.initializers.Initializer;
import conv4j.regularizers.Regularizer;
import conv4j.regularizers.Regularizers;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * A fully connected layer over the last axis: (..., inputs) to (..., units), {@code y = f(x * kernel + bias)}.
 * Parameters: kernel (inputs, units) and bias (units).
 */
public final class Dense extends KernelLayer<Dense> {

    private final int units;
    private Initializer kernelInitializer = new GlorotUniform();
    private Regularizer kernelRegularizer;

    /**
     * A fully connected layer.
     *
     * @param units extent of the output's last axis, 1 or more
     * @throws IllegalArgumentException when it is below 1
     */
    public Dense(int units) {
        this.units = Settings.positive("Dense", "units", units);
    }

    /**
     * Sets the kernel before training.
     *
     * @param initializer by default {@link GlorotUniform}
     * @return this
     */
    public Dense kernelInitializer(Initializer initializer) {
        this.kernelInitializer = initializer;
        return this;
    }

    /**
     * Sets the penalty on the kernel.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public Dense kernelRegularizer(Regularizer penalty) {
        this.kernelRegularizer = penalty;
        return this;
    }

    /**
     * Sets the penalty on the kernel.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, with factors of 0.01
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public Dense kernelRegularizer(String name) {
        return kernelRegularizer(Regularizers.named(name));
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape input = single(inputs);
        if (input.rank() == 0) {
            throw new IllegalArgumentException(
                    "items with one axis or more are needed, but the input is a single number;"
                            + " use an input of shape (1,)");
        }
        return input.with(-1, units);
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value input = inputs.get(0);
        Value output = output(inputs);
        Value kernel =
                context.parameter("kernel", Shape.of(input.columns(), units), kernelInitializer, kernelRegularizer);
        context.graph().add(new MatMul(input, kernel, output));
        return finish(context, output);
    }

    static Dense from(Config config) {
        Dense layer = new Dense(config.integer("units"));
        layer.kernelRegularizer = Settings.regularizer(config, "kernel_regularizer");
        return layer.kernelInitializer(Settings.initializer(config, "kernel_initializer", layer.kernelInitializer))
                .configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("units", units);
        config.put("kernel_initializer", Settings.initializer(kernelInitializer));
        config.put("kernel_regularizer", Settings.regularizer(kernelRegularizer));
        return config;
    }
}
