package conv4j.graph;

import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Joins two values element by element: {@code output[i] = f(a[i], b[i])}. Shapes broadcast as in NumPy: they are aligned
 * at their last axes, and an extent of 1 or a missing axis is repeated. An operand without a batch axis meets every item.
 *
 * @param a the first operand
 * @param b the second operand
 * @param output of the common shape, batched when an operand is
 * @param function f
 */
public record Binary(Value a, Value b, Value output, Function function) implements Operation {

    /** The axes that an operation may have. */
    public static final int MOST_AXES = 8;

    /** The functions of two numbers; NaN with anything is NaN, but for comparisons, where it is unlike everything. */
    public enum Function {
        /** {@code a + b}. */
        ADD,
        /** {@code a - b}. */
        SUBTRACT,
        /** {@code a * b}. */
        MULTIPLY,
        /** {@code a / b}. */
        DIVIDE,
        /** The larger one. */
        MAXIMUM,
        /** The smaller one. */
        MINIMUM,
        /** {@code a^b}; {@code a^0} and {@code 1^b} are 1, also with NaN. */
        POWER,
        /** {@code a} for {@code a >= 0}, else {@code a * b}. */
        PRELU,
        /** The slope of PRELU: 1 for {@code a >= 0}, else {@code b}. */
        PRELU_SLOPE,
        /** 1 where {@code a = b}, else 0. */
        EQUAL,
        /** 1 where {@code a < b}, else 0. */
        LESS,
        /** 1 where {@code a <= b}, else 0. */
        LESS_OR_EQUAL,
        /** {@code a} where {@code b} is not 0, else 0, whatever a is. */
        KEEP;

        /**
         * The function's value.
         *
         * @param a the first number
         * @param b the second number
         * @return f(a, b)
         */
        public double value(double a, double b) {
            return switch (this) {
                case ADD -> a + b;
                case SUBTRACT -> a - b;
                case MULTIPLY -> a * b;
                case DIVIDE -> a / b;
                case MAXIMUM -> Math.max(a, b);
                case MINIMUM -> Math.min(a, b);
                    // As C, NumPy and IEEE 754 have it; Java's power is NaN there.
                case POWER -> a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
                case PRELU -> a < 0 ? a * b : a;
                case PRELU_SLOPE -> a < 0 ? b : 1;
                case EQUAL -> a == b ? 1 : 0;
                case LESS -> a < b ? 1 : 0;
                case LESS_OR_EQUAL -> a <= b ? 1 : 0;
                case KEEP -> b == 0 ? 0 : a;
            };
        }
    }

    public Binary {
        Check.shape("output", output, broadcast(a.shape(), b.shape()));
        if (output.batched() != (a.batched() || b.batched())) {
            throw new IllegalArgumentException(output + " must have a batch axis when " + a + " or " + b + " has one");
        }
        if (output.shape().rank() > MOST_AXES) {
            throw new IllegalArgumentException(output + " has more than " + MOST_AXES + " axes");
        }
    }

    /**
     * The shape that two operands have together.
     *
     * @param a one shape
     * @param b another shape
     * @return the common shape
     * @throws IllegalArgumentException when two extents differ and neither is 1
     */
    public static Shape broadcast(Shape a, Shape b) {
        int rank = Math.max(a.rank(), b.rank());
        int[] dims = new int[rank];
        for (int i = 0; i < rank; i++) {
            int left = extent(a, i - rank + a.rank());
            int right = extent(b, i - rank + b.rank());
            if (left != right && left != 1 && right != 1) {
                throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast: " + left + " and "
                        + right + " differ, and neither is 1; bring them to fitting sizes first");
            }
            dims[i] = left == 1 ? right : left;
        }
        return Shape.of(dims);
    }

    private static int extent(Shape shape, int axis) {
        return axis < 0 ? 1 : shape.dim(axis);
    }

    /**
     * How the operands are walked through, neighbouring axes joined where both operands allow it.
     *
     * @param extents of the output's item, outermost first
     * @param a elements of a from one position to the next, 0 where it is repeated
     * @param b elements of b from one position to the next, 0 where it is repeated
     */
    public record Walk(int[] extents, int[] a, int[] b) {}

    /**
     * How the operands are walked through.
     *
     * @return at least one axis
     */
    public Walk walk() {
        int rank = output.shape().rank();
        int[] strideA = strides(a.shape(), rank);
        int[] strideB = strides(b.shape(), rank);
        List<int[]> joined = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            int extent = output.shape().dim(i);
            int[] last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (extent == 1) {
                continue;
            }
            if (last != null && last[1] == strideA[i] * extent && last[2] == strideB[i] * extent) {
                last[0] *= extent;
                last[1] = strideA[i];
                last[2] = strideB[i];
            } else {
                joined.add(new int[] {extent, strideA[i], strideB[i]});
            }
        }
        if (joined.isEmpty()) {
            joined.add(new int[] {1, 0, 0});
        }
        return new Walk(column(joined, 0), column(joined, 1), column(joined, 2));
    }

    private static int[] column(List<int[]> rows, int index) {
        return rows.stream().mapToInt(row -> row[index]).toArray();
    }

    private static int[] strides(Shape shape, int rank) {
        int[] strides = new int[rank];
        int stride = 1;
        for (int i = shape.rank() - 1; i >= 0; i--) {
            strides[i + rank - shape.rank()] = shape.dim(i) == 1 ? 0 : stride;
            stride *= shape.dim(i);
        }
        return strides;
    }

    @Override
    public List<Value> inputs() {
        return List.of(a, b);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.binary(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        Value upstream = gradients.of(output);
        if (gradients.wants(a)) {
            pass(gradients, a, gradientOfA(gradients, upstream));
        }
        if (gradients.wants(b)) {
            pass(gradients, b, gradientOfB(gradients, upstream));
        }
    }

    private Value gradientOfA(Gradients gradients, Value upstream) {
        return switch (function) {
            case ADD, SUBTRACT -> upstream;
            case MULTIPLY -> emit(gradients, upstream, b, Function.MULTIPLY);
            case DIVIDE -> emit(gradients, upstream, b, Function.DIVIDE);
            case MAXIMUM -> emit(gradients, upstream, emit(gradients, b, a, Function.LESS_OR_EQUAL), Function.MULTIPLY);
            case MINIMUM -> emit(gradients, upstream, emit(gradients, a, b, Function.LESS_OR_EQUAL), Function.MULTIPLY);
            case POWER -> {
                Value less = b.like(b.name() + " - 1");
                gradients.emit(new Unary(b, less, new UnaryFunction(UnaryFunction.Kind.AFFINE, 1, -1)));
                Value slope = emit(gradients, emit(gradients, a, less, Function.POWER), b, Function.MULTIPLY);
                yield emit(gradients, upstream, slope, Function.MULTIPLY);
            }
            case PRELU -> emit(gradients, upstream, emit(gradients, a, b, Function.PRELU_SLOPE), Function.MULTIPLY);
            case KEEP -> emit(gradients, upstream, b, Function.KEEP);
            case PRELU_SLOPE, EQUAL, LESS, LESS_OR_EQUAL -> null;
        };
    }

    private Value gradientOfB(Gradients gradients, Value upstream) {
        return switch (function) {
            case ADD -> upstream;
            case SUBTRACT -> Unary.scaled(gradients, upstream, -1);
            case MULTIPLY -> emit(gradients, upstream, a, Function.MULTIPLY);
            case DIVIDE -> {
                Value product = emit(gradients, upstream, output, Function.MULTIPLY);
                yield Unary.scaled(gradients, emit(gradients, product, b, Function.DIVIDE), -1);
            }
            case MAXIMUM -> emit(gradients, upstream, emit(gradients, a, b, Function.LESS), Function.MULTIPLY);
            case MINIMUM -> emit(gradients, upstream, emit(gradients, b, a, Function.LESS), Function.MULTIPLY);
            case POWER -> {
                Value logarithm = a.like("log of " + a.name());
                gradients.emit(new Unary(a, logarithm, UnaryFunction.of(UnaryFunction.Kind.LOGARITHM)));
                Value product = emit(gradients, upstream, output, Function.MULTIPLY);
                yield emit(gradients, product, logarithm, Function.MULTIPLY);
            }
            case PRELU -> {
                Value below = a.like("negative part of " + a.name());
                UnaryFunction clip = new UnaryFunction(UnaryFunction.Kind.CLIP, Float.NEGATIVE_INFINITY, 0);
                gradients.emit(new Unary(a, below, clip));
                yield emit(gradients, upstream, below, Function.MULTIPLY);
            }
            case PRELU_SLOPE, EQUAL, LESS, LESS_OR_EQUAL, KEEP -> null;
        };
    }

    private static Value emit(Gradients gradients, Value left, Value right, Function function) {
        Shape shape = broadcast(left.shape(), right.shape());
        String name = function + " of " + left.name() + " and " + right.name();
        Value result = (left.batched() ? left : right).like(name, shape);
        gradients.emit(new Binary(left, right, result, function));
        return result;
    }

    /** Passes to an operand what flows back to its repetitions, added up. */
    private static void pass(Gradients gradients, Value operand, Value gradient) {
        if (gradient == null) {
            return;
        }
        Value sum = sumOfRepeated(gradients, operand.shape(), gradient);
        if (gradient.batched() && !operand.batched()) {
            Value flat = view(gradients, sum, Shape.of(operand.shape().size()));
            Value total = operand.like("gradient of " + operand.name(), flat.shape());
            gradients.emit(new ColumnSums(flat, total));
            sum = total;
        }
        gradients.pass(operand, view(gradients, sum, operand.shape()));
    }

    /** Sums over the axes along which a shape was repeated. */
    private static Value sumOfRepeated(Gradients gradients, Shape shape, Value gradient) {
        int rank = gradient.shape().rank();
        int[] kept = new int[rank];
        int count = 0;
        int[] repeated = new int[rank];
        int others = 0;
        for (int i = 0; i < rank; i++) {
            if (extent(shape, i - rank + shape.rank()) == gradient.shape().dim(i)) {
                kept[count++] = i;
            } else {
                repeated[others++] = i;
            }
        }
        if (others == 0) {
            return gradient;
        }
        int[] order = Arrays.copyOf(kept, rank);
        System.arraycopy(repeated, 0, order, count, others);
        Value moved = Rearrange.transposed(gradients::emit, gradient, order);
        Value rows = view(gradients, moved, Shape.of(shape.size(), moved.shape().size() / shape.size()));
        Value sum = gradient.like("sum of " + gradient.name(), Shape.of(shape.size()));
        gradients.emit(new Reduce(rows, sum, Reduce.Kind.SUM));
        return sum;
    }

    /** A value under another shape. */
    static Value view(Gradients gradients, Value value, Shape shape) {
        if (value.shape().equals(shape)) {
            return value;
        }
        Value view = value.reshaped(value.name(), shape);
        gradients.emit(new Reshape(value, view));
        return view;
    }
}
