package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Map;

/**
 * What Keras makes of the string "accuracy": the accuracy that fits predictions and targets. {@link BinaryAccuracy} where
 * a prediction is a single column, {@link SparseCategoricalAccuracy} where there is one target per row, else {@link
 * CategoricalAccuracy}.
 *
 * @param name the name under which it is reported
 */
public record Accuracy(String name) implements Metric {

    /** Reported as accuracy. */
    public Accuracy() {
        this("accuracy");
    }

    @Override
    public Value emit(Graph graph, Value prediction, Value target) {
        boolean sparse = target.shape().size() == prediction.shape().rows();
        return fitting(name, sparse, prediction.shape()).emit(graph, prediction, target);
    }

    /** The accuracy for targets of this kind. */
    static Metric fitting(String name, boolean sparse, Shape prediction) {
        if (prediction.columns() == 1) {
            return new BinaryAccuracy(name);
        }
        return sparse ? new SparseCategoricalAccuracy(name) : new CategoricalAccuracy(name);
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    /** {@inheritDoc} Keras' string; its class Accuracy compares for equality and is another metric. */
    @Override
    public String className() {
        return "accuracy";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("name", name);
    }
}
