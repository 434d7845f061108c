package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.layers.Conv2D;
import conv4j.layers.Cropping2D;
import conv4j.layers.Divide;
import conv4j.layers.Elementwise;
import conv4j.layers.Multiply;
import conv4j.layers.Permute;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.layers.UpSampling2D;
import conv4j.layers.Weighted;
import conv4j.layers.ZeroPadding2D;
import java.util.Arrays;
import java.util.Map;

/** The layers of operators that frame, resize and rearrange images, and of local response normalization. */
final class PixelLayers {

    private PixelLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("LRN", PixelLayers::localResponse);
        rules.put("DepthToSpace", PixelLayers::depthToSpace);
        rules.put("Pad", PixelLayers::pad);
        rules.put("Slice", PixelLayers::slice);
        rules.put("Resize", PixelLayers::resize);
        rules.put("Upsample", PixelLayers::resize);
    }

    /** Sums over neighbouring channels are a convolution with a band of ones, which is not trained. */
    private static void localResponse(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        int channels = x.dims()[0];
        int size = node.size("size", 1);
        Tensor squares = in.apply(node, new Multiply(), x.tensor(), x.tensor());
        Conv2D sums = new Conv2D(channels, 1).useBias(false).trainable(false);
        Tensor sum = in.apply(node, sums, squares);
        in.weights(sums, "kernel", NormalizationOperators.band(channels, size));
        float alpha = node.real("alpha", 1e-4f) / size;
        Tensor base = in.apply(
                node, new Elementwise(new UnaryFunction(UnaryFunction.Kind.AFFINE, alpha, node.real("bias", 1))), sum);
        Weighted power = new Weighted(Binary.Function.POWER, 1).trainable(false);
        Tensor divisor = in.apply(node, power, base);
        in.weights(power, "weight", node.real("beta", 0.75f));
        in.set(node, LayerTensor.image(in.apply(node, new Divide(), x.tensor(), divisor)));
    }

    private static void depthToSpace(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        int[] d = x.dims();
        int b = node.size("blocksize", 1);
        if (b < 1 || d[0] % (b * b) != 0) {
            throw new FileFormatException(node.label() + ": " + d[0] + " channels do not divide by " + b + " x " + b);
        }
        int depth = d[0] / (b * b);
        boolean depthFirst = node.text("mode", "DCR").equals("CRD");
        Tensor wide = depthFirst
                ? in.apply(node, new Reshape(d[1], d[2], depth, b, b), x.tensor())
                : in.apply(node, new Reshape(d[1], d[2], b, b, depth), x.tensor());
        Permute order = depthFirst ? new Permute(1, 4, 2, 5, 3) : new Permute(1, 3, 2, 4, 5);
        Tensor moved = in.apply(node, order, wide);
        in.set(node, LayerTensor.image(in.apply(node, new Reshape(d[1] * b, d[2] * b, depth), moved)));
    }

    private static void pad(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        long[] pads =
                node.has("paddings") ? node.integers("paddings") : in.known().integers(node, "pads", 1);
        float value = node.has(2) ? in.known().number(node, 2) : node.real("value", 0);
        boolean plain = node.text("mode", "constant").equals("constant") && value == 0 && !node.has(3);
        if (!plain
                || pads == null
                || pads.length != 8
                || pads[0] != 0
                || pads[1] != 0
                || pads[4] != 0
                || pads[5] != 0) {
            throw new Unsupported("padding with other than zeros, or not of height and width");
        }
        int[] p = Sizes.checked(pads, node.label());
        in.set(node, LayerTensor.image(framed(node, in, x.tensor(), p[2], p[6], p[3], p[7])));
    }

    /** Zeros on some sides, and less on others. */
    private static Tensor framed(OnnxNode node, LayerImport in, Tensor x, int... sides) {
        int[] more = Arrays.stream(sides).map(side -> Math.max(side, 0)).toArray();
        int[] less = Arrays.stream(sides).map(side -> Math.max(-side, 0)).toArray();
        Tensor y = x;
        if (Arrays.stream(more).sum() > 0) {
            y = in.apply(node, new ZeroPadding2D(more[0], more[1], more[2], more[3]), y);
        }
        if (Arrays.stream(less).sum() > 0) {
            y = in.apply(node, new Cropping2D(less[0], less[1], less[2], less[3]), y);
        }
        return y;
    }

    private static void slice(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        long[] starts = in.known().integers(node, "starts", 1);
        long[] ends = in.known().integers(node, "ends", 2);
        long[] axes = in.known().integers(node, "axes", 3);
        int[] sides = new int[4];
        for (int i = 0; i < starts.length; i++) {
            int axis = Sizes.axis(axes == null ? i : axes[i], 4, node.label());
            int extent = axis == 0 ? Integer.MAX_VALUE : x.dims()[axis - 1];
            long first = Math.max(0, Math.min(starts[i] < 0 ? starts[i] + extent : starts[i], extent));
            long end = Math.max(0, Math.min(ends[i] < 0 ? ends[i] + extent : ends[i], extent));
            boolean whole = first == 0 && end == extent;
            boolean step = node.has(4) && in.known().wholeNumbers(node, 4)[i] != 1;
            if (step || axis < 2 && !whole) {
                throw new Unsupported("a slice with steps, or not of height and width");
            }
            if (axis >= 2) {
                sides[2 * (axis - 2)] = (int) -first;
                sides[2 * (axis - 2) + 1] = (int) (end - extent);
            }
        }
        in.set(node, LayerTensor.image(framed(node, in, x.tensor(), sides)));
    }

    private static void resize(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        int[] d = x.dims();
        double[] factors = factors(node, in, d);
        int rows = (int) factors[0];
        int columns = (int) factors[1];
        boolean old = node.operator().equals("Upsample") || in.opset() < 11;
        String positions = node.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel");
        String mode = node.text("mode", "nearest");
        String rounding = node.text("nearest_mode", old ? "floor" : "round_prefer_floor");
        boolean halfPixel = positions.equals("half_pixel") || positions.equals("pytorch_half_pixel");
        boolean nearest = mode.equals("nearest")
                && (positions.equals("asymmetric") && rounding.equals("floor")
                        || halfPixel && rounding.startsWith("round_prefer"));
        boolean bilinear = mode.equals("linear") && halfPixel;
        if (rows < 1 || columns < 1 || rows != factors[0] || columns != factors[1] || !(nearest || bilinear)) {
            throw new Unsupported("resizing by other than whole factors, or with mode '" + mode
                    + "', coordinate_transformation_mode '" + positions + "', nearest_mode '" + rounding + "'");
        }
        UpSampling2D layer = new UpSampling2D(rows, columns).interpolation(nearest ? "nearest" : "bilinear");
        in.set(node, LayerTensor.image(in.apply(node, layer, x.tensor())));
    }

    private static double[] factors(OnnxNode node, LayerImport in, int... d) {
        boolean upsample = node.operator().equals("Upsample");
        int at = upsample || in.opset() < 11 ? 1 : 2;
        float[] scales = node.has("scales")
                ? node.reals("scales")
                : node.has(at) ? in.weight(node, at).floats() : new float[0];
        if (scales.length == 4 && scales[0] == 1 && scales[1] == 1) {
            return new double[] {scales[2], scales[3]};
        }
        long[] sizes = node.has(3) ? in.known().wholeNumbers(node, 3) : new long[0];
        if (sizes.length != 4 || sizes[1] != d[0]) {
            throw new Unsupported("resizing of other axes than height and width");
        }
        return new double[] {(double) sizes[2] / d[1], (double) sizes[3] / d[2]};
    }
}
