package conv4j.schedules;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code rate(step) = initial * decayRate ^ (step / decaySteps)}. As a staircase the division is an integer one, so that
 * the rate falls by {@code decayRate} once every {@code decaySteps} steps.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the steps are below 1.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps steps in which the rate changes by {@code decayRate}
 * @param decayRate the factor
 * @param staircase whether the rate falls at once rather than gradually
 */
public record ExponentialDecay(double initialLearningRate, int decaySteps, double decayRate, boolean staircase)
        implements LearningRateSchedule {

    public ExponentialDecay {
        Schedules.checkSteps(decaySteps);
    }

    /**
     * A gradual decay.
     *
     * @param initialLearningRate the rate at step 0
     * @param decaySteps steps in which the rate changes by {@code decayRate}
     * @param decayRate the factor
     */
    public ExponentialDecay(double initialLearningRate, int decaySteps, double decayRate) {
        this(initialLearningRate, decaySteps, decayRate, false);
    }

    @Override
    public double at(long step) {
        double exponent = staircase ? (double) (step / decaySteps) : step / (double) decaySteps;
        return initialLearningRate * Math.pow(decayRate, exponent);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", decaySteps);
        config.put("decay_rate", decayRate);
        config.put("staircase", staircase);
        return config;
    }
}
