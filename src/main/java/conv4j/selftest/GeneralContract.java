package conv4j.selftest;

import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.Binary;
import conv4j.graph.Rearrange;
import conv4j.graph.Rearrange.Axis;
import conv4j.graph.Rearrange.Outside;
import conv4j.graph.Reduce;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;

/** Functions of one and of two numbers, moving along axes, reducing rows. */
final class GeneralContract extends Contract {

    private static final int MANY = 5000;

    GeneralContract(Subject subject) {
        super("general", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("functions of one number keep their bounds", this::functionsOfOneNumberKeepTheirBounds),
                check("their derivatives keep their bounds", this::theirDerivativesKeepTheirBounds),
                check("functions of one number cover any size", this::functionsOfOneNumberCoverAnySize),
                check("a function of not a number is not a number", this::aFunctionOfNotANumberIsNotANumber),
                check("infinity goes through the functions", this::infinityGoesThroughTheFunctions),
                check("functions of two numbers broadcast exactly", this::functionsOfTwoNumbersBroadcastExactly),
                check("quotients and powers keep their bounds", this::quotientsAndPowersKeepTheirBounds),
                check("functions of two numbers pass on not a number", this::functionsOfTwoNumbersPassOnNotANumber),
                check("axes move exactly", this::axesMoveExactly),
                check("padding follows its rule", this::paddingFollowsItsRule),
                check("rows reduce exactly", this::rowsReduceExactly),
                check("sums and products of rows keep their bounds", this::sumsAndProductsOfRowsKeepTheirBounds),
                check("reductions of not a number and infinity", this::reductionsOfNotANumberAndInfinity));
    }

    static Value items(String name, int... shape) {
        return Value.activation(name, Shape.of(shape));
    }

    /** Every function, with parameters that bend it at whole numbers. */
    static List<UnaryFunction> functions() {
        List<UnaryFunction> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.add(
                    switch (kind) {
                        case CLIP -> new UnaryFunction(kind, -2, 3);
                        case HARD_SIGMOID -> new UnaryFunction(kind, 0.25f, 0.5f);
                        case AFFINE -> new UnaryFunction(kind, -3, 2);
                        case SHRINK -> new UnaryFunction(kind, 1.5f, 1);
                        case CELU, SCALED_ELU, THRESHOLDED_RELU -> new UnaryFunction(kind, 2, 1.5f);
                        default -> UnaryFunction.of(kind);
                    });
        }
        all.add(new UnaryFunction(Kind.CLIP, Float.NEGATIVE_INFINITY, 0));
        all.add(new UnaryFunction(Kind.AFFINE, 1, 0.5f));
        return all;
    }

    /**
     * A bound of a function's error, its argument being exact. OpenCL 1.2 (section 7.4) asks for at most 16 units in the
     * last place of any of these functions; where a formula adds or subtracts, the error is relative to its terms.
     */
    private static double bound(UnaryFunction f, double x, double y) {
        double terms = Math.abs(y);
        if (f.kind() == Kind.AFFINE || f.kind() == Kind.HARD_SIGMOID) {
            terms += Math.abs(f.alpha() * x) + Math.abs(f.beta());
        } else if (f.kind() == Kind.CELU || f.kind() == Kind.SCALED_ELU) {
            terms += Math.abs(f.alpha() * f.beta()) + Math.abs(f.alpha());
        } else if (f.kind() == Kind.HARD_SWISH || f.kind() == Kind.MISH || f.kind() == Kind.SHRINK) {
            terms += Math.abs(x) + Math.abs(f.beta());
        }
        return 40 * Numbers.UNIT * terms + Numbers.SMALLEST * (1 + Math.abs(x));
    }

    /** Arguments from tiny to large, of both signs, and whole numbers. */
    private static float[] arguments(Kind kind) {
        // Beyond this the sine of a float says nothing about the angle that was meant.
        int largest = kind == Kind.SINE || kind == Kind.COSINE || kind == Kind.TANGENT ? 3 : 6;
        float[] x = new float[2 * 64 + 11];
        for (int i = 0; i < 64; i++) {
            x[2 * i] = (float) Math.scalb(1 + i / 64.0, i * (12 + largest) / 64 - 12);
            x[2 * i + 1] = -x[2 * i];
        }
        for (int i = 0; i < 11; i++) {
            x[128 + i] = i - 5;
        }
        return x;
    }

    private void functionsOfOneNumberKeepTheirBounds() {
        each(functions(), f -> {
            float[] x = arguments(f.kind());
            Unary operation = new Unary(items("x", x.length), items("y", x.length), f);
            Trial.of(f, operation, 1, 2)
                    .put(operation.input(), x)
                    .assertWithin(subject(), (v, i, want) -> bound(f, x[i], want));
        });
    }

    private void theirDerivativesKeepTheirBounds() {
        each(functions(), f -> {
            float[] x = arguments(f.kind());
            float[] ones = new float[x.length];
            java.util.Arrays.fill(ones, 1);
            Value dy = items("dy", x.length);
            Unary.Gradient operation = new Unary.Gradient(dy, items("x", x.length), items("dx", x.length), f);
            Trial.of(f, operation, 1, 2)
                    .put(dy, ones)
                    .put(operation.input(), x)
                    .assertWithin(subject(), (v, i, want) -> slopeBound(f, x[i], want));
        });
    }

    /** As {@link #bound}; exponents and 1 - x carry the argument's size into the error. */
    private static double slopeBound(UnaryFunction f, double x, double slope) {
        double terms = Math.abs(slope) * (2 + x * x);
        if (f.kind() == Kind.SOFTSIGN || f.kind() == Kind.HARD_SWISH || f.kind() == Kind.MISH) {
            terms += 1 + Math.abs(x);
        }
        return 40 * Numbers.UNIT * terms + Numbers.SMALLEST * (1 + Math.abs(x));
    }

    private void functionsOfOneNumberCoverAnySize() {
        UnaryFunction f = new UnaryFunction(Kind.CLIP, -20, 30);
        List<Integer> sizes = new ArrayList<>(List.of(MANY));
        for (int size : Numbers.EDGES) {
            sizes.add(size);
        }
        each(sizes, size -> {
            Unary operation = new Unary(items("x", size), items("y", size), f);
            Trial.of(size, operation, 3, 4).integers(random(), 50).assertExact(subject());
            Unary.Gradient gradient = new Unary.Gradient(items("dy", size), items("x", size), items("dx", size), f);
            Trial.of(size, gradient, 3, 4).integers(random(), 50).assertExact(subject());
        });
        Value weights = Value.parameter("weights", Shape.of(5, 7));
        Unary unbatched = new Unary(weights, weights.like("y"), f);
        Trial.of("unbatched", unbatched, 3, 4).integers(random(), 50).assertExact(subject());
    }

    private void aFunctionOfNotANumberIsNotANumber() {
        each(functions(), f -> {
            Unary operation = new Unary(items("x", 3), items("y", 3), f);
            Trial.of(f, operation, 1, 1)
                    .put(operation.input(), 1, Float.NaN, 2)
                    .assertWithin(subject(), (v, i, want) -> bound(f, i + 1, want));
        });
    }

    private void infinityGoesThroughTheFunctions() {
        each(functions(), f -> {
            Unary operation = new Unary(items("x", 2), items("y", 2), f);
            Trial.of(f, operation, 1, 1)
                    .put(operation.input(), Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY)
                    .assertWithin(subject(), (v, i, want) -> 40 * Numbers.UNIT * (Math.abs(want) + 4));
        });
    }

    /** Shapes of a, of b, and 1 where only the first has a batch axis. */
    private static List<Object[]> broadcasts() {
        return List.of(
                pair(new int[] {2, 3, 4}, new int[] {2, 3, 4}),
                pair(new int[] {2, 3, 4}, new int[] {4}),
                pair(new int[] {2, 3, 4}, new int[] {3, 1}),
                pair(new int[] {2, 3, 4}, new int[] {2, 1, 4}),
                pair(new int[] {2, 1, 4}, new int[] {5, 1, 3, 1}),
                pair(new int[] {2, 3, 4}, new int[] {}),
                pair(new int[] {}, new int[] {65}),
                pair(new int[] {1, 1, 1}, new int[] {1}),
                pair(new int[] {2, 1, 2, 1, 2, 1, 2, 1}, new int[] {1, 2, 1, 2, 1, 2, 1, 2}),
                pair(new int[] {MANY}, new int[] {MANY}),
                pair(new int[] {9, 700}, new int[] {9, 1}),
                pair(new int[] {3, 33, 17}, new int[] {33, 1}));
    }

    static Object[] pair(int[] a, int[] b) {
        return new Object[] {a, b};
    }

    static Binary binary(Object[] shapes, boolean batchedB, Binary.Function function) {
        Value a = items("a", (int[]) shapes[0]);
        Shape shape = Shape.of((int[]) shapes[1]);
        Value b = batchedB ? Value.activation("b", shape) : Value.parameter("b", shape);
        return new Binary(a, b, a.like("y", Binary.broadcast(a.shape(), b.shape())), function);
    }

    private void functionsOfTwoNumbersBroadcastExactly() {
        each(broadcasts(), shapes -> {
            for (Binary.Function function : Binary.Function.values()) {
                if (function != Binary.Function.DIVIDE && function != Binary.Function.POWER) {
                    for (boolean batched : new boolean[] {true, false}) {
                        Binary operation = binary(shapes, batched, function);
                        Trial.of(function + " " + operation.a() + " " + operation.b(), operation, 2, 3)
                                .integers(random(), 5)
                                .assertExact(subject());
                    }
                }
            }
        });
    }

    private void quotientsAndPowersKeepTheirBounds() {
        for (Binary.Function function : List.of(Binary.Function.DIVIDE, Binary.Function.POWER)) {
            Binary operation = binary(pair(new int[] {65}, new int[] {65}), true, function);
            Trial.of(function, operation, 2, 3)
                    .put(operation.a(), Numbers.between(random(), 130, 0.1, 8))
                    .put(operation.b(), Numbers.between(random(), 130, -3, 3))
                    .assertWithin(subject(), (v, i, want) -> 40 * Numbers.UNIT * Math.abs(want));
        }
    }

    private void functionsOfTwoNumbersPassOnNotANumber() {
        float nan = Float.NaN;
        float infinity = Float.POSITIVE_INFINITY;
        for (Binary.Function function : Binary.Function.values()) {
            Binary operation = binary(pair(new int[] {6}, new int[] {6}), true, function);
            Trial.of(function, operation, 1, 1)
                    .put(operation.a(), nan, 1, nan, infinity, -infinity, -1)
                    .put(operation.b(), 1, nan, nan, 2, 2, infinity)
                    .assertExact(subject());
        }
    }

    static Rearrange moved(Value input, Outside outside, float fill, int[] shape, Axis... axes) {
        return new Rearrange(input, input.like("y", Shape.of(shape)), List.of(axes), outside, fill);
    }

    private static List<Rearrange> moves() {
        Value x = items("x", 2, 3, 4);
        List<Rearrange> all = new ArrayList<>();
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        for (int[] o : orders) {
            int[] shape = {x.shape().dim(o[0]), x.shape().dim(o[1]), x.shape().dim(o[2])};
            all.add(moved(x, Outside.FILL, 0, shape, Axis.whole(o[0]), Axis.whole(o[1]), Axis.whole(o[2])));
        }
        // Backwards, with steps, repeated, an axis of one position left out.
        all.add(moved(
                x, Outside.FILL, 0, new int[] {2, 2, 4}, new Axis(0, 1, -1), new Axis(1, 0, 2), new Axis(2, 3, -1)));
        all.add(moved(
                x,
                Outside.FILL,
                0,
                new int[] {2, 5, 3, 2},
                Axis.whole(0),
                Axis.whole(-1),
                Axis.whole(1),
                new Axis(2, 3, -2)));
        all.add(moved(items("x", 1, 65), Outside.FILL, 0, new int[] {65, 3}, Axis.whole(1), Axis.whole(-1)));
        all.add(moved(items("x", 70, 80), Outside.FILL, 0, new int[] {80, 70}, Axis.whole(1), Axis.whole(0)));
        all.add(moved(items("x", 1), Outside.FILL, 0, new int[] {}, new Axis[0]));
        return all;
    }

    private void axesMoveExactly() {
        each(moves(), operation -> Trial.of(operation.axes(), operation, 2, 3)
                .reals(random())
                .assertExact(subject()));
    }

    private void paddingFollowsItsRule() {
        for (Outside outside : Outside.values()) {
            for (int margin : new int[] {0, 1, 3}) {
                Value x = items("x", 4, 5, 3);
                int[] shape = {4 + 2 * margin, 5 + margin, 4};
                Axis[] axes = {new Axis(0, -margin, 1), new Axis(1, -margin, 1), new Axis(2, 0, 1)};
                Trial.of(outside + " " + margin, moved(x, outside, 7, shape, axes), 2, 3)
                        .reals(random())
                        .assertExact(subject());
            }
            Value one = items("x", 1, 33);
            Trial.of(
                            outside + " one",
                            moved(one, outside, -1, new int[] {5, 31}, new Axis(0, -2, 1), new Axis(1, 1, 1)),
                            2,
                            3)
                    .reals(random())
                    .assertExact(subject());
        }
    }

    static Reduce reduce(Reduce.Kind kind, int rows, int columns) {
        return new Reduce(items("x", rows, columns), items("y", rows), kind);
    }

    private void rowsReduceExactly() {
        for (Reduce.Kind kind : Reduce.Kind.values()) {
            for (int columns : Numbers.EDGES) {
                boolean small = kind == Reduce.Kind.PRODUCT;
                if (kind != Reduce.Kind.MEAN || Integer.bitCount(columns) == 1) {
                    Trial.of(kind + " of " + columns, reduce(kind, 5, columns), 2, 3)
                            .integers(random(), small ? 1 : 50)
                            .assertExact(subject());
                }
            }
            if (kind != Reduce.Kind.MEAN) {
                Trial.of(kind + " of many", reduce(kind, 300, 3), 2, 3)
                        .integers(random(), 9)
                        .assertExact(subject());
            }
        }
    }

    private void sumsAndProductsOfRowsKeepTheirBounds() {
        for (Reduce.Kind kind : List.of(Reduce.Kind.SUM, Reduce.Kind.MEAN, Reduce.Kind.PRODUCT)) {
            for (int columns : new int[] {5, 100, MANY}) {
                int taken = kind == Reduce.Kind.PRODUCT ? Math.min(columns, 100) : columns;
                Trial trial = Trial.of(kind + " of " + taken, reduce(kind, 3, taken), 2, 3)
                        .reals(random());
                float[] magnitude = trial.absolute().onReference().single();
                trial.assertWithin(
                        subject(), (v, i, want) -> gamma(taken + 3) * magnitude[i] + Numbers.SMALLEST * taken);
            }
        }
    }

    private void reductionsOfNotANumberAndInfinity() {
        float nan = Float.NaN;
        float infinity = Float.POSITIVE_INFINITY;
        for (Reduce.Kind kind : Reduce.Kind.values()) {
            Reduce operation = reduce(kind, 4, 3);
            Trial.of(kind, operation, 1, 1)
                    .put(operation.input(), 1, nan, nan, infinity, 2, -infinity, -infinity, -infinity, 1, nan, 5, 7)
                    .assertExact(subject());
        }
    }
}
