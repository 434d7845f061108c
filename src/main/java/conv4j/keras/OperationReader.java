package conv4j.keras;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.layers.Activation;
import conv4j.layers.Elementwise;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Makes layers of what is no layer in Keras: a sum that was written as +, a function of {@code keras.ops}. */
final class OperationReader {

    /** Operations of two operands, by the layer or the function of a weight that does the same. */
    private static final Map<String, String> ARITHMETIC = Map.of(
            "Add", "Add",
            "Subtract", "Subtract",
            "Multiply", "Multiply",
            "Divide", "Divide",
            "TrueDivide", "Divide",
            "Maximum", "Maximum",
            "Minimum", "Minimum");

    /** UnaryOperations that a functional model can hold in the place of an Activation layer. */
    private static final Set<String> ACTIVATIONS =
            Set.of("relu", "relu6", "sigmoid", "tanh", "silu", "softplus", "selu");

    /** Operations that mean a layer together with others only. */
    private static final Set<String> AUXILIARY =
            Set.of("ZerosLike", "OnesLike", "Sum", "Pad", "Power", "Equal", "Less", "LessEqual", "Cast");

    private OperationReader() {}

    static boolean isAuxiliary(String className) {
        return AUXILIARY.contains(className);
    }

    /**
     * Whether an object without a module, as {@code .h5} files of Keras 3 have them, is an operation: those have no {@code
     * trainable}, and single numbers as operands.
     */
    static boolean isWithoutModule(String className, Map<String, Object> config, JsonObject object) {
        if (config.containsKey("trainable") || operands(object).isEmpty()) {
            return false;
        }
        return Layers.classNames().contains(className)
                ? operands(object).stream().anyMatch(OperationReader::isNumber)
                : isAuxiliary(className) || read(className, config, object) != null;
    }

    /** The layer that does the same, or null where there is none. */
    static Layer read(String className, Map<String, Object> config, JsonObject object) {
        List<JsonElement> operands = operands(object);
        boolean two = operands.size() == 2 && (ARITHMETIC.containsKey(className) || className.equals("Power"));
        if (two && isNumber(operands.get(0)) != isNumber(operands.get(1))) {
            boolean first = isNumber(operands.get(0));
            return withNumber(className, operands.get(first ? 0 : 1).getAsFloat(), first);
        }
        if (two && operands.stream().anyMatch(OperationReader::isArray)) {
            throw new IllegalArgumentException(
                    "one of its operands is an array; conv4j takes tensors and single numbers, so make it a layer's weight");
        }
        if (ARITHMETIC.containsKey(className)) {
            return Layers.fromConfig(ARITHMETIC.get(className), Map.of());
        }
        UnaryFunction function = UnaryOperations.of(className, config);
        return function == null ? activation(className, config) : new Elementwise(function);
    }

    private static Layer activation(String className, Map<String, Object> config) {
        String function = className.toLowerCase(Locale.ROOT);
        if (ACTIVATIONS.contains(function)) {
            return new Activation(function);
        }
        return switch (className) {
            case "Concatenate" -> Layers.fromConfig(className, only(config, "axis"));
            case "Softmax" -> isLast(config.get("axis"))
                    ? new Activation(function)
                    : Layers.fromConfig(className, only(config, "axis"));
            case "Gelu" -> new Activation(Boolean.FALSE.equals(config.get("approximate")) ? "gelu" : "gelu_tanh");
            case "Elu" -> Layers.fromConfig("ELU", only(config, "alpha"));
            case "LeakyRelu" -> Layers.fromConfig(
                    "LeakyReLU", Map.of("negative_slope", config.getOrDefault("negative_slope", 0.2)));
            case "Square" -> withNumber("Power", 2, false);
            case "Rsqrt" -> withNumber("Power", -0.5f, false);
            default -> null;
        };
    }

    private static boolean isLast(Object axis) {
        return axis == null || axis instanceof Number number && number.intValue() == -1;
    }

    private static Map<String, Object> only(Map<String, Object> config, String key) {
        return config.get(key) == null ? Map.of() : Map.of(key, config.get(key));
    }

    /** What the operation is applied to first. */
    private static List<JsonElement> operands(JsonObject object) {
        List<JsonElement> operands = new ArrayList<>();
        if (object.get("inbound_nodes") instanceof JsonArray nodes
                && !nodes.isEmpty()
                && nodes.get(0) instanceof JsonObject node) {
            if (node.get("args") instanceof JsonArray args) {
                args.forEach(operands::add);
            }
            if (node.get("kwargs") instanceof JsonObject named) {
                for (String name : List.of("x1", "x2")) {
                    if (named.has(name)) {
                        operands.add(named.get(name));
                    }
                }
            }
        }
        return operands;
    }

    private static boolean isNumber(JsonElement operand) {
        return operand.isJsonPrimitive() && operand.getAsJsonPrimitive().isNumber();
    }

    private static boolean isArray(JsonElement operand) {
        return operand instanceof JsonObject object
                && Set.of("__numpy__", "__tensor__").contains(Json.text(object, "class_name", ""));
    }

    private static Layer withNumber(String className, float number, boolean first) {
        return switch (className) {
            case "Add" -> function(Kind.AFFINE, 1, number);
            case "Subtract" -> first ? function(Kind.AFFINE, -1, number) : function(Kind.AFFINE, 1, -number);
            case "Multiply" -> function(Kind.AFFINE, number, 0);
            case "Maximum" -> function(Kind.CLIP, number, Float.POSITIVE_INFINITY);
            case "Minimum" -> function(Kind.CLIP, Float.NEGATIVE_INFINITY, number);
            default -> first && number == 1 && !className.equals("Power")
                    ? function(Kind.RECIPROCAL, 0, 0)
                    : constant(className.equals("Power") ? "power" : "divide", number, first);
        };
    }

    private static Layer function(Kind kind, float alpha, float beta) {
        return new Elementwise(new UnaryFunction(kind, alpha, beta));
    }

    /** A function of the input and a number that nothing changes. */
    private static Layer constant(String function, float number, boolean first) {
        Map<String, Object> initializer =
                Map.of("class_name", "Constant", "config", Map.of("value", UnaryOperations.decimal(number)));
        return Layers.fromConfig(
                "Weighted",
                Map.of(
                        "function", function,
                        "weight_shape", List.of(1),
                        "reversed", first,
                        "trainable", false,
                        "weight_initializer", initializer));
    }
}
