package conv4j.onnx;

import conv4j.graph.Activation;
import conv4j.graph.UnaryFunction;
import java.util.Map;
import java.util.stream.Collectors;

/** Functions of one number as ONNX' nodes. */
final class FunctionExport {

    /** Mish is in newer versions of ONNX only. */
    private static final Map<UnaryFunction.Kind, String> NAMES = ElementOperators.FUNCTIONS.entrySet().stream()
            .filter(entry -> entry.getValue() != UnaryFunction.Kind.MISH)
            .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private final OnnxBuilder onnx;

    FunctionExport(OnnxBuilder onnx) {
        this.onnx = onnx;
    }

    private String node(String operator, String name, String... inputs) {
        return onnx.node(operator, name, Map.of(), inputs);
    }

    private String number(String name, double value) {
        return onnx.floats(name, new float[] {(float) value});
    }

    /** A general function of a tensor. */
    String unary(UnaryFunction f, String name, String x) {
        String operator = NAMES.get(f.kind());
        if (operator != null) {
            return node(operator, name, x);
        }
        return switch (f.kind()) {
            case AFFINE -> affine(f, name, x);
            case CLIP -> clip(name, x, f.alpha(), f.beta());
            case HARD_SIGMOID -> onnx.node("HardSigmoid", name, Map.of("alpha", f.alpha(), "beta", f.beta()), x);
            case CELU -> onnx.node("Celu", name, Map.of("alpha", f.alpha()), x);
            case SCALED_ELU -> onnx.node("Selu", name, Map.of("alpha", f.alpha(), "gamma", f.beta()), x);
            case THRESHOLDED_RELU -> onnx.node("ThresholdedRelu", name, Map.of("alpha", f.alpha()), x);
            case SHRINK -> onnx.node("Shrink", name, Map.of("lambd", f.alpha(), "bias", f.beta()), x);
            case MISH -> node("Mul", name, x, node("Tanh", name + "/tanh", node("Softplus", name + "/softplus", x)));
            default -> throw new IllegalArgumentException(name + ": ONNX has no " + f.kind());
        };
    }

    private String affine(UnaryFunction f, String name, String x) {
        boolean shifts = f.beta() != 0;
        String product = f.alpha() == 1 && shifts
                ? x
                : node("Mul", shifts ? name + "/product" : name, x, number(name + "/factor", f.alpha()));
        return shifts ? node("Add", name, product, number(name + "/shift", f.beta())) : product;
    }

    private String clip(String name, String x, float low, float high) {
        String least = low == Float.NEGATIVE_INFINITY ? "" : number(name + "/min", low);
        return high == Float.POSITIVE_INFINITY
                ? node("Clip", name, x, least)
                : node("Clip", name, x, least, number(name + "/max", high));
    }

    /** An activation of a tensor; the identity is the tensor itself. */
    String activation(Activation f, String name, String x) {
        return switch (f.kind()) {
            case LINEAR -> x;
            case RELU -> relu(f, name, x);
            case ELU -> onnx.node("Elu", name, Map.of("alpha", f.alpha()), x);
            case SELU -> node("Selu", name, x);
            case GELU -> gelu(name, x);
            case GELU_TANH -> geluTanh(name, x);
            case SWISH -> node("Mul", name, x, node("Sigmoid", name + "/sigmoid", x));
            case SIGMOID -> node("Sigmoid", name, x);
            case TANH -> node("Tanh", name, x);
            case SOFTPLUS -> node("Softplus", name, x);
        };
    }

    private String relu(Activation f, String name, String x) {
        boolean limited = f.maximum() < Float.POSITIVE_INFINITY;
        if (f.threshold() != 0) {
            return bent(f, name, x);
        }
        if (f.alpha() == 0) {
            return limited ? clip(name, x, 0, f.maximum()) : node("Relu", name, x);
        }
        String leaky = limited ? name + "/leaky" : name;
        String y = onnx.node("LeakyRelu", leaky, Map.of("alpha", f.alpha()), x);
        return limited ? clip(name, y, Float.NEGATIVE_INFINITY, f.maximum()) : y;
    }

    /** With a threshold: {@code x >= threshold ? min(x, maximum) : alpha * (x - threshold)}. */
    private String bent(Activation f, String name, String x) {
        String threshold = number(name + "/threshold", f.threshold());
        String above = node("GreaterOrEqual", name + "/above", x, threshold);
        String below = node("Sub", name + "/below", x, threshold);
        String sloped = node("Mul", name + "/sloped", below, number(name + "/slope", f.alpha()));
        String held = f.maximum() < Float.POSITIVE_INFINITY
                ? clip(name + "/held", x, Float.NEGATIVE_INFINITY, f.maximum())
                : x;
        return node("Where", name, above, held, sloped);
    }

    private String gelu(String name, String x) {
        String scaled = node("Mul", name + "/scaled", x, number(name + "/root", Math.sqrt(0.5)));
        String share = node("Add", name + "/share", node("Erf", name + "/erf", scaled), number(name + "/one", 1));
        return node("Mul", name, node("Mul", name + "/half", x, number(name + "/a_half", 0.5)), share);
    }

    private String geluTanh(String name, String x) {
        String square = node("Mul", name + "/square", x, x);
        String cube = node("Mul", name + "/cube", square, x);
        String small = node("Mul", name + "/small", cube, number(name + "/share_of_cube", 0.044715));
        String sum = node("Add", name + "/sum", x, small);
        String inner = node("Mul", name + "/inner", sum, number(name + "/root", Math.sqrt(2 / Math.PI)));
        String share = node("Add", name + "/share", node("Tanh", name + "/tanh", inner), number(name + "/one", 1));
        return node("Mul", name, node("Mul", name + "/half", x, number(name + "/a_half", 0.5)), share);
    }
}
