package conv4j.schedules;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Constant rates between given steps: {@code values[i]} while {@code step <= boundaries[i]}, the last value afterwards.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when there is not one value more than boundaries, or the
 * boundaries do not rise.
 *
 * @param boundaries the last step of every value but the last, rising
 * @param values the rates, one more than boundaries
 */
public record PiecewiseConstantDecay(List<Integer> boundaries, List<Double> values) implements LearningRateSchedule {

    public PiecewiseConstantDecay {
        boundaries = List.copyOf(boundaries);
        values = List.copyOf(values);
        if (values.size() != boundaries.size() + 1) {
            throw new IllegalArgumentException(
                    "a piecewise constant learning rate needs one value more than boundaries," + " but was given "
                            + boundaries.size() + " boundaries and " + values.size() + " values");
        }
        for (int i = 1; i < boundaries.size(); i++) {
            if (boundaries.get(i) <= boundaries.get(i - 1)) {
                throw new IllegalArgumentException("boundaries must rise, but are " + boundaries);
            }
        }
    }

    @Override
    public double at(long step) {
        int i = 0;
        while (i < boundaries.size() && step > boundaries.get(i)) {
            i++;
        }
        return values.get(i);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("boundaries", boundaries);
        config.put("values", values);
        return config;
    }
}
