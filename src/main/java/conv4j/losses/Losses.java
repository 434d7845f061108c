package conv4j.losses;

import java.util.Map;

/** Finds a {@link Loss} by its name or configuration. */
public final class Losses {

    private Losses() {}

    /**
     * Makes what {@link Loss#config} describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names
     * @return a new instance
     */
    public static Loss fromConfig(String className, Map<String, Object> config) {
        throw new IllegalArgumentException("there is no '" + className + "'");
    }
}
