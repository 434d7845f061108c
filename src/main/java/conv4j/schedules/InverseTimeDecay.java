package conv4j.schedules;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code rate(step) = initial / (1 + decayRate * step / decaySteps)}. As a staircase the division of steps is an integer one.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the steps are below 1.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps steps after which the divisor has grown by {@code decayRate}
 * @param decayRate how fast the divisor grows
 * @param staircase whether the rate falls at once rather than gradually
 */
public record InverseTimeDecay(double initialLearningRate, int decaySteps, double decayRate, boolean staircase)
        implements LearningRateSchedule {

    public InverseTimeDecay {
        Schedules.checkSteps(decaySteps);
    }

    @Override
    public double at(long step) {
        double time = staircase ? (double) (step / decaySteps) : step / (double) decaySteps;
        return initialLearningRate / (1 + decayRate * time);
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
