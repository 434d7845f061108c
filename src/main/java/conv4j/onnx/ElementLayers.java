package conv4j.onnx;

import conv4j.graph.Binary.Function;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.layers.Activation;
import conv4j.layers.Add;
import conv4j.layers.Divide;
import conv4j.layers.ELU;
import conv4j.layers.Elementwise;
import conv4j.layers.Layer;
import conv4j.layers.LeakyReLU;
import conv4j.layers.Maximum;
import conv4j.layers.Minimum;
import conv4j.layers.Multiply;
import conv4j.layers.ReLU;
import conv4j.layers.Softmax;
import conv4j.layers.Subtract;
import conv4j.layers.Tensor;
import conv4j.layers.Weighted;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The layers of operators that treat elements by themselves, and of softmax. */
final class ElementLayers {

    private ElementLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        ElementOperators.FUNCTIONS.forEach(
                (name, kind) -> rules.put(name, (node, in) -> each(node, in, new Elementwise(UnaryFunction.of(kind)))));
        rules.put("Neg", (node, in) -> each(node, in, affine(-1, 0)));
        rules.put("HardSigmoid", (node, in) -> {
            float alpha = node.real("alpha", 0.2f);
            each(node, in, function(Kind.HARD_SIGMOID, alpha, node.real("beta", 0.5f)));
        });
        rules.put("Celu", (node, in) -> each(node, in, function(Kind.CELU, node.real("alpha", 1), 0)));
        rules.put(
                "ThresholdedRelu",
                (node, in) -> each(node, in, function(Kind.THRESHOLDED_RELU, node.real("alpha", 1), 0)));
        rules.put("Shrink", (node, in) -> {
            float limit = node.real("lambd", 0.5f);
            each(node, in, function(Kind.SHRINK, limit, node.real("bias", 0)));
        });
        rules.put("Relu", (node, in) -> each(node, in, new ReLU()));
        rules.put("LeakyRelu", (node, in) -> each(node, in, new LeakyReLU(decimal(node.real("alpha", 0.01f)))));
        rules.put("Elu", (node, in) -> each(node, in, new ELU(decimal(node.real("alpha", 1)))));
        rules.put("Selu", (node, in) -> {
            boolean usual = !node.has("alpha") && !node.has("gamma");
            Layer own = function(Kind.SCALED_ELU, node.real("alpha", 1.6732632f), node.real("gamma", 1.050701f));
            each(node, in, usual ? new Activation("selu") : own);
        });
        rules.put("Sigmoid", (node, in) -> each(node, in, new Activation("sigmoid")));
        rules.put("Tanh", (node, in) -> each(node, in, new Activation("tanh")));
        rules.put("Softplus", (node, in) -> each(node, in, new Activation("softplus")));
        rules.put("Gelu", (node, in) -> {
            boolean approximate = node.text("approximate", "none").equals("tanh");
            each(node, in, new Activation(approximate ? "gelu_tanh" : "gelu"));
        });
        rules.put("Clip", ElementLayers::clip);
        rules.put("Softmax", (node, in) -> softmax(node, in, false));
        rules.put("LogSoftmax", (node, in) -> softmax(node, in, true));
        rules.put("Add", (node, in) -> pair(node, in, Function.ADD));
        rules.put("Sub", (node, in) -> pair(node, in, Function.SUBTRACT));
        rules.put("Mul", (node, in) -> pair(node, in, Function.MULTIPLY));
        rules.put("Div", (node, in) -> pair(node, in, Function.DIVIDE));
        comparisons(rules);
        rules.put("Pow", (node, in) -> pair(node, in, Function.POWER));
        rules.put("PRelu", (node, in) -> pair(node, in, Function.PRELU));
        rules.put("Sum", (node, in) -> several(node, in, Function.ADD, Add::new));
        rules.put("Max", (node, in) -> several(node, in, Function.MAXIMUM, Maximum::new));
        rules.put("Min", (node, in) -> several(node, in, Function.MINIMUM, Minimum::new));
    }

    /** Comparisons with a constant, 1 or 0, and the choice between two tensors by one of them. */
    private static void comparisons(Map<String, LayerRule> rules) {
        rules.put("Equal", (node, in) -> compared(node, in, Function.EQUAL, false));
        rules.put("Less", (node, in) -> compared(node, in, Function.LESS, false));
        rules.put("LessOrEqual", (node, in) -> compared(node, in, Function.LESS_OR_EQUAL, false));
        rules.put("Greater", (node, in) -> compared(node, in, Function.LESS, true));
        rules.put("GreaterOrEqual", (node, in) -> compared(node, in, Function.LESS_OR_EQUAL, true));
        rules.put("Where", (node, in) -> {
            LayerTensor[] all = ShapeLayers.aligned(in, in.tensor(node, 0), in.tensor(node, 1), in.tensor(node, 2));
            Tensor condition = all[0].tensor();
            Tensor opposite = in.apply(node, affine(-1, 1), condition);
            Tensor chosen = in.apply(node, new Multiply(), all[1].tensor(), condition);
            Tensor other = in.apply(node, new Multiply(), all[2].tensor(), opposite);
            in.set(node, all[0].with(in.apply(node, new Add(), chosen, other)));
        });
    }

    private static void compared(OnnxNode node, LayerImport in, Function function, boolean reversed) {
        LayerTensor x = in.tensor(node, 0);
        if (in.weight(node, 1).size() != 1) {
            throw new Unsupported("a comparison with more than one number");
        }
        float number = in.weight(node, 1).floats()[0];
        in.set(node, x.with(withNumber(node, in, x.tensor(), function, reversed, number)));
    }

    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private static Elementwise function(Kind kind, float alpha, float beta) {
        return new Elementwise(new UnaryFunction(kind, alpha, beta));
    }

    private static Elementwise affine(float factor, float shift) {
        return function(Kind.AFFINE, factor, shift);
    }

    private static void each(OnnxNode node, LayerImport in, Layer layer) {
        LayerTensor x = in.tensor(node, 0);
        in.set(node, x.with(in.apply(node, layer, x.tensor())));
    }

    private static void clip(OnnxNode node, LayerImport in) {
        boolean attributes = in.opset() < 11;
        float low =
                attributes ? node.real("min", Float.NEGATIVE_INFINITY) : number(node, in, 1, Float.NEGATIVE_INFINITY);
        float high =
                attributes ? node.real("max", Float.POSITIVE_INFINITY) : number(node, in, 2, Float.POSITIVE_INFINITY);
        each(node, in, low == 0 && high > 0 ? new ReLU(high, 0, 0) : function(Kind.CLIP, low, high));
    }

    private static float number(OnnxNode node, LayerImport in, int index, float otherwise) {
        if (node.has(index) && !in.isKnown(node, index)) {
            throw new Unsupported("limits that are computed from data");
        }
        return node.has(index) ? in.known().number(node, index) : otherwise;
    }

    private static void softmax(OnnxNode node, LayerImport in, boolean logarithm) {
        LayerTensor given = in.tensor(node, 0);
        int rank = given.rank() + 1;
        int axis = Sizes.axis(node.integer("axis", in.opset() < 13 ? 1 : -1), rank, node.label());
        boolean channels = rank == 4 && axis == 1;
        LayerTensor x = rank == 2 ? given : channels ? in.image(given) : in.plain(given);
        int[] dims = x.dims();
        boolean alone =
                in.opset() >= 13 || Arrays.stream(dims).skip(axis).allMatch(extent -> extent == 1) || axis == rank - 1;
        if (axis == 0 || !alone || !channels && axis != rank - 1) {
            throw new Unsupported("softmax over other axes than the channels or the last one");
        }
        Tensor y = in.apply(node, new Softmax(), x.tensor());
        if (logarithm) {
            y = in.apply(node, new Elementwise(UnaryFunction.of(Kind.LOGARITHM)), y);
        }
        in.set(node, x.with(y));
    }

    private static void pair(OnnxNode node, LayerImport in, Function function) {
        boolean firstKnown = in.isKnown(node, 0);
        if (firstKnown || in.isKnown(node, 1)) {
            withWeight(node, in, function, firstKnown);
            return;
        }
        LayerTensor[] both = ShapeLayers.aligned(in, in.tensor(node, 0), in.tensor(node, 1));
        Tensor a = both[0].tensor();
        Tensor b = both[1].tensor();
        if (both[0].rank() != both[1].rank()) {
            throw new Unsupported("two tensors of different numbers of axes");
        }
        Layer layer =
                switch (function) {
                    case ADD -> a.shape().equals(b.shape()) ? new Add() : new Subtract();
                    case SUBTRACT -> new Subtract();
                    case MULTIPLY -> new Multiply();
                    case DIVIDE -> new Divide();
                    default -> throw new Unsupported("two tensors that are both computed from data");
                };
        // Keras' Add takes equal shapes only; a - (-b) broadcasts.
        Tensor second = function == Function.ADD && layer instanceof Subtract ? in.apply(node, affine(-1, 0), b) : b;
        in.set(node, both[0].with(in.apply(node, layer, a, second)));
    }

    private static void several(OnnxNode node, LayerImport in, Function function, Supplier<Layer> make) {
        int count = node.inputs().size();
        if (count == 2 && (in.isKnown(node, 0) || in.isKnown(node, 1))) {
            pair(node, in, function);
            return;
        }
        LayerTensor[] all = ShapeLayers.aligned(
                in, IntStream.range(0, count).mapToObj(i -> in.tensor(node, i)).toArray(LayerTensor[]::new));
        Tensor[] tensors = Arrays.stream(all).map(LayerTensor::tensor).toArray(Tensor[]::new);
        in.set(node, count == 1 ? all[0] : all[0].with(in.apply(node, make.get(), tensors)));
    }

    private static void withWeight(OnnxNode node, LayerImport in, Function function, boolean weightFirst) {
        LayerTensor x = in.tensor(node, weightFirst ? 1 : 0);
        OnnxTensor weight = in.weight(node, weightFirst ? 0 : 1);
        if (weight.size() == 1 && function != Function.PRELU) {
            in.set(node, x.with(withNumber(node, in, x.tensor(), function, weightFirst, weight.floats()[0])));
            return;
        }
        LayerTensor source = x.unflattened() == null ? x : in.plain(x);
        int rank = source.rank();
        int[] dims = itemDims(weight, rank);
        int[] ours = new int[rank];
        for (int i = 0; i < rank; i++) {
            ours[source.order()[i]] = dims[i];
        }
        Weighted layer = new Weighted(function, ours).reversed(weightFirst);
        Tensor y = in.apply(node, layer, source.tensor());
        in.weights(layer, "weight", LayerTensor.reordered(weight.floats(), dims, source.order()));
        in.set(node, source.with(y));
    }

    /** A weight's extents as those of an item, the batch left out and missing axes being 1. */
    private static int[] itemDims(OnnxTensor weight, int rank) {
        int[] given = weight.dims();
        int extra = given.length - rank;
        if (extra > 1 || extra == 1 && given[0] != 1) {
            throw new Unsupported("weights of their own for every item of a batch");
        }
        int[] dims = new int[rank];
        Arrays.fill(dims, 1);
        for (int i = Math.max(extra, 0); i < given.length; i++) {
            dims[i - extra] = given[i];
        }
        return dims;
    }

    private static Tensor withNumber(
            OnnxNode node, LayerImport in, Tensor x, Function function, boolean numberFirst, float number) {
        switch (function) {
            case ADD:
                return in.apply(node, affine(1, number), x);
            case SUBTRACT:
                return in.apply(node, numberFirst ? affine(-1, number) : affine(1, -number), x);
            case MULTIPLY:
                return in.apply(node, affine(number, 0), x);
            case MAXIMUM:
                return in.apply(node, function(Kind.CLIP, number, Float.POSITIVE_INFINITY), x);
            case MINIMUM:
                return in.apply(node, function(Kind.CLIP, Float.NEGATIVE_INFINITY, number), x);
            case POWER:
                if (!numberFirst && number == 2) {
                    return in.apply(node, new Multiply(), x, x);
                }
                break;
            default:
        }
        int[] one = new int[x.shape().rank()];
        Arrays.fill(one, 1);
        Weighted layer = new Weighted(function, one).reversed(numberFirst).trainable(false);
        Tensor y = in.apply(node, layer, x);
        in.weights(layer, "weight", number);
        return y;
    }
}
