package conv4j.layers;

import conv4j.config.Config;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Makes layers from configurations, and names them. */
public final class Layers {

    private static final Map<String, Function<Config, Layer>> KINDS = kinds();

    private Layers() {}

    private static Map<String, Function<Config, Layer>> kinds() {
        Map<String, Function<Config, Layer>> kinds = new LinkedHashMap<>();
        kinds.put("InputLayer", Input::from);
        kinds.put("Conv2D", Conv2D::from);
        kinds.put("Conv2DTranspose", Conv2DTranspose::from);
        kinds.put("DepthwiseConv2D", DepthwiseConv2D::from);
        kinds.put("SeparableConv2D", SeparableConv2D::from);
        kinds.put("MaxPooling2D", MaxPooling2D::from);
        kinds.put("AveragePooling2D", AveragePooling2D::from);
        kinds.put("GlobalMaxPooling2D", GlobalMaxPooling2D::from);
        kinds.put("GlobalAveragePooling2D", GlobalAveragePooling2D::from);
        kinds.put("Flatten", unused -> new Flatten());
        kinds.put("Reshape", Reshape::from);
        kinds.put("Dense", Dense::from);
        kinds.put("Activation", Activation::from);
        kinds.put("ReLU", ReLU::from);
        kinds.put("LeakyReLU", LeakyReLU::from);
        kinds.put("ELU", ELU::from);
        kinds.put("Softmax", Softmax::from);
        kinds.put("Dropout", Dropout::from);
        kinds.put("BatchNormalization", BatchNormalization::from);
        kinds.put("LayerNormalization", LayerNormalization::from);
        kinds.put("GroupNormalization", GroupNormalization::from);
        kinds.put("ZeroPadding2D", ZeroPadding2D::from);
        kinds.put("Cropping2D", Cropping2D::from);
        kinds.put("UpSampling2D", UpSampling2D::from);
        kinds.put("Permute", Permute::from);
        kinds.put("Elementwise", Elementwise::from);
        kinds.put("Weighted", Weighted::from);
        kinds.put("Add", unused -> new Add());
        kinds.put("Subtract", unused -> new Subtract());
        kinds.put("Multiply", unused -> new Multiply());
        kinds.put("Divide", unused -> new Divide());
        kinds.put("Maximum", unused -> new Maximum());
        kinds.put("Minimum", unused -> new Minimum());
        kinds.put("Concatenate", Concatenate::from);
        return Collections.unmodifiableMap(kinds);
    }

    /** {@return the class names of all layers, the input's included} */
    public static Set<String> classNames() {
        return KINDS.keySet();
    }

    /**
     * Makes the layer that a configuration describes.
     *
     * @param className Keras' class name
     * @param config the arguments under Keras' names, as from {@link Layer#config}
     * @return a new layer
     * @throws UnknownLayerException when there is no such layer
     * @throws IllegalArgumentException when an argument is missing, wrong or unknown
     */
    public static Layer fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Function<Config, Layer> kind = KINDS.get(className);
        if (kind == null) {
            throw new UnknownLayerException(className);
        }
        Layer layer = kind.apply(arguments);
        if (config.get("name") instanceof String name) {
            layer.name(name);
        }
        layer.trainable(arguments.flag("trainable", true));
        arguments.done();
        return layer;
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
