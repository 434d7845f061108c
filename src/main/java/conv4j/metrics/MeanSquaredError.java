package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.LossFunction;
import conv4j.graph.Value;
import java.util.Map;

/**
 * Mean of {@code (p - t)^2}.
 *
 * @param name the name under which it is reported
 */
public record MeanSquaredError(String name) implements Metric {

    /** Reported as mean_squared_error. */
    public MeanSquaredError() {
        this("mean_squared_error");
    }

    @Override
    public Value emit(Graph graph, Value prediction, Value target) {
        return Metrics.emit(graph, name, prediction, target, LossFunction.Kind.MEAN_SQUARED_ERROR);
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("name", name);
    }
}
