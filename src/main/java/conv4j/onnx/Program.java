package conv4j.onnx;

import conv4j.files.FileFormatException;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Binary;
import conv4j.graph.Concatenate;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.Operation;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.Reshape;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An ONNX graph that becomes operations of conv4j, every ONNX tensor being one value without a batch axis, in ONNX' own
 * order of axes. What is known while the graph is built, such as shapes and axes, stays on the host.
 */
final class Program {

    /** A tensor of the ONNX graph: its numbers where they are known, its value on the device once something reads it. */
    private static final class Item {
        private final int type;
        private final OnnxTensor known;
        private final boolean constant;
        private Value value;

        Item(int type, OnnxTensor known, boolean constant, Value value) {
            this.type = type;
            this.known = known;
            this.constant = constant;
            this.value = value;
        }
    }

    private final int opset;
    private final Graph graph = new Graph();
    private final Map<String, Item> items = new LinkedHashMap<>();
    private final Map<Value, float[]> uploads = new IdentityHashMap<>();

    Program(int opset) {
        this.opset = opset;
    }

    int opset() {
        return opset;
    }

    Graph graph() {
        return graph;
    }

    /** What must be written to the device before the graph runs. */
    Map<Value, float[]> uploads() {
        return uploads;
    }

    /** Gives the graph a tensor; a constant is one that is the same in every run. */
    void give(String name, OnnxTensor tensor, boolean constant) {
        items.put(name, new Item(tensor.type(), tensor, constant, null));
    }

    private Item item(OnnxNode node, int input) {
        if (!node.has(input)) {
            throw new FileFormatException(node.label() + " needs an input " + input + ", which is missing");
        }
        return items.get(node.inputs().get(input));
    }

    /** An input on the device. */
    Value value(OnnxNode node, int input) {
        item(node, input);
        return value(node.inputs().get(input));
    }

    Value value(String name) {
        Item item = items.get(name);
        if (item.value == null) {
            item.value = constant(
                    name, item.known.dims().length == 0 ? Shape.SCALAR : shape(item.known), item.known.toFloats());
        }
        return item.value;
    }

    private static Shape shape(OnnxTensor tensor) {
        if (tensor.size() == 0) {
            throw new Unsupported("an empty tensor, '" + tensor.name() + "' " + tensor);
        }
        return tensor.shape();
    }

    /** Numbers that are written to the device before the first run. */
    Value constant(String name, Shape shape, float... numbers) {
        Value value = Value.parameter(name, shape);
        uploads.put(value, numbers);
        return value;
    }

    int type(OnnxNode node, int input) {
        return item(node, input).type;
    }

    /** The numbers of an input that says how to compute and must therefore be known beforehand. */
    OnnxTensor known(OnnxNode node, int input) {
        OnnxTensor known = item(node, input).known;
        if (known == null) {
            throw new Unsupported("'" + node.inputs().get(input)
                    + "' computed from data, which must be known when the graph is built");
        }
        return known;
    }

    /** The numbers of a tensor, or null when the device computes them. */
    OnnxTensor known(String name) {
        return items.get(name).known;
    }

    /** Whether all of a node's inputs are whole numbers that never change. */
    boolean isShapeArithmetic(OnnxNode node) {
        return !node.inputs().isEmpty()
                && IntStream.range(0, node.inputs().size())
                        .filter(node::has)
                        .mapToObj(input -> item(node, input))
                        .allMatch(item -> item.constant && item.known != null && !item.known.isFloating());
    }

    /** The extents of an input, wherever it is. */
    int[] dims(OnnxNode node, int input) {
        Item item = item(node, input);
        return item.value != null ? item.value.shape().toArray() : item.known.dims();
    }

    /** Whole numbers from an attribute or, in newer versions of an operator, from an input; null when neither is given. */
    long[] integers(OnnxNode node, String attribute, int input) {
        if (node.has(attribute)) {
            return node.integers(attribute);
        }
        return node.has(input) ? wholeNumbers(node, input) : null;
    }

    long[] wholeNumbers(OnnxNode node, int input) {
        OnnxTensor known = known(node, input);
        if (known.isFloating()) {
            throw new FileFormatException(
                    node.label() + ": input '" + node.inputs().get(input) + "' must be whole numbers, but is " + known);
        }
        return known.longs();
    }

    /** One number that must be known beforehand. */
    float number(OnnxNode node, int input) {
        OnnxTensor known = known(node, input);
        if (known.size() != 1) {
            throw new FileFormatException(
                    node.label() + ": input '" + node.inputs().get(input) + "' must be one number, but is " + known);
        }
        return known.toFloats()[0];
    }

    /** Says what an output is. */
    void set(OnnxNode node, int output, int type, Value value) {
        if (node.writes(output)) {
            items.put(node.outputs().get(output), new Item(type, null, false, value));
        }
    }

    /** Says what the only output is, of the first input's type. */
    void set(OnnxNode node, Value value) {
        set(node, 0, type(node, 0), value);
    }

    /** Says that an output is known. */
    void set(OnnxNode node, OnnxTensor known) {
        String name = node.outputs().get(0);
        items.put(name, new Item(known.type(), known.renamed(name), true, null));
    }

    /** Says that an output is an input. */
    void same(OnnxNode node, int input, int output) {
        if (node.writes(output)) {
            items.put(node.outputs().get(output), item(node, input));
        }
    }

    // What operators are made of.

    void add(Operation operation) {
        graph.add(operation);
    }

    static Value result(String name, int... dims) {
        return Value.unbatched(name, Shape.of(dims));
    }

    Value unary(Value x, UnaryFunction.Kind kind) {
        return unary(x, kind, 0, 0);
    }

    Value unary(Value x, UnaryFunction.Kind kind, float alpha, float beta) {
        Value y = x.like(kind + " of " + x.name());
        add(new Unary(x, y, new UnaryFunction(kind, alpha, beta)));
        return y;
    }

    Value activate(Value x, Activation function) {
        Value y = x.like(function.kind() + " of " + x.name());
        add(new Activate(x, y, function));
        return y;
    }

    Value binary(Value a, Value b, Binary.Function function) {
        Value y = a.like(function + " of " + a.name(), Binary.broadcast(a.shape(), b.shape()));
        Value result = Value.unbatched(y.name(), y.shape());
        add(new Binary(a, b, result, function));
        return result;
    }

    Value number(float number) {
        return constant(Float.toString(number), Shape.SCALAR, number);
    }

    Value transpose(Value x, int... order) {
        return Rearrange.transposed(this::add, x, order);
    }

    Value reshape(Value x, int... dims) {
        Shape shape = Shape.of(dims);
        if (x.shape().equals(shape)) {
            return x;
        }
        Value view = x.reshaped(x.name(), shape);
        add(new Reshape(x, view));
        return view;
    }

    Value rearrange(Value x, int[] dims, List<Rearrange.Axis> axes, Rearrange.Outside outside, float fill) {
        Value y = result(x.name() + " rearranged", dims);
        add(new Rearrange(x, y, axes, outside, fill));
        return y;
    }

    /** Repeats a value to a shape that it broadcasts to. */
    Value expand(Value x, int... dims) {
        int rank = x.shape().rank();
        int added = dims.length - rank;
        boolean same = added == 0;
        Rearrange.Axis[] axes = new Rearrange.Axis[dims.length];
        for (int i = 0; i < dims.length; i++) {
            boolean repeated = i < added || x.shape().dim(i - added) != dims[i];
            axes[i] = Rearrange.Axis.whole(repeated ? Rearrange.Axis.REPEATED : i - added);
            same &= !repeated;
        }
        return same ? x : rearrange(x, dims, List.of(axes), Rearrange.Outside.FILL, 0);
    }

    /** One number for all positions along some axes, which stay as axes of one position. */
    Value reduce(Value x, Reduce.Kind kind, int... axes) {
        int rank = x.shape().rank();
        boolean[] reduced = new boolean[rank];
        for (int axis : axes) {
            reduced[axis] = true;
        }
        int[] dims = x.shape().toArray();
        int columns = 1;
        for (int axis = 0; axis < rank; axis++) {
            columns *= reduced[axis] ? dims[axis] : 1;
            dims[axis] = reduced[axis] ? 1 : dims[axis];
        }
        int[] order = IntStream.concat(
                        IntStream.range(0, rank).filter(axis -> !reduced[axis]),
                        IntStream.range(0, rank).filter(axis -> reduced[axis]))
                .toArray();
        Value rows = reshape(transpose(x, order), x.shape().size() / columns, columns);
        Value y = result(kind + " of " + x.name(), rows.shape().dim(0));
        add(new Reduce(rows, y, kind));
        return reshape(y, dims);
    }

    /** The product of two matrices. */
    Value product(Value a, Value b, boolean transposeA, boolean transposeB) {
        int rows = a.shape().dim(transposeA ? 1 : 0);
        int columns = b.shape().dim(transposeB ? 0 : 1);
        Value y = result("product of " + a.name(), rows, columns);
        add(new MatMul(a, b, null, y, transposeA, transposeB, Activation.LINEAR));
        return y;
    }

    Value concatenate(List<Value> parts, int axis) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        int extent = parts.stream().mapToInt(part -> part.shape().dim(axis)).sum();
        Value whole = result("joined", parts.get(0).shape().with(axis, extent).toArray());
        add(new Concatenate(parts, whole, axis));
        return whole;
    }

    List<Value> split(Value whole, int axis, int... extents) {
        if (extents.length == 1) {
            return List.of(whole);
        }
        if (Arrays.stream(extents).anyMatch(extent -> extent < 1)) {
            throw new Unsupported("parts without elements");
        }
        List<Value> parts = Arrays.stream(extents)
                .mapToObj(extent ->
                        Value.unbatched("part of " + whole.name(), whole.shape().with(axis, extent)))
                .toList();
        add(new Concatenate.Split(whole, parts, axis));
        return parts;
    }

    /** Parts of one position each along the first axis, which they are without. */
    List<Value> slices(Value whole) {
        int count = whole.shape().dim(0);
        int[] ones = new int[count];
        Arrays.fill(ones, 1);
        int[] rest =
                Arrays.copyOfRange(whole.shape().toArray(), 1, whole.shape().rank());
        return split(whole, 0, ones).stream().map(part -> reshape(part, rest)).toList();
    }

    /** The opposite of {@link #slices}. */
    Value stacked(List<Value> slices) {
        int[] dims = slices.get(0).shape().toArray();
        int[] one = new int[dims.length + 1];
        one[0] = 1;
        System.arraycopy(dims, 0, one, 1, dims.length);
        return concatenate(slices.stream().map(slice -> reshape(slice, one)).toList(), 0);
    }
}
