package conv4j.schedules;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code rate(step) = (initial - end) * (1 - step / decaySteps) ^ power + end}, the end rate afterwards. With cycles it goes
 * on: decaySteps is then the smallest multiple of itself that the step has not passed.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the steps are below 1.
 *
 * @param initialLearningRate the rate at step 0
 * @param decaySteps steps until the end rate is reached
 * @param endLearningRate the lowest rate
 * @param power 1 for a straight line
 * @param cycle whether the rate rises again after the end
 */
public record PolynomialDecay(
        double initialLearningRate, int decaySteps, double endLearningRate, double power, boolean cycle)
        implements LearningRateSchedule {

    public PolynomialDecay {
        Schedules.checkSteps(decaySteps);
    }

    @Override
    public double at(long step) {
        double steps = decaySteps;
        double reached = Math.min(step, decaySteps);
        if (cycle) {
            steps *= step == 0 ? 1 : Math.ceil(step / (double) decaySteps);
            reached = step;
        }
        return (initialLearningRate - endLearningRate) * Math.pow(1 - reached / steps, power) + endLearningRate;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("decay_steps", decaySteps);
        config.put("end_learning_rate", endLearningRate);
        config.put("power", power);
        config.put("cycle", cycle);
        return config;
    }
}
