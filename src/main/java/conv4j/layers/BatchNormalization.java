package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.initializers.Ones;
import conv4j.initializers.Zeros;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;

/**
 * Gives every channel (the last axis) the mean beta and the deviation gamma: any shape to the same shape. In training
 * with the batch's own mean and variance; else, and always when the layer is frozen, with their moving averages.
 * Parameters: gamma and beta; states: moving_mean and moving_variance; all (channels). Ioffe and Szegedy 2015.
 */
public final class BatchNormalization extends NormalizationLayer<BatchNormalization> {

    private double momentum = 0.99;
    private int axis = -1;
    private Initializer movingMeanInitializer = new Zeros();
    private Initializer movingVarianceInitializer = new Ones();

    /** Keras' defaults: momentum 0.99, epsilon 0.001, with gamma and beta. */
    public BatchNormalization() {
        // All settings have defaults.
    }

    /**
     * Sets how much of the moving averages stays in a step.
     *
     * @param stays in [0, 1], by default 0.99
     * @return this
     * @throws IllegalArgumentException when it is out of range
     */
    public BatchNormalization momentum(double stays) {
        if (!(stays >= 0 && stays <= 1)) {
            throw new IllegalArgumentException("BatchNormalization needs a momentum in [0, 1], but was given " + stays);
        }
        this.momentum = stays;
        return this;
    }

    @Override
    protected Shape computeOutputShape(List<Shape> inputs) {
        Shape shape = single(inputs);
        if (shape.rank() == 0) {
            throw new IllegalArgumentException(
                    "items with a channel axis are needed, but the input is a single number");
        }
        if (axis != -1 && axis != shape.rank()) {
            throw new IllegalArgumentException("the channels must be the last axis, -1 or " + shape.rank()
                    + " counted with the batch axis, but axis is " + axis);
        }
        return shape;
    }

    @Override
    public Value call(LayerContext context, List<Value> inputs) {
        Value output = output(inputs);
        Shape channels = Shape.of(output.columns());
        Value gamma = gamma(context, channels);
        Value beta = beta(context, channels);
        Value mean = context.state("moving_mean", channels, movingMeanInitializer);
        Value variance = context.state("moving_variance", channels, movingVarianceInitializer);
        if (context.training() && trainable()) {
            context.graph().add(training(inputs.get(0), gamma, beta, mean, variance, output));
        } else {
            context.graph()
                    .add(new conv4j.graph.BatchNormalization.Inference(
                            inputs.get(0), gamma, beta, mean, variance, output, epsilon()));
        }
        return output;
    }

    private conv4j.graph.BatchNormalization training(
            Value input, Value gamma, Value beta, Value movingMean, Value movingVariance, Value output) {
        Value mean = Value.unbatched(describeName() + " mean", gamma.shape());
        Value inverseDeviation = Value.unbatched(describeName() + " inverse deviation", gamma.shape());
        return new conv4j.graph.BatchNormalization(
                input,
                gamma,
                beta,
                movingMean,
                movingVariance,
                output,
                mean,
                inverseDeviation,
                (float) momentum,
                epsilon());
    }

    static BatchNormalization from(Config config) {
        BatchNormalization layer = new BatchNormalization().configure(config).momentum(config.number("momentum", 0.99));
        layer.axis = axis(config);
        layer.movingMeanInitializer =
                Settings.initializer(config, "moving_mean_initializer", layer.movingMeanInitializer);
        layer.movingVarianceInitializer =
                Settings.initializer(config, "moving_variance_initializer", layer.movingVarianceInitializer);
        return layer;
    }

    /** A number, or as in older files a list of one. */
    private static int axis(Config config) {
        if (!(config.value("axis") instanceof List)) {
            return config.integer("axis", -1);
        }
        int[] axes = config.integers("axis");
        if (axes.length != 1) {
            throw new IllegalArgumentException(
                    "BatchNormalization runs over one axis, the last, but was given " + config.value("axis"));
        }
        return axes[0];
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("axis", axis);
        config.put("momentum", momentum);
        config.put("moving_mean_initializer", Settings.initializer(movingMeanInitializer));
        config.put("moving_variance_initializer", Settings.initializer(movingVarianceInitializer));
        return config;
    }
}
