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
import conv4j.shape.Window;
import java.util.List;
import java.util.Map;

/**
 * Transposed convolution, which enlarges images: (height, width, channels) to (new height, new width, filters).
 * Parameters: kernel (kernel height, kernel width, filters / groups, channels) and bias (filters).
 *
 * <p>With extent {@code e = (kernel - 1) * dilation + 1}, stride s and input size n the output has, per axis,
 * <ul>
 *   <li>"same": {@code n * s}, or with output padding p {@code (n - 1) * s + e % 2 + p};
 *   <li>"valid": {@code (n - 1) * s + max(e, s)}, or {@code (n - 1) * s + e + p};
 *   <li>explicit padding: {@code (n - 1) * s + e + p} less the padding, which is what is cut off.
 * </ul>
 * The first two are Keras' rules. Computed as the input gradient of a direct convolution from the output to the input.
 */
public final class Conv2DTranspose extends ConvolutionLayer<Conv2DTranspose> {

    private final int filters;
    private int[] outputPadding;
    private int groups = 1;
    private Initializer kernelInitializer = new GlorotUniform();
    private Regularizer kernelRegularizer;

    /**
     * A transposed convolution with a square kernel.
     *
     * @param filters channels of the output, 1 or more
     * @param kernelSize height and width of the kernel, 1 or more
     */
    public Conv2DTranspose(int filters, int kernelSize) {
        this(filters, kernelSize, kernelSize);
    }

    /**
     * A transposed convolution.
     *
     * @param filters channels of the output, 1 or more
     * @param kernelHeight height of the kernel, 1 or more
     * @param kernelWidth width of the kernel, 1 or more
     * @throws IllegalArgumentException when a size is below 1
     */
    public Conv2DTranspose(int filters, int kernelHeight, int kernelWidth) {
        super(kernelHeight, kernelWidth);
        this.filters = Settings.positive("Conv2DTranspose", "filters", filters);
    }

    /**
     * Sets the rows and columns appended to the output.
     *
     * @param both number of rows and of columns, 0 or more and below the stride
     * @return this
     */
    public Conv2DTranspose outputPadding(int both) {
        return outputPadding(both, both);
    }

    /**
     * Sets the rows and columns appended to the output.
     *
     * @param rows number of rows, 0 or more and below the stride
     * @param columns number of columns, 0 or more and below the stride
     * @return this
     */
    public Conv2DTranspose outputPadding(int rows, int columns) {
        this.outputPadding = new int[] {rows, columns};
        return this;
    }

    /**
     * Sets how many groups of channels are convolved separately. Keras has no such setting.
     *
     * @param number a divisor of channels and filters, by default 1
     * @return this
     */
    public Conv2DTranspose groups(int number) {
        this.groups = Settings.positive("Conv2DTranspose", "groups", number);
        return this;
    }

    /**
     * Sets the kernel before training.
     *
     * @param initializer by default {@link GlorotUniform}
     * @return this
     */
    public Conv2DTranspose kernelInitializer(Initializer initializer) {
        this.kernelInitializer = initializer;
        return this;
    }

    /**
     * Sets the penalty on the kernel.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public Conv2DTranspose kernelRegularizer(Regularizer penalty) {
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
    public Conv2DTranspose kernelRegularizer(String name) {
        return kernelRegularizer(Regularizers.named(name));
    }

    /** The direct convolution whose input gradient this layer is: its input is this layer's output. */
    private ConvGeometry direct(Shape image) {
        int[] pads = padding().explicitPads();
        return new ConvGeometry(
                direct(image.dim(0), 0, pads[0], pads[1]),
                direct(image.dim(1), 1, pads[2], pads[3]),
                filters,
                image.dim(2),
                groups);
    }

    private Window direct(int input, int axis, int low, int high) {
        long stride = strides()[axis];
        long extent = (kernelSize()[axis] - 1L) * dilationRate()[axis] + 1;
        long full = Math.addExact((input - 1L) * stride, extent);
        long cutLow = low;
        long output;
        if (padding().equals(Padding.SAME)) {
            // Keras' padding of the stretched input; what lies beyond it is cut from the output's beginning.
            long total = outputPadding == null ? stride + extent - 2 : extent + extent % 2 - 2 + appended(axis);
            cutLow = extent - 1 - Math.min(total / 2 + total % 2, extent - 1);
            output = full + total - 2 * (extent - 1);
        } else if (padding().equals(Padding.FULL)) {
            cutLow = extent - 1;
            output = full - 2 * (extent - 1) + appended(axis);
        } else {
            boolean keras = padding().equals(Padding.VALID) && outputPadding == null;
            output = full - low - high + (keras ? Math.max(stride - extent, 0) : appended(axis));
        }
        if (output < 1) {
            throw new IllegalArgumentException("the output would have " + output + " positions: (" + input + " - 1) * "
                    + stride + " + " + extent + " less padding " + padding()
                    + "; use less padding, a larger kernel or a larger input");
        }
        // Less than a stride is appended, so this window has as many positions as the input, whatever is cut.
        long cutHigh = Math.max(full - output - cutLow, 0);
        return new Window(
                Math.toIntExact(output),
                kernelSize()[axis],
                strides()[axis],
                dilationRate()[axis],
                Math.toIntExact(cutLow),
                Math.toIntExact(cutHigh));
    }

    private int appended(int axis) {
        int rows = outputPadding == null ? 0 : outputPadding[axis];
        if (rows < 0 || rows > 0 && rows >= strides()[axis]) {
            throw new IllegalArgumentException("the output padding must be 0 or more and below the stride, but is "
                    + rows + " with stride " + strides()[axis]);
        }
        return rows;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        return direct(image(inputs)).inputShape();
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        ConvGeometry geometry = direct(inputs.get(0).shape());
        Value kernel = context.parameter("kernel", geometry.kernelShape(), kernelInitializer, kernelRegularizer);
        context.graph().add(new Conv2d.InputGradient(inputs.get(0), kernel, output, geometry));
        return finish(context, output);
    }

    static Conv2DTranspose from(Config config) {
        int[] kernel = config.pair("kernel_size");
        Conv2DTranspose layer = new Conv2DTranspose(config.integer("filters"), kernel[0], kernel[1]);
        if (config.has("output_padding")) {
            int[] appended = config.pair("output_padding");
            layer.outputPadding(appended[0], appended[1]);
        }
        layer.groups(config.integer("groups", 1));
        layer.kernelRegularizer = Settings.regularizer(config, "kernel_regularizer");
        return layer.kernelInitializer(Settings.initializer(config, "kernel_initializer", layer.kernelInitializer))
                .configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("filters", filters);
        if (groups != 1) {
            config.put("groups", groups);
        }
        config.put("output_padding", outputPadding == null ? null : Settings.list(outputPadding));
        config.put("kernel_initializer", Settings.initializer(kernelInitializer));
        config.put("kernel_regularizer", Settings.regularizer(kernelRegularizer));
        return config;
    }
}
