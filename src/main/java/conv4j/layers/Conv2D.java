package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Conv2d;
import conv4j.graph.Value;
import conv4j.initializers.GlorotUniform;
import conv4j.initializers.Initializer;
import conv4j.regularizers.Regularizer;
import conv4j.regularizers.Regularizers;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * Convolution of images: (height, width, channels) to (new height, new width, filters). Parameters: kernel (kernel
 * height, kernel width, channels / groups, filters) and bias (filters).
 *
 * <pre>{@code new Conv2D(32, 3).strides(2).padding("same").activation("relu")}</pre>
 */
public final class Conv2D extends ConvolutionLayer<Conv2D> {

    private final int filters;
    private int groups = 1;
    private Initializer kernelInitializer = new GlorotUniform();
    private Regularizer kernelRegularizer;

    /**
     * A convolution with a square kernel.
     *
     * @param filters channels of the output, 1 or more
     * @param kernelSize height and width of the kernel, 1 or more
     */
    public Conv2D(int filters, int kernelSize) {
        this(filters, kernelSize, kernelSize);
    }

    /**
     * A convolution.
     *
     * @param filters channels of the output, 1 or more
     * @param kernelHeight height of the kernel, 1 or more
     * @param kernelWidth width of the kernel, 1 or more
     * @throws IllegalArgumentException when a size is below 1
     */
    public Conv2D(int filters, int kernelHeight, int kernelWidth) {
        super(kernelHeight, kernelWidth);
        this.filters = Settings.positive("Conv2D", "filters", filters);
    }

    /**
     * Sets how many groups of channels are convolved separately.
     *
     * @param number a divisor of channels and filters, by default 1
     * @return this
     * @throws IllegalArgumentException when it is below 1
     */
    public Conv2D groups(int number) {
        this.groups = Settings.positive("Conv2D", "groups", number);
        return this;
    }

    /**
     * Sets the kernel before training.
     *
     * @param initializer by default {@link GlorotUniform}
     * @return this
     */
    public Conv2D kernelInitializer(Initializer initializer) {
        this.kernelInitializer = initializer;
        return this;
    }

    /**
     * Sets the penalty on the kernel.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public Conv2D kernelRegularizer(Regularizer penalty) {
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
    public Conv2D kernelRegularizer(String name) {
        return kernelRegularizer(Regularizers.named(name));
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return geometry(image(inputs), filters, groups).outputShape();
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        ConvGeometry geometry = geometry(inputs.get(0).shape(), filters, groups);
        Value kernel = context.parameter("kernel", geometry.kernelShape(), kernelInitializer, kernelRegularizer);
        context.graph().add(new Conv2d(inputs.get(0), kernel, output, geometry));
        return finish(context, output);
    }

    static Conv2D from(Config config) {
        int[] kernel = config.pair("kernel_size");
        Conv2D layer = new Conv2D(config.integer("filters"), kernel[0], kernel[1]).groups(config.integer("groups", 1));
        layer.kernelRegularizer = Settings.regularizer(config, "kernel_regularizer");
        return layer.kernelInitializer(Settings.initializer(config, "kernel_initializer", layer.kernelInitializer))
                .configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("filters", filters);
        config.put("groups", groups);
        config.put("kernel_initializer", Settings.initializer(kernelInitializer));
        config.put("kernel_regularizer", Settings.regularizer(kernelRegularizer));
        return config;
    }
}
