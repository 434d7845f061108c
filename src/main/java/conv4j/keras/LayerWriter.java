package conv4j.keras;

import com.google.gson.JsonObject;
import conv4j.keras.WrittenGraph.Written;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A layer that Keras has by the same name, with its settings in Keras' words. What Keras says by further layers beside it is
 * taken out of the settings: padding by numbers, and an activation that has no name there.
 */
final class LayerWriter {

    /** Layers whose explicit padding is the same as zeros around their input. */
    private static final Set<String> CONVOLUTIONS = Set.of("Conv2D", "DepthwiseConv2D", "SeparableConv2D");

    private static final String GELU_TANH = "gelu_tanh";

    private final Layer layer;
    private final Map<String, Object> config;
    private final List<List<Integer>> pads;
    private final boolean geluTanh;

    /**
     * Prepares the layer.
     *
     * @throws IllegalArgumentException when Keras has no counterpart of a setting
     */
    LayerWriter(Layer layer) {
        this.layer = layer;
        if (!Layers.classNames().contains(layer.className())) {
            throw new IllegalArgumentException("the layer " + what());
        }
        this.config = new LinkedHashMap<>(layer.config());
        checkExtensions();
        this.pads = takePads();
        this.geluTanh = GELU_TANH.equals(config.get("activation"));
        if (geluTanh) {
            config.put("activation", "linear");
        }
        config.replaceAll(LayerWriter::asKeras);
        config.put("dtype", "float32");
    }

    /** Refuses settings that layers of Keras' names have here only; they are written where they are not the default. */
    private void checkExtensions() {
        boolean pools = layer.className().endsWith("Pooling2D");
        String setting = pools ? "dilation_rate" : layer.className().equals("Conv2DTranspose") ? "groups" : null;
        if (setting != null && config.containsKey(setting)) {
            throw new IllegalArgumentException(setting + " " + config.get(setting) + " of " + what());
        }
    }

    /** Padding by numbers that the configuration is without: {@code [[top, bottom], [left, right]]}, or null. */
    List<List<Integer>> pads() {
        return pads;
    }

    /** Whether the padding is that of a convolution, which is zeros around the input. */
    boolean padsAreZeros() {
        return CONVOLUTIONS.contains(layer.className());
    }

    /** Whether an activation follows that the configuration is without. */
    boolean geluTanh() {
        return geluTanh;
    }

    /** The shape of an image with margins. */
    static Shape padded(Shape image, List<List<Integer>> margins) {
        return Shape.of(
                image.dim(0) + margins.get(0).get(0) + margins.get(0).get(1),
                image.dim(1) + margins.get(1).get(0) + margins.get(1).get(1),
                image.dim(2));
    }

    JsonObject object() {
        return Json.described("keras.layers", layer.className(), config);
    }

    Written written() {
        return Written.layer(object(), layer);
    }

    @SuppressWarnings("unchecked")
    private List<List<Integer>> takePads() {
        Object padding = config.get("padding");
        boolean full = "full".equals(padding);
        if (layer.className().equals("ZeroPadding2D") || !full && !(padding instanceof List)) {
            return null;
        }
        config.put("padding", "valid");
        if (config.containsKey("output_padding") && config.get("output_padding") == null) {
            config.put("output_padding", List.of(0, 0)); // none would append rows where the stride exceeds the kernel
        }
        return full ? fullPads() : (List<List<Integer>>) padding;
    }

    private List<List<Integer>> fullPads() {
        List<List<Integer>> both = new ArrayList<>();
        List<?> kernel = (List<?>) config.getOrDefault("kernel_size", config.get("pool_size"));
        List<?> dilation = (List<?>) config.getOrDefault("dilation_rate", List.of(1, 1));
        for (int axis = 0; axis < 2; axis++) {
            int beside = ((int) kernel.get(axis) - 1) * (int) dilation.get(axis);
            both.add(List.of(beside, beside));
        }
        return both;
    }

    private String what() {
        return "'" + layer.name() + "' (" + layer.className() + ")";
    }

    /** A setting in Keras' form: initializers and the like name their module. */
    static Object asKeras(String key, Object value) {
        if (value instanceof Map<?, ?> part && part.get("class_name") instanceof String className) {
            String module = key.endsWith("_initializer")
                    ? "keras.initializers"
                    : key.endsWith("_regularizer") ? "keras.regularizers" : "keras.layers";
            return Json.described(module, className, Json.map(Json.GSON.toJsonTree(part.get("config"))));
        }
        return value;
    }

    /** One number, or a list where there are several. */
    static Object numbers(float[] values) {
        List<Double> list = new ArrayList<>();
        for (float value : values) {
            list.add((double) value);
        }
        return list.size() == 1 ? list.get(0) : list;
    }
}
