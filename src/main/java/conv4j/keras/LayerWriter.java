package conv4j.keras;

import com.google.gson.JsonObject;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a layer as Keras does. What Keras says otherwise is said as Keras does; what it cannot say is an exception. */
final class LayerWriter {

    /** Layers whose explicit padding is the same as zeros around their input. */
    private static final Set<String> PADDABLE = Set.of("Conv2D", "DepthwiseConv2D", "SeparableConv2D");

    /** Layers that Keras does not have, so that it could not load them; nor does it have those of a user. */
    private static final Set<String> OWN = Set.of("Elementwise", "Weighted", "Divide");

    private final Layer layer;
    private final Map<String, Object> config;
    private final List<List<Integer>> margins;

    /**
     * Prepares the layer.
     *
     * @throws IllegalArgumentException when Keras has no counterpart of a setting
     */
    LayerWriter(Layer layer, List<Tensor> inputs) {
        this.layer = layer;
        if (OWN.contains(layer.className()) || !Layers.classNames().contains(layer.className())) {
            throw new IllegalArgumentException("the layer " + what());
        }
        this.config = new LinkedHashMap<>(layer.config());
        checkExtensions();
        this.margins = takeMargins();
        config.replaceAll(this::asKeras);
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

    /** Zeros that must surround the input before the layer: {@code [[top, bottom], [left, right]]}, or null. */
    List<List<Integer>> margins() {
        return margins;
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

    @SuppressWarnings("unchecked")
    private List<List<Integer>> takeMargins() {
        Object padding = config.get("padding");
        boolean full = "full".equals(padding);
        if (layer.className().equals("ZeroPadding2D") || !full && !(padding instanceof List)) {
            return null;
        }
        if (!PADDABLE.contains(layer.className())) {
            throw new IllegalArgumentException("padding " + padding + " of " + what());
        }
        config.put("padding", "valid");
        return full ? fullMargins() : (List<List<Integer>>) padding;
    }

    private List<List<Integer>> fullMargins() {
        List<List<Integer>> both = new ArrayList<>();
        List<?> kernel = (List<?>) config.get("kernel_size");
        List<?> dilation = (List<?>) config.get("dilation_rate");
        for (int axis = 0; axis < 2; axis++) {
            int beside = ((int) kernel.get(axis) - 1) * (int) dilation.get(axis);
            both.add(List.of(beside, beside));
        }
        return both;
    }

    private String what() {
        return "'" + layer.name() + "' (" + layer.className() + ")";
    }

    private Object asKeras(String key, Object value) {
        if (key.equals("activation") && "gelu_tanh".equals(value)) {
            throw new IllegalArgumentException("the activation gelu_tanh of " + what());
        }
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
