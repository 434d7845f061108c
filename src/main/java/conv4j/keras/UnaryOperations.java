package conv4j.keras;

import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.keras.WrittenGraph.Written;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which of Keras' operations, or which name of an activation, is which function of one number. */
final class UnaryOperations {

    static final String NUMPY = "keras.src.ops.numpy";
    static final String NN = "keras.src.ops.nn";
    private static final String MATH = "keras.src.ops.math";

    /** Operations without arguments. */
    private static final Map<Kind, String> PLAIN = new EnumMap<>(Map.ofEntries(
            Map.entry(Kind.ABSOLUTE, "Absolute"),
            Map.entry(Kind.CEILING, "Ceil"),
            Map.entry(Kind.FLOOR, "Floor"),
            Map.entry(Kind.ROUND, "Round"),
            Map.entry(Kind.SIGN, "Sign"),
            Map.entry(Kind.EXPONENTIAL, "Exp"),
            Map.entry(Kind.LOGARITHM, "Log"),
            Map.entry(Kind.SQUARE_ROOT, "Sqrt"),
            Map.entry(Kind.RECIPROCAL, "Reciprocal"),
            Map.entry(Kind.ERF, "Erf"),
            Map.entry(Kind.SINE, "Sin"),
            Map.entry(Kind.COSINE, "Cos"),
            Map.entry(Kind.TANGENT, "Tan"),
            Map.entry(Kind.ARCSINE, "Arcsin"),
            Map.entry(Kind.ARCCOSINE, "Arccos"),
            Map.entry(Kind.ARCTANGENT, "Arctan"),
            Map.entry(Kind.HYPERBOLIC_SINE, "Sinh"),
            Map.entry(Kind.HYPERBOLIC_COSINE, "Cosh"),
            Map.entry(Kind.AREA_SINE, "Arcsinh"),
            Map.entry(Kind.AREA_COSINE, "Arccosh"),
            Map.entry(Kind.AREA_TANGENT, "Arctanh"),
            Map.entry(Kind.SOFTSIGN, "Softsign"),
            Map.entry(Kind.HARD_SWISH, "HardSilu")));

    /** Activations by name; of some there is no operation. */
    private static final Map<String, UnaryFunction> ACTIVATIONS = Map.of(
            "exponential", UnaryFunction.of(Kind.EXPONENTIAL),
            "softsign", UnaryFunction.of(Kind.SOFTSIGN),
            "hard_sigmoid", hardSigmoid(),
            "hard_silu", UnaryFunction.of(Kind.HARD_SWISH),
            "hard_swish", UnaryFunction.of(Kind.HARD_SWISH),
            "mish", UnaryFunction.of(Kind.MISH),
            "celu", new UnaryFunction(Kind.CELU, 1, 0),
            "hard_shrink", new UnaryFunction(Kind.SHRINK, 0.5f, 0),
            "soft_shrink", new UnaryFunction(Kind.SHRINK, 0.5f, 0.5f));

    private UnaryOperations() {}

    private static UnaryFunction hardSigmoid() {
        return new UnaryFunction(Kind.HARD_SIGMOID, 1 / 6f, 0.5f);
    }

    /** The function that Keras 3 calls by this name where it is none of {@code conv4j.graph.Activation}'s; or null. */
    static UnaryFunction activation(String name) {
        return ACTIVATIONS.get(name);
    }

    /** A function as one operation, or null where it takes more than one. */
    static Written operation(UnaryFunction function, String name) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name);
        String plain = PLAIN.get(function.kind());
        if (plain != null) {
            String module =
                    plain.equals("Erf") ? MATH : plain.equals("Softsign") || plain.equals("HardSilu") ? NN : NUMPY;
            return Written.operation(module, plain, config);
        }
        double alpha = decimal(function.alpha());
        switch (function.kind()) {
            case CLIP:
                config.put("x_min", alpha);
                config.put("x_max", decimal(function.beta()));
                return Written.operation(NUMPY, "Clip", config);
            case CELU:
                config.put("alpha", alpha);
                return Written.operation(NN, "Celu", config);
            case THRESHOLDED_RELU:
                config.put("threshold", alpha);
                config.put("default_value", 0.0);
                return Written.operation(NN, "Threshold", config);
            case HARD_SIGMOID:
                return function.equals(hardSigmoid()) ? Written.operation(NN, "HardSigmoid", config) : null;
            case SHRINK:
                boolean soft = function.beta() == function.alpha();
                config.put("threshold", alpha);
                return alpha >= 0 && (soft || function.beta() == 0)
                        ? Written.operation(NN, soft ? "SoftShrink" : "HardShrink", config)
                        : null;
            default:
                return null;
        }
    }

    /** The function of an operation of Keras', or null where it is none of these. */
    static UnaryFunction of(String className, Map<String, Object> config) {
        for (Map.Entry<Kind, String> plain : PLAIN.entrySet()) {
            if (plain.getValue().equals(className)) {
                boolean whole = !className.equals("Round") || number(config, "decimals", 0) == 0;
                return whole ? UnaryFunction.of(plain.getKey()) : null;
            }
        }
        return switch (className) {
            case "Negative" -> new UnaryFunction(Kind.AFFINE, -1, 0);
            case "Clip" -> new UnaryFunction(Kind.CLIP, number(config, "x_min", null), number(config, "x_max", null));
            case "Celu" -> new UnaryFunction(Kind.CELU, number(config, "alpha", 1), 0);
            case "HardSigmoid" -> hardSigmoid();
            case "HardShrink" -> new UnaryFunction(Kind.SHRINK, number(config, "threshold", 0.5), 0);
            case "SoftShrink" -> {
                float threshold = number(config, "threshold", 0.5);
                yield new UnaryFunction(Kind.SHRINK, threshold, threshold);
            }
            case "Threshold" -> number(config, "default_value", null) == 0
                    ? new UnaryFunction(Kind.THRESHOLDED_RELU, number(config, "threshold", null), 0)
                    : null;
            default -> null;
        };
    }

    /** A number of a configuration. JSON has no word for infinity, Python's has. */
    static float number(Map<String, Object> config, String key, Number otherwise) {
        Object value = config.get(key) == null ? otherwise : config.get(key);
        if (value instanceof Number number) {
            return number.floatValue();
        }
        if ("-Infinity".equals(value) || "Infinity".equals(value)) {
            return Float.parseFloat((String) value);
        }
        throw new IllegalArgumentException(key + " must be a number, but is " + value);
    }

    /** The decimal number that was meant by a float, so that 0.1f is written as 0.1. */
    static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }
}
