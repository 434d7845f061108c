package conv4j.optimizers;

import conv4j.schedules.LearningRateSchedule;

/**
 * An optimizer whose settings return its own type, so that calls can be chained in any order.
 *
 * @param <O> the optimizer's own type
 */
abstract class FluentOptimizer<O extends FluentOptimizer<O>> extends Optimizer {

    FluentOptimizer(double learningRate) {
        super(learningRate);
    }

    @Override
    public final O learningRate(double rate) {
        super.learningRate(rate);
        return self();
    }

    @Override
    public final O learningRate(LearningRateSchedule newSchedule) {
        super.learningRate(newSchedule);
        return self();
    }

    @Override
    public final O weightDecay(double decay) {
        super.weightDecay(decay);
        return self();
    }

    @Override
    public final O clipNorm(double limit) {
        super.clipNorm(limit);
        return self();
    }

    @Override
    public final O globalClipNorm(double limit) {
        super.globalClipNorm(limit);
        return self();
    }

    @Override
    public final O clipValue(double limit) {
        super.clipValue(limit);
        return self();
    }

    /** This optimizer under its own type; every subclass names itself as {@code O}. */
    @SuppressWarnings("unchecked")
    final O self() {
        return (O) this;
    }
}
