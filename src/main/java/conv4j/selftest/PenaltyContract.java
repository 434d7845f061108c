package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;
import static conv4j.selftest.Numbers.UNIT;
import static conv4j.selftest.Numbers.gamma;

import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Penalty;
import conv4j.graph.ScaleItems;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Random;

/** What is done to the loss: penalties on large parameters, weights of items. */
final class PenaltyContract extends Contract {

    PenaltyContract(Subject subject) {
        super("penalty", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("penalties are those computed by hand", this::penaltiesAreThoseComputedByHand),
                check("penalties cover any size", this::penaltiesCoverAnySize),
                check("derivatives of penalties are those computed by hand", this::derivativesAreThoseComputedByHand),
                check("derivatives of penalties cover any size", this::derivativesCoverAnySize),
                check("a parameter that is not a number is not hidden", this::notANumberIsNotHidden),
                check("items are scaled by their own weights", this::itemsAreScaledByTheirOwnWeights),
                check(
                        "gradients of weighted and penalized losses are those of differences",
                        () -> each(List.of(LossFunction.Kind.values()), this::gradients)));
    }

    /** The first one, which is taken where only a few are, is summed up in several parts. */
    private static final List<Integer> SIZES = List.of(40_001, 1, 2, 5000, 7, 16, 33, 255, 256, 257, 1025);

    private record Factors(float l1, float l2) {}

    private static final List<Factors> FACTORS =
            List.of(new Factors(0.01f, 0.001f), new Factors(0, 0), new Factors(0, 0.01f), new Factors(0.1f, 0));

    private static Penalty penalty(int size, float l1, float l2) {
        Value loss = Value.activation("loss", Shape.SCALAR);
        return new Penalty(Value.parameter("w", Shape.of(size)), loss, loss.like("penalized"), l1, l2);
    }

    private static Penalty.Gradient derivative(int size, float l1, float l2) {
        return new Penalty.Gradient(
                Value.parameter("w", Shape.of(size)), Value.unbatched("dw", Shape.of(size)), l1, l2);
    }

    private void penaltiesAreThoseComputedByHand() {
        Penalty operation = penalty(3, 0.5f, 0.25f);
        float[] losses = Trial.of("by hand", operation, 2, 3)
                .put(operation.parameter(), 1, -2, 3)
                .put(operation.loss(), 1, 2)
                .on(subject())
                .of(operation.output());
        // 0.5 * (1 + 2 + 3) + 0.25 * (1 + 4 + 9) = 6.5
        assertEquals(7.5f, losses[0], "the first item's loss, 1, and 6.5");
        assertEquals(8.5f, losses[1], "the second item's loss, 2, and 6.5");
    }

    private void penaltiesCoverAnySize() {
        List<Penalty> cases = SIZES.stream()
                .flatMap(size -> FACTORS.stream().map(factors -> penalty(size, factors.l1(), factors.l2())))
                .toList();
        each(cases, operation -> {
            int size = operation.parameter().shape().size();
            Trial.of(size + " with " + operation.l1() + ", " + operation.l2(), operation, 5, 7)
                    .put(operation.loss(), Numbers.between(new Random(1), 5, 0, 4))
                    .reals(new Random(size))
                    .assertWithin(subject(), (v, i, want) -> gamma(size + 16) * want);
        });
    }

    private void derivativesAreThoseComputedByHand() {
        Penalty.Gradient operation = derivative(4, 0.5f, 0.25f);
        float[] gradient = Trial.of("by hand", operation, 1, 1)
                .put(operation.parameter(), 1, -2, 0, 3)
                .on(subject())
                .of(operation.gradient());
        float[] wanted = {1, -1.5f, 0, 2};
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], gradient[i], "element " + i);
        }
    }

    private void derivativesCoverAnySize() {
        each(SIZES, size -> {
            Penalty.Gradient operation = derivative(size, 0.1f, 0.01f);
            Trial trial = Trial.of(size, operation, 3, 4).reals(new Random(size));
            float[] w = trial.elements(operation.parameter());
            trial.assertWithin(subject(), (v, i, want) -> 4 * UNIT * (0.1 + 0.02 * Math.abs(w[i])));
        });
    }

    private void notANumberIsNotHidden() {
        Penalty operation = penalty(3, 0, 0.1f);
        float[] losses = Trial.of("not a number", operation, 1, 1)
                .put(operation.parameter(), 1, Float.NaN, 3)
                .put(operation.loss(), 1)
                .on(subject())
                .of(operation.output());
        assertTrue(Float.isNaN(losses[0]), () -> losses[0] + " is the loss with a weight that is not a number");
        Penalty.Gradient derivative = derivative(2, 0.1f, 0.1f);
        float[] gradient = Trial.of("not a number", derivative, 1, 1)
                .put(derivative.parameter(), Float.NaN, 1)
                .on(subject())
                .of(derivative.gradient());
        assertTrue(Float.isNaN(gradient[0]) && Float.isFinite(gradient[1]), () -> gradient[0] + ", " + gradient[1]);
    }

    private void itemsAreScaledByTheirOwnWeights() {
        List<Shape> shapes =
                List.of(Shape.SCALAR, Shape.of(1), Shape.of(10), Shape.of(5, 7, 3), Shape.of(65), Shape.of(5000));
        each(shapes, shape -> {
            Value input = Value.activation("input", shape);
            ScaleItems operation =
                    new ScaleItems(input, Value.activation("weights", Shape.SCALAR), input.like("output"));
            Trial.of(shape, operation, 3, 5).integers(new Random(1), 100).assertExact(subject());
        });
        Value loss = Value.activation("loss", Shape.SCALAR);
        ScaleItems operation = new ScaleItems(loss, loss.like("weights"), loss.like("weighted"));
        float[] weighted = Trial.of("by hand", operation, 3, 3)
                .put(operation.input(), 2, 3, 4)
                .put(operation.weights(), 0.5f, 0, 10)
                .on(subject())
                .of(operation.output());
        assertEquals(1, weighted[0], "2 * 0.5");
        assertEquals(0, weighted[1], "3 * 0");
        assertEquals(40, weighted[2], "4 * 10");
    }

    private void gradients(LossFunction.Kind kind) {
        LossFunction function = LossFunction.of(kind);
        boolean cross = kind.name().endsWith("CROSSENTROPY");
        Value prediction = Value.activation("prediction", Shape.of(4));
        Value target = function.sparse() ? Value.activation("target", Shape.SCALAR) : prediction.like("target");
        Value weights = Value.activation("weights", Shape.SCALAR);
        Value w = Value.parameter("w", Shape.of(5));
        Value loss = Value.activation("loss", Shape.SCALAR);
        Value weighted = loss.like("weighted");
        Value penalized = loss.like("penalized");
        Graph graph = new Graph(List.of(
                new Loss(prediction, target, loss, cross ? function.onLogits() : function),
                new ScaleItems(loss, weights, weighted),
                new Penalty(w, weighted, penalized, 0.125f, 0.0625f)));
        float[] targets =
                function.sparse() ? new float[] {2, 0, 3} : new float[] {0, 1, 0, 0, 0.5f, 0, 0.25f, 0.25f, 0, 0, 0, 1};
        new GradientCheck(graph, penalized, 3)
                .with(prediction, 0.5f, -1, 0.25f, 2, -0.75f, 1.5f, 0.5f, -2, 1.25f, 0.75f, -0.5f, 0.25f)
                .with(target, targets)
                .with(weights, 0.5f, 2, 3)
                .with(w, 1, -2, 0.5f, -0.25f, 3)
                .check(subject(), prediction, w);
    }
}
