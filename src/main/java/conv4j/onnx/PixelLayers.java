package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.layers.Conv2D;
import conv4j.layers.Divide;
import conv4j.layers.Elementwise;
import conv4j.layers.Multiply;
import conv4j.layers.Permute;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.layers.UpSampling2D;
import conv4j.layers.Weighted;
import java.util.Map;

/** The layers of operators that resize and rearrange images, and of local response normalization. */
final class PixelLayers {

    private PixelLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("LRN", PixelLayers::localResponse);
        rules.put("DepthToSpace", PixelLayers::depthToSpace);
        rules.put("SpaceToDepth", PixelLayers::spaceToDepth);
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

    private static void spaceToDepth(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        int[] d = x.dims();
        int b = node.size("blocksize", 1);
        if (b < 1 || d[1] % b != 0 || d[2] % b != 0) {
            throw new FileFormatException(
                    node.label() + ": " + d[1] + " x " + d[2] + " positions do not divide by " + b);
        }
        Tensor wide = in.apply(node, new Reshape(d[1] / b, b, d[2] / b, b, d[0]), x.tensor());
        Tensor moved = in.apply(node, new Permute(1, 3, 2, 4, 5), wide);
        in.set(node, LayerTensor.image(in.apply(node, new Reshape(d[1] / b, d[2] / b, b * b * d[0]), moved)));
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
