package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * A layer that reduces every window of an image to one number per channel.
 *
 * @param <L> the layer's own type
 */
abstract class PoolingLayer<L extends PoolingLayer<L>> extends FluentLayer<L> {

    private final int[] poolSize;
    private int[] strides;
    private int[] dilationRate = {1, 1};
    private Padding padding = Padding.VALID;

    PoolingLayer(int rows, int columns) {
        this.poolSize = new int[] {
            Settings.positive(className(), "a pool height", rows),
            Settings.positive(className(), "a pool width", columns)
        };
        this.strides = poolSize.clone();
    }

    /**
     * Sets the positions between two windows.
     *
     * @param both along height and width, 1 or more, by default the pool size
     * @return this
     */
    public final L strides(int both) {
        return strides(both, both);
    }

    /**
     * Sets the positions between two windows.
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
     * Sets the distance between two positions of a window. Keras has no such setting.
     *
     * @param both along height and width, 1 or more, by default 1
     * @return this
     */
    public final L dilationRate(int both) {
        return dilationRate(both, both);
    }

    /**
     * Sets the distance between two positions of a window. Keras has no such setting.
     *
     * @param rows along the height, 1 or more
     * @param columns along the width, 1 or more
     * @return this
     * @throws IllegalArgumentException when a distance is below 1
     */
    public final L dilationRate(int rows, int columns) {
        this.dilationRate = new int[] {
            Settings.positive(className(), "a dilation", rows), Settings.positive(className(), "a dilation", columns)
        };
        return self();
    }

    /**
     * Sets how the border is padded; padding is never part of the result.
     *
     * @param rule by default {@link Padding#VALID}, which leaves out what does not fill a window
     * @return this
     */
    public final L padding(Padding rule) {
        this.padding = rule;
        return self();
    }

    /**
     * Sets how the border is padded; padding is never part of the result.
     *
     * @param name {@code valid} or {@code same}
     * @return this
     * @throws IllegalArgumentException for an unknown name
     */
    public final L padding(String name) {
        return padding(Padding.named(name));
    }

    /** The operation that pools. */
    abstract Operation operation(Value input, Value output, PoolGeometry geometry);

    private PoolGeometry geometry(Shape image) {
        return new PoolGeometry(
                padding.rows(image.dim(0), poolSize[0], strides[0], dilationRate[0]),
                padding.columns(image.dim(1), poolSize[1], strides[1], dilationRate[1]),
                image.dim(2));
    }

    @Override
    protected final Shape computeOutputShape(List<Shape> inputs) {
        return geometry(image(inputs)).outputShape();
    }

    @Override
    public final Value call(LayerContext context, List<Value> inputs) {
        Value input = inputs.get(0);
        Value output = output(inputs);
        context.graph().add(operation(input, output, geometry(input.shape())));
        return output;
    }

    final L configure(Config config) {
        if (config.has("strides")) {
            int[] stride = config.pair("strides");
            strides(stride[0], stride[1]);
        }
        if (config.has("dilation_rate")) {
            int[] distance = config.pair("dilation_rate");
            dilationRate(distance[0], distance[1]);
        }
        return padding(Settings.padding(config));
    }

    @Override
    public final Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("pool_size", Settings.list(poolSize));
        config.put("padding", Settings.padding(padding));
        config.put("strides", Settings.list(strides));
        if (dilationRate[0] != 1 || dilationRate[1] != 1) {
            config.put("dilation_rate", Settings.list(dilationRate));
        }
        config.put("data_format", "channels_last");
        return config;
    }
}
