package conv4j.onnx;

import conv4j.graph.UnaryFunction;
import conv4j.layers.Elementwise;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.GlobalMaxPooling2D;
import conv4j.layers.Permute;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The layers of operators that make one number of all positions along some axes. */
final class ReductionLayers {

    private ReductionLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("ReduceMean", ReductionLayers::reduce);
        rules.put("ReduceMax", ReductionLayers::reduce);
        rules.put("ReduceSum", ReductionLayers::reduce);
    }

    private static void reduce(OnnxNode node, LayerImport in) {
        LayerTensor given = in.tensor(node, 0);
        LayerTensor x = given.unflattened() == null ? given : in.plain(given);
        long[] asked = in.known().integers(node, "axes", 1);
        if (asked == null && node.flag("noop_with_empty_axes", false)) {
            in.set(node, x);
            return;
        }
        int rank = x.rank() + 1;
        Set<Integer> axes = asked == null
                ? IntStream.range(0, rank).boxed().collect(Collectors.toSet())
                : Arrays.stream(asked)
                        .mapToObj(axis -> Sizes.axis(axis, rank, node.label()))
                        .collect(Collectors.toSet());
        if (axes.contains(0)) {
            throw new Unsupported("a reduction over the batch");
        }
        boolean keep = node.flag("keepdims", true);
        boolean pools =
                rank == 4 && axes.equals(Set.of(2, 3)) && !node.operator().equals("ReduceSum");
        if (pools) {
            ImageLayers.globalPool(node, in, node.operator().equals("ReduceMean"), keep);
        } else {
            in.set(node, reduced(node, in, x, axes, keep));
        }
    }

    /** The axes are brought before the others, as the height of an image whose channels these are, which is pooled. */
    private static LayerTensor reduced(OnnxNode node, LayerImport in, LayerTensor x, Set<Integer> axes, boolean keep) {
        Shape shape = x.tensor().shape();
        int rank = shape.rank();
        Set<Integer> ours = axes.stream().map(axis -> x.order()[axis - 1]).collect(Collectors.toSet());
        int[] kept =
                IntStream.range(0, rank).filter(axis -> !ours.contains(axis)).toArray();
        int[] order = IntStream.concat(IntStream.range(0, rank).filter(ours::contains), Arrays.stream(kept))
                .toArray();
        Tensor y = x.tensor();
        if (IntStream.range(0, rank).anyMatch(i -> order[i] != i)) {
            y = in.apply(
                    node, new Permute(Arrays.stream(order).map(axis -> axis + 1).toArray()), y);
        }
        int channels = Arrays.stream(kept).map(shape::dim).reduce(1, Math::multiplyExact);
        int positions = shape.size() / channels;
        y = in.apply(node, new Reshape(positions, 1, channels), y);
        y = in.apply(
                node, node.operator().equals("ReduceMax") ? new GlobalMaxPooling2D() : new GlobalAveragePooling2D(), y);
        if (node.operator().equals("ReduceSum")) {
            y = in.apply(node, new Elementwise(new UnaryFunction(UnaryFunction.Kind.AFFINE, positions, 0)), y);
        }
        if (!keep && kept.length == 0) {
            throw new Unsupported("a reduction that leaves no axis");
        }
        int[] dims = keep
                ? IntStream.range(0, rank)
                        .map(axis -> ours.contains(axis) ? 1 : shape.dim(axis))
                        .toArray()
                : Arrays.stream(kept).map(shape::dim).toArray();
        int[] place = keep
                ? x.order()
                : Arrays.stream(x.order())
                        .filter(axis -> !ours.contains(axis))
                        .map(axis -> Arrays.binarySearch(kept, axis))
                        .toArray();
        return new LayerTensor(in.apply(node, new Reshape(dims), y), place, null);
    }
}
