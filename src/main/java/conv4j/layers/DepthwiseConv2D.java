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
 * Convolution of every channel by itself: (height, width, channels) to (new height, new width, channels * multiplier).
 * Parameters: kernel (kernel height, kernel width, channels, multiplier) and bias (channels * multiplier).
 */
public final class DepthwiseConv2D extends ConvolutionLayer<DepthwiseConv2D> {

    private int depthMultiplier = 1;
    private Initializer depthwiseInitializer = new GlorotUniform();
    private Regularizer depthwiseRegularizer;

    /**
     * A depthwise convolution with a square kernel.
     *
     * @param kernelSize height and width of the kernel, 1 or more
     */
    public DepthwiseConv2D(int kernelSize) {
        this(kernelSize, kernelSize);
    }

    /**
     * A depthwise convolution.
     *
     * @param kernelHeight height of the kernel, 1 or more
     * @param kernelWidth width of the kernel, 1 or more
     */
    public DepthwiseConv2D(int kernelHeight, int kernelWidth) {
        super(kernelHeight, kernelWidth);
    }

    /**
     * Sets how many output channels every input channel has.
     *
     * @param multiplier 1 or more, by default 1
     * @return this
     * @throws IllegalArgumentException when it is below 1
     */
    public DepthwiseConv2D depthMultiplier(int multiplier) {
        this.depthMultiplier = Settings.positive("DepthwiseConv2D", "a depth multiplier", multiplier);
        return this;
    }

    /**
     * Sets the kernel before training.
     *
     * @param initializer by default {@link GlorotUniform}
     * @return this
     */
    public DepthwiseConv2D depthwiseInitializer(Initializer initializer) {
        this.depthwiseInitializer = initializer;
        return this;
    }

    /**
     * Sets the penalty on the depthwise kernel.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public DepthwiseConv2D depthwiseRegularizer(Regularizer penalty) {
        this.depthwiseRegularizer = penalty;
        return this;
    }

    /**
     * Sets the penalty on the depthwise kernel.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, with factors of 0.01
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public DepthwiseConv2D depthwiseRegularizer(String name) {
        return depthwiseRegularizer(Regularizers.named(name));
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return depthwise(image(inputs), depthMultiplier).outputShape();
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        ConvGeometry geometry = depthwise(inputs.get(0).shape(), depthMultiplier);
        Value kernel = depthwiseKernel(context, "kernel", geometry, depthwiseInitializer, depthwiseRegularizer);
        context.graph().add(new Conv2d(inputs.get(0), kernel, output, geometry));
        return finish(context, output);
    }

    static DepthwiseConv2D from(Config config) {
        int[] kernel = config.pair("kernel_size");
        DepthwiseConv2D layer =
                new DepthwiseConv2D(kernel[0], kernel[1]).depthMultiplier(config.integer("depth_multiplier", 1));
        layer.depthwiseRegularizer = Settings.regularizer(config, "depthwise_regularizer");
        return layer.depthwiseInitializer(
                        Settings.initializer(config, "depthwise_initializer", layer.depthwiseInitializer))
                .configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("depth_multiplier", depthMultiplier);
        config.put("depthwise_initializer", Settings.initializer(depthwiseInitializer));
        config.put("depthwise_regularizer", Settings.regularizer(depthwiseRegularizer));
        return config;
    }
}
