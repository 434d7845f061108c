package conv4j.layers;

import conv4j.config.Config;
import java.util.Map;

/** {@code exp(x)} divided by its sum over the last axis. Any shape to the same shape. */
public final class Softmax extends ActivationLayer<Softmax> {

    /** Softmax over the last axis. */
    public Softmax() {
        // Nothing to set.
    }

    static Softmax from(Config config) {
        int axis = config.integer("axis", -1);
        if (axis != -1) {
            throw new IllegalArgumentException("Softmax runs over the last axis, -1, only, but axis is " + axis);
        }
        return new Softmax();
    }

    @Override
    LayerActivation function() {
        return LayerActivation.SOFTMAX;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("axis", -1);
        return config;
    }
}
