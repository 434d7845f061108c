package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.GlobalMaxPooling2D;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.Tensor;
import conv4j.layers.ZeroPadding2D;
import conv4j.shape.Padding;
import conv4j.shape.Window;
import java.util.Map;

/** The layers of operators on images. */
final class ImageLayers {

    private ImageLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("Conv", ImageLayers::conv);
        rules.put("ConvTranspose", ImageLayers::convTranspose);
        rules.put("MaxPool", ImageLayers::maxPool);
        rules.put("AveragePool", ImageLayers::averagePool);
        rules.put("GlobalAveragePool", (node, in) -> globalPool(node, in, true, true));
        rules.put("GlobalMaxPool", (node, in) -> globalPool(node, in, false, true));
        rules.put("BatchNormalization", ImageLayers::batchNormalization);
    }

    /** (filters, channels, height, width) as (height, width, channels, filters). */
    private static float[] kernel(OnnxTensor weight) {
        return LayerTensor.reordered(weight.floats(), weight.dims(), 3, 2, 0, 1);
    }

    private static OnnxTensor kernel(OnnxNode node, LayerImport in) {
        OnnxTensor weight = in.weight(node, 1);
        if (weight.dims().length != 4) {
            throw new Unsupported(weight.dims().length - 2 + " spatial axes");
        }
        return weight;
    }

    /** "valid" or "same" where that is what the windows have, else the zeros of every side. */
    private static Padding padding(Window rows, Window columns) {
        for (Padding rule : new Padding[] {Padding.VALID, Padding.SAME}) {
            boolean fits = rule.rows(rows.input(), rows.kernel(), rows.stride(), rows.dilation())
                            .equals(rows)
                    && rule.columns(columns.input(), columns.kernel(), columns.stride(), columns.dilation())
                            .equals(columns);
            if (fits) {
                return rule;
            }
        }
        return Padding.explicit(rows.padLow(), rows.padHigh(), columns.padLow(), columns.padHigh());
    }

    private static void conv(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        OnnxTensor weight = kernel(node, in);
        int[] k = weight.dims();
        WindowRule rule = new WindowRule(node, k[2], k[3]);
        Window rows = rule.window(0, x.dims()[1]);
        Window columns = rule.window(1, x.dims()[2]);
        Conv2D layer = new Conv2D(k[0], k[2], k[3])
                .strides(rows.stride(), columns.stride())
                .dilationRate(rows.dilation(), columns.dilation())
                .padding(padding(rows, columns))
                .groups(node.size("group", 1))
                .useBias(node.has(2));
        Tensor y = in.apply(node, layer, x.tensor());
        checkChannels(node, k[1] * node.size("group", 1), x);
        in.weights(layer, "kernel", kernel(weight));
        if (node.has(2)) {
            in.weights(layer, "bias", in.weight(node, 2).floats());
        }
        in.set(node, LayerTensor.image(y));
    }

    private static void checkChannels(OnnxNode node, int channels, LayerTensor x) {
        if (channels != x.dims()[0]) {
            throw new FileFormatException(
                    node.label() + ": its weights are for " + channels + " channels, but its input has " + x.dims()[0]);
        }
    }

    private static void convTranspose(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        OnnxTensor weight = kernel(node, in);
        int[] k = weight.dims();
        checkChannels(node, k[0], x);
        WindowRule rule = new WindowRule(node, k[2], k[3]);
        int[] sides = new int[4];
        int[] appended = new int[2];
        for (int axis = 0; axis < 2; axis++) {
            int input = x.dims()[axis + 1];
            Window window = rule.transposed(axis, input);
            int high = Math.toIntExact(
                    (input - 1L) * window.stride() + window.extent() - window.input() - window.padLow());
            sides[2 * axis] = window.padLow();
            sides[2 * axis + 1] = Math.max(high, 0);
            appended[axis] = Math.max(-high, 0);
        }
        Conv2DTranspose layer = new Conv2DTranspose(k[1] * node.size("group", 1), k[2], k[3])
                .groups(node.size("group", 1))
                .strides(rule.stride(0), rule.stride(1))
                .dilationRate(rule.dilation(0), rule.dilation(1))
                .padding(Padding.explicit(sides[0], sides[1], sides[2], sides[3]))
                .outputPadding(appended[0], appended[1])
                .useBias(node.has(2));
        Tensor y = in.apply(node, layer, x.tensor());
        in.weights(layer, "kernel", kernel(weight));
        if (node.has(2)) {
            in.weights(layer, "bias", in.weight(node, 2).floats());
        }
        in.set(node, LayerTensor.image(y));
    }

    private static WindowRule pool(OnnxNode node) {
        if (!node.has("kernel_shape")) {
            throw new FileFormatException(node.label() + " has no attribute 'kernel_shape'");
        }
        WindowRule rule = new WindowRule(node, node.sizes("kernel_shape", 2, 1));
        return rule;
    }

    private static void maxPool(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        WindowRule rule = pool(node);
        Window rows = rule.window(0, x.dims()[1]);
        Window columns = rule.window(1, x.dims()[2]);
        MaxPooling2D layer = new MaxPooling2D(rows.kernel(), columns.kernel())
                .strides(rows.stride(), columns.stride())
                .dilationRate(rows.dilation(), columns.dilation())
                .padding(padding(rows, columns));
        in.set(node, LayerTensor.image(in.apply(node, layer, x.tensor())));
    }

    private static void averagePool(OnnxNode node, LayerImport in) {
        LayerTensor x = in.image(in.tensor(node, 0));
        WindowRule rule = pool(node);
        int[] v = rule.pads(0, x.dims()[1]);
        int[] h = rule.pads(1, x.dims()[2]);
        Window rows = rule.window(0, x.dims()[1]);
        Window columns = rule.window(1, x.dims()[2]);
        Tensor source = x.tensor();
        boolean padded = v[0] + v[1] + h[0] + h[1] > 0;
        Padding padding = padding(rows, columns);
        if (node.flag("count_include_pad", false) && padded) {
            source = in.apply(node, new ZeroPadding2D(v[0], v[1], h[0], h[1]), source);
            int below = rows.padHigh() - v[1];
            int right = columns.padHigh() - h[1];
            padding = below + right == 0 ? Padding.VALID : Padding.explicit(0, below, 0, right);
        }
        AveragePooling2D layer = new AveragePooling2D(rows.kernel(), columns.kernel())
                .strides(rows.stride(), columns.stride())
                .dilationRate(rows.dilation(), columns.dilation())
                .padding(padding);
        in.set(node, LayerTensor.image(in.apply(node, layer, source)));
    }

    static void globalPool(OnnxNode node, LayerImport in, boolean mean, boolean keep) {
        Tensor x = in.image(in.tensor(node, 0)).tensor();
        Tensor y = mean
                ? in.apply(node, new GlobalAveragePooling2D().keepDims(keep), x)
                : in.apply(node, new GlobalMaxPooling2D().keepDims(keep), x);
        in.set(node, keep ? LayerTensor.image(y) : LayerTensor.plain(y));
    }

    private static void batchNormalization(OnnxNode node, LayerImport in) {
        if (node.flag("training_mode", false) || in.opset() < 9 && !node.flag("spatial", true)) {
            throw new Unsupported("training_mode or single positions; export the model for inference");
        }
        LayerTensor given = in.tensor(node, 0);
        LayerTensor x = given.rank() == 3 ? in.image(given) : in.plain(given);
        if (x.rank() != 3 && x.rank() != 1) {
            throw new Unsupported(x.rank() + " axes without the batch");
        }
        float epsilon = node.real("epsilon", 1e-5f);
        BatchNormalization layer = new BatchNormalization()
                .epsilon(Double.parseDouble(Float.toString(epsilon)))
                .momentum(Double.parseDouble(Float.toString(node.real("momentum", 0.9f))));
        Tensor y = in.apply(node, layer, x.tensor());
        in.weights(layer, "gamma", in.weight(node, 1).floats());
        in.weights(layer, "beta", in.weight(node, 2).floats());
        in.weights(layer, "moving_mean", in.weight(node, 3).floats());
        in.weights(layer, "moving_variance", in.weight(node, 4).floats());
        in.set(node, x.with(y));
    }
}
