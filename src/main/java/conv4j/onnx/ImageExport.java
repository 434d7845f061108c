package conv4j.onnx;

import conv4j.graph.BatchNormalization;
import conv4j.graph.Conv2d;
import conv4j.graph.MatMul;
import conv4j.graph.Pad2d;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.LinkedHashMap;
import java.util.Map;

/** Operations on images as ONNX' nodes. */
final class ImageExport {

    private final OnnxBuilder onnx;
    private final ModelExport graph;

    ImageExport(OnnxBuilder onnx, ModelExport graph) {
        this.onnx = onnx;
        this.graph = graph;
    }

    private static Map<String, Object> windows(Window rows, Window columns) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", new int[] {rows.kernel(), columns.kernel()});
        attributes.put("strides", new int[] {rows.stride(), columns.stride()});
        attributes.put("pads", new int[] {rows.padLow(), columns.padLow(), rows.padHigh(), columns.padHigh()});
        return attributes;
    }

    private static Map<String, Object> convolution(ConvGeometry g) {
        Map<String, Object> attributes = windows(g.rows(), g.columns());
        attributes.put("dilations", new int[] {g.rows().dilation(), g.columns().dilation()});
        attributes.put("group", g.groups());
        return attributes;
    }

    /** (height, width, channels, filters) as (filters, channels, height, width). */
    private String kernel(Value kernel) {
        int[] dims = kernel.shape().toArray();
        float[] numbers = LayerTensor.reordered(graph.numbers(kernel), dims, 2, 3, 1, 0);
        return onnx.floats(kernel.name(), numbers, dims[3], dims[2], dims[0], dims[1]);
    }

    Exported convolution(Conv2d op) {
        String x = graph.image(op.input()).name();
        String name = ModelExport.beforeActivation(op.activation(), op.output());
        String weight = kernel(op.kernel());
        String y = op.bias() == null
                ? onnx.node("Conv", name, convolution(op.geometry()), x, weight)
                : onnx.node("Conv", name, convolution(op.geometry()), x, weight, graph.constant(op.bias()));
        return graph.activated(
                op.activation(), op.output(), Exported.image(y, op.output().shape()));
    }

    Exported transposedConvolution(Conv2d.InputGradient op) {
        ConvGeometry g = op.geometry();
        Map<String, Object> attributes = convolution(g);
        int rows = surplus(g.rows());
        int columns = surplus(g.columns());
        attributes.put(
                "pads", new int[] {g.rows().padLow(), g.columns().padLow(), Math.max(rows, 0), Math.max(columns, 0)});
        attributes.put("output_padding", new int[] {Math.max(-rows, 0), Math.max(-columns, 0)});
        String x = graph.image(op.outputGradient()).name();
        String name = op.inputGradient().name();
        String y = onnx.node("ConvTranspose", name, attributes, x, kernel(op.kernel()));
        return Exported.image(y, op.inputGradient().shape());
    }

    /** What is cut off at the end of a transposed convolution's output; negative for what is appended. */
    private static int surplus(Window direct) {
        long full = (direct.output() - 1L) * direct.stride() + direct.extent();
        return Math.toIntExact(full - direct.input() - direct.padLow());
    }

    /** A product with every pixel is a convolution with a window of one. */
    Exported dense(MatMul op, Exported x) {
        int inputs = op.b().shape().dim(0);
        float[] numbers = LayerTensor.reordered(graph.numbers(op.b()), new int[] {inputs, op.n()}, 1, 0);
        String weight = onnx.floats(op.b().name(), numbers, op.n(), inputs, 1, 1);
        String name = ModelExport.beforeActivation(op.activation(), op.output());
        Map<String, ?> one = Map.of("kernel_shape", new int[] {1, 1});
        String y = op.bias() == null
                ? onnx.node("Conv", name, one, x.name(), weight)
                : onnx.node("Conv", name, one, x.name(), weight, graph.constant(op.bias()));
        Shape shape = x.shape().with(-1, op.n());
        return graph.activated(op.activation(), op.output(), Exported.image(y, shape));
    }

    Exported pool(String kind, Value input, Value output, PoolGeometry g) {
        String x = graph.image(input).name();
        boolean global = isWhole(g.rows()) && isWhole(g.columns());
        String y = global
                ? onnx.node("Global" + kind + "Pool", output.name(), Map.of(), x)
                : onnx.node(kind + "Pool", output.name(), pooling(kind, g), x);
        return Exported.image(y, output.shape());
    }

    private static Map<String, Object> pooling(String kind, PoolGeometry g) {
        Map<String, Object> attributes = windows(g.rows(), g.columns());
        if (g.rows().dilation() != 1 || g.columns().dilation() != 1) {
            if (kind.equals("Average")) {
                throw new IllegalArgumentException("AveragePool has no dilation before version 19 of the operator set,"
                        + " but version " + OnnxBuilder.OPSET + " is written");
            }
            attributes.put(
                    "dilations", new int[] {g.rows().dilation(), g.columns().dilation()});
        }
        return attributes;
    }

    private static boolean isWhole(Window window) {
        return window.kernel() == window.input() && window.unpadded();
    }

    Exported pad(Pad2d op) {
        Shape small = op.input().shape();
        Shape large = op.output().shape();
        String pads = onnx.longs(
                op.output().name() + "/pads",
                0,
                0,
                op.top(),
                op.left(),
                0,
                0,
                large.dim(0) - small.dim(0) - op.top(),
                large.dim(1) - small.dim(1) - op.left());
        String y = onnx.node(
                "Pad", op.output().name(), Map.of(), graph.image(op.input()).name(), pads);
        return Exported.image(y, large);
    }

    Exported crop(Pad2d.Crop op) {
        String name = op.output().name();
        Shape shape = op.output().shape();
        String starts = onnx.longs(name + "/starts", op.top(), op.left());
        String ends = onnx.longs(name + "/ends", op.top() + shape.dim(0), op.left() + shape.dim(1));
        String axes = onnx.longs(name + "/axes", 2, 3);
        String x = graph.image(op.input()).name();
        return Exported.image(onnx.node("Slice", name, Map.of(), x, starts, ends, axes), shape);
    }

    Exported enlarge(UpSample2d op) {
        String name = op.output().name();
        String scales = onnx.floats(name + "/scales", new float[] {1, 1, op.rows(), op.columns()}, 4);
        Map<String, ?> rule = op.bilinear()
                ? Map.of("mode", "linear", "coordinate_transformation_mode", "half_pixel")
                : Map.of("mode", "nearest", "coordinate_transformation_mode", "asymmetric", "nearest_mode", "floor");
        String x = graph.image(op.input()).name();
        return Exported.image(
                onnx.node("Resize", name, rule, x, "", scales), op.output().shape());
    }

    Exported normalization(BatchNormalization.Inference op) {
        Exported x = graph.tensor(op.input());
        String name = op.output().name();
        if (x.isImage() || x.shape().rank() == 1) {
            String y = onnx.node(
                    "BatchNormalization",
                    name,
                    Map.of("epsilon", op.epsilon()),
                    x.name(),
                    perChannel(op.gamma(), x),
                    perChannel(op.beta(), x),
                    perChannel(op.mean(), x),
                    perChannel(op.variance(), x));
            return x.as(y);
        }
        return x.as(scaled(op, x));
    }

    private String perChannel(Value value, Exported x) {
        float[] numbers = x.rows(graph.numbers(value), 1);
        return onnx.floats(value.name(), numbers, numbers.length);
    }

    /** For other shapes, whose channels are last: a product and a sum. */
    private String scaled(BatchNormalization.Inference op, Exported x) {
        float[] scale = graph.numbers(op.gamma()).clone();
        float[] shift = graph.numbers(op.beta()).clone();
        float[] mean = graph.numbers(op.mean());
        float[] variance = graph.numbers(op.variance());
        for (int c = 0; c < scale.length; c++) {
            double factor = scale[c] / Math.sqrt((double) variance[c] + op.epsilon());
            scale[c] = (float) factor;
            shift[c] = (float) (shift[c] - mean[c] * factor);
        }
        String name = op.output().name();
        String factors = onnx.floats(name + "/factors", scale, scale.length);
        String shifts = onnx.floats(name + "/shifts", shift, shift.length);
        return onnx.node(
                "Add", name, Map.of(), onnx.node("Mul", name + "/product", Map.of(), x.name(), factors), shifts);
    }
}
