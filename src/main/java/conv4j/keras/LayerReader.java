package conv4j.keras;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import conv4j.config.Config;
import conv4j.data.Normalization;
import conv4j.graph.UnaryFunction;
import conv4j.layers.Elementwise;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.UnknownLayerException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes layers of Keras' layer objects, and collects everything that it cannot make, so that one message names it all. */
final class LayerReader {

    /** Arguments of every layer, and of relatives of a layer, that change nothing. */
    private static final Set<String> NEUTRAL = Set.of(
            "name",
            "trainable",
            "dtype",
            "batch_input_shape",
            "batch_shape",
            "input_dtype",
            "autocast",
            "sparse",
            "ragged",
            "optional",
            "groups",
            "seed",
            "kernel_initializer",
            "renorm_momentum",
            "data_format",
            "implementation");

    /** Arguments that change what is computed, so that a layer that has one set cannot be taken. */
    private static final Set<String> ESSENTIAL =
            Set.of("noise_shape", "renorm", "quantization_config", "lora_rank", "virtual_batch_size");

    private final Set<String> unknown = new LinkedHashSet<>();
    private final Set<String> unfit = new LinkedHashSet<>();
    private final Set<String> warnings = new LinkedHashSet<>();
    private boolean beforeKeras3;

    /** The file was written by a Keras before version 3, of which hard_sigmoid was another function. */
    void beforeKeras3() {
        beforeKeras3 = true;
    }

    /** Things that a user should know and that do not prevent anything. */
    Set<String> warnings() {
        return warnings;
    }

    void warn(String text) {
        warnings.add(text);
    }

    /** Notes an entry that cannot be taken for another reason than its class. */
    void unfit(String problem) {
        unfit.add(problem);
    }

    /** Throws if any layer could not be made, naming all of them. */
    void check() {
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("conv4j does not have these of its layers: " + String.join(", ", unknown)
                    + "; replace them in Keras and save the model again"
                    + (unfit.isEmpty() ? "" : ". Besides: " + String.join("; ", unfit)));
        }
        if (!unfit.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", unfit));
        }
    }

    /** Makes one layer; null when it cannot be made, which {@link #check} reports. */
    LayerEntry read(JsonObject object) {
        String className = Json.text(object, "class_name", "(no class_name)");
        Map<String, Object> config = new LinkedHashMap<>(Json.map(object.get("config")));
        String name = name(object, config, className);
        try {
            return entry(object, className, name, config);
        } catch (UnknownLayerException none) {
            boolean within = !none.className().equals(className) && !isCode(object);
            unknown.add(what(object, className, name, within ? " with " + none.className() : ""));
        } catch (IllegalArgumentException wrong) {
            if (isCode(object)) {
                unknown.add(what(object, className, name, ""));
            } else {
                unfit.add("layer '" + name + "' (" + className + "): " + wrong.getMessage());
            }
        }
        return null;
    }

    private static String what(JsonObject object, String className, String name, String more) {
        return "'" + name + "' (" + className + more
                + (isCode(object) ? " with a function as code, which is never run)" : ")");
    }

    static String name(JsonObject object, Map<String, Object> config, String className) {
        Object own = config.get("name");
        return Json.text(object, "name", own instanceof String text ? text : Layers.snakeCase(className));
    }

    private LayerEntry entry(JsonObject object, String className, String name, Map<String, Object> config) {
        String module = Json.text(object, "module", "");
        if (className.equals("Lambda")) {
            unknown.add("'" + name + "' (Lambda, whose code is never run)");
            return null;
        }
        if (Json.text(object, "registered_name", "").indexOf('>') >= 0) {
            unknown.add("'" + name + "' (" + Json.text(object, "registered_name", "") + ", a class of its author's)");
            return null;
        }
        if (module.contains(".ops.")
                || module.equals("keras.ops")
                || module.isEmpty() && OperationReader.isWithoutModule(className, config, object)) {
            return operation(object, className, name, config);
        }
        checkType(config.get("dtype"));
        if (className.equals("InputLayer")) {
            checkSize(config.getOrDefault("batch_shape", config.get("batch_input_shape")));
        }
        if (className.equals("Rescaling")) {
            return rescaling(className, name, config);
        }
        if (className.equals("Embedding")) {
            return LayerEntry.unmatched(className, name, true, object);
        }
        return LayerEntry.of(className, name, layer(sameClass(className), name, config));
    }

    /** Keras 2 wrote the generation of some classes behind their names. */
    private static String sameClass(String className) {
        return className.startsWith("BatchNormalizationV") ? "BatchNormalization" : className;
    }

    private Layer layer(String className, String name, Map<String, Object> config) {
        config.put("name", legal(name));
        if (config.get("axis") instanceof List<?> axes && axes.size() == 1 && className.equals("Softmax")) {
            config.put("axis", axes.get(0));
        }
        if (className.equals("PReLU")) {
            config.forEach((key, value) -> judgePenalty("layer '" + name + "' (PReLU): ", key, value));
            return new UnbuiltPReLU(config);
        }
        Layer function = function(className, config);
        if (function != null) {
            return function.name(legal(name));
        }
        AskedConfig asked = new AskedConfig(config);
        Layer layer = Layers.fromConfig(className, asked);
        asked.unasked().forEach((key, value) -> judge(layer, key, value));
        return layer;
    }

    /** Names of Keras 2 may hold slashes, which separate names here. */
    static String legal(String name) {
        return name.replace('/', '_');
    }

    private void judge(Layer layer, String key, Object value) {
        if (NEUTRAL.contains(key)) {
            return;
        }
        String what = "layer '" + layer.name() + "' (" + layer.className() + "): ";
        if (ESSENTIAL.contains(key)) {
            throw new IllegalArgumentException("conv4j has no argument " + key + " = " + value);
        }
        if (!judgePenalty(what, key, value)) {
            warn(what + "the argument " + key + " = " + value + " is not known and left out");
        }
    }

    private boolean judgePenalty(String what, String key, Object value) {
        boolean penalty = value != null && (key.endsWith("_regularizer") || key.endsWith("_constraint"));
        if (penalty) {
            warn(what + key + " is left out; predictions are the same, further training does without it");
        }
        return penalty;
    }

    /** Sizes that Keras leaves open are unknown to a plan of memory. */
    private static void checkSize(Object batchShape) {
        if (batchShape instanceof List<?> dims
                && dims.subList(Math.min(1, dims.size()), dims.size()).contains(null)) {
            throw new IllegalArgumentException("the size of the input is left open, " + dims
                    + "; conv4j needs fixed sizes, so make the model in Keras with keras.Input(shape=(32, 32, 3)) for example"
                    + " and load the weights into it");
        }
    }

    private void checkType(Object dtype) {
        Object type = dtype;
        if (dtype instanceof Map<?, ?> policy && policy.get("config") instanceof Map<?, ?> config) {
            type = config.get("name");
        }
        if (type != null && !type.equals("float32")) {
            warn("layers have the type " + type + "; everything is computed in float32 here");
        }
    }

    /** A sum, a concatenation or a function in a functional model that is no layer in Keras. */
    private LayerEntry operation(JsonObject object, String className, String name, Map<String, Object> config) {
        Layer layer = OperationReader.read(className, config, object);
        if (layer != null) {
            return LayerEntry.operation(className, name, layer.name(legal(name)));
        }
        LayerEntry entry = LayerEntry.unmatched(className, name, false, object);
        if (OperationReader.isAuxiliary(className)) {
            return entry;
        }
        reportUnmatched(entry);
        return null;
    }

    /** Notes an entry that means nothing by itself. */
    void reportUnmatched(LayerEntry entry) {
        unknown.add("'" + entry.name() + "' (" + (entry.counted() ? "" : "the operation ") + entry.className() + ")");
    }

    /** An activation that is no {@code conv4j.graph.Activation} is an {@link Elementwise}; null for any other layer. */
    private Layer function(String className, Map<String, Object> config) {
        Config.Part named = className.equals("Activation") ? new Config(className, config).part("activation") : null;
        UnaryFunction function = named == null ? null : UnaryOperations.activation(named.className());
        if (function == null) {
            return null;
        }
        boolean old = beforeKeras3 && function.kind() == UnaryFunction.Kind.HARD_SIGMOID;
        return new Elementwise(old ? new UnaryFunction(function.kind(), 0.2f, 0.5f) : function)
                .trainable(!Boolean.FALSE.equals(config.get("trainable")));
    }

    private static LayerEntry rescaling(String className, String name, Map<String, Object> config) {
        Normalization scaling = scaling(config);
        float scale = scaling.scale()[0];
        float shift = scaling.shift()[0];
        Layer elsewhere = scaling.scale().length > 1
                ? null
                : new Elementwise(new UnaryFunction(UnaryFunction.Kind.AFFINE, scale, shift))
                        .trainable(!Boolean.FALSE.equals(config.get("trainable")))
                        .name(legal(name));
        return LayerEntry.scaling(className, name, scaling, elsewhere);
    }

    private static Normalization scaling(Map<String, Object> config) {
        float[] scale = floats(config.get("scale"));
        float[] offset = floats(config.getOrDefault("offset", 0.0));
        int width = Math.max(scale.length, offset.length);
        return new Normalization(repeated(scale, width), repeated(offset, width));
    }

    /** A number, or a list of one per channel. */
    private static float[] floats(Object value) {
        Object given = value;
        if (value instanceof Map<?, ?> array && array.get("config") instanceof Map<?, ?> config) {
            given = config.get("value"); // an array in Keras' form
        }
        List<?> numbers = given instanceof List<?> list ? list : Collections.singletonList(given);
        float[] result = new float[numbers.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = number(numbers.get(i));
        }
        return result;
    }

    private static float[] repeated(float[] values, int width) {
        float[] all = new float[width];
        for (int i = 0; i < width; i++) {
            all[i] = values.length == 1 ? values[0] : values[i];
        }
        return all;
    }

    private static float number(Object value) {
        if (value instanceof Number number) {
            return number.floatValue();
        }
        throw new IllegalArgumentException("scale and offset must be numbers, or lists of one per channel");
    }

    private static boolean isCode(JsonElement element) {
        return element.toString().contains("\"__lambda__\"");
    }
}
