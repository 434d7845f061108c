package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import java.util.Map;

/**
 * The share of rows whose largest prediction is at the target, a class index.
 *
 * @param name the name under which it is reported
 */
public record SparseCategoricalAccuracy(String name) implements Metric {

    /** Reported as sparse_categorical_accuracy. */
    public SparseCategoricalAccuracy() {
        this("sparse_categorical_accuracy");
    }

    @Override
    public Value emit(Graph graph, Value prediction, Value target) {
        return Metrics.emit(graph, name, prediction, target, conv4j.graph.Metric.Kind.SPARSE_CATEGORICAL_ACCURACY, 0);
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
