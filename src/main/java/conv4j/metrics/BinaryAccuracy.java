package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import java.util.Map;

/**
 * The share of predictions that are above 1/2 exactly where the target is.
 *
 * @param name the name under which it is reported
 */
public record BinaryAccuracy(String name) implements Metric {

    /** Reported as binary_accuracy. */
    public BinaryAccuracy() {
        this("binary_accuracy");
    }

    @Override
    public Value emit(Graph graph, Value prediction, Value target) {
        return Metrics.emit(graph, name, prediction, target, conv4j.graph.Metric.Kind.BINARY_ACCURACY, 0);
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
