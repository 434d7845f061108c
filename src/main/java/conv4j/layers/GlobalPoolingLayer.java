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
 * Pooling with one window that covers the image.
 *
 * @param <L> the layer's own type
 */
abstract class GlobalPoolingLayer<L extends GlobalPoolingLayer<L>> extends FluentLayer<L> {

    private boolean keepDims;

    /**
     * Sets whether height and width stay as axes of extent 1.
     *
     * @param keep by default false
     * @return this
     */
    public final L keepDims(boolean keep) {
        this.keepDims = keep;
        return self();
    }

    /** The operation that pools. */
    abstract Operation operation(Value input, Value output, PoolGeometry geometry);

    @Override
    protected final Shape computeOutputShape(List<Shape> inputs) {
        int channels = image(inputs).dim(2);
        return keepDims ? Shape.of(1, 1, channels) : Shape.of(channels);
    }

    @Override
    public final Value call(LayerContext context, List<Value> inputs) {
        Value input = inputs.get(0);
        Shape image = input.shape();
        PoolGeometry geometry = new PoolGeometry(
                Padding.VALID.rows(image.dim(0), image.dim(0), 1, 1),
                Padding.VALID.columns(image.dim(1), image.dim(1), 1, 1),
                image.dim(2));
        Value pooled = Value.activation(describeName(), geometry.outputShape());
        context.graph().add(operation(input, pooled, geometry));
        return Reshape.view(context, pooled, output(inputs));
    }

    final L configure(Config config) {
        return keepDims(config.flag("keepdims", false));
    }

    @Override
    public final Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("data_format", "channels_last");
        config.put("keepdims", keepDims);
        return config;
    }
}
