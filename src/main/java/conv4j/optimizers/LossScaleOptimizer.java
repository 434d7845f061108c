package conv4j.optimizers;

import conv4j.config.Config;
import conv4j.graph.Unscale;
import conv4j.graph.Update;
import conv4j.schedules.LearningRateSchedule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Another optimizer with a scaled loss: gradients are those of the loss times a number, so that in a format of a small range
 * they do not become zero, and are divided by it before the other optimizer sees them. A step whose gradients are not all
 * finite is left out, on the device, and halves the scale; so many finite steps in a row double it, see {@link Unscale}.
 * Micikevicius et al. 2018, section 3.2.
 *
 * <p>Training in {@code mixed_float16} puts it around the optimizer by itself. As in Keras, but for three things: the scale
 * never falls below 1 and never becomes infinite, a step that was left out counts as a step of the other optimizer, in its
 * schedule and bias correction, and settings of the other optimizer can be made here too.
 */
public final class LossScaleOptimizer extends Optimizer {

    /** What the scale is called in files. */
    public static final String SCALE = "dynamic_scale";

    /** What the number of finite steps since the scale moved is called in files. */
    public static final String STEPS = "step_counter";

    private final Optimizer inner;
    private double initialScale = 1 << 15;
    private int dynamicGrowthSteps = 2000;

    /**
     * Scales the loss of an optimizer, from 2^15 on, growing after 2000 steps.
     *
     * @param inner the optimizer
     * @throws IllegalArgumentException when it scales its loss already
     */
    public LossScaleOptimizer(Optimizer inner) {
        super(0);
        if (inner instanceof LossScaleOptimizer) {
            throw new IllegalArgumentException("the optimizer scales its loss already; leave one of them out");
        }
        this.inner = inner;
    }

    /**
     * Sets the scale that training begins with. One that is too large is lowered far more quickly than one that is too
     * small is raised.
     *
     * @param scale 1 or more
     * @return this
     * @throws IllegalArgumentException when it is below 1, not a number, or too large for a float
     */
    public LossScaleOptimizer initialScale(double scale) {
        if (!(scale >= 1 && scale <= Float.MAX_VALUE)) {
            throw new IllegalArgumentException(
                    "the scale of a loss must be between 1 and " + Float.MAX_VALUE + ", but is " + scale);
        }
        this.initialScale = scale;
        return this;
    }

    /**
     * Sets how many steps with finite gradients double the scale.
     *
     * @param steps 1 to 2^24
     * @return this
     * @throws IllegalArgumentException when it is outside
     */
    public LossScaleOptimizer dynamicGrowthSteps(int steps) {
        if (steps < 1 || steps > Unscale.MOST_STEPS) {
            throw new IllegalArgumentException("the steps after which the scale of a loss grows must be from 1 to "
                    + Unscale.MOST_STEPS + ", but are " + steps);
        }
        this.dynamicGrowthSteps = steps;
        return this;
    }

    /** {@return the optimizer whose loss is scaled} */
    public Optimizer innerOptimizer() {
        return inner;
    }

    /** {@return the scale that training begins with} */
    public float initialScale() {
        return (float) initialScale;
    }

    /** {@return how many steps with finite gradients double the scale} */
    public int dynamicGrowthSteps() {
        return dynamicGrowthSteps;
    }

    @Override
    public Update.Rule rule() {
        return inner.rule();
    }

    @Override
    public float[] coefficients(long step) {
        return inner.coefficients(step);
    }

    @Override
    public List<String> slotNames() {
        return inner.slotNames();
    }

    @Override
    public double learningRateAt(long step) {
        return inner.learningRateAt(step);
    }

    @Override
    public boolean isScheduled() {
        return inner.isScheduled();
    }

    @Override
    public LossScaleOptimizer learningRate(double rate) {
        inner.learningRate(rate);
        return this;
    }

    @Override
    public LossScaleOptimizer learningRate(LearningRateSchedule newSchedule) {
        inner.learningRate(newSchedule);
        return this;
    }

    @Override
    public LossScaleOptimizer weightDecay(double decay) {
        inner.weightDecay(decay);
        return this;
    }

    @Override
    public LossScaleOptimizer clipNorm(double limit) {
        inner.clipNorm(limit);
        return this;
    }

    @Override
    public LossScaleOptimizer globalClipNorm(double limit) {
        inner.globalClipNorm(limit);
        return this;
    }

    @Override
    public LossScaleOptimizer clipValue(double limit) {
        inner.clipValue(limit);
        return this;
    }

    @Override
    public OptionalDouble clipNorm() {
        return inner.clipNorm();
    }

    @Override
    public OptionalDouble globalClipNorm() {
        return inner.globalClipNorm();
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("inner_optimizer", new Config.Part(inner.className(), inner.config()).toMap());
        config.put("initial_scale", initialScale);
        config.put("dynamic_growth_steps", dynamicGrowthSteps);
        return config;
    }
}
