package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import java.util.Map;

/**
 * The share of rows whose largest prediction is at the largest target; targets are one number per class.
 *
 * @param name the name under which it is reported
 */
public record CategoricalAccuracy(String name) implements Metric {

    /** Reported as categorical_accuracy. */
    public CategoricalAccuracy() {
        this("categorical_accuracy");
    }

    @Override
    public Value emit(Graph graph, Value prediction, Value target) {
        return Metrics.emit(graph, name, prediction, target, conv4j.graph.Metric.Kind.CATEGORICAL_ACCURACY, 0);
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("name", name);
    }
}
