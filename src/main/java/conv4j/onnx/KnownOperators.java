package conv4j.onnx;

import conv4j.files.FileFormatException;
import java.util.Arrays;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/** What is computed on the host while a graph is built: constants, shapes, and the arithmetic of whole numbers on them. */
final class KnownOperators {

    /** Constants that a node describes by their extents alone must stay below this, whatever a file says. */
    private static final int MOST_ELEMENTS = 1 << 26;

    private KnownOperators() {}

    static void addTo(Map<String, Operator> all) {
        all.put("Constant", KnownOperators::constant);
        all.put("ConstantOfShape", KnownOperators::constantOfShape);
        all.put("Shape", (node, p) -> {
            int[] dims = p.dims(node, 0);
            int start = position(node.integer("start", 0), dims.length);
            int end = Math.max(start, position(node.integer("end", dims.length), dims.length));
            long[] part = Arrays.stream(Arrays.copyOfRange(dims, start, end))
                    .asLongStream()
                    .toArray();
            p.set(node, OnnxTensor.of("", part, part.length));
        });
        all.put(
                "Size",
                (node, p) -> p.set(node, OnnxTensor.of("", new long[] {Sizes.product(p.dims(node, 0), node.label())})));
        all.put("Cast", KnownOperators::cast);
        all.put("Range", KnownOperators::range);
    }

    /** Does what can be done with whole numbers on the host; false for other operators. */
    static boolean fold(OnnxNode node, Program p) {
        LongBinaryOperator function = arithmetic(node.operator());
        if (function != null) {
            p.set(node, pair(node, p, function));
            return true;
        }
        switch (node.operator()) {
            case "Gather" -> p.set(node, gathered(node, p));
            case "Concat" -> p.set(node, joined(node, p));
            case "Slice" -> p.set(node, sliced(node, p));
            case "Squeeze" -> {
                OnnxTensor x = p.known(node, 0);
                p.set(node, x.reshaped(ShapeOperators.squeezed(node, x.dims(), p.integers(node, "axes", 1))));
            }
            case "Unsqueeze" -> {
                OnnxTensor x = p.known(node, 0);
                p.set(node, x.reshaped(ShapeOperators.unsqueezed(node, x.dims(), p.integers(node, "axes", 1))));
            }
            case "Reshape" -> {
                OnnxTensor x = p.known(node, 0);
                p.set(node, x.reshaped(ShapeOperators.reshaped(node, x.dims(), p.wholeNumbers(node, 1), false)));
            }
            case "ReduceProd" -> {
                OnnxTensor x = list(node, p.known(node, 0));
                long[] product = {Arrays.stream(x.longs()).reduce(1, (a, b) -> a * b)};
                int[] dims = node.flag("keepdims", true) ? new int[] {1} : new int[0];
                p.set(node, new OnnxTensor("", x.type(), dims, null, product));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static LongBinaryOperator arithmetic(String operator) {
        return switch (operator) {
            case "Add" -> Long::sum;
            case "Sub" -> (a, b) -> a - b;
            case "Mul" -> (a, b) -> a * b;
            case "Div" -> (a, b) -> {
                if (b == 0) {
                    throw new FileFormatException("a shape is divided by 0");
                }
                return a / b;
            };
            default -> null;
        };
    }

    private static OnnxTensor pair(OnnxNode node, Program p, LongBinaryOperator function) {
        OnnxTensor a = p.known(node, 0);
        OnnxTensor b = p.known(node, 1);
        if (a.size() != b.size() && a.size() != 1 && b.size() != 1 || Math.max(a.dims().length, b.dims().length) > 1) {
            throw new Unsupported("arithmetic of " + a + " and " + b + " on the host");
        }
        OnnxTensor longer = a.size() >= b.size() ? a : b;
        long[] result = new long[longer.size()];
        for (int i = 0; i < result.length; i++) {
            long value = function.applyAsLong(a.longs()[a.size() == 1 ? 0 : i], b.longs()[b.size() == 1 ? 0 : i]);
            result[i] = OnnxTensor.wrapped(value, a.type());
        }
        return new OnnxTensor("", a.type(), longer.dims(), null, result);
    }

    private static OnnxTensor list(OnnxNode node, OnnxTensor x) {
        if (x.dims().length != 1) {
            throw new Unsupported(node.operator() + " of " + x + " on the host");
        }
        return x;
    }

    private static OnnxTensor gathered(OnnxNode node, Program p) {
        OnnxTensor x = list(node, p.known(node, 0));
        OnnxTensor indices = p.known(node, 1);
        long[] result = Arrays.stream(indices.longs())
                .map(index -> x.longs()[Sizes.axis(index, x.size(), node.label())])
                .toArray();
        return new OnnxTensor("", x.type(), indices.dims(), null, result);
    }

    private static OnnxTensor joined(OnnxNode node, Program p) {
        long[] result = new long[0];
        for (int i = 0; i < node.inputs().size(); i++) {
            long[] part = list(node, p.known(node, i)).longs();
            int at = result.length;
            result = Arrays.copyOf(result, at + part.length);
            System.arraycopy(part, 0, result, at, part.length);
        }
        return new OnnxTensor("", p.type(node, 0), new int[] {result.length}, null, result);
    }

    private static OnnxTensor sliced(OnnxNode node, Program p) {
        OnnxTensor x = list(node, p.known(node, 0));
        long[] starts = p.integers(node, "starts", 1);
        long[] ends = p.integers(node, "ends", 2);
        if (starts.length != 1 || node.has(4) && p.wholeNumbers(node, 4)[0] != 1) {
            throw new Unsupported("a slice with steps of a shape");
        }
        int start = position(starts[0], x.size());
        int end = Math.max(start, position(ends[0], x.size()));
        long[] part = Arrays.copyOfRange(x.longs(), start, end);
        return new OnnxTensor("", x.type(), new int[] {part.length}, null, part);
    }

    /** A position counted from the front and held inside. */
    private static int position(long given, int size) {
        return (int) Math.max(0, Math.min(given < 0 ? given + size : given, size));
    }

    private static void constant(OnnxNode node, Program p) {
        OnnxTensor tensor = node.tensor("value");
        if (tensor == null && node.has("value_float")) {
            tensor = OnnxTensor.of("", new float[] {node.real("value_float", 0)});
        } else if (tensor == null && node.has("value_floats")) {
            float[] values = node.reals("value_floats");
            tensor = OnnxTensor.of("", values, values.length);
        } else if (tensor == null && node.has("value_int")) {
            tensor = OnnxTensor.of("", new long[] {node.integer("value_int", 0)});
        } else if (tensor == null && node.has("value_ints")) {
            long[] values = node.integers("value_ints");
            tensor = OnnxTensor.of("", values, values.length);
        }
        if (tensor == null) {
            throw new Unsupported("a constant that is no tensor of numbers");
        }
        p.set(node, tensor);
    }

    private static void constantOfShape(OnnxNode node, Program p) {
        int[] dims = Sizes.checked(p.wholeNumbers(node, 0), node.label());
        int size = limited(Sizes.product(dims, node.label()));
        OnnxTensor value = node.tensor("value");
        if (value != null && value.size() != 1) {
            throw new FileFormatException(node.label() + ": attribute 'value' must be one number, but is " + value);
        }
        if (value != null && !value.isFloating()) {
            long[] values = new long[size];
            Arrays.fill(values, value.longs()[0]);
            p.set(node, new OnnxTensor("", value.type(), dims, null, values));
        } else {
            float[] values = new float[size];
            Arrays.fill(values, value == null ? 0 : value.floats()[0]);
            p.set(node, OnnxTensor.of("", values, dims));
        }
    }

    /** A number of elements that is not out of all proportion. */
    static int limited(long size) {
        if (size > MOST_ELEMENTS) {
            throw new Unsupported("a constant of " + size + " elements that is not in the file");
        }
        return (int) size;
    }

    private static void cast(OnnxNode node, Program p) {
        int type = node.size("to", OnnxTensor.FLOAT);
        OnnxTensor known = p.known(node.inputs().get(0));
        if (known != null && p.isShapeArithmetic(node)) {
            boolean floating = OnnxTensor.isFloating(type);
            long[] longs = Arrays.stream(known.longs())
                    .map(value -> OnnxTensor.wrapped(value, type))
                    .toArray();
            p.set(
                    node,
                    floating
                            ? new OnnxTensor("", type, known.dims(), known.toFloats(), null)
                            : new OnnxTensor("", type, known.dims(), null, longs));
        } else if (type == OnnxTensor.FLOAT && p.type(node, 0) != OnnxTensor.FLOAT16) {
            p.set(node, 0, type, p.value(node, 0));
        } else {
            throw new Unsupported("a cast to " + OnnxTensor.typeName(type));
        }
    }

    private static void range(OnnxNode node, Program p) {
        OnnxTensor start = p.known(node, 0);
        if (start.isFloating()) {
            throw new Unsupported("a range of floating-point numbers");
        }
        long first = start.longs()[0];
        long end = p.wholeNumbers(node, 1)[0];
        long step = p.wholeNumbers(node, 2)[0];
        if (step == 0) {
            throw new FileFormatException(node.label() + ": a step of 0 leads nowhere");
        }
        int size = limited(Math.max(0, (end - first + step - Long.signum(step)) / step));
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = first + i * step;
        }
        p.set(node, new OnnxTensor("", start.type(), new int[] {size}, null, values));
    }
}
