package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Conv2d;
import conv4j.graph.Value;
import conv4j.initializers.GlorotUniform;
import conv4j.initializers.Initializer;
import conv4j.regularizers.Regularizer;
import conv4j.regularizers.Regularizers;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * A depthwise convolution followed by one of 1 x 1 that mixes the channels: (height, width, channels) to (new height, new
 * width, filters). Parameters: depthwise_kernel (kernel height, kernel width, channels, multiplier), pointwise_kernel (1,
 * 1, channels * multiplier, filters) and bias (filters). Chollet 2017.
 */
public final class SeparableConv2D extends ConvolutionLayer<SeparableConv2D> {

    private final int filters;
    private int depthMultiplier = 1;
    private Initializer depthwiseInitializer = new GlorotUniform();
    private Regularizer depthwiseRegularizer;
    private Initializer pointwiseInitializer = new GlorotUniform();
    private Regularizer pointwiseRegularizer;

    /**
     * A separable convolution with a square kernel.
     *
     * @param filters channels of the output, 1 or more
     * @param kernelSize height and width of the depthwise kernel, 1 or more
     */
    public SeparableConv2D(int filters, int kernelSize) {
        this(filters, kernelSize, kernelSize);
    }

    /**
     * A separable convolution.
     *
     * @param filters channels of the output, 1 or more
     * @param kernelHeight height of the depthwise kernel, 1 or more
     * @param kernelWidth width of the depthwise kernel, 1 or more
     * @throws IllegalArgumentException when a size is below 1
     */
    public SeparableConv2D(int filters, int kernelHeight, int kernelWidth) {
        super(kernelHeight, kernelWidth);
        this.filters = Settings.positive("SeparableConv2D", "filters", filters);
    }

    /**
     * Sets how many channels the depthwise convolution makes of every channel.
     *
     * @param multiplier 1 or more, by default 1
     * @return this
     * @throws IllegalArgumentException when it is below 1
     */
    public SeparableConv2D depthMultiplier(int multiplier) {
        this.depthMultiplier = Settings.positive("SeparableConv2D", "a depth multiplier", multiplier);
        return this;
    }

    /**
     * Sets the depthwise kernel before training.
     *
     * @param initializer by default {@link GlorotUniform}
     * @return this
     */
    public SeparableConv2D depthwiseInitializer(Initializer initializer) {
        this.depthwiseInitializer = initializer;
        return this;
    }

    /**
     * Sets the penalty on the depthwise kernel.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public SeparableConv2D depthwiseRegularizer(Regularizer penalty) {
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
    public SeparableConv2D depthwiseRegularizer(String name) {
        return depthwiseRegularizer(Regularizers.named(name));
    }

    /**
     * Sets the pointwise kernel before training.
     *
     * @param initializer by default {@link GlorotUniform}
     * @return this
     */
    public SeparableConv2D pointwiseInitializer(Initializer initializer) {
        this.pointwiseInitializer = initializer;
        return this;
    }

    /**
     * Sets the penalty on the pointwise kernel.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public SeparableConv2D pointwiseRegularizer(Regularizer penalty) {
        this.pointwiseRegularizer = penalty;
        return this;
    }

    /**
     * Sets the penalty on the pointwise kernel.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, with factors of 0.01
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public SeparableConv2D pointwiseRegularizer(String name) {
        return pointwiseRegularizer(Regularizers.named(name));
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return pointwise(depthwise(image(inputs), depthMultiplier)).outputShape();
    }

    private ConvGeometry pointwise(ConvGeometry depthwise) {
        Shape middle = depthwise.outputShape();
        return new ConvGeometry(
                Padding.VALID.rows(middle.dim(0), 1, 1, 1),
                Padding.VALID.columns(middle.dim(1), 1, 1, 1),
                middle.dim(2),
                filters,
                1);
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        ConvGeometry depthwise = depthwise(inputs.get(0).shape(), depthMultiplier);
        ConvGeometry pointwise = pointwise(depthwise);
        Value middle = Value.activation(describeName() + " depthwise", depthwise.outputShape());
        Value depthKernel =
                depthwiseKernel(context, "depthwise_kernel", depthwise, depthwiseInitializer, depthwiseRegularizer);
        Value pointKernel = context.parameter(
                "pointwise_kernel", pointwise.kernelShape(), pointwiseInitializer, pointwiseRegularizer);
        context.graph().add(new Conv2d(inputs.get(0), depthKernel, middle, depthwise));
        context.graph().add(new Conv2d(middle, pointKernel, output, pointwise));
        return finish(context, output);
    }

    static SeparableConv2D from(Config config) {
        int[] kernel = config.pair("kernel_size");
        SeparableConv2D layer = new SeparableConv2D(config.integer("filters"), kernel[0], kernel[1])
                .depthMultiplier(config.integer("depth_multiplier", 1));
        layer.depthwiseRegularizer = Settings.regularizer(config, "depthwise_regularizer");
        layer.pointwiseRegularizer = Settings.regularizer(config, "pointwise_regularizer");
        return layer.depthwiseInitializer(
                        Settings.initializer(config, "depthwise_initializer", layer.depthwiseInitializer))
                .pointwiseInitializer(Settings.initializer(config, "pointwise_initializer", layer.pointwiseInitializer))
                .configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("filters", filters);
        config.put("depth_multiplier", depthMultiplier);
        config.put("depthwise_initializer", Settings.initializer(depthwiseInitializer));
        config.put("depthwise_regularizer", Settings.regularizer(depthwiseRegularizer));
        config.put("pointwise_initializer", Settings.initializer(pointwiseInitializer));
        config.put("pointwise_regularizer", Settings.regularizer(pointwiseRegularizer));
        return config;
    }
}
