package conv4j.schedules;

import conv4j.config.Config;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Rises in equal steps from an initial rate to the first rate of another schedule, which then begins: {@code rate(step)
 * = initial + (next(0) - initial) * step / warmupSteps} for {@code step < warmupSteps}, then {@code next(step -
 * warmupSteps)}. Goyal et al. 2017, section 2.2. Keras has this within CosineDecay only.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the steps are below 1.
 *
 * @param initialLearningRate the rate at step 0
 * @param warmupSteps steps of the warm-up
 * @param next what follows; its step 0 is the first step after the warm-up
 */
public record LinearWarmup(double initialLearningRate, int warmupSteps, LearningRateSchedule next)
        implements LearningRateSchedule {

    public LinearWarmup {
        Schedules.checkSteps(warmupSteps);
    }

    @Override
    public double at(long step) {
        if (step >= warmupSteps) {
            return next.at(step - warmupSteps);
        }
        return initialLearningRate + (next.at(0) - initialLearningRate) * step / warmupSteps;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("initial_learning_rate", initialLearningRate);
        config.put("warmup_steps", warmupSteps);
        config.put("next", new Config.Part(next.className(), next.config()).toMap());
        return config;
    }
}
