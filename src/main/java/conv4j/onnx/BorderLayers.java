package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.layers.Concatenate;
import conv4j.layers.Cropping2D;
import conv4j.layers.Reshape;
import conv4j.layers.Tensor;
import conv4j.layers.UpSampling2D;
import conv4j.layers.ZeroPadding2D;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The layers of operators that take something away at the ends of axes, or add something there. */
final class BorderLayers {

    private BorderLayers() {}

    static void addTo(Map<String, LayerRule> rules) {
        rules.put("Pad", BorderLayers::pad);
        rules.put("Slice", BorderLayers::slice);
        rules.put("Split", BorderLayers::split);
    }

    /** A tensor whose axes can be told apart. */
    private static LayerTensor separate(OnnxNode node, LayerImport in) {
        LayerTensor x = in.tensor(node, 0);
        return x.unflattened() == null ? x : in.plain(x);
    }

    private static void pad(OnnxNode node, LayerImport in) {
        LayerTensor x = separate(node, in);
        int rank = x.rank() + 1;
        long[] pads =
                node.has("paddings") ? node.integers("paddings") : in.known().integers(node, "pads", 1);
        long[] axes = node.has(3)
                ? in.known().wholeNumbers(node, 3)
                : LongStream.range(0, rank).toArray();
        if (pads == null || pads.length != 2 * axes.length) {
            throw new FileFormatException(node.label() + " needs two numbers for each of " + axes.length
                    + " axes, but has " + Arrays.toString(pads));
        }
        int[][] sides = new int[x.rank()][2];
        for (int i = 0; i < axes.length; i++) {
            int axis = Sizes.axis(axes[i], rank, node.label());
            if (axis == 0 && (pads[i] != 0 || pads[i + axes.length] != 0)) {
                throw new Unsupported("padding of the batch");
            }
            if (axis > 0) {
                sides[x.order()[axis - 1]] = Sizes.checked(new long[] {pads[i], pads[i + axes.length]}, node.label());
            }
        }
        String mode = node.text("mode", "constant");
        float value = node.has(2) ? in.known().number(node, 2) : node.real("value", 0);
        if (mode.equals("constant")) {
            if (value != 0) {
                throw new Unsupported("padding with " + value + " instead of zeros");
            }
            in.set(node, x.with(framed(node, in, x.tensor(), sides)));
        } else {
            in.set(node, x.with(continued(node, in, x.tensor(), mode, sides)));
        }
    }

    /** Zeros on some sides, and less on others; two numbers for every axis of ours. */
    private static Tensor framed(OnnxNode node, LayerImport in, Tensor x, int[]... sides) {
        Tensor y = x;
        if (sides.length == 3) {
            y = framedImage(node, in, y, sides[0][0], sides[0][1], sides[1][0], sides[1][1]);
        }
        for (int axis = sides.length == 3 ? 2 : 0; axis < sides.length; axis++) {
            if (sides[axis][0] != 0 || sides[axis][1] != 0) {
                y = framedAxis(node, in, y, axis, sides[axis]);
            }
        }
        return y;
    }

    private static Tensor framedImage(OnnxNode node, LayerImport in, Tensor x, int... sides) {
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

    /** Any axis is the width of an image whose rows are what lies before it and whose channels are what lies behind. */
    private static Tensor framedAxis(OnnxNode node, LayerImport in, Tensor x, int axis, int... sides) {
        Shape shape = x.shape();
        int[] image = {1, shape.dim(axis), 1};
        for (int i = 0; i < shape.rank(); i++) {
            image[i < axis ? 0 : i > axis ? 2 : 1] *= i == axis ? 1 : shape.dim(i);
        }
        Tensor wide = in.apply(node, new Reshape(image), x);
        Tensor changed = framedImage(node, in, wide, 0, 0, sides[0], sides[1]);
        int extent = changed.shape().dim(1);
        return in.apply(node, new Reshape(shape.with(axis, extent).toArray()), changed);
    }

    /** The border repeated ("edge"), or what lies within it mirrored ("reflect"), piece by piece. */
    private static Tensor continued(OnnxNode node, LayerImport in, Tensor x, String mode, int[]... sides) {
        boolean channels = sides.length == 3 && (sides[2][0] != 0 || sides[2][1] != 0);
        boolean known = mode.equals("edge") || mode.equals("reflect");
        boolean cut = Arrays.stream(sides).anyMatch(side -> side[0] < 0 || side[1] < 0);
        if (sides.length != 3 || channels || !known || cut) {
            throw new Unsupported("padding in mode '" + mode + "' of other axes than height and width");
        }
        Tensor y = x;
        for (int axis = 0; axis < 2; axis++) {
            int low = sides[axis][0];
            int high = sides[axis][1];
            int extent = y.shape().dim(axis);
            if (mode.equals("reflect") && Math.max(low, high) >= extent) {
                throw new FileFormatException(
                        node.label() + ": " + Math.max(low, high) + " of " + extent + " positions cannot be mirrored");
            }
            List<Tensor> parts = new ArrayList<>();
            if (mode.equals("edge")) {
                repeated(node, in, y, axis, 0, low, parts);
            }
            for (int i = low; i > 0 && mode.equals("reflect"); i--) {
                repeated(node, in, y, axis, i, 1, parts);
            }
            parts.add(y);
            if (mode.equals("edge")) {
                repeated(node, in, y, axis, extent - 1, high, parts);
            }
            for (int i = 1; i <= high && mode.equals("reflect"); i++) {
                repeated(node, in, y, axis, extent - 1 - i, 1, parts);
            }
            y = parts.size() == 1 ? y : in.apply(node, new Concatenate(axis + 1), parts.toArray(Tensor[]::new));
        }
        return y;
    }

    /** Adds one position of an axis, several times, to the parts. */
    private static void repeated(
            OnnxNode node, LayerImport in, Tensor x, int axis, int position, int times, List<Tensor> parts) {
        int behind = x.shape().dim(axis) - 1 - position;
        if (times > 0) {
            Tensor one = framedImage(
                    node,
                    in,
                    x,
                    axis == 0 ? -position : 0,
                    axis == 0 ? -behind : 0,
                    axis == 1 ? -position : 0,
                    axis == 1 ? -behind : 0);
            UpSampling2D copies = axis == 0 ? new UpSampling2D(times, 1) : new UpSampling2D(1, times);
            parts.add(times == 1 ? one : in.apply(node, copies, one));
        }
    }

    private static void slice(OnnxNode node, LayerImport in) {
        LayerTensor x = separate(node, in);
        long[] starts = in.known().integers(node, "starts", 1);
        long[] ends = in.known().integers(node, "ends", 2);
        long[] axes = in.known().integers(node, "axes", 3);
        int[][] sides = new int[x.rank()][2];
        for (int i = 0; i < starts.length; i++) {
            int axis = Sizes.axis(axes == null ? i : axes[i], x.rank() + 1, node.label());
            int extent = axis == 0 ? Integer.MAX_VALUE : x.dims()[axis - 1];
            long first = Math.max(0, Math.min(starts[i] < 0 ? starts[i] + extent : starts[i], extent));
            long end = Math.max(0, Math.min(ends[i] < 0 ? ends[i] + extent : ends[i], extent));
            boolean whole = first == 0 && end == extent;
            boolean step = node.has(4) && in.known().wholeNumbers(node, 4)[i] != 1;
            if (step || axis == 0 && !whole) {
                throw new Unsupported("a slice with steps, or of the batch");
            }
            if (axis > 0) {
                sides[x.order()[axis - 1]] = new int[] {(int) -first, (int) (end - extent)};
            }
        }
        in.set(node, x.with(framed(node, in, x.tensor(), sides)));
    }

    private static void split(OnnxNode node, LayerImport in) {
        LayerTensor x = separate(node, in);
        int axis = Sizes.axis(node.integer("axis", 0), x.rank() + 1, node.label());
        if (axis == 0) {
            throw new Unsupported("splitting the batch");
        }
        int whole = x.dims()[axis - 1];
        int count = node.outputs().size();
        long[] given = in.known().integers(node, "split", 1);
        int even = (whole + count - 1) / count;
        int first = 0;
        for (int i = 0; i < count; i++) {
            boolean fits = given != null && i < given.length;
            int extent = fits ? Sizes.checked(given[i], node.label()) : Math.min(even, whole - i * even);
            int[][] sides = new int[x.rank()][2];
            sides[x.order()[axis - 1]] = new int[] {-first, first + extent - whole};
            if (extent < 1 || first + extent > whole) {
                throw new FileFormatException(node.label() + ": " + whole + " positions cannot be split like that");
            }
            if (node.writes(i)) {
                in.set(node, i, x.with(framed(node, in, x.tensor(), sides)));
            }
            first += extent;
        }
    }
}
