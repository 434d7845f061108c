package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Brings the numbers along the last axis of every item, or along several last axes together, to mean 0 and deviation 1:
 * any shape to the same shape. {@code y = gamma * (x - mean) / sqrt(variance + epsilon) + beta}, in training and outside
 * of it alike. Parameters: gamma and beta, of the shape of these axes. Ba et al. 2016, section 3.
 */
public final class LayerNormalization extends NormalizationLayer<LayerNormalization> {

    private int[] axis = {-1};

    /** Keras' defaults: the last axis, epsilon 0.001, with gamma and beta. */
    public LayerNormalization() {
        // All settings have defaults.
    }

    /**
     * Sets the axes that are normalized together.
     *
     * @param axes last ones without a gap, counted with the batch axis as in Keras: {@code 1, 2, 3} for whole images, or
     *     from the end: {@code -1}, the default, for the channels of every position
     * @return this
     */
    public LayerNormalization axis(int... axes) {
        this.axis = axes.clone();
        return this;
    }

    /** How many last axes of an item are normalized. */
    private int count(Shape item) {
        int rank = item.rank();
        int[] places = Arrays.stream(axis)
                .map(each -> each < 0 ? rank + each : each - 1)
                .sorted()
                .toArray();
        int first = rank - places.length;
        if (places.length == 0
                || !Arrays.equals(places, IntStream.range(first, rank).toArray())
                || first < 0) {
            throw new IllegalArgumentException("the normalized axes must be last ones of the input's "
                    + rank + " (with the batch " + (rank + 1) + "), but axis is " + Arrays.toString(axis)
                    + "; move them there with Permute first");
        }
        return places.length;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape shape = single(inputs);
        count(shape);
        return shape;
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        Shape shape = output.shape();
        int count = count(shape);
        int[] normalized = Arrays.copyOfRange(shape.toArray(), shape.rank() - count, shape.rank());
        Statistics statistics = new Statistics(context, describeName());
        int columns = Shape.of(normalized).size();
        Value rows = statistics.view(inputs.get(0), Shape.of(shape.size() / columns, columns));
        Value standard = statistics.standardized(rows, statistics::meanOfRows, epsilon());
        return statistics.scaled(
                statistics.view(standard, shape),
                gamma(context, Shape.of(normalized)),
                beta(context, Shape.of(normalized)),
                output);
    }

    static LayerNormalization from(Config config) {
        if (config.flag("rms_scaling", false)) {
            throw new IllegalArgumentException(
                    "LayerNormalization subtracts the mean, but rms_scaling was asked for, which does not");
        }
        LayerNormalization layer = new LayerNormalization().configure(config);
        if (config.has("axis")) {
            layer.axis(
                    config.value("axis") instanceof List
                            ? config.integers("axis")
                            : new int[] {config.integer("axis")});
        }
        return layer;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("axis", axis.length == 1 ? (Object) axis[0] : Settings.list(axis));
        return config;
    }
}
