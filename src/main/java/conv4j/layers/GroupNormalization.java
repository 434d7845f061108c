package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Value;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * Brings groups of channels (the last axis) of every item, over all its positions, to mean 0 and deviation 1: any shape
 * to the same shape. {@code y = gamma * (x - mean) / sqrt(variance + epsilon) + beta}, in training and outside of it
 * alike. With one channel in each group it is instance normalization. Parameters: gamma and beta (channels). Wu and He
 * 2018, section 3.1.
 */
public final class GroupNormalization extends NormalizationLayer<GroupNormalization> {

    private final int groups;

    /** Keras' default, 32 groups. */
    public GroupNormalization() {
        this(32);
    }

    /**
     * A normalization of groups of channels.
     *
     * @param groups a divisor of the number of channels, or -1 for as many as there are channels
     * @throws IllegalArgumentException when there are neither
     */
    public GroupNormalization(int groups) {
        this.groups = groups == -1 ? groups : Settings.positive("GroupNormalization", "groups", groups);
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape shape = single(inputs);
        if (shape.rank() == 0 || shape.columns() % groups(shape) != 0) {
            throw new IllegalArgumentException("channels that divide into " + groups
                    + " groups are needed; use a divisor of the input's last extent as the number of groups");
        }
        return shape;
    }

    private int groups(Shape shape) {
        return groups == -1 ? shape.columns() : groups;
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        Shape shape = output.shape();
        int channels = shape.columns();
        Shape grouped = Shape.of(shape.rows(), groups(shape), channels / groups(shape));
        Statistics statistics = new Statistics(context, describeName());
        Value x = statistics.view(inputs.get(0), grouped);
        Value standard = statistics.standardized(x, value -> mean(context, statistics, value), epsilon());
        Shape perChannel = Shape.of(channels);
        return statistics.scaled(
                statistics.view(standard, shape), gamma(context, perChannel), beta(context, perChannel), output);
    }

    /** Of (positions, groups, channels of a group) the means (groups, 1). */
    private static Value mean(LayerContext context, Statistics statistics, Value x) {
        Shape grouped = x.shape();
        int positions = grouped.dim(0);
        int channels = grouped.dim(1) * grouped.dim(2);
        PoolGeometry whole = new PoolGeometry(
                Padding.VALID.rows(positions, positions, 1, 1), Padding.VALID.columns(1, 1, 1, 1), channels);
        Value means = x.like("means of channels", whole.outputShape());
        context.graph().add(new AveragePool2d(statistics.view(x, Shape.of(positions, 1, channels)), means, whole));
        return statistics.meanOfRows(statistics.view(means, Shape.of(grouped.dim(1), grouped.dim(2))));
    }

    static GroupNormalization from(Config config) {
        int axis = config.integer("axis", -1);
        if (axis != -1) {
            throw new IllegalArgumentException(
                    "GroupNormalization has its channels in the last axis, -1, but was given axis " + axis);
        }
        return new GroupNormalization(config.integer("groups", 32)).configure(config);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("groups", groups);
        config.put("axis", -1);
        return config;
    }
}
