package conv4j.layers;

import conv4j.config.Config;
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
     * @throws UnknownLayerException when there is no such layer
     * @throws IllegalArgumentException when an argument is missing, wrong or unknown
     */
    public static Layer fromConfig(String className, Map<String, Object> config) {
        Config arguments = new Config(className, config);
        Layer layer = make(className, arguments);
        if (config.get("name") instanceof String name) {
            layer.name(name);
        }
        layer.trainable(arguments.flag("trainable", true));
        arguments.done();
        return layer;
    }

    private static Layer make(String className, Config config) {
        return switch (className) {
            case "InputLayer" -> Input.from(config);
            case "Conv2D" -> Conv2D.from(config);
            case "Conv2DTranspose" -> Conv2DTranspose.from(config);
            case "DepthwiseConv2D" -> DepthwiseConv2D.from(config);
            case "SeparableConv2D" -> SeparableConv2D.from(config);
            case "MaxPooling2D" -> MaxPooling2D.from(config);
            case "AveragePooling2D" -> AveragePooling2D.from(config);
            case "GlobalMaxPooling2D" -> GlobalMaxPooling2D.from(config);
            case "GlobalAveragePooling2D" -> GlobalAveragePooling2D.from(config);
            case "Flatten" -> new Flatten();
            case "Reshape" -> Reshape.from(config);
            case "Dense" -> Dense.from(config);
            case "Activation" -> Activation.from(config);
            case "ReLU" -> ReLU.from(config);
            case "LeakyReLU" -> LeakyReLU.from(config);
            case "ELU" -> ELU.from(config);
            case "Softmax" -> Softmax.from(config);
            case "Dropout" -> Dropout.from(config);
            case "BatchNormalization" -> BatchNormalization.from(config);
            case "ZeroPadding2D" -> ZeroPadding2D.from(config);
            case "Cropping2D" -> Cropping2D.from(config);
            case "UpSampling2D" -> UpSampling2D.from(config);
            case "Permute" -> Permute.from(config);
            case "Elementwise" -> Elementwise.from(config);
            case "Weighted" -> Weighted.from(config);
            case "Add" -> new Add();
            case "Subtract" -> new Subtract();
            case "Multiply" -> new Multiply();
            case "Divide" -> new Divide();
            case "Maximum" -> new Maximum();
            case "Minimum" -> new Minimum();
            case "Concatenate" -> Concatenate.from(config);
            default -> throw new UnknownLayerException(className);
        };
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
