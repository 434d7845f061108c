package conv4j.onnx;

import conv4j.graph.Activation;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import java.util.Map;

/** Operators that treat every element by itself or meet the elements of several tensors. */
final class ElementOperators {

    private static final float SELU_ALPHA = 1.67326319217681884765625f;
    private static final float SELU_GAMMA = 1.05070102214813232421875f;

    /** The functions without parameters, by ONNX' names. */
    static final Map<String, Kind> FUNCTIONS = Map.ofEntries(
            Map.entry("Abs", Kind.ABSOLUTE),
            Map.entry("Ceil", Kind.CEILING),
            Map.entry("Floor", Kind.FLOOR),
            Map.entry("Round", Kind.ROUND),
            Map.entry("Sign", Kind.SIGN),
            Map.entry("Exp", Kind.EXPONENTIAL),
            Map.entry("Log", Kind.LOGARITHM),
            Map.entry("Sqrt", Kind.SQUARE_ROOT),
            Map.entry("Reciprocal", Kind.RECIPROCAL),
            Map.entry("Erf", Kind.ERF),
            Map.entry("Sin", Kind.SINE),
            Map.entry("Cos", Kind.COSINE),
            Map.entry("Tan", Kind.TANGENT),
            Map.entry("Asin", Kind.ARCSINE),
            Map.entry("Acos", Kind.ARCCOSINE),
            Map.entry("Atan", Kind.ARCTANGENT),
            Map.entry("Sinh", Kind.HYPERBOLIC_SINE),
            Map.entry("Cosh", Kind.HYPERBOLIC_COSINE),
            Map.entry("Asinh", Kind.AREA_SINE),
            Map.entry("Acosh", Kind.AREA_COSINE),
            Map.entry("Atanh", Kind.AREA_TANGENT),
            Map.entry("HardSwish", Kind.HARD_SWISH),
            Map.entry("Softsign", Kind.SOFTSIGN),
            Map.entry("Mish", Kind.MISH));

    private ElementOperators() {}

    static void addTo(Map<String, Operator> all) {
        FUNCTIONS.forEach((name, kind) -> all.put(name, (node, p) -> p.set(node, p.unary(p.value(node, 0), kind))));
        parametric(all);
        Map<String, Activation.Kind> activations = Map.of(
                "Relu", Activation.Kind.RELU,
                "Sigmoid", Activation.Kind.SIGMOID,
                "Tanh", Activation.Kind.TANH,
                "Softplus", Activation.Kind.SOFTPLUS);
        activations.forEach((name, kind) ->
                all.put(name, (node, p) -> p.set(node, p.activate(p.value(node, 0), Activation.of(kind)))));
        all.put("LeakyRelu", (node, p) -> {
            Activation leaky = Activation.leakyRelu(node.real("alpha", 0.01f));
            p.set(node, p.activate(p.value(node, 0), leaky));
        });
        all.put("Elu", (node, p) -> {
            float alpha = node.real("alpha", 1);
            Activation elu = new Activation(Activation.Kind.ELU, alpha, Float.POSITIVE_INFINITY, 0);
            p.set(node, p.activate(p.value(node, 0), elu));
        });
        all.put("Gelu", (node, p) -> {
            boolean approximate = node.text("approximate", "none").equals("tanh");
            Activation.Kind kind = approximate ? Activation.Kind.GELU_TANH : Activation.Kind.GELU;
            p.set(node, p.activate(p.value(node, 0), Activation.of(kind)));
        });
        all.put("Clip", ElementOperators::clip);
        joining(all);
        logical(all);
    }

    private static void parametric(Map<String, Operator> all) {
        all.put("Neg", (node, p) -> p.set(node, p.unary(p.value(node, 0), Kind.AFFINE, -1, 0)));
        all.put("HardSigmoid", (node, p) -> {
            float alpha = node.real("alpha", 0.2f);
            p.set(node, p.unary(p.value(node, 0), Kind.HARD_SIGMOID, alpha, node.real("beta", 0.5f)));
        });
        all.put("Celu", (node, p) -> p.set(node, p.unary(p.value(node, 0), Kind.CELU, node.real("alpha", 1), 0)));
        all.put("Selu", (node, p) -> {
            float gamma = node.real("gamma", SELU_GAMMA);
            p.set(node, p.unary(p.value(node, 0), Kind.SCALED_ELU, node.real("alpha", SELU_ALPHA), gamma));
        });
        all.put(
                "ThresholdedRelu",
                (node, p) -> p.set(node, p.unary(p.value(node, 0), Kind.THRESHOLDED_RELU, node.real("alpha", 1), 0)));
        all.put(
                "Shrink",
                (node, p) -> p.set(
                        node, p.unary(p.value(node, 0), Kind.SHRINK, node.real("lambd", 0.5f), node.real("bias", 0))));
    }

    private static void clip(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        if (node.has("min") || node.has("max") || p.opset() < 11) {
            float low = node.real("min", Float.NEGATIVE_INFINITY);
            p.set(node, p.unary(x, Kind.CLIP, low, node.real("max", Float.POSITIVE_INFINITY)));
            return;
        }
        Value y = node.has(1) ? p.binary(x, p.value(node, 1), Binary.Function.MAXIMUM) : x;
        p.set(node, node.has(2) ? p.binary(y, p.value(node, 2), Binary.Function.MINIMUM) : y);
    }

    private static void joining(Map<String, Operator> all) {
        all.put("Add", (node, p) -> p.set(node, pair(node, p, Binary.Function.ADD)));
        all.put("Sub", (node, p) -> p.set(node, pair(node, p, Binary.Function.SUBTRACT)));
        all.put("Mul", (node, p) -> p.set(node, pair(node, p, Binary.Function.MULTIPLY)));
        all.put("Pow", (node, p) -> p.set(node, pair(node, p, Binary.Function.POWER)));
        all.put("PRelu", (node, p) -> p.set(node, pair(node, p, Binary.Function.PRELU)));
        all.put("Div", (node, p) -> {
            boolean real = OnnxTensor.isFloating(p.type(node, 0));
            p.set(node, real ? pair(node, p, Binary.Function.DIVIDE) : wholeQuotient(node, p));
        });
        all.put("Sum", (node, p) -> p.set(node, several(node, p, Binary.Function.ADD)));
        all.put("Max", (node, p) -> p.set(node, several(node, p, Binary.Function.MAXIMUM)));
        all.put("Min", (node, p) -> p.set(node, several(node, p, Binary.Function.MINIMUM)));
        all.put("Mean", (node, p) -> {
            Value sum = several(node, p, Binary.Function.ADD);
            p.set(node, p.unary(sum, Kind.AFFINE, 1f / node.inputs().size(), 0));
        });
    }

    /** Of whole numbers that floats hold exactly: (|a| + 1/2) / |b| rounds to a float on the right side of every one. */
    private static Value wholeQuotient(OnnxNode node, Program p) {
        Value a = p.value(node, 0);
        Value b = p.value(node, 1);
        Value half = p.unary(p.unary(a, Kind.ABSOLUTE), Kind.AFFINE, 1, 0.5f);
        Value size = p.unary(p.binary(half, p.unary(b, Kind.ABSOLUTE), Binary.Function.DIVIDE), Kind.FLOOR);
        Value sign = p.binary(p.unary(a, Kind.SIGN), p.unary(b, Kind.SIGN), Binary.Function.MULTIPLY);
        return p.binary(size, sign, Binary.Function.MULTIPLY);
    }

    private static void logical(Map<String, Operator> all) {
        all.put("Equal", (node, p) -> truth(node, p, pair(node, p, Binary.Function.EQUAL)));
        all.put("Less", (node, p) -> truth(node, p, pair(node, p, Binary.Function.LESS)));
        all.put("LessOrEqual", (node, p) -> truth(node, p, pair(node, p, Binary.Function.LESS_OR_EQUAL)));
        all.put("Greater", (node, p) -> {
            truth(node, p, p.binary(p.value(node, 1), p.value(node, 0), Binary.Function.LESS));
        });
        all.put("GreaterOrEqual", (node, p) -> {
            truth(node, p, p.binary(p.value(node, 1), p.value(node, 0), Binary.Function.LESS_OR_EQUAL));
        });
        all.put("And", (node, p) -> truth(node, p, pair(node, p, Binary.Function.MULTIPLY)));
        all.put("Or", (node, p) -> truth(node, p, pair(node, p, Binary.Function.MAXIMUM)));
        all.put("Xor", (node, p) -> truth(node, p, not(p, pair(node, p, Binary.Function.EQUAL))));
        all.put("Not", (node, p) -> truth(node, p, not(p, p.value(node, 0))));
        all.put("Where", (node, p) -> {
            Value condition = p.value(node, 0);
            Value chosen = p.binary(p.value(node, 1), condition, Binary.Function.KEEP);
            Value other = p.binary(p.value(node, 2), not(p, condition), Binary.Function.KEEP);
            p.set(node, 0, p.type(node, 1), p.binary(chosen, other, Binary.Function.ADD));
        });
        all.put("IsNaN", (node, p) -> {
            Value x = p.value(node, 0);
            truth(node, p, not(p, p.binary(x, x, Binary.Function.EQUAL)));
        });
    }

    private static void truth(OnnxNode node, Program p, Value value) {
        p.set(node, 0, OnnxTensor.BOOL, value);
    }

    private static Value not(Program p, Value truth) {
        return p.unary(truth, Kind.AFFINE, -1, 1);
    }

    /** Of two operands; before version 7 the second one could be told at which axis of the first it begins. */
    private static Value pair(OnnxNode node, Program p, Binary.Function function) {
        Value a = p.value(node, 0);
        Value b = p.value(node, 1);
        if (p.opset() < 7 && node.flag("broadcast", false) && node.has("axis")) {
            int axis = Sizes.axis(node.integer("axis", 0), a.shape().rank(), node.label());
            int[] dims = new int[a.shape().rank() - axis];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = i < b.shape().rank() ? b.shape().dim(i) : 1;
            }
            b = p.reshape(b, dims);
        }
        return p.binary(a, b, function);
    }

    private static Value several(OnnxNode node, Program p, Binary.Function function) {
        Value result = p.value(node, 0);
        for (int i = 1; i < node.inputs().size(); i++) {
            result = p.binary(result, p.value(node, i), function);
        }
        return result;
    }
}
