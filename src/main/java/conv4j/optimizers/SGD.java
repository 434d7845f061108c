package conv4j.optimizers;

import conv4j.graph.Update;
import java.util.List;
import java.util.Map;

/** Steps against the gradient, with or without momentum. Sutskever et al. 2013. */
public final class SGD extends FluentOptimizer<SGD> {

    private double momentum;
    private boolean nesterov;

    /** Keras' default learning rate, 0.01. */
    public SGD() {
        this(0.01);
    }

    /**
     * An optimizer with the given learning rate.
     *
     * @param learningRate 0 or more
     */
    public SGD(double learningRate) {
        super(learningRate);
    }

    /**
     * Sets how much of the last step is repeated.
     *
     * @param share in [0, 1), by default 0
     * @return this
     * @throws IllegalArgumentException when it is out of range
     */
    public SGD momentum(double share) {
        this.momentum = share("momentum", share);
        return this;
    }

    /**
     * Sets whether the gradient counts as taken after the repeated step.
     *
     * @param ahead true for Nesterov's momentum, by default false
     * @return this
     */
    public SGD nesterov(boolean ahead) {
        this.nesterov = ahead;
        return this;
    }

    @Override
    public Update.Rule rule() {
        return rule(Update.Kind.SGD, momentum, 0, 0, nesterov, false);
    }

    @Override
    public float[] coefficients(long step) {
        return new float[] {(float) learningRateAt(step), 0, 0, 0};
    }

    @Override
    public List<String> slotNames() {
        return momentum == 0 ? List.of() : List.of("momentum");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("momentum", momentum);
        config.put("nesterov", nesterov);
        return config;
    }
}
