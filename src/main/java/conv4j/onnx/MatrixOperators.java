package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Binary;
import conv4j.graph.Binary.Function;
import conv4j.graph.Reduce;
import conv4j.graph.Softmax;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/** Products of matrices, reductions and the softmax family. */
final class MatrixOperators {

    private MatrixOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Gemm", MatrixOperators::gemm);
        all.put("MatMul", (node, p) -> p.set(node, matMul(node, p, p.value(node, 0), p.value(node, 1))));
        all.put("Softmax", (node, p) -> alongAxis(node, p, MatrixOperators::softmax));
        all.put("LogSoftmax", (node, p) -> alongAxis(node, p, MatrixOperators::logSoftmax));
        all.put("Hardmax", (node, p) -> alongAxis(node, p, MatrixOperators::hardmax));
        reductions(all);
        all.put("ArgMax", (node, p) -> place(node, p, Reduce.Kind.PLACE_OF_MAXIMUM));
        all.put("ArgMin", (node, p) -> place(node, p, Reduce.Kind.PLACE_OF_MINIMUM));
    }

    private static void gemm(OnnxNode node, Program p) {
        Value a = matrix(node, p.value(node, 0));
        Value b = matrix(node, p.value(node, 1));
        Value y = p.product(a, b, node.flag("transA", false), node.flag("transB", false));
        y = times(p, y, node.real("alpha", 1));
        p.set(node, node.has(2) ? p.binary(y, times(p, p.value(node, 2), node.real("beta", 1)), Function.ADD) : y);
    }

    private static Value times(Program p, Value x, float factor) {
        return factor == 1 ? x : p.unary(x, Kind.AFFINE, factor, 0);
    }

    private static Value matrix(OnnxNode node, Value x) {
        if (x.shape().rank() != 2) {
            throw new FileFormatException(node.label() + " needs matrices, but was given " + x.shape());
        }
        return x;
    }

    /** As NumPy's: axes before the last two are batches that broadcast, a vector is a row or a column. */
    private static Value matMul(OnnxNode node, Program p, Value givenA, Value givenB) {
        int rankA = givenA.shape().rank();
        int rankB = givenB.shape().rank();
        if (rankA == 0 || rankB == 0) {
            throw new FileFormatException(node.label() + " needs matrices, but was given a number");
        }
        Value a = rankA == 1 ? p.reshape(givenA, 1, givenA.shape().dim(0)) : givenA;
        Value b = rankB == 1 ? p.reshape(givenB, givenB.shape().dim(0), 1) : givenB;
        Value y = a.shape().rank() == 2 && b.shape().rank() == 2
                ? p.product(a, b, false, false)
                : batchedProduct(p, a, b);
        int[] dims = y.shape().toArray();
        int last = dims.length - 1;
        int[] kept = IntStream.range(0, dims.length)
                .filter(i -> !(i == last && rankB == 1) && !(i == last - 1 && rankA == 1))
                .map(i -> dims[i])
                .toArray();
        return p.reshape(y, kept);
    }

    private static Value batchedProduct(Program p, Value a, Value b) {
        int[] da = a.shape().toArray();
        int[] db = b.shape().toArray();
        Shape batch = Binary.broadcast(
                Shape.of(Arrays.copyOf(da, da.length - 2)), Shape.of(Arrays.copyOf(db, db.length - 2)));
        List<Value> left = matrices(p, a, batch);
        List<Value> right = matrices(p, b, batch);
        List<Value> products = new ArrayList<>();
        for (int i = 0; i < left.size(); i++) {
            products.add(p.product(left.get(i), right.get(i), false, false));
        }
        return p.reshape(p.stacked(products), joined(batch, da[da.length - 2], db[db.length - 1]));
    }

    private static List<Value> matrices(Program p, Value x, Shape batch) {
        int rank = x.shape().rank();
        int rows = x.shape().dim(rank - 2);
        int columns = x.shape().dim(rank - 1);
        Value wide = p.expand(x, joined(batch, rows, columns));
        return p.slices(p.reshape(wide, batch.size(), rows, columns));
    }

    private static int[] joined(Shape batch, int rows, int columns) {
        int[] dims = Arrays.copyOf(batch.toArray(), batch.rank() + 2);
        dims[batch.rank()] = rows;
        dims[batch.rank() + 1] = columns;
        return dims;
    }

    /** Applies a function of rows along an axis; before version 13 along all axes from the given one on. */
    private static void alongAxis(OnnxNode node, Program p, BiFunction<Program, Value, Value> rows) {
        Value x = p.value(node, 0);
        int rank = x.shape().rank();
        if (p.opset() < 13) {
            int[] flat = ShapeOperators.flattened(node, x.shape().toArray());
            p.set(node, p.reshape(rows.apply(p, p.reshape(x, flat)), x.shape().toArray()));
            return;
        }
        int axis = Sizes.axis(node.integer("axis", -1), rank, node.label());
        int[] order = IntStream.range(0, rank)
                .map(i -> i == axis ? rank - 1 : i == rank - 1 ? axis : i)
                .toArray();
        p.set(node, p.transpose(rows.apply(p, p.transpose(x, order)), order));
    }

    private static Value softmax(Program p, Value x) {
        Value y = x.like("softmax of " + x.name());
        Value result = Value.unbatched(y.name(), y.shape());
        p.add(new Softmax(x, result));
        return result;
    }

    private static Value logSoftmax(Program p, Value x) {
        int last = x.shape().rank() - 1;
        Value below = p.binary(x, p.reduce(x, Reduce.Kind.MAXIMUM, last), Function.SUBTRACT);
        Value sum = p.reduce(p.unary(below, Kind.EXPONENTIAL), Reduce.Kind.SUM, last);
        return p.binary(below, p.unary(sum, Kind.LOGARITHM), Function.SUBTRACT);
    }

    private static Value hardmax(Program p, Value x) {
        Value place = p.reduce(x, Reduce.Kind.PLACE_OF_MAXIMUM, x.shape().rank() - 1);
        float[] places = new float[x.columns()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        return p.binary(place, p.constant("places", Shape.of(places.length), places), Function.EQUAL);
    }

    private static void reductions(Map<String, Operator> all) {
        reduction(all, "ReduceSum", null, Reduce.Kind.SUM, null);
        reduction(all, "ReduceMean", null, Reduce.Kind.MEAN, null);
        reduction(all, "ReduceMax", null, Reduce.Kind.MAXIMUM, null);
        reduction(all, "ReduceMin", null, Reduce.Kind.MINIMUM, null);
        reduction(all, "ReduceProd", null, Reduce.Kind.PRODUCT, null);
        reduction(all, "ReduceL1", Kind.ABSOLUTE, Reduce.Kind.SUM, null);
        reduction(all, "ReduceLogSum", null, Reduce.Kind.SUM, Kind.LOGARITHM);
        all.put("ReduceSumSquare", (node, p) -> reduce(node, p, squares(p, p.value(node, 0)), Reduce.Kind.SUM, null));
        all.put(
                "ReduceL2",
                (node, p) -> reduce(node, p, squares(p, p.value(node, 0)), Reduce.Kind.SUM, Kind.SQUARE_ROOT));
        all.put("ReduceLogSumExp", MatrixOperators::logSumExp);
    }

    private static Value squares(Program p, Value x) {
        return p.binary(x, x, Function.MULTIPLY);
    }

    private static void reduction(Map<String, Operator> all, String name, Kind before, Reduce.Kind kind, Kind after) {
        all.put(name, (node, p) -> {
            Value x = p.value(node, 0);
            reduce(node, p, before == null ? x : p.unary(x, before), kind, after);
        });
    }

    private static void reduce(OnnxNode node, Program p, Value x, Reduce.Kind kind, Kind after) {
        int[] axes = axes(node, p, x.shape().rank());
        Value y = axes == null ? x : p.reduce(x, kind, axes);
        finish(node, p, after == null ? y : p.unary(y, after), axes, p.type(node, 0));
    }

    private static void logSumExp(OnnxNode node, Program p) {
        Value x = p.value(node, 0);
        int[] axes = axes(node, p, x.shape().rank());
        if (axes == null) {
            p.set(node, x);
            return;
        }
        Value largest = p.reduce(x, Reduce.Kind.MAXIMUM, axes);
        Value powers = p.unary(p.binary(x, largest, Function.SUBTRACT), Kind.EXPONENTIAL);
        Value logarithm = p.unary(p.reduce(powers, Reduce.Kind.SUM, axes), Kind.LOGARITHM);
        finish(node, p, p.binary(logarithm, largest, Function.ADD), axes, p.type(node, 0));
    }

    /** The axes that a node names, all when it names none; null when it says that none then means none. */
    private static int[] axes(OnnxNode node, Program p, int rank) {
        long[] given = p.integers(node, "axes", 1);
        if (given == null || given.length == 0) {
            return node.flag("noop_with_empty_axes", false)
                    ? null
                    : IntStream.range(0, rank).toArray();
        }
        return Arrays.stream(given)
                .mapToInt(axis -> Sizes.axis(axis, rank, node.label()))
                .toArray();
    }

    private static void finish(OnnxNode node, Program p, Value y, int[] axes, int type) {
        boolean kept = axes == null || node.flag("keepdims", true);
        p.set(node, 0, type, kept ? y : without(p, y, axes));
    }

    private static Value without(Program p, Value y, int... axes) {
        int[] dims = IntStream.range(0, y.shape().rank())
                .filter(i -> Arrays.stream(axes).noneMatch(axis -> axis == i))
                .map(i -> y.shape().dim(i))
                .toArray();
        return p.reshape(y, dims);
    }

    private static void place(OnnxNode node, Program p, Reduce.Kind kind) {
        Value x = p.value(node, 0);
        int axis = Sizes.axis(node.integer("axis", 0), x.shape().rank(), node.label());
        boolean last = node.flag("select_last_index", false);
        Value place = p.reduce(last ? MoveOperators.reversed(p, x, axis) : x, kind, axis);
        Value counted = last ? p.unary(place, Kind.AFFINE, -1, x.shape().dim(axis) - 1) : place;
        finish(node, p, counted, new int[] {axis}, OnnxTensor.INT64);
    }
}
