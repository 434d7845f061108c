package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.layers.GroupNormalization;
import conv4j.layers.LayerNormalization;
import conv4j.layers.Permute;
import conv4j.layers.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;

/** The layers of normalizations over an item's own numbers. */
final class NormalizationLayers {

    private NormalizationLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("LayerNormalization", NormalizationLayers::layer);
        rules.put("InstanceNormalization", NormalizationLayers::instance);
    }

    private static double epsilon(OnnxNode node) {
        return Double.parseDouble(Float.toString(node.real("epsilon", 1e-5f)));
    }

    private static void layer(OnnxNode node, LayerImport in) {
        LayerTensor given = in.tensor(node, 0);
        LayerTensor x = given.unflattened() == null ? given : in.plain(given);
        int rank = x.rank();
        int first = Sizes.axis(node.integer("axis", -1), rank + 1, node.label()) - 1;
        if (first < 0) {
            throw new Unsupported("normalization over the batch");
        }
        boolean last = Arrays.stream(x.order()).skip(first).allMatch(axis -> axis >= first);
        LayerTensor source = last ? x : in.plain(x);
        int[] dims = Arrays.copyOfRange(source.dims(), first, rank);
        int[] order = IntStream.range(first, rank)
                .map(axis -> source.order()[axis] - first)
                .toArray();
        LayerNormalization layer = new LayerNormalization()
                .axis(IntStream.range(first, rank).map(axis -> axis - rank).toArray())
                .epsilon(epsilon(node))
                .center(node.has(2));
        Tensor y = in.apply(node, layer, source.tensor());
        in.weights(layer, "gamma", LayerTensor.reordered(whole(node, in, 1, dims), dims, order));
        if (node.has(2)) {
            in.weights(layer, "beta", LayerTensor.reordered(whole(node, in, 2, dims), dims, order));
        }
        in.set(node, source.with(y));
    }

    private static float[] whole(OnnxNode node, LayerImport in, int index, int... dims) {
        OnnxTensor weight = in.weight(node, index);
        if (weight.size() != Sizes.product(dims, node.label())) {
            throw new Unsupported(
                    "weights " + Arrays.toString(weight.dims()) + " for the normalized axes " + Arrays.toString(dims));
        }
        return weight.floats();
    }

    private static void instance(OnnxNode node, LayerImport in) {
        LayerTensor x = in.tensor(node, 0);
        if (x.rank() < 2) {
            throw new FileFormatException(node.label() + " needs channels and positions");
        }
        LayerTensor source = channelsLast(node, in, x);
        int channels = x.dims()[0];
        GroupNormalization layer = new GroupNormalization(channels).epsilon(epsilon(node));
        Tensor y = in.apply(node, layer, source.tensor());
        in.weights(layer, "gamma", whole(node, in, 1, channels));
        in.weights(layer, "beta", whole(node, in, 2, channels));
        in.set(node, source.with(y));
    }

    private static LayerTensor channelsLast(OnnxNode node, LayerImport in, LayerTensor x) {
        int rank = x.rank();
        if (x.order()[0] == rank - 1) {
            return x;
        }
        int[] dims =
                IntStream.range(0, rank).map(i -> x.order()[(i + 1) % rank] + 1).toArray();
        int[] order = IntStream.range(0, rank).map(i -> (i + rank - 1) % rank).toArray();
        return new LayerTensor(in.apply(node, new Permute(dims), x.tensor()), order, null);
    }

    /**
     * Takes the end of a group normalization as PyTorch writes it: the channels' groups reshaped into axes of their own, an
     * instance normalization without weights, and this node, which reshapes back. What these became leads nowhere.
     *
     * @return false when the node is something else
     */
    static boolean takes(OnnxNode node, LayerImport in, int... target) {
        OnnxNode statistics = in.producer(node, 0);
        OnnxNode grouping = statistics == null ? null : in.producer(statistics, 0);
        if (grouping == null
                || !statistics.operator().equals("InstanceNormalization")
                || !grouping.operator().equals("Reshape")
                || in.soleReader(statistics) != node
                || !all(in.weight(statistics, 1), 1)
                || !all(in.weight(statistics, 2), 0)) {
            return false;
        }
        LayerTensor x = in.tensor(grouping, 0);
        int groups = in.tensor(statistics, 0).dims()[0];
        if (x.unflattened() != null || !Arrays.equals(x.dims(), target) || target[0] % groups != 0) {
            return false;
        }
        LayerTensor source = channelsLast(node, in, x);
        GroupNormalization layer = new GroupNormalization(groups)
                .epsilon(epsilon(statistics))
                .center(false)
                .scale(false);
        in.set(node, source.with(in.apply(node, layer, source.tensor())));
        return true;
    }

    private static boolean all(OnnxTensor weight, float number) {
        for (float each : weight.floats()) {
            if (each != number) {
                return false;
            }
        }
        return true;
    }
}
