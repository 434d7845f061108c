package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Activation;
import java.util.Map;

/** {@code x} where positive, else {@code negativeSlope * x}. Any shape to the same shape. Maas et al. 2013. */
public final class LeakyReLU extends ActivationLayer<LeakyReLU> {

    private static final float DEFAULT_SLOPE = 0.3f;

    private final float negativeSlope;

    /** Keras' default slope of the layer, 0.3; the activation {@code "leaky_relu"} has 0.2. */
    public LeakyReLU() {
        this(DEFAULT_SLOPE);
    }

    /**
     * A leaky rectifier.
     *
     * @param negativeSlope the slope for negative x, 0 or more
     * @throws IllegalArgumentException when the slope is negative
     */
    public LeakyReLU(double negativeSlope) {
        if (!(negativeSlope >= 0)) {
            throw new IllegalArgumentException(
                    "LeakyReLU needs a negative slope of 0 or more, but was given " + negativeSlope);
        }
        this.negativeSlope = (float) negativeSlope;
    }

    /** Files of Keras 2 call the slope alpha. */
    static LeakyReLU from(Config config) {
        return new LeakyReLU(config.number("negative_slope", config.number("alpha", DEFAULT_SLOPE)));
    }

    @Override
    LayerActivation function() {
        return new LayerActivation(Activation.leakyRelu(negativeSlope));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("negative_slope", Settings.decimal(negativeSlope));
        return config;
    }
}
