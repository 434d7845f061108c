package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Activation;
import java.util.Map;

/** {@code x} where positive, else {@code alpha * (exp(x) - 1)}. Any shape to the same shape. Clevert et al. 2015. */
public final class ELU extends ActivationLayer<ELU> {

    private final float alpha;

    /** Alpha 1. */
    public ELU() {
        this(1);
    }

    /**
     * With another scale of the negative part.
     *
     * @param alpha the scale
     */
    public ELU(double alpha) {
        this.alpha = (float) alpha;
    }

    static ELU from(Config config) {
        return new ELU(config.number("alpha", 1));
    }

    @Override
    LayerActivation function() {
        return new LayerActivation(new Activation(Activation.Kind.ELU, alpha, Float.POSITIVE_INFINITY, 0));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("alpha", Settings.decimal(alpha));
        return config;
    }
}
