package conv4j.optimizers;

import java.util.List;
import java.util.Map;

/**
 * What Adam and its relatives share: two averages of the gradient and a number that keeps divisions finite.
 *
 * @param <O> the optimizer's own type
 */
abstract class AdamFamily<O extends AdamFamily<O>> extends FluentOptimizer<O> {

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double epsilon = 1e-7;

    AdamFamily(double learningRate) {
        super(learningRate);
    }

    /**
     * Sets how much of the gradient's average stays in a step.
     *
     * @param decay in [0, 1), by default 0.9
     * @return this
     * @throws IllegalArgumentException when it is out of range
     */
    public final O beta1(double decay) {
        this.beta1 = share("beta1", decay);
        return self();
    }

    /**
     * Sets how much of the average size of the gradient stays in a step.
     *
     * @param decay in [0, 1), by default 0.999
     * @return this
     * @throws IllegalArgumentException when it is out of range
     */
    public final O beta2(double decay) {
        this.beta2 = share("beta2", decay);
        return self();
    }

    /**
     * Sets what is added to divisors.
     *
     * @param small 0 or more, by default 1e-7
     * @return this
     * @throws IllegalArgumentException when it is negative
     */
    public final O epsilon(double small) {
        this.epsilon = notNegative("epsilon", small);
        return self();
    }

    final double beta1() {
        return beta1;
    }

    final double beta2() {
        return beta2;
    }

    final double epsilon() {
        return epsilon;
    }

    @Override
    public List<String> slotNames() {
        return List.of("momentum", "velocity");
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("beta_1", beta1);
        config.put("beta_2", beta2);
        config.put("epsilon", epsilon);
        return config;
    }
}
