package conv4j.configfile;

import conv4j.layers.Layers;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layers that a network section may have. */
final class LayerKinds {

    /** All layers but the input, which the section's settings describe. */
    static final Kinds ALL = new Kinds(
            "layer",
            List.of(
                    kind("Conv2D", List.of("filters", "kernel_size"), Map.of("filters", 1, "kernel_size", 1)),
                    kind("Conv2DTranspose", List.of("filters", "kernel_size"), Map.of("filters", 1, "kernel_size", 1)),
                    kind("DepthwiseConv2D", List.of("kernel_size"), Map.of("kernel_size", 1)),
                    kind("SeparableConv2D", List.of("filters", "kernel_size"), Map.of("filters", 1, "kernel_size", 1)),
                    kind("MaxPooling2D", List.of("pool_size"), Map.of("pool_size", 2)),
                    kind("AveragePooling2D", List.of("pool_size"), Map.of("pool_size", 2)),
                    kind("GlobalMaxPooling2D", List.of(), Map.of()),
                    kind("GlobalAveragePooling2D", List.of(), Map.of()),
                    kind("Flatten", List.of(), Map.of()),
                    kind("Reshape", List.of("target_shape"), Map.of("target_shape", List.of(1))),
                    kind("Dense", List.of("units"), Map.of("units", 1)),
                    kind("Activation", List.of("activation"), Map.of("activation", "relu")),
                    kind("ReLU", "relu", List.of("max_value")),
                    kind("LeakyReLU", "leaky_relu", List.of("negative_slope")),
                    kind("ELU", List.of("alpha"), Map.of()),
                    kind("Softmax", List.of(), Map.of()),
                    kind("Dropout", List.of("rate"), Map.of("rate", 0.5)),
                    kind("BatchNormalization", List.of(), Map.of()),
                    kind("LayerNormalization", List.of(), Map.of()),
                    kind("GroupNormalization", List.of("groups"), Map.of("groups", 1)),
                    kind("ZeroPadding2D", List.of("padding"), Map.of("padding", 1)),
                    kind("Cropping2D", List.of("cropping"), Map.of("cropping", 1)),
                    kind("UpSampling2D", List.of("size"), Map.of("size", 2)),
                    kind("Permute", List.of("dims"), Map.of("dims", List.of(1))),
                    kind("Elementwise", List.of("function"), Map.of("function", "hard_sigmoid")),
                    kind(
                            "Weighted",
                            List.of("function", "weight_shape"),
                            Map.of("function", "prelu", "weight_shape", List.of(1))),
                    kind("Add", List.of(), Map.of()),
                    kind("Subtract", List.of(), Map.of()),
                    kind("Multiply", List.of(), Map.of()),
                    kind("Divide", List.of(), Map.of()),
                    kind("Maximum", List.of(), Map.of()),
                    kind("Minimum", List.of(), Map.of()),
                    kind("Concatenate", List.of(), Map.of())));

    private static final Set<String> JOINING =
            Set.of("Add", "Subtract", "Multiply", "Divide", "Maximum", "Minimum", "Concatenate");

    private LayerKinds() {}

    /** Whether the values of a line are the names of layers that are joined. */
    static boolean joins(Kind kind) {
        return JOINING.contains(kind.className());
    }

    private static Kind kind(String className, List<String> places, Map<String, Object> least) {
        return kind(className, Layers.snakeCase(className), places, least);
    }

    private static Kind kind(String className, String title, List<String> places) {
        return kind(className, title, places, Map.of());
    }

    private static Kind kind(String className, String title, List<String> places, Map<String, Object> least) {
        return new Kind(className, title, places, least, options -> Layers.fromConfig(className, options)
                .config());
    }
}
