package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Binary;
import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Rearrange;
import conv4j.graph.Rearrange.Axis;
import conv4j.graph.Reduce;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Convolution and pooling. Images of one spatial axis are those of one row. */
final class ImageOperators {

    private ImageOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Conv", ImageOperators::conv);
        all.put("ConvTranspose", ImageOperators::convTranspose);
        all.put("MaxPool", ImageOperators::maxPool);
        all.put("AveragePool", ImageOperators::averagePool);
        all.put("GlobalAveragePool", (node, p) -> globalPool(node, p, Reduce.Kind.MEAN));
        all.put("GlobalMaxPool", (node, p) -> globalPool(node, p, Reduce.Kind.MAXIMUM));
    }

    /** (n, c, h, w) of an input with one or two spatial axes. */
    private static Value images(OnnxNode node, Program p, Value x) {
        int[] d = x.shape().toArray();
        if (d.length == 3) {
            return p.reshape(x, d[0], d[1], 1, d[2]);
        }
        if (d.length != 4) {
            throw new Unsupported((d.length - 2) + " spatial axes");
        }
        return x;
    }

    /** A node of one spatial axis as one of two, the first of them of one position. */
    private static OnnxNode planar(OnnxNode node, int rank) {
        if (rank != 3) {
            return node;
        }
        Map<String, Object> attributes = new java.util.LinkedHashMap<>(node.attributes());
        attributes.computeIfPresent("kernel_shape", (k, v) -> new long[] {1, first(v)});
        attributes.computeIfPresent("strides", (k, v) -> new long[] {1, first(v)});
        attributes.computeIfPresent("dilations", (k, v) -> new long[] {1, first(v)});
        attributes.computeIfPresent("output_padding", (k, v) -> new long[] {0, first(v)});
        attributes.computeIfPresent("output_shape", (k, v) -> new long[] {1, first(v)});
        attributes.computeIfPresent("pads", (k, v) -> {
            long[] pads = (long[]) v;
            return pads.length == 2 ? new long[] {0, pads[0], 0, pads[1]} : pads;
        });
        return new OnnxNode(node.operator(), "", node.name(), node.inputs(), node.outputs(), attributes);
    }

    private static long first(Object list) {
        long[] numbers = (long[]) list;
        if (numbers.length != 1) {
            throw new FileFormatException("an operator on one spatial axis has attributes for " + numbers.length);
        }
        return numbers[0];
    }

    /** Runs an operation of images (height, width, channels) on every image of (n, c, h, w). */
    private static Value perImage(Program p, Value x, UnaryOperator<Value> operation) {
        List<Value> images = p.slices(p.transpose(x, 0, 2, 3, 1));
        return p.transpose(p.stacked(images.stream().map(operation).toList()), 0, 3, 1, 2);
    }

    private static void finish(OnnxNode node, Program p, Value y, int rank) {
        int[] d = y.shape().toArray();
        p.set(node, rank == 3 ? p.reshape(y, d[0], d[1], d[3]) : y);
    }

    private static void conv(OnnxNode given, Program p) {
        int rank = p.dims(given, 0).length;
        OnnxNode node = planar(given, rank);
        Value x = images(node, p, p.value(node, 0));
        Value w = images(node, p, p.value(node, 1));
        int[] k = w.shape().toArray();
        WindowRule rule = new WindowRule(node, k[2], k[3]);
        Window rows = rule.window(0, x.shape().dim(2));
        Window columns = rule.window(1, x.shape().dim(3));
        ConvGeometry g = new ConvGeometry(rows, columns, x.shape().dim(1), k[0], node.size("group", 1));
        Value kernel = p.transpose(w, 2, 3, 1, 0);
        Value bias = node.has(2) ? p.value(node, 2) : null;
        Value y = perImage(p, x, image -> {
            Value result = Program.result("convolution", g.outputShape().toArray());
            p.add(new Conv2d(image, kernel, bias, result, g, conv4j.graph.Activation.LINEAR));
            return result;
        });
        finish(given, p, y, rank);
    }

    private static void convTranspose(OnnxNode given, Program p) {
        int rank = p.dims(given, 0).length;
        OnnxNode node = planar(given, rank);
        Value x = images(node, p, p.value(node, 0));
        Value w = images(node, p, p.value(node, 1));
        int[] k = w.shape().toArray();
        int groups = node.size("group", 1);
        WindowRule rule = new WindowRule(node, k[2], k[3]);
        Window rows = rule.transposed(0, x.shape().dim(2));
        Window columns = rule.transposed(1, x.shape().dim(3));
        ConvGeometry g = new ConvGeometry(rows, columns, k[1] * groups, k[0], groups);
        if (g.rows().output() != x.shape().dim(2)
                || g.columns().output() != x.shape().dim(3)) {
            throw new Unsupported("an output that is longer than the stretched input by a stride or more");
        }
        Value kernel = p.transpose(w, 2, 3, 1, 0);
        Value y = perImage(p, x, image -> {
            Value result =
                    Program.result("transposed convolution", g.inputShape().toArray());
            p.add(new Conv2d.InputGradient(image, kernel, result, g));
            return result;
        });
        if (node.has(2)) {
            Value bias = p.value(node, 2);
            y = p.binary(y, p.reshape(bias, bias.shape().size(), 1, 1), Binary.Function.ADD);
        }
        finish(given, p, y, rank);
    }

    private static WindowRule poolRule(OnnxNode node) {
        if (!node.has("kernel_shape")) {
            throw new FileFormatException(node.label() + " has no attribute 'kernel_shape'");
        }
        return new WindowRule(node, node.sizes("kernel_shape", 2, 1));
    }

    private static void maxPool(OnnxNode given, Program p) {
        int rank = p.dims(given, 0).length;
        OnnxNode node = planar(given, rank);
        Value x = images(node, p, p.value(node, 0));
        WindowRule rule = poolRule(node);
        PoolGeometry g = geometry(rule, x);
        if (given.writes(1)) {
            p.set(given, 1, OnnxTensor.INT64, places(node, p, x, g));
        }
        Value y = perImage(p, x, image -> {
            Value result = Program.result("maxima", g.outputShape().toArray());
            p.add(new MaxPool2d(image, result, g));
            return result;
        });
        finish(given, p, y, rank);
    }

    /** Where the maxima stand in the input read as one row: a comparison for every position of the window. */
    private static Value places(OnnxNode node, Program p, Value x, PoolGeometry g) {
        int[] d = x.shape().toArray();
        boolean columnsFirst = node.flag("storage_order", false);
        float[] numbers = new float[x.shape().size()];
        for (int i = 0; i < numbers.length; i++) {
            int inImage = i % (d[2] * d[3]);
            int turned = inImage % d[3] * d[2] + inImage / d[3];
            numbers[i] = columnsFirst ? i - inImage + turned : i;
        }
        Value index = p.constant("places", x.shape(), numbers);
        Value best = null;
        Value place = null;
        for (int ky = 0; ky < g.rows().kernel(); ky++) {
            for (int kx = 0; kx < g.columns().kernel(); kx++) {
                Value tap = tap(p, x, g, ky, kx, Float.NEGATIVE_INFINITY);
                Value at = tap(p, index, g, ky, kx, 0);
                Value better = best == null ? null : p.binary(best, tap, Binary.Function.LESS);
                place = best == null ? at : chosen(p, better, at, place);
                best = best == null ? tap : p.binary(best, tap, Binary.Function.MAXIMUM);
            }
        }
        int[] dims = place.shape().toArray();
        return p.dims(node, 0).length == 3 ? p.reshape(place, dims[0], dims[1], dims[3]) : place;
    }

    private static Value chosen(Program p, Value condition, Value then, Value otherwise) {
        Value opposite = p.unary(condition, Kind.AFFINE, -1, 1);
        return p.binary(
                p.binary(then, condition, Binary.Function.KEEP),
                p.binary(otherwise, opposite, Binary.Function.KEEP),
                Binary.Function.ADD);
    }

    /** What stands at one position of every window. */
    private static Value tap(Program p, Value x, PoolGeometry g, int ky, int kx, float outside) {
        Axis rows = new Axis(
                2, ky * g.rows().dilation() - g.rows().padLow(), g.rows().stride());
        Axis columns = new Axis(
                3,
                kx * g.columns().dilation() - g.columns().padLow(),
                g.columns().stride());
        int[] dims = {
            x.shape().dim(0), x.shape().dim(1), g.rows().output(), g.columns().output()
        };
        return p.rearrange(
                x, dims, List.of(Axis.whole(0), Axis.whole(1), rows, columns), Rearrange.Outside.FILL, outside);
    }

    private static PoolGeometry geometry(WindowRule rule, Value x) {
        return new PoolGeometry(
                rule.window(0, x.shape().dim(2)),
                rule.window(1, x.shape().dim(3)),
                x.shape().dim(1));
    }

    private static void averagePool(OnnxNode given, Program p) {
        int rank = p.dims(given, 0).length;
        OnnxNode node = planar(given, rank);
        Value x = images(node, p, p.value(node, 0));
        WindowRule rule = poolRule(node);
        PoolGeometry g = geometry(rule, x);
        boolean counted = node.flag("count_include_pad", false);
        Value input = counted ? padded(p, x, rule) : x;
        PoolGeometry geometry = counted ? unpadded(g, rule, x) : g;
        Value y = perImage(p, input, image -> {
            Value result = Program.result("means", geometry.outputShape().toArray());
            p.add(new AveragePool2d(image, result, geometry));
            return result;
        });
        finish(given, p, y, rank);
    }

    /** Zeros that count in the mean. */
    private static Value padded(Program p, Value x, WindowRule rule) {
        int[] d = x.shape().toArray();
        int[] v = rule.pads(0, d[2]);
        int[] h = rule.pads(1, d[3]);
        List<Axis> axes = List.of(Axis.whole(0), Axis.whole(1), new Axis(2, -v[0], 1), new Axis(3, -h[0], 1));
        int[] dims = {d[0], d[1], d[2] + v[0] + v[1], d[3] + h[0] + h[1]};
        return p.rearrange(x, dims, axes, Rearrange.Outside.FILL, 0);
    }

    /** The same windows on the padded image; what the last ones have beyond it does not count. */
    private static PoolGeometry unpadded(PoolGeometry g, WindowRule rule, Value x) {
        return new PoolGeometry(
                inside(g.rows(), rule.pads(0, x.shape().dim(2))),
                inside(g.columns(), rule.pads(1, x.shape().dim(3))),
                g.channels());
    }

    private static Window inside(Window w, int[] pads) {
        return new Window(
                w.input() + pads[0] + pads[1], w.kernel(), w.stride(), w.dilation(), 0, w.padHigh() - pads[1]);
    }

    private static void globalPool(OnnxNode node, Program p, Reduce.Kind kind) {
        Value x = p.value(node, 0);
        int[] spatial = IntStream.range(2, x.shape().rank()).toArray();
        p.set(node, p.reduce(x, kind, spatial));
    }

    /** A value of one number per channel that meets (n, c, ...). */
    static Value perChannel(Program p, Value v, int rank) {
        int[] dims = new int[Math.max(1, rank - 1)];
        Arrays.fill(dims, 1);
        dims[0] = v.shape().size();
        return p.reshape(v, dims);
    }

    /** {@code (x - mean) / sqrt(variance + epsilon)}. */
    static Value standardized(Program p, Value x, Value mean, Value variance, float epsilon) {
        Value deviation = p.unary(p.unary(variance, Kind.AFFINE, 1, epsilon), Kind.SQUARE_ROOT);
        return p.binary(p.binary(x, mean, Binary.Function.SUBTRACT), deviation, Binary.Function.DIVIDE);
    }
}
