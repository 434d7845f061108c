package conv4j.optimizers;

import conv4j.config.Config;
import conv4j.graph.Update;
import conv4j.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Turns gradients into new parameters. An optimizer holds settings only: what it remembers per parameter lives in the
 * slots of {@link Update}, and everything that changes from step to step follows from the step's number.
 */
public abstract class Optimizer {

    private double learningRate;
    private LearningRateSchedule schedule;
    private double weightDecay;
    private Double clipNorm;
    private Double globalClipNorm;
    private Double clipValue;

    /**
     * For subclasses.
     *
     * @param learningRate the learning rate, 0 or more
     */
    protected Optimizer(double learningRate) {
        this.learningRate = notNegative("the learning rate", learningRate);
    }

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
    public double learningRateAt(long step) {
        return schedule == null ? learningRate : schedule.at(step);
    }

    /**
     * Whether the learning rate follows a schedule.
     *
     * @return false when it is a number
     */
    public boolean isScheduled() {
        return schedule != null;
    }

    /**
     * Sets a learning rate for all further steps; a schedule ends with that.
     *
     * @param rate the new learning rate, 0 or more
     * @return this
     * @throws IllegalArgumentException when it is negative or not a number
     */
    public Optimizer learningRate(double rate) {
        this.learningRate = notNegative("the learning rate", rate);
        this.schedule = null;
        return this;
    }

    /**
     * Sets a schedule for the learning rate.
     *
     * @param newSchedule the rate as a function of the step
     * @return this
     */
    public Optimizer learningRate(LearningRateSchedule newSchedule) {
        this.schedule = newSchedule;
        return this;
    }

    /**
     * Sets the decoupled weight decay: before each step {@code w = w - decay * learning rate * w}.
     *
     * @param decay 0 for none
     * @return this
     * @throws IllegalArgumentException when it is negative or not a number
     */
    public Optimizer weightDecay(double decay) {
        this.weightDecay = notNegative("weight decay", decay);
        return this;
    }

    /**
     * Limits the norm of each parameter's gradient.
     *
     * @param limit the largest norm, above 0
     * @return this
     * @throws IllegalArgumentException when it is not above 0 or another kind of clipping is set
     */
    public Optimizer clipNorm(double limit) {
        checkClip(limit, globalClipNorm, clipValue);
        this.clipNorm = limit;
        return this;
    }

    /**
     * Limits the norm of all gradients taken together as one vector.
     *
     * @param limit the largest norm, above 0
     * @return this
     * @throws IllegalArgumentException when it is not above 0 or another kind of clipping is set
     */
    public Optimizer globalClipNorm(double limit) {
        checkClip(limit, clipNorm, clipValue);
        this.globalClipNorm = limit;
        return this;
    }

    /**
     * Limits every element of the gradients.
     *
     * @param limit the largest absolute value, above 0
     * @return this
     * @throws IllegalArgumentException when it is not above 0 or another kind of clipping is set
     */
    public Optimizer clipValue(double limit) {
        checkClip(limit, clipNorm, globalClipNorm);
        this.clipValue = limit;
        return this;
    }

    /**
     * The largest norm of each parameter's gradient.
     *
     * @return the limit for {@link conv4j.graph.ClipByNorm} on every parameter's gradient, or empty for none
     */
    public OptionalDouble clipNorm() {
        return clipNorm == null ? OptionalDouble.empty() : OptionalDouble.of(clipNorm);
    }

    /**
     * The largest norm of all gradients taken together as one vector.
     *
     * @return the limit for one {@link conv4j.graph.ClipByNorm} on the flat gradient, or empty for none
     */
    public OptionalDouble globalClipNorm() {
        return globalClipNorm == null ? OptionalDouble.empty() : OptionalDouble.of(globalClipNorm);
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
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put(
                "learning_rate",
                schedule == null
                        ? (Object) learningRate
                        : new Config.Part(schedule.className(), schedule.config()).toMap());
        config.put("weight_decay", weightDecay == 0 ? null : weightDecay);
        config.put("clipnorm", clipNorm);
        config.put("global_clipnorm", globalClipNorm);
        config.put("clipvalue", clipValue);
        return config;
    }

    /** A rule with this optimizer's weight decay and clipping by value. */
    final Update.Rule rule(
            Update.Kind kind, double beta1, double beta2, double epsilon, boolean variant, boolean epsilonOutside) {
        float limit = clipValue == null ? Float.POSITIVE_INFINITY : clipValue.floatValue();
        return new Update.Rule(
                kind,
                (float) beta1,
                (float) beta2,
                (float) epsilon,
                variant,
                epsilonOutside,
                (float) weightDecay,
                limit);
    }

    static double notNegative(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(what + " must be a number of 0 or more, but is " + value);
        }
        return value;
    }

    static double share(String what, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(what + " must be in [0, 1), but is " + value);
        }
        return value;
    }

    private static void checkClip(double limit, Double other, Double another) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("the limit of gradients must be above 0, but is " + limit);
        }
        if (other != null || another != null) {
            throw new IllegalArgumentException(
                    "only one of clipNorm, globalClipNorm and clipValue can be set; leave out the others");
        }
    }
}
