package conv4j.metrics;

import java.util.Map;

/** Finds a {@link Metric} by its name or configuration. */
public final class Metrics {

    private Metrics() {}

    /**
     * Makes what {@link Metric#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new instance
     */
    public static Metric fromConfig(String className, Map<String, Object> config) {
        throw new IllegalArgumentException("there is no '" + className + "'");
    }
}
