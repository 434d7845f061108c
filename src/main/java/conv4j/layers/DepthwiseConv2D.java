package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Conv2d;
import conv4j.graph.Value;
import conv4j.initializers.GlorotUniform;
import conv4j.initializers.Initializer;
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

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return depthwise(image(inputs), depthMultiplier).outputShape();
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        ConvGeometry geometry = depthwise(inputs.get(0).shape(), depthMultiplier);
        Value kernel = depthwiseKernel(context, "kernel", geometry, depthwiseInitializer);
        context.graph().add(new Conv2d(inputs.get(0), kernel, output, geometry));
        return finish(context, output);
    }

    static DepthwiseConv2D from(Config config) {
        int[] kernel = config.pair("kernel_size");
        DepthwiseConv2D layer =
                new DepthwiseConv2D(kernel[0], kernel[1]).depthMultiplier(config.integer("depth_multiplier", 1));
        return layer.depthwiseInitializer(
                        Settings.initializer(config, "depthwise_initializer", layer.depthwiseInitializer))
                .configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("depth_multiplier", depthMultiplier);
        config.put("depthwise_initializer", Settings.initializer(depthwiseInitializer));
        return config;
    }
}
