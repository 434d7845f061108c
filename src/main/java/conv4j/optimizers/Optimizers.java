package conv4j.optimizers;

import java.util.Map;

/** Finds a {@link Optimizer} by its name or configuration. */
public final class Optimizers {

    private Optimizers() {}

    /**
     * Makes what {@link Optimizer#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new instance
     */
    public static Optimizer fromConfig(String className, Map<String, Object> config) {
        throw new IllegalArgumentException("there is no '" + className + "'");
    }
}
