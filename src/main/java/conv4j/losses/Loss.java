package conv4j.losses;

import conv4j.graph.LossFunction;
import java.util.Map;

/** What training makes small: how far predictions are from targets. */
public interface Loss {

    /**
     * The formula.
     *
     * @return the function that the graph computes
     */
    LossFunction function();

    /**
     * The name in Keras' strings.
     *
     * @return for example {@code categorical_crossentropy}
     */
    String name();

    /**
     * The class name in configurations, Keras' own.
     *
     * @return for example {@code CategoricalCrossentropy}
     */
    default String className() {
        return getClass().getSimpleName();
    }

    /**
     * The arguments, under Keras' names.
     *
     * @return what {@link Losses#fromConfig} makes the same loss of
     */
    Map<String, Object> config();
}
