package conv4j.graph;

import java.util.List;

/**
 * Ends the scaling of a loss: gradients of a loss that was multiplied by {@code scale} are divided by it, so that those in
 * between, which a format of a small range holds, did not become zero. What was not finite on the way says that the scale
 * is too large: {@code finite} is 1 when all gradients were finite numbers before the division, else 0, and the scale moves
 * on for the next step. Micikevicius et al. 2018, section 3.2.
 *
 * <p>After {@code growthSteps} finite steps in a row the scale doubles, unless it would become infinite; at a step that is
 * not finite it is halved, but not below 1. Both begin to count anew.
 *
 * @param gradient any value without a batch axis, changed in place; not to be used when it was not finite
 * @param scale (), a state, 1 or more
 * @param steps (), a state: finite steps since the scale moved last
 * @param finite (), whether this step's gradients can be used
 * @param growthSteps 1 or more, at most {@link #MOST_STEPS}
 */
public record Unscale(Value gradient, Value scale, Value steps, Value finite, int growthSteps) implements Operation {

    /** To what float32 counts without leaving a number out. */
    public static final int MOST_STEPS = 1 << 24;

    public Unscale {
        if (gradient.batched()) {
            throw new IllegalArgumentException(
                    "what is unscaled are gradients of parameters, but " + gradient + " has a batch axis");
        }
        Check.single("scale", scale);
        Check.single("steps", steps);
        Check.single("finite", finite);
        if (growthSteps < 1 || growthSteps > MOST_STEPS) {
            throw new IllegalArgumentException(
                    "a scale grows after 1 to " + MOST_STEPS + " steps, but was given " + growthSteps);
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(gradient, scale, steps);
    }

    @Override
    public List<Value> outputs() {
        return List.of(gradient, scale, steps, finite);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.unscale(this);
    }

    /**
     * The scale of the next step; the same formula on every backend.
     *
     * @param scale the scale of this step
     * @param steps finite steps since it moved last, this one not counted
     * @param wasFinite whether this step's gradients were finite
     * @return the scale
     */
    public float nextScale(float scale, float steps, boolean wasFinite) {
        if (!wasFinite) {
            return Math.max(scale / 2, 1);
        }
        boolean grows = steps + 1 >= growthSteps && Float.isFinite(2 * scale);
        return grows ? 2 * scale : scale;
    }

    /**
     * The steps to count from in the next step.
     *
     * @param steps finite steps since the scale moved last, this one not counted
     * @param wasFinite whether this step's gradients were finite
     * @return 0 when the scale moved
     */
    public float nextSteps(float steps, boolean wasFinite) {
        return wasFinite && steps + 1 < growthSteps ? steps + 1 : 0;
    }
}
