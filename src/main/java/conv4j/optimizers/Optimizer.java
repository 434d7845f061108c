package conv4j.optimizers;

import conv4j.graph.Update;
import conv4j.schedules.LearningRateSchedule;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Turns gradients into new parameters. An optimizer holds settings only: what it remembers per parameter lives in the
 * slots of {@link Update}, and everything that changes from step to step follows from the step's number.
 */
public abstract class Optimizer {

    /** For subclasses. */
    protected Optimizer() {}

    /**
     * The formula of one step with its constants, weight decay and clipping by value included.
     *
     * @return the rule
     */
    public abstract Update.Rule rule();

    /**
     * What a step's formula needs besides its constants, computed in double precision; see {@link Update.Kind}.
     *
     * @param step the steps done before this one, 0 or more; any order of steps is allowed
     * @return c0 to c3; c0 is the learning rate
     */
    public abstract float[] coefficients(long step);

    /**
     * What the slots are called in files, in the order of {@link Update#slots()}.
     *
     * @return for example {@code momentum, velocity}; as many as the rule has slots
     */
    public abstract List<String> slotNames();

    /**
     * The learning rate of a step.
     *
     * @param step the steps done before this one
     * @return the number that was set, or what the schedule says
     */
    public final double learningRate(long step) {
        return 0;
    }

    /**
     * Sets a learning rate for all further steps; a schedule ends with that.
     *
     * @param rate the new learning rate, 0 or more
     * @return this
     */
    public Optimizer learningRate(double rate) {
        return this;
    }

    /**
     * Sets a schedule for the learning rate.
     *
     * @param schedule the rate as a function of the step
     * @return this
     */
    public Optimizer learningRate(LearningRateSchedule schedule) {
        return this;
    }

    /**
     * The largest norm of each parameter's gradient.
     *
     * @return the limit for {@link conv4j.graph.ClipByNorm} on every parameter's gradient, or empty for none
     */
    public final OptionalDouble clipNorm() {
        return OptionalDouble.empty();
    }

    /**
     * The largest norm of all gradients taken together as one vector.
     *
     * @return the limit for one {@link conv4j.graph.ClipByNorm} on the flat gradient, or empty for none
     */
    public final OptionalDouble globalClipNorm() {
        return OptionalDouble.empty();
    }

    /**
     * The class name in configurations, Keras' own.
     *
     * @return for example {@code Adam}
     */
    public final String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Optimizers#fromConfig} makes the same optimizer of
     */
    public abstract Map<String, Object> config();
}
