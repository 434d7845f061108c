package conv4j.metrics;

import conv4j.graph.Graph;
import conv4j.graph.Value;
import java.util.Map;

/** A number that is reported besides the loss, as a mean over the items of an epoch. */
public interface Metric {

    /**
     * The name under which it is reported.
     *
     * @return for example {@code accuracy}
     */
    String name();

    /**
     * Adds the operation that scores every item.
     *
     * @param graph the graph to which it is added
     * @param prediction what the model returns, batched; rows are its last axis
     * @param target what it should return, batched
     * @return one number per item
     * @throws IllegalArgumentException when the target does not fit the prediction
     */
    Value emit(Graph graph, Value prediction, Value target);

    /**
     * Whether more of it is better, for callbacks that look for the best epoch.
     *
     * @return true for accuracies, false for errors
     */
    boolean higherIsBetter();

    /**
     * The class name in configurations, Keras' own.
     *
     * @return for example {@code SparseCategoricalAccuracy}
     */
    default String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Metrics#fromConfig} makes the same metric of
     */
    Map<String, Object> config();
}
