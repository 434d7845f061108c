package conv4j.layers;

import conv4j.config.Config;
import conv4j.graph.Value;
import conv4j.initializers.Initializer;
import conv4j.initializers.Ones;
import conv4j.initializers.Zeros;
import conv4j.regularizers.Regularizer;
import conv4j.regularizers.Regularizers;
import conv4j.shape.Shape;
import java.util.Map;

/**
 * A layer that brings numbers to mean 0 and deviation 1, and then to the deviation gamma and the mean beta, which are
 * learnt.
 *
 * @param <L> the layer's own type
 */
abstract class NormalizationLayer<L extends NormalizationLayer<L>> extends FluentLayer<L> {

    private double epsilon = 1e-3;
    private boolean center = true;
    private boolean scale = true;
    private Regularizer betaRegularizer;
    private Initializer betaInitializer = new Zeros();
    private Regularizer gammaRegularizer;
    private Initializer gammaInitializer = new Ones();

    /**
     * Sets what is added to the variance.
     *
     * @param small above 0, by default 0.001
     * @return this
     * @throws IllegalArgumentException when it is not above 0
     */
    public final L epsilon(double small) {
        if (!((float) small > 0) || Double.isInfinite(small)) {
            throw new IllegalArgumentException(
                    className() + " needs an epsilon that is a float above 0, but was given " + small);
        }
        this.epsilon = small;
        return self();
    }

    /**
     * Sets whether beta is learnt; else it is 0.
     *
     * @param learnt by default true
     * @return this
     */
    public final L center(boolean learnt) {
        this.center = learnt;
        return self();
    }

    /**
     * Sets whether gamma is learnt; else it is 1.
     *
     * @param learnt by default true
     * @return this
     */
    public final L scale(boolean learnt) {
        this.scale = learnt;
        return self();
    }

    /**
     * Sets beta before training.
     *
     * @param initializer by default {@link Zeros}
     * @return this
     */
    public final L betaInitializer(Initializer initializer) {
        this.betaInitializer = initializer;
        return self();
    }

    /**
     * Sets the penalty on beta.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public final L betaRegularizer(Regularizer penalty) {
        this.betaRegularizer = penalty;
        return self();
    }

    /**
     * Sets the penalty on beta.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, with factors of 0.01
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public final L betaRegularizer(String name) {
        return betaRegularizer(Regularizers.named(name));
    }

    /**
     * Sets gamma before training.
     *
     * @param initializer by default {@link Ones}
     * @return this
     */
    public final L gammaInitializer(Initializer initializer) {
        this.gammaInitializer = initializer;
        return self();
    }

    /**
     * Sets the penalty on gamma.
     *
     * @param penalty added to the loss, null for none; by default none
     * @return this
     */
    public final L gammaRegularizer(Regularizer penalty) {
        this.gammaRegularizer = penalty;
        return self();
    }

    /**
     * Sets the penalty on gamma.
     *
     * @param name {@code l1}, {@code l2} or {@code l1_l2}, with factors of 0.01
     * @return this
     * @throws IllegalArgumentException for any other name
     */
    public final L gammaRegularizer(String name) {
        return gammaRegularizer(Regularizers.named(name));
    }

    final float epsilon() {
        return (float) epsilon;
    }

    /** Gamma where it is learnt, else ones. */
    final Value gamma(LayerContext context, Shape shape) {
        return scale
                ? context.parameter("gamma", shape, gammaInitializer, gammaRegularizer)
                : context.constant("gamma", shape, new Ones());
    }

    /** Beta where it is learnt, else zeros. */
    final Value beta(LayerContext context, Shape shape) {
        return center
                ? context.parameter("beta", shape, betaInitializer, betaRegularizer)
                : context.constant("beta", shape, new Zeros());
    }

    final L configure(Config config) {
        betaRegularizer = Settings.regularizer(config, "beta_regularizer");
        betaInitializer = Settings.initializer(config, "beta_initializer", betaInitializer);
        gammaRegularizer = Settings.regularizer(config, "gamma_regularizer");
        gammaInitializer = Settings.initializer(config, "gamma_initializer", gammaInitializer);
        return epsilon(config.number("epsilon", 1e-3))
                .center(config.flag("center", true))
                .scale(config.flag("scale", true));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = super.config();
        config.put("epsilon", epsilon);
        config.put("center", center);
        config.put("scale", scale);
        config.put("beta_regularizer", Settings.regularizer(betaRegularizer));
        config.put("beta_initializer", Settings.initializer(betaInitializer));
        config.put("gamma_regularizer", Settings.regularizer(gammaRegularizer));
        config.put("gamma_initializer", Settings.initializer(gammaInitializer));
        return config;
    }
}
