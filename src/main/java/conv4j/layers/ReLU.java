package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Activation;
import java.util.Map;

/**
 * The rectifier: {@code maxValue} where {@code x >= maxValue}, x where {@code x >= threshold}, else {@code negativeSlope
 * * (x - threshold)}. Any shape to the same shape.
 */
public final class ReLU extends ActivationLayer<ReLU> {

    private final Activation function;

    /** {@code max(x, 0)}. */
    public ReLU() {
        this(Float.POSITIVE_INFINITY, 0, 0);
    }

    /**
     * A rectifier with other parameters.
     *
     * @param maxValue the largest value it returns, 0 or more; infinite for none
     * @param negativeSlope the slope below the threshold, 0 or more
     * @param threshold where it begins, 0 or more
     * @throws IllegalArgumentException when a parameter is negative
     */
    public ReLU(float maxValue, float negativeSlope, float threshold) {
        if (!(maxValue >= 0 && negativeSlope >= 0 && threshold >= 0)) {
            throw new IllegalArgumentException("ReLU needs parameters of 0 or more, but was given maximum " + maxValue
                    + ", negative slope " + negativeSlope + ", threshold " + threshold);
        }
        this.function = new Activation(Activation.Kind.RELU, negativeSlope, maxValue, threshold);
    }

    static ReLU from(Config config) {
        return new ReLU(
                (float) config.number("max_value", Double.POSITIVE_INFINITY),
                (float) config.number("negative_slope", 0),
                (float) config.number("threshold", 0));
    }

    @Override
    LayerActivation function() {
        return new LayerActivation(function);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.putAll(LayerActivation.reluConfig(function));
        return config;
    }
}
