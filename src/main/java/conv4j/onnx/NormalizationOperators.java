package conv4j.onnx;

import static conv4j.onnx.ImageOperators.perChannel;
import static conv4j.onnx.ImageOperators.standardized;

import conv4j.graph.Binary.Function;
import conv4j.graph.Reduce;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that bring numbers to a common scale. */
final class NormalizationOperators {

    private NormalizationOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("BatchNormalization", NormalizationOperators::batch);
        all.put("InstanceNormalization", NormalizationOperators::instance);
        all.put("LayerNormalization", NormalizationOperators::layer);
        all.put("MeanVarianceNormalization", NormalizationOperators::meanVariance);
        all.put("LpNormalization", NormalizationOperators::norm);
        all.put("LRN", NormalizationOperators::localResponse);
    }

    private static void batch(OnnxNode node, Program p) {
        if (p.opset() < 9 && !node.flag("spatial", true)) {
            throw new Unsupported("statistics of single positions (spatial=0)");
        }
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        float epsilon = node.real("epsilon", 1e-5f);
        Value mean = p.value(node, 3);
        Value variance = p.value(node, 4);
        if (node.flag("training_mode", false)) {
            int[] others = IntStream.range(0, rank).filter(axis -> axis != 1).toArray();
            Value newMean = p.reduce(x, Reduce.Kind.MEAN, others);
            Value newVariance = variance(p, x, newMean, others);
            float momentum = node.real("momentum", 0.9f);
            running(node, p, 1, mean, newMean, momentum);
            running(node, p, 2, variance, newVariance, momentum);
            mean = newMean;
            variance = newVariance;
        }
        Value y = standardized(p, x, perChannel(p, mean, rank), perChannel(p, variance, rank), epsilon);
        p.set(node, scaled(p, y, p.value(node, 1), p.value(node, 2)));
    }

    private static void running(OnnxNode node, Program p, int output, Value old, Value now, float momentum) {
        Value kept = p.unary(old, Kind.AFFINE, momentum, 0);
        Value added = p.unary(p.reshape(now, now.shape().size()), Kind.AFFINE, 1 - momentum, 0);
        p.set(node, output, p.type(node, 3), p.binary(kept, added, Function.ADD));
    }

    private static Value scaled(Program p, Value y, Value scale, Value shift) {
        int rank = y.shape().rank();
        Value product = p.binary(y, perChannel(p, scale, rank), Function.MULTIPLY);
        return p.binary(product, perChannel(p, shift, rank), Function.ADD);
    }

    /** The mean of the squared distances from the mean. */
    private static Value variance(Program p, Value x, Value mean, int... axes) {
        Value distance = p.binary(x, mean, Function.SUBTRACT);
        return p.reduce(p.binary(distance, distance, Function.MULTIPLY), Reduce.Kind.MEAN, axes);
    }

    private static void instance(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int[] spatial = IntStream.range(2, x.shape().rank()).toArray();
        Value mean = p.reduce(x, Reduce.Kind.MEAN, spatial);
        Value y = standardized(p, x, mean, variance(p, x, mean, spatial), node.real("epsilon", 1e-5f));
        p.set(node, scaled(p, y, p.value(node, 1), p.value(node, 2)));
    }

    private static void layer(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        int first = Sizes.axis(node.integer("axis", -1), rank, node.label());
        int[] axes = IntStream.range(first, rank).toArray();
        Value mean = p.reduce(x, Reduce.Kind.MEAN, axes);
        Value variance = variance(p, x, mean, axes);
        float epsilon = node.real("epsilon", 1e-5f);
        Value y = p.binary(standardized(p, x, mean, variance, epsilon), p.value(node, 1), Function.MULTIPLY);
        p.set(node, node.has(2) ? p.binary(y, p.value(node, 2), Function.ADD) : y);
        p.set(node, 1, p.type(node, 0), mean);
        Value deviation = p.unary(p.unary(variance, Kind.AFFINE, 1, epsilon), Kind.SQUARE_ROOT);
        p.set(node, 2, p.type(node, 0), p.unary(deviation, Kind.RECIPROCAL));
    }

    private static void meanVariance(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        long[] given = node.integers("axes");
        int[] axes = Sizes.checked(given == null ? new long[] {0, 2, 3} : given, node.label());
        for (int i = 0; i < axes.length; i++) {
            axes[i] = Sizes.axis(axes[i], x.shape().rank(), node.label());
        }
        Value mean = p.reduce(x, Reduce.Kind.MEAN, axes);
        Value deviation = p.unary(variance(p, x, mean, axes), Kind.SQUARE_ROOT);
        Value distance = p.binary(x, mean, Function.SUBTRACT);
        p.set(node, p.binary(distance, p.unary(deviation, Kind.AFFINE, 1, 1e-9f), Function.DIVIDE));
    }

    private static void norm(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int axis = Sizes.axis(node.integer("axis", -1), x.shape().rank(), node.label());
        boolean absolute = node.integer("p", 2) == 1;
        Value sizes = absolute ? p.unary(x, Kind.ABSOLUTE) : p.binary(x, x, Function.MULTIPLY);
        Value sum = p.reduce(sizes, Reduce.Kind.SUM, axis);
        Value size = absolute ? sum : p.unary(sum, Kind.SQUARE_ROOT);
        // Zeros stay zeros.
        Value divisor = p.unary(size, Kind.CLIP, Float.MIN_NORMAL, Float.POSITIVE_INFINITY);
        p.set(node, p.binary(x, divisor, Function.DIVIDE));
    }

    /** Krizhevsky et al. 2012, section 3.3. The sums over neighbouring channels are a product with a band of ones. */
    private static void localResponse(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int[] d = MoveOperators.imageDims(node, x);
        int size = node.size("size", 1);
        Value last = p.transpose(x, 0, 2, 3, 1);
        Value squares = p.reshape(p.binary(last, last, Function.MULTIPLY), d[0] * d[2] * d[3], d[1]);
        Value sums = p.product(
                squares, p.constant("band", conv4j.shape.Shape.of(d[1], d[1]), band(d[1], size)), false, false);
        Value base = p.unary(sums, Kind.AFFINE, node.real("alpha", 1e-4f) / size, node.real("bias", 1));
        Value divisor = p.binary(base, p.number(node.real("beta", 0.75f)), Function.POWER);
        Value y = p.binary(p.reshape(last, d[0] * d[2] * d[3], d[1]), divisor, Function.DIVIDE);
        p.set(node, p.transpose(p.reshape(y, d[0], d[2], d[3], d[1]), 0, 3, 1, 2));
    }

    /** 1 where input channel i counts for output channel c: from c - floor((size-1)/2) to c + ceil((size-1)/2). */
    static float[] band(int channels, int size) {
        float[] band = new float[KnownOperators.limited((long) channels * channels)];
        for (int i = 0; i < channels; i++) {
            for (int c = 0; c < channels; c++) {
                band[i * channels + c] = i >= c - (size - 1) / 2 && i <= c + size / 2 ? 1 : 0;
            }
        }
        return band;
    }
}
