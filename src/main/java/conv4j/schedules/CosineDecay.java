package conv4j.schedules;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Half a cosine from the initial rate down to {@code alpha} times it: {@code rate(step) = initial * ((1 - alpha) * (1 +
 * cos(pi * step / decaySteps)) / 2 + alpha)}, constant afterwards. With a warm-up the rate first rises in equal steps
 * from the initial one to {@code warmupTarget}, and the cosine begins there. Loshchilov and Hutter 2017, without
 * restarts.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when steps are out of range.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps steps of the cosine, 1 or more
 * @param alpha the lowest rate, as a share of the highest
 * @param warmupTarget the highest rate, reached after the warm-up; null for no warm-up
 * @param warmupSteps steps of the warm-up, 0 or more
 */
public record CosineDecay(
        double initialLearningRate, int decaySteps, double alpha, Double warmupTarget, int warmupSteps)
        implements LearningRateSchedule {

    public CosineDecay {
        Schedules.checkSteps(decaySteps);
        if (warmupSteps < 0) {
            throw new IllegalArgumentException("the warm-up must be 0 steps or more, but is " + warmupSteps);
        }
    }

    /**
     * A decay to 0 without warm-up.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps steps until the rate is 0
     */
    public CosineDecay(double initialLearningRate, int decaySteps) {
        this(initialLearningRate, decaySteps, 0, null, 0);
    }

    @Override
    public double at(long step) {
        if (warmupTarget == null) {
            return decayed(initialLearningRate, step);
        }
        if (step < warmupSteps) {
            return initialLearningRate + (warmupTarget - initialLearningRate) * step / warmupSteps;
        }
        return decayed(warmupTarget, step - warmupSteps);
    }

    private double decayed(double from, long step) {
        double share = Math.min(step, decaySteps) / (double) decaySteps;
        return from * ((1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * share)) + alpha);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", decaySteps);
        config.put("alpha", alpha);
        config.put("warmup_target", warmupTarget);
        config.put("warmup_steps", warmupSteps);
        return config;
    }
}
