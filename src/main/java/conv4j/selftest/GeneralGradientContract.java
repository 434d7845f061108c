package conv4j.selftest;

import static conv4j.selftest.GeneralContract.binary;
import static conv4j.selftest.GeneralContract.functions;
import static conv4j.selftest.GeneralContract.items;
import static conv4j.selftest.GeneralContract.moved;
import static conv4j.selftest.GeneralContract.pair;
import static conv4j.selftest.GeneralContract.reduce;

import conv4j.graph.Binary;
import conv4j.graph.Operation;
import conv4j.graph.Rearrange;
import conv4j.graph.Rearrange.Axis;
import conv4j.graph.Rearrange.Outside;
import conv4j.graph.Reduce;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UnaryFunction.Kind;
import conv4j.graph.Value;
import java.util.List;

/** The gradients of the general operations against differences. */
final class GeneralGradientContract extends Contract {

    GeneralGradientContract(Subject subject) {
        super("general gradient", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("slopes of functions of one number are those of differences", this::unaryGradients),
                check("slopes of functions of two numbers are those of differences", this::binaryGradients),
                check("what was moved goes back", this::moveGradients),
                check("what was reduced spreads", this::reduceGradients));
    }

    private void unaryGradients() {
        Value x = items("x", 6);
        for (UnaryFunction f : functions()) {
            boolean inUnit = f.kind() == Kind.ARCSINE || f.kind() == Kind.ARCCOSINE || f.kind() == Kind.AREA_TANGENT;
            boolean fromOne = f.kind() == Kind.AREA_COSINE;
            float[] at = inUnit
                    ? new float[] {-0.7f, -0.4f, -0.1f, 0.2f, 0.5f, 0.8f}
                    : fromOne
                            ? new float[] {1.3f, 1.6f, 2.2f, 3.3f, 4.4f, 5.5f}
                            : new float[] {0.7f, 1.1f, 1.3f, 2.4f, 2.8f, 3.3f};
            GradientCheck.of(new Unary(x, items("y", 6), f), 1).with(x, at).check(subject(), x);
        }
    }

    private void binaryGradients() {
        for (Binary.Function function : Binary.Function.values()) {
            if (function.compareTo(Binary.Function.PRELU_SLOPE) < 0) {
                for (int[] other : new int[][] {{2, 3}, {3}, {2, 1}, {}}) {
                    for (boolean batched : new boolean[] {true, false}) {
                        Binary operation = binary(pair(new int[] {2, 3}, other), batched, function);
                        GradientCheck check = GradientCheck.of(operation, 2);
                        check.with(operation.a(), 0.5f, 0.75f, 1, 1.25f, 1.75f, 2, 2.25f, 0.6f, 2.75f, 3, 0.9f, 3.5f);
                        float[] b = {0.55f, 1.6f, 2.4f, 0.8f, 2.85f, 1.35f, 0.7f, 1.9f, 3.1f, 2.6f, 1.45f, 0.65f};
                        check.with(operation.b(), java.util.Arrays.copyOf(b, (int)
                                operation.b().elements(2)));
                        check.check(subject(), operation.a(), operation.b());
                    }
                }
            }
        }
        Binary prelu = binary(pair(new int[] {2, 3}, new int[] {3}), false, Binary.Function.PRELU);
        GradientCheck.of(prelu, 2)
                .with(prelu.a(), -0.5f, 0.75f, -1, 1.25f, -1.75f, 2, -2.25f, 2.5f, -2.75f, 3, -3.25f, 3.5f)
                .with(prelu.b(), 0.25f, 0.5f, -0.75f)
                .check(subject(), prelu.a(), prelu.b());
    }

    private void moveGradients() {
        Value x = items("x", 2, 3, 4);
        for (Rearrange move : List.of(
                moved(x, Outside.FILL, 0, new int[] {4, 2, 3}, Axis.whole(2), Axis.whole(0), Axis.whole(1)),
                moved(x, Outside.FILL, 5, new int[] {2, 5, 3}, Axis.whole(0), new Axis(1, -1, 1), new Axis(2, 3, -1)),
                moved(
                        x,
                        Outside.EDGE,
                        0,
                        new int[] {2, 3, 2, 5},
                        Axis.whole(0),
                        Axis.whole(1),
                        new Axis(2, 1, 1),
                        Axis.whole(-1)))) {
            GradientCheck.of(move, 2).random(x).check(subject(), x);
        }
        Value thin = items("x", 1, 4);
        Operation wide = moved(thin, Outside.FILL, 0, new int[] {4, 3}, Axis.whole(1), Axis.whole(-1));
        GradientCheck.of(wide, 2).random(thin).check(subject(), thin);
    }

    private void reduceGradients() {
        for (Reduce.Kind kind : List.of(Reduce.Kind.SUM, Reduce.Kind.MEAN, Reduce.Kind.MAXIMUM, Reduce.Kind.MINIMUM)) {
            Reduce operation = reduce(kind, 2, 3);
            GradientCheck.of(operation, 2)
                    .with(operation.input(), 1, 3, 2, -1, 0.5f, 2.5f, 4, -4, 0, 0.25f, 0.75f, -2)
                    .check(subject(), operation.input());
        }
    }
}
