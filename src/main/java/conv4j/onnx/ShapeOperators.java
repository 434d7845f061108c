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

/** Operators that change shapes and move elements, and compute none. */
final class ShapeOperators {

    private ShapeOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Identity", (node, p) -> p.same(node, 0, 0));
        all.put("Dropout", ShapeOperators::dropout);
        all.put("Reshape", (node, p) -> {
            long[] target = node.has("shape") ? node.integers("shape") : p.wholeNumbers(node, 1);
            boolean zero = node.flag("allowzero", false);
            p.set(node, p.reshape(p.value(node, 0), reshaped(node, p.dims(node, 0), target, zero)));
        });
        all.put("Flatten", (node, p) -> {
            Value x = p.value(node, 0);
            p.set(node, p.reshape(x, flattened(node, x.shape().toArray())));
        });
        all.put("Squeeze", (node, p) -> {
            long[] axes = p.integers(node, "axes", 1);
            p.set(node, p.reshape(p.value(node, 0), squeezed(node, p.dims(node, 0), axes)));
        });
        all.put("Unsqueeze", (node, p) -> {
            long[] axes = p.integers(node, "axes", 1);
            p.set(node, p.reshape(p.value(node, 0), unsqueezed(node, p.dims(node, 0), axes)));
        });
        all.put("Transpose", (node, p) -> {
            Value x = p.value(node, 0);
            p.set(node, p.transpose(x, permutation(node, x.shape().rank())));
        });
        all.put("Concat", (node, p) -> {
            int axis = Sizes.axis(node.integer("axis", 1), p.dims(node, 0).length, node.label());
            List<Value> parts = IntStream.range(0, node.inputs().size())
                    .mapToObj(i -> p.value(node, i))
                    .toList();
            p.set(node, p.concatenate(parts, axis));
        });
        all.put("Split", ShapeOperators::split);
        all.put("Slice", ShapeOperators::slice);
        all.put("Pad", ShapeOperators::pad);
        all.put("Expand", (node, p) -> {
            Value x = p.value(node, 0);
            int[] target = Sizes.checked(p.wholeNumbers(node, 1), node.label());
            conv4j.shape.Shape shape = Binary.broadcast(x.shape(), conv4j.shape.Shape.of(target));
            p.set(node, p.expand(x, shape.toArray()));
        });
        all.put("Tile", ShapeOperators::tile);
        all.put("Gather", ShapeOperators::gather);
        all.put("DepthToSpace", ShapeOperators::depthToSpace);
        all.put("SpaceToDepth", ShapeOperators::spaceToDepth);
    }

    private static void dropout(OnnxNode node, Program p) {
        boolean training = node.has(2) && p.known(node, 2).toFloats()[0] != 0;
        if (training && !(node.has(1) && p.number(node, 1) == 0)) {
            throw new Unsupported("dropout in training, whose random numbers ONNX leaves open");
        }
        p.same(node, 0, 0);
        if (node.writes(1)) {
            // The mask: nothing is dropped.
            Value x = p.value(node, 0);
            p.set(node, 1, OnnxTensor.BOOL, p.expand(p.number(1), x.shape().toArray()));
        }
    }

    /** The extents that {@code Reshape} gives a tensor. */
    static int[] reshaped(OnnxNode node, int[] dims, long[] target, boolean zeroIsZero) {
        int[] result = Sizes.checked(target, node.label());
        int open = -1;
        long known = 1;
        for (int i = 0; i < result.length; i++) {
            if (result[i] == 0 && !zeroIsZero) {
                if (i >= dims.length) {
                    throw new FileFormatException(node.label() + ": axis " + i + " is to stay, but the input has only "
                            + dims.length + " axes");
                }
                result[i] = dims[i];
            }
            if (result[i] < -1 || result[i] == -1 && open >= 0) {
                throw new FileFormatException(node.label() + ": there is no shape " + Arrays.toString(target));
            }
            open = result[i] == -1 ? i : open;
            known = Math.min(known * (result[i] == -1 ? 1 : result[i]), Integer.MAX_VALUE);
        }
        long size = Sizes.product(dims, node.label());
        if (open >= 0) {
            result[open] = known == 0 ? 0 : (int) (size / known);
            known *= result[open];
        }
        if (known != size) {
            throw new FileFormatException(node.label() + ": " + size + " elements of " + Arrays.toString(dims)
                    + " do not fill the shape " + Arrays.toString(target));
        }
        return result;
    }

    static int[] flattened(OnnxNode node, int[] dims) {
        long axis = node.integer("axis", 1);
        int counted = axis == dims.length ? dims.length : Sizes.axis(axis, dims.length, node.label());
        int rows = Sizes.product(Arrays.copyOf(dims, counted), node.label());
        return new int[] {rows, Sizes.product(Arrays.copyOfRange(dims, counted, dims.length), node.label())};
    }

    static int[] squeezed(OnnxNode node, int[] dims, long[] axes) {
        boolean[] drop = new boolean[dims.length];
        for (int i = 0; axes == null && i < dims.length; i++) {
            drop[i] = dims[i] == 1;
        }
        for (int i = 0; axes != null && i < axes.length; i++) {
            int axis = Sizes.axis(axes[i], dims.length, node.label());
            if (dims[axis] != 1) {
                throw new FileFormatException(
                        node.label() + ": axis " + axis + " of " + Arrays.toString(dims) + " is not of extent 1");
            }
            drop[axis] = true;
        }
        return IntStream.range(0, dims.length)
                .filter(i -> !drop[i])
                .map(i -> dims[i])
                .toArray();
    }

    static int[] unsqueezed(OnnxNode node, int[] dims, long[] axes) {
        if (axes == null) {
            throw new FileFormatException(node.label() + " needs axes, which are missing");
        }
        int rank = dims.length + axes.length;
        boolean[] added = new boolean[rank];
        for (long axis : axes) {
            added[Sizes.axis(axis, rank, node.label())] = true;
        }
        int[] result = new int[rank];
        int from = 0;
        for (int i = 0; i < rank; i++) {
            if (!added[i] && from == dims.length) {
                throw new FileFormatException(node.label() + ": axes " + Arrays.toString(axes) + " name one twice");
            }
            result[i] = added[i] ? 1 : dims[from++];
        }
        return result;
    }

    static int[] permutation(OnnxNode node, int rank) {
        long[] given = node.integers("perm");
        int[] order = new int[rank];
        boolean[] used = new boolean[rank];
        for (int i = 0; i < rank; i++) {
            order[i] =
                    given == null ? rank - 1 - i : given.length == rank ? Sizes.axis(given[i], rank, node.label()) : -1;
            if (order[i] < 0 || used[order[i]]) {
                throw new FileFormatException(
                        node.label() + ": " + Arrays.toString(given) + " is no order of " + rank + " axes");
            }
            used[order[i]] = true;
        }
        return order;
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
