package conv4j.onnx;

import conv4j.layers.LayerNormalization;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Normalizations over an item's own numbers as ONNX' nodes. */
final class NormalizationExport {

    private final OnnxBuilder onnx;
    private final ModelExport graph;
    private final Model model;

    NormalizationExport(OnnxBuilder onnx, ModelExport graph, Model model) {
        this.onnx = onnx;
        this.graph = graph;
        this.model = model;
    }

    Exported write(Normalized op) {
        Exported x = graph.tensor(op.input());
        return op.layer() instanceof LayerNormalization ? layer(op, x) : group(op, x);
    }

    private Map<String, ?> epsilon(Normalized op) {
        return Map.of("epsilon", ((Number) op.layer().config().get("epsilon")).floatValue());
    }

    /** A weight's numbers; those that it would have where it is not learnt. */
    private float[] numbers(Normalized op, String weight, int count) {
        String path = path(op, weight);
        if (model.weights().names().contains(path)) {
            return model.weights().get(path);
        }
        float[] numbers = new float[count];
        Arrays.fill(numbers, weight.equals("gamma") ? 1 : 0);
        return numbers;
    }

    private static String path(Normalized op, String weight) {
        return op.layer().name() + "/" + weight;
    }

    private Exported layer(Normalized op, Exported given) {
        Object axis = op.layer().config().get("axis");
        int count = axis instanceof List<?> axes ? axes.size() : 1;
        Shape shape = given.shape();
        boolean whole = count == shape.rank();
        Exported x = whole ? given : graph.plain(given);
        int[] dims = Arrays.copyOfRange(shape.toArray(), shape.rank() - count, shape.rank());
        String name = op.output().name();
        Map<String, Object> attributes = new java.util.LinkedHashMap<>(epsilon(op));
        attributes.put("axis", -count);
        String y = onnx.node(
                "LayerNormalization",
                name,
                attributes,
                x.name(),
                ofAxes(op, "gamma", x, dims),
                ofAxes(op, "beta", x, dims));
        return x.as(y);
    }

    private String ofAxes(Normalized op, String weight, Exported x, int... dims) {
        float[] numbers = x.rows(numbers(op, weight, Shape.of(dims).size()), 1);
        return x.isImage()
                ? onnx.floats(path(op, weight), LayerTensor.reordered(numbers, dims, 1, 2, 0), x.dims())
                : onnx.floats(path(op, weight), numbers, dims);
    }

    /** An instance normalization: of the channels, or of the groups with the channels' own weights behind it. */
    private Exported group(Normalized op, Exported given) {
        Exported x = given.isImage() ? given : graph.plain(given);
        int rank = x.shape().rank();
        int channels = x.shape().columns();
        int asked = ((Number) op.layer().config().get("groups")).intValue();
        int groups = asked == -1 ? channels : asked;
        String name = op.output().name();
        String first = x.isImage() || rank == 1 ? x.name() : transposed(x.name(), name + "/channels_first", rank, 1);
        if (groups == channels && rank > 1) {
            String y = onnx.node(
                    "InstanceNormalization",
                    x.isImage() ? name : name + "/instances",
                    epsilon(op),
                    first,
                    onnx.floats(path(op, "gamma"), numbers(op, "gamma", channels), channels),
                    onnx.floats(path(op, "beta"), numbers(op, "beta", channels), channels));
            return x.as(x.isImage() ? y : transposed(y, name, rank, -1));
        }
        String standard = standardized(op, first, groups, channelsFirst(x));
        String back = x.isImage() || rank == 1 ? standard : transposed(standard, name + "/channels_last", rank, -1);
        return x.as(scaled(op, back, x.isImage() ? new int[] {channels, 1, 1} : new int[] {channels}));
    }

    private static int[] channelsFirst(Exported x) {
        int[] dims = x.shape().toArray();
        return IntStream.range(0, dims.length)
                .map(i -> dims[(i + dims.length - 1) % dims.length])
                .toArray();
    }

    /** Moves the last axis before the other ones of an item, or back. */
    private String transposed(String x, String name, int rank, int direction) {
        int[] order = new int[rank + 1];
        for (int i = 0; i < rank; i++) {
            order[i + 1] = Math.floorMod(i - direction, rank) + 1;
        }
        return onnx.node("Transpose", name, Map.of("perm", order), x);
    }

    private String standardized(Normalized op, String x, int groups, int... dims) {
        String name = op.output().name();
        float[] ones = new float[groups];
        Arrays.fill(ones, 1);
        String grouped =
                onnx.node("Reshape", name + "/groups", Map.of(), x, onnx.longs(name + "/groups_shape", 0, groups, -1));
        String standard = onnx.node(
                "InstanceNormalization",
                name + "/instances",
                epsilon(op),
                grouped,
                onnx.floats(name + "/ones", ones, groups),
                onnx.floats(name + "/zeros", new float[groups], groups));
        long[] item = IntStream.concat(IntStream.of(0), Arrays.stream(dims))
                .asLongStream()
                .toArray();
        return onnx.node("Reshape", name + "/standardized", Map.of(), standard, onnx.longs(name + "/shape", item));
    }

    private String scaled(Normalized op, String x, int... dims) {
        String name = op.output().name();
        int channels = dims[0];
        String product = onnx.node(
                "Mul",
                name + "/product",
                Map.of(),
                x,
                onnx.floats(path(op, "gamma"), numbers(op, "gamma", channels), dims));
        return onnx.node(
                "Add", name, Map.of(), product, onnx.floats(path(op, "beta"), numbers(op, "beta", channels), dims));
    }
}
