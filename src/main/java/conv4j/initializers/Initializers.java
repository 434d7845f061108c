package conv4j.initializers;

import java.util.Map;

/** Finds a {@link Initializer} by its name or configuration. */
public final class Initializers {

    private Initializers() {}

    /**
     * Makes what {@link Initializer#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new instance
     */
    public static Initializer fromConfig(String className, Map<String, Object> config) {
        throw new IllegalArgumentException("there is no '" + className + "'");
    }
}
