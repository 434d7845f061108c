package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.regularizers.Regularizer;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.Map;

/**
 * A layer that slides a kernel over images.
 *
 * @param <L> the layer's own type
 */
abstract class ConvolutionLayer<L extends ConvolutionLayer<L>> extends KernelLayer<L> {

    private final int[] kernelSize;
    private int[] strides = {1, 1};
    private int[] dilationRate = {1, 1};
    private Padding padding = Padding.VALID;

    ConvolutionLayer(int kernelHeight, int kernelWidth) {
        this.kernelSize = new int[] {
            Settings.positive(className(), "a kernel height", kernelHeight),
            Settings.positive(className(), "a kernel width", kernelWidth)
        };
    }

    /**
     * Sets the positions between two places of the kernel.
     *
     * @param both along height and width, 1 or more, by default 1
     * @return this
     */
    public final L strides(int both) {
        return strides(both, both);
    }

    /**
     * Sets the positions between two places of the kernel.
     *
     * @param rows along the height, 1 or more
     * @param columns along the width, 1 or more
     * @return this
     * @throws IllegalArgumentException when a stride is below 1
     */
    public final L strides(int rows, int columns) {
        this.strides = new int[] {
            Settings.positive(className(), "a stride", rows), Settings.positive(className(), "a stride", columns)
        };
        return self();
    }

    /**
     * Sets how the border is padded with zeros.
     *
     * @param rule by default {@link Padding#VALID}
     * @return this
     */
    public final L padding(Padding rule) {
        this.padding = rule;
        return self();
    }

    /**
     * Sets how the border is padded with zeros.
     *
     * @param name {@code valid}, {@code same} or {@code full}
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public final L padding(String name) {
        return padding(Padding.named(name));
    }

    /**
     * Sets the positions between two elements of the kernel.
     *
     * @param both along height and width, 1 or more, by default 1
     * @return this
     */
    public final L dilationRate(int both) {
        return dilationRate(both, both);
    }

    /**
     * Sets the positions between two elements of the kernel.
     *
     * @param rows along the height, 1 or more
     * @param columns along the width, 1 or more
     * @return this
     * @throws IllegalArgumentException when a rate is below 1
     */
    public final L dilationRate(int rows, int columns) {
        this.dilationRate = new int[] {
            Settings.positive(className(), "a dilation rate", rows),
            Settings.positive(className(), "a dilation rate", columns)
        };
        return self();
    }

    final int[] kernelSize() {
        return kernelSize;
    }

    final int[] strides() {
        return strides;
    }

    final int[] dilationRate() {
        return dilationRate;
    }

    final Padding padding() {
        return padding;
    }

    /** The sizes of a direct convolution of images of this shape. */
    final ConvGeometry geometry(Shape image, int filters, int groups) {
        return new ConvGeometry(
                padding.rows(image.dim(0), kernelSize[0], strides[0], dilationRate[0]),
                padding.columns(image.dim(1), kernelSize[1], strides[1], dilationRate[1]),
                image.dim(2),
                filters,
                groups);
    }

    /** The sizes of a convolution of every channel by itself. */
    final ConvGeometry depthwise(Shape image, int multiplier) {
        int channels = image.dim(2);
        return geometry(image, Math.multiplyExact(channels, multiplier), channels);
    }

    /**
     * A depthwise kernel: the parameter has Keras' shape (height, width, channels, multiplier), the convolution with one
     * group per channel reads the same memory as (height, width, 1, channels * multiplier).
     */
    static Value depthwiseKernel(
            LayerContext context,
            String name,
            ConvGeometry geometry,
            Initializer initializer,
            Regularizer regularizer) {
        int multiplier = geometry.groupOutputChannels();
        Shape kernelShape = geometry.kernelShape().with(2, geometry.groups()).with(3, multiplier);
        Value parameter = context.parameter(name, kernelShape, initializer, regularizer);
        Value view = parameter.reshaped(parameter.name(), geometry.kernelShape());
        context.graph().add(new conv4j.graph.Reshape(parameter, view));
        return view;
    }

    @Override
    L configure(Config config) {
        int[] stride = config.pair("strides", 1);
        int[] dilation = config.pair("dilation_rate", 1);
        strides(stride[0], stride[1]);
        dilationRate(dilation[0], dilation[1]);
        padding(Settings.padding(config));
        return super.configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("kernel_size", Settings.list(kernelSize));
        config.put("strides", Settings.list(strides));
        config.put("padding", Settings.padding(padding));
        config.put("data_format", "channels_last");
        config.put("dilation_rate", Settings.list(dilationRate));
        return config;
    }
}
