package conv4j.layers;

import java.util.Locale;
import java.util.Map;

/** Makes layers from configurations, and names them. */
public final class Layers {

    private Layers() {}

    /**
     * Makes the layer that a configuration describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names, as from {@link Layer#config}
     * @return a new layer
     */
    public static Layer fromConfig(String className, Map<String, Object> config) {
        throw new IllegalArgumentException("there is no layer '" + className + "'");
    }

    /**
     * The name that Keras gives the first unnamed layer of a kind; further ones get {@code _1}, {@code _2} appended.
     *
     * @param layer any layer
     * @return its class name in snake case: {@code max_pooling2d}, {@code leaky_re_lu}, {@code input_layer}
     */
    public static String defaultName(Layer layer) {
        return snakeCase(layer.className());
    }

    /**
     * Keras' snake case.
     *
     * @param className a class name
     * @return for example {@code conv2d} for {@code Conv2D}
     */
    public static String snakeCase(String className) {
        return className
                .replaceAll("\\W+", "")
                .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
                .replaceAll("([a-z])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT);
    }
}
