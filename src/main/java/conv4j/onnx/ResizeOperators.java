package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Enlarging and reducing images. Along an axis every way of interpolating is a product with a matrix of weights, (input
 * positions, output positions), so that one operation does them all.
 */
final class ResizeOperators {

    /** How to resize: the attributes of {@code Resize}. */
    private record Rule(
            String mode, String positions, String nearest, float cubic, boolean excludeOutside, float fill) {}

    private ResizeOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Resize", ResizeOperators::resize);
        all.put("Upsample", ResizeOperators::upsample);
    }

    private static void upsample(OnnxNode node, Program p) {
        float[] scales =
                node.has("scales") ? node.reals("scales") : p.known(node, 1).toFloats();
        Rule rule = new Rule(node.text("mode", "nearest"), "asymmetric", "floor", -0.75f, false, 0);
        p.set(node, resized(node, p, rule, scales, null, null));
    }

    private static void resize(OnnxNode node, Program p) {
        Rule rule = new Rule(
                node.text("mode", "nearest"),
                node.text("coordinate_transformation_mode", p.opset() < 11 ? "asymmetric" : "half_pixel"),
                node.text("nearest_mode", p.opset() < 11 ? "floor" : "round_prefer_floor"),
                node.real("cubic_coeff_a", -0.75f),
                node.flag("exclude_outside", false),
                node.real("extrapolation_value", 0));
        if (node.has("axes")
                || node.flag("antialias", false)
                || !node.text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
            throw new Unsupported("axes, antialias or keep_aspect_ratio_policy");
        }
        int scalesInput = p.opset() < 11 ? 1 : 2;
        float[] scales = node.has(scalesInput) ? p.known(node, scalesInput).toFloats() : new float[0];
        long[] sizes = node.has(3) ? p.wholeNumbers(node, 3) : null;
        float[] region = p.opset() >= 11 && node.has(1) ? p.known(node, 1).toFloats() : null;
        p.set(node, resized(node, p, rule, scales.length == 0 ? null : scales, sizes, region));
    }

    private static Value resized(OnnxNode node, Program p, Rule rule, float[] scales, long[] sizes, float[] region) {
        Value y = p.value(node, 0);
        int rank = y.shape().rank();
        if ((scales == null ? sizes == null || sizes.length != rank : scales.length != rank)
                || rule.positions.equals("tf_crop_and_resize") && (region == null || region.length != 2 * rank)) {
            throw new FileFormatException(node.label() + " needs scales or sizes for each of " + rank + " axes");
        }
        for (int axis = 0; axis < rank; axis++) {
            int input = y.shape().dim(axis);
            double scale = scales == null ? (double) sizes[axis] / input : scales[axis];
            int output = Sizes.checked(
                    scales == null ? sizes[axis] : (long) Math.floor(input * scale), node.label() + ": the output");
            if (output < 1) {
                throw new Unsupported("an output without elements");
            }
            float[] crop = rule.positions.equals("tf_crop_and_resize")
                    ? new float[] {region[axis], region[axis + rank]}
                    : null;
            boolean same = output == input && scale == 1 && (crop == null || crop[0] == 0 && crop[1] == 1);
            y = same ? y : along(p, y, axis, matrix(rule, input, output, scale, crop), output);
        }
        return y;
    }

    /** The product of an axis with a matrix. */
    private static Value along(Program p, Value x, int axis, float[] matrix, int output) {
        int rank = x.shape().rank();
        int input = x.shape().dim(axis);
        int[] order = IntStream.range(0, rank)
                .map(i -> i == axis ? rank - 1 : i == rank - 1 ? axis : i)
                .toArray();
        Value moved = p.transpose(x, order);
        Value rows = p.reshape(moved, x.shape().size() / input, input);
        Value product = p.product(rows, p.constant("weights", Shape.of(input, output), matrix), false, false);
        int[] dims = moved.shape().with(rank - 1, output).toArray();
        return p.transpose(p.reshape(product, dims), order);
    }

    private static float[] matrix(Rule rule, int input, int output, double scale, float[] crop) {
        float[] matrix = new float[KnownOperators.limited((long) input * output)];
        for (int position = 0; position < output; position++) {
            double source = source(rule.positions, position, input, input * scale, scale, crop);
            if (crop != null && (source < 0 || source > input - 1)) {
                if (rule.fill != 0) {
                    throw new Unsupported("an extrapolation value other than 0");
                }
                continue;
            }
            double[] weights = weights(rule, source, input);
            for (int i = 0; i < input; i++) {
                matrix[i * output + position] = (float) weights[i];
            }
        }
        return matrix;
    }

    /** The input position of an output position; {@code output} is the exact, fractional length. */
    private static double source(String positions, int x, int input, double output, double scale, float[] crop) {
        return switch (positions) {
            case "asymmetric" -> x / scale;
            case "half_pixel" -> (x + 0.5) / scale - 0.5;
            case "pytorch_half_pixel" -> output > 1 ? (x + 0.5) / scale - 0.5 : 0;
            case "tf_half_pixel_for_nn" -> (x + 0.5) / scale;
            case "align_corners" -> output == 1 ? 0 : x * (input - 1.0) / (output - 1);
            case "tf_crop_and_resize" -> output > 1
                    ? crop[0] * (input - 1.0) + x * (crop[1] - crop[0]) * (input - 1.0) / (output - 1)
                    : 0.5 * (crop[0] + crop[1]) * (input - 1);
            default -> throw new Unsupported("coordinate_transformation_mode '" + positions + "'");
        };
    }

    private static double[] weights(Rule rule, double source, int input) {
        double[] weights = new double[input];
        switch (rule.mode) {
            case "nearest" -> weights[inside(nearest(rule.nearest, source), input)] = 1;
            case "linear" -> {
                double held = Math.max(0, Math.min(source, input - 1.0));
                int low = (int) held;
                weights[low] += 1 - (held - low);
                weights[inside(low + 1, input)] += held - low;
            }
            case "cubic" -> cubic(rule, source, input, weights);
            default -> throw new Unsupported("mode '" + rule.mode + "'");
        }
        return weights;
    }

    private static int inside(int position, int input) {
        return Math.max(0, Math.min(position, input - 1));
    }

    private static int nearest(String rule, double source) {
        return (int)
                switch (rule) {
                    case "floor" -> Math.floor(source);
                    case "ceil" -> Math.ceil(source);
                    case "round_prefer_ceil" -> Math.floor(source + 0.5);
                    case "round_prefer_floor" -> Math.ceil(source - 0.5);
                    default -> throw new Unsupported("nearest_mode '" + rule + "'");
                };
    }

    /** Keys 1981, with the four nearest positions. */
    private static void cubic(Rule rule, double source, int input, double... weights) {
        int low = (int) Math.floor(source);
        double[] four = new double[4];
        for (int i = 0; i < 4; i++) {
            boolean outside = low - 1 + i < 0 || low - 1 + i >= input;
            four[i] = rule.excludeOutside && outside ? 0 : keys(Math.abs(source - (low - 1 + i)), rule.cubic);
        }
        double sum = rule.excludeOutside ? Arrays.stream(four).sum() : 1;
        for (int i = 0; i < 4; i++) {
            weights[inside(low - 1 + i, input)] += four[i] / sum;
        }
    }

    private static double keys(double distance, double a) {
        double d = distance;
        return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
    }
}
