package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Binary;
import conv4j.graph.Rearrange.Axis;
import conv4j.graph.Rearrange.Outside;
import conv4j.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Operators that move elements along axes: cutting, padding, repeating, picking. */
final class MoveOperators {

    private MoveOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Split", MoveOperators::split);
        all.put("Slice", MoveOperators::slice);
        all.put("Pad", MoveOperators::pad);
        all.put("Tile", MoveOperators::tile);
        all.put("Gather", MoveOperators::gather);
        all.put("DepthToSpace", MoveOperators::depthToSpace);
        all.put("SpaceToDepth", MoveOperators::spaceToDepth);
        all.put("Expand", (node, p) -> {
            Value x = p.value(node, 0);
            int[] target = Sizes.checked(p.wholeNumbers(node, 1), node.label());
            conv4j.shape.Shape shape = Binary.broadcast(x.shape(), conv4j.shape.Shape.of(target));
            p.set(node, p.expand(x, shape.toArray()));
        });
    }

    private static void split(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int axis = Sizes.axis(node.integer("axis", 0), x.shape().rank(), node.label());
        long[] given = p.integers(node, "split", 1);
        int count = node.outputs().size();
        int[] extents = new int[count];
        int whole = x.shape().dim(axis);
        int even = (whole + count - 1) / count;
        for (int i = 0; i < count; i++) {
            boolean fits = given != null && i < given.length;
            extents[i] = fits ? Sizes.checked(given[i], node.label()) : Math.min(even, whole - i * even);
        }
        List<Value> parts = p.split(x, axis, extents);
        for (int i = 0; i < count; i++) {
            p.set(node, i, p.type(node, 0), parts.get(i));
        }
    }

    private static void slice(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        long[] starts = p.integers(node, "starts", 1);
        long[] ends = p.integers(node, "ends", 2);
        long[] given = p.integers(node, "axes", 3);
        long[] axes = given == null
                ? java.util.stream.LongStream.range(0, starts.length).toArray()
                : given;
        long[] steps = node.has(4) ? p.wholeNumbers(node, 4) : null;
        int[] dims = x.shape().toArray();
        Axis[] moves = new Axis[rank];
        for (int i = 0; i < rank; i++) {
            moves[i] = Axis.whole(i);
        }
        for (int i = 0; i < axes.length; i++) {
            int axis = Sizes.axis(axes[i], rank, node.label());
            long step = steps == null ? 1 : steps[i];
            int extent = x.shape().dim(axis);
            long first = limited(starts[i], extent, step);
            long end = limitedEnd(ends[i], extent, step);
            long count = step == 0 ? 0 : (end - first + step - Long.signum(step)) / step;
            if (count < 1) {
                throw new Unsupported("a slice without elements");
            }
            dims[axis] = (int) count;
            moves[axis] = new Axis(axis, (int) first, count == 1 ? 1 : Sizes.checked(step, node.label()));
        }
        p.set(node, p.rearrange(x, dims, List.of(moves), Outside.FILL, 0));
    }

    private static long limited(long position, int extent, long step) {
        long counted = position < 0 ? position + extent : position;
        return step > 0 ? Math.max(0, Math.min(counted, extent)) : Math.max(0, Math.min(counted, extent - 1));
    }

    private static long limitedEnd(long position, int extent, long step) {
        long counted = position < 0 ? position + extent : position;
        return step > 0 ? Math.max(0, Math.min(counted, extent)) : Math.max(-1, Math.min(counted, extent - 1));
    }

    /** The same positions from the last to the first. */
    static Value reversed(Program p, Value x, int axis) {
        Axis[] moves = new Axis[x.shape().rank()];
        for (int i = 0; i < moves.length; i++) {
            moves[i] = i == axis ? new Axis(i, x.shape().dim(i) - 1, -1) : Axis.whole(i);
        }
        return p.rearrange(x, x.shape().toArray(), List.of(moves), Outside.FILL, 0);
    }

    private static void pad(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        long[] pads = node.has("paddings") ? node.integers("paddings") : p.integers(node, "pads", 1);
        float fill = node.has(2) ? p.number(node, 2) : node.real("value", 0);
        long[] axes = node.has(3)
                ? p.wholeNumbers(node, 3)
                : java.util.stream.LongStream.range(0, rank).toArray();
        if (pads == null || pads.length != 2 * axes.length) {
            throw new FileFormatException(node.label() + " needs two numbers for each of " + axes.length
                    + " axes, but has " + Arrays.toString(pads));
        }
        Outside outside =
                switch (node.text("mode", "constant")) {
                    case "constant" -> Outside.FILL;
                    case "edge" -> Outside.EDGE;
                    case "reflect" -> Outside.REFLECT;
                    default -> throw new Unsupported("padding mode '" + node.text("mode", "") + "'");
                };
        p.set(node, padded(node, p, x, Sizes.checked(pads, node.label()), axes, outside, fill));
    }

    private static Value padded(
            OnnxNode node, Program p, Value x, int[] pads, long[] axes, Outside outside, float fill) {
        int rank = x.shape().rank();
        int[] dims = x.shape().toArray();
        Axis[] moves = new Axis[rank];
        for (int i = 0; i < rank; i++) {
            moves[i] = Axis.whole(i);
        }
        for (int i = 0; i < axes.length; i++) {
            int axis = Sizes.axis(axes[i], rank, node.label());
            moves[axis] = new Axis(axis, -pads[i], 1);
            dims[axis] = Sizes.checked((long) dims[axis] + pads[i] + pads[i + axes.length], node.label());
        }
        return p.rearrange(x, dims, List.of(moves), outside, fill);
    }

    private static void tile(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        int[] repeats = Sizes.checked(p.wholeNumbers(node, 1), node.label());
        if (repeats.length != rank) {
            throw new FileFormatException(node.label() + " needs one number for each of " + rank + " axes");
        }
        Value y = x;
        int[] dims = x.shape().toArray();
        for (int axis = 0; axis < rank; axis++) {
            if (repeats[axis] != 1) {
                // Repeated before the axis, then joined with it.
                int[] wide = new int[rank + 1];
                List<Axis> moves = new ArrayList<>();
                for (int i = 0; i < rank; i++) {
                    if (i == axis) {
                        wide[moves.size()] = repeats[axis];
                        moves.add(Axis.whole(Axis.REPEATED));
                    }
                    wide[moves.size()] = dims[i];
                    moves.add(Axis.whole(i));
                }
                y = p.rearrange(y, wide, moves, Outside.FILL, 0);
                dims[axis] *= repeats[axis];
                y = p.reshape(y, dims);
            }
        }
        p.set(node, y);
    }

    /** Each of the wanted positions as a part, joined again. */
    private static void gather(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        int axis = Sizes.axis(node.integer("axis", 0), rank, node.label());
        OnnxTensor indices = p.known(node, 1);
        int extent = x.shape().dim(axis);
        List<Value> parts = new ArrayList<>();
        for (long index : p.wholeNumbers(node, 1)) {
            Axis[] moves = new Axis[rank];
            for (int i = 0; i < rank; i++) {
                moves[i] = i == axis ? new Axis(i, Sizes.axis(index, extent, node.label()), 1) : Axis.whole(i);
            }
            int[] dims = x.shape().with(axis, 1).toArray();
            parts.add(p.rearrange(x, dims, List.of(moves), Outside.FILL, 0));
        }
        int[] dims = IntStream.concat(
                        IntStream.concat(Arrays.stream(x.shape().toArray()).limit(axis), Arrays.stream(indices.dims())),
                        Arrays.stream(x.shape().toArray()).skip(axis + 1))
                .toArray();
        p.set(node, p.reshape(p.concatenate(parts, axis), dims));
    }

    private static void depthToSpace(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int[] d = imageDims(node, x);
        int b = node.size("blocksize", 1);
        int depth = divided(node, d[1], b * b);
        boolean columnsFirst = node.text("mode", "DCR").equals("CRD");
        Value wide = columnsFirst
                ? p.transpose(p.reshape(x, d[0], depth, b, b, d[2], d[3]), 0, 1, 4, 2, 5, 3)
                : p.transpose(p.reshape(x, d[0], b, b, depth, d[2], d[3]), 0, 3, 4, 1, 5, 2);
        p.set(node, p.reshape(wide, d[0], depth, d[2] * b, d[3] * b));
    }

    private static void spaceToDepth(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int[] d = imageDims(node, x);
        int b = node.size("blocksize", 1);
        if (!node.text("mode", "DCR").equals("DCR")) {
            throw new Unsupported("mode '" + node.text("mode", "") + "'");
        }
        int h = divided(node, d[2], b);
        int w = divided(node, d[3], b);
        Value wide = p.transpose(p.reshape(x, d[0], d[1], h, b, w, b), 0, 3, 5, 1, 2, 4);
        p.set(node, p.reshape(wide, d[0], d[1] * b * b, h, w));
    }

    private static int divided(OnnxNode node, int extent, int by) {
        if (by < 1 || extent % by != 0) {
            throw new FileFormatException(node.label() + ": " + extent + " positions do not divide by " + by);
        }
        return extent / by;
    }

    static int[] imageDims(OnnxNode node, Value x) {
        if (x.shape().rank() != 4) {
            throw new Unsupported(x.shape().rank() - 2 + " spatial axes");
        }
        return x.shape().toArray();
    }
}
