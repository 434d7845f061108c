package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The share of rows in which the largest target is among the k largest predictions.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when k is below 1.
 *
 * @param name the name under which it is reported
 * @param k how many guesses count
 */
public record TopKCategoricalAccuracy(String name, int k) implements Metric {

    public TopKCategoricalAccuracy {
        Metrics.checkK(k);
    }

    /** Five guesses. */
    public TopKCategoricalAccuracy() {
        this(5);
    }

    /**
     * With another number of guesses.
     *
     * @param k how many guesses count, 1 or more
     */
    public TopKCategoricalAccuracy(int k) {
        this("top_k_categorical_accuracy", k);
    }

    @Override
    public Value emit(Graph graph, Value prediction, Value target) {
        return Metrics.emit(graph, name, prediction, target, conv4j.graph.Metric.Kind.TOP_K, k);
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        config.put("k", k);
        return config;
    }
}
