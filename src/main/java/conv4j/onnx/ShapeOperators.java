package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Value;
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
}
