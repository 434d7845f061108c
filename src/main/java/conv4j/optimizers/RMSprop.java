package conv4j.optimizers;

import conv4j.graph.Update;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Steps of the gradient over its running root mean square. Hinton 2012, lecture 6e. */
public final class RMSprop extends FluentOptimizer<RMSprop> {

    private double rho = 0.9;
    private double momentum;
    private double epsilon = 1e-7;
    private boolean centered;
    private boolean epsilonOutside;

    /** Keras' default learning rate, 0.001. */
    public RMSprop() {
        this(0.001);
    }

    /**
     * An optimizer with the given learning rate.
     *
     * @param learningRate 0 or more
     */
    public RMSprop(double learningRate) {
        super(learningRate);
    }

    /**
     * Sets how much of the running mean square stays in a step.
     *
     * @param decay in [0, 1), by default 0.9
     * @return this
     * @throws IllegalArgumentException when it is out of range
     */
    public RMSprop rho(double decay) {
        this.rho = share("rho", decay);
        return this;
    }

    /**
     * Sets how much of the last step is repeated.
     *
     * @param share in [0, 1), by default 0
     * @return this
     * @throws IllegalArgumentException when it is out of range
     */
    public RMSprop momentum(double share) {
        this.momentum = share("momentum", share);
        return this;
    }

    /**
     * Sets what is added under the root.
     *
     * @param small 0 or more, by default 1e-7
     * @return this
     * @throws IllegalArgumentException when it is negative
     */
    public RMSprop epsilon(double small) {
        this.epsilon = notNegative("epsilon", small);
        return this;
    }

    /**
     * Sets whether the gradient's variance is used in the place of its mean square.
     *
     * @param variance by default false
     * @return this
     */
    public RMSprop centered(boolean variance) {
        this.centered = variance;
        return this;
    }

    /**
     * Sets whether epsilon is added after the root, as PyTorch does, rather than under it, as Keras does.
     *
     * @param outside by default false
     * @return this
     */
    public RMSprop epsilonOutside(boolean outside) {
        this.epsilonOutside = outside;
        return this;
    }

    @Override
    public Update.Rule rule() {
        return rule(Update.Kind.RMSPROP, momentum, rho, epsilon, centered, epsilonOutside);
    }

    @Override
    public float[] coefficients(long step) {
        return new float[] {(float) learningRateAt(step), 0, (float) epsilon, 0};
    }

    @Override
    public List<String> slotNames() {
        List<String> names = new ArrayList<>(List.of("velocity"));
        if (centered) {
            names.add("average_gradient");
        }
        if (momentum != 0) {
            names.add("momentum");
        }
        return names;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("rho", rho);
        config.put("momentum", momentum);
        config.put("epsilon", epsilon);
        config.put("centered", centered);
        if (epsilonOutside) {
            config.put("epsilon_outside", true);
        }
        return config;
    }
}
