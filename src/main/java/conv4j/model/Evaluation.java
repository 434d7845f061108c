package conv4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The result of {@link Model#evaluate}.
 *
 * @param metrics means over all items by name, the loss first
 * @param items how many there were
 * @param seconds how long it took, preparation left out
 */
public record Evaluation(Map<String, Double> metrics, int items, double seconds) {

    public Evaluation {
        metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /**
     * The mean loss.
     *
     * @return the loss
     */
    public double loss() {
        return metrics.get("loss");
    }

    /**
     * A metric.
     *
     * @param name its name, such as {@code accuracy}
     * @return its mean
     * @throws IllegalArgumentException when the model was compiled without it
     */
    public double metric(String name) {
        Double value = metrics.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "there is no metric '" + name + "'; the model was compiled with " + metrics.keySet());
        }
        return value;
    }

    /**
     * The speed.
     *
     * @return items per second
     */
    public double itemsPerSecond() {
        return seconds == 0 ? 0 : items / seconds;
    }
}
