package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;
import static conv4j.selftest.Numbers.UNIT;
import static conv4j.selftest.Numbers.gamma;

import conv4j.backend.Backend;
import conv4j.backend.Run;
import conv4j.graph.ClipByNorm;
import conv4j.graph.Update;
import conv4j.graph.Update.Kind;
import conv4j.graph.Update.Rule;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Optimizer steps and the limiting of norms. */
final class OptimizerContract extends Contract {

    OptimizerContract(Subject subject) {
        super("optimizer", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("every rule moves parameters and slots", this::everyRuleMovesParametersAndSlots),
                check("plain descent is exact", this::plainDescentIsExact),
                check(
                        "adams first step has the length of the learning rate",
                        this::adamsFirstStepHasTheLengthOfTheLearningRate),
                check("zero gradients and zero slots move nothing", this::zeroGradientsAndZeroSlotsMoveNothing),
                check("a long gradient is shortened to the limit", this::aLongGradientIsShortenedToTheLimit),
                check("a short gradient keeps its bits", this::aShortGradientKeepsItsBits),
                check("not a number is not hidden", this::notANumberIsNotHidden));
    }

    /** No limit of gradients. */
    private static final float NO_LIMIT = Float.POSITIVE_INFINITY;

    static List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        for (boolean variant : new boolean[] {false, true}) {
            rules.add(new Rule(Kind.SGD, 0.9f, 0, 0, variant, false, 0, NO_LIMIT));
            rules.add(new Rule(Kind.ADAM, 0.9f, 0.999f, 1e-7f, variant, false, 0, NO_LIMIT));
            for (float momentum : new float[] {0, 0.5f}) {
                rules.add(new Rule(Kind.RMSPROP, momentum, 0.9f, 1e-7f, variant, false, 0, NO_LIMIT));
                rules.add(new Rule(Kind.RMSPROP, momentum, 0.9f, 1e-7f, variant, true, 0, NO_LIMIT));
            }
        }
        rules.add(new Rule(Kind.SGD, 0, 0, 0, false, false, 0, NO_LIMIT));
        rules.add(new Rule(Kind.ADAMAX, 0.9f, 0.999f, 1e-7f, false, false, 0, NO_LIMIT));
        rules.add(new Rule(Kind.NADAM, 0.9f, 0.999f, 1e-7f, false, false, 0, NO_LIMIT));
        rules.add(new Rule(Kind.ADAM, 0.9f, 0.999f, 1e-7f, false, false, 0.01f, NO_LIMIT));
        rules.add(new Rule(Kind.SGD, 0.9f, 0, 0, false, false, 0.1f, 0.5f));
        rules.add(new Rule(Kind.ADAMAX, 0.9f, 0.999f, 1e-7f, false, false, 0, 0.25f));
        // An epsilon that can be seen, decay and a limit in one, for every formula that has them.
        for (boolean outside : new boolean[] {false, true}) {
            rules.add(new Rule(Kind.RMSPROP, 0.5f, 0.9f, 0.25f, true, outside, 0.1f, 0.5f));
        }
        for (Kind kind : List.of(Kind.ADAM, Kind.ADAMAX, Kind.NADAM)) {
            rules.add(new Rule(kind, 0.9f, 0.999f, 0.25f, false, false, 0.1f, 0.5f));
        }
        return rules;
    }

    /** One rule on so many parameters. */
    record Case(Rule rule, int size) {

        Update operation() {
            List<Value> slots = new ArrayList<>();
            for (int s = 0; s < rule.slots(); s++) {
                slots.add(Value.state("slot " + s, Shape.of(size)));
            }
            return new Update(
                    rule,
                    Value.parameter("parameters", Shape.of(size)),
                    Value.unbatched("gradients", Shape.of(size)),
                    slots);
        }

        /** The coefficients of a later step with learning rate 0.05. */
        Run run() {
            float epsilon = rule.epsilon();
            return switch (rule.kind()) {
                case SGD -> new Run(1, 4, 0, 0, 0.05f, 0, 0, 0);
                case RMSPROP -> new Run(1, 4, 0, 0, 0.05f, 0, epsilon, 0);
                case ADAM, ADAMAX -> new Run(1, 4, 0, 0, 0.05f, 0.09f, epsilon, 0);
                case NADAM -> new Run(1, 4, 0, 0, 0.05f, 0.04f, 0.03f, 200);
            };
        }

        /** Slots as an optimizer would leave them: first moments of any sign, second ones large enough for them. */
        float[] slot(int index, Random random) {
            boolean first =
                    switch (rule.kind()) {
                        case SGD -> true;
                        case RMSPROP -> index > 0;
                        default -> index == 0;
                    };
            return first ? Numbers.between(random, size, -0.3, 0.3) : Numbers.between(random, size, 0.5, 2);
        }
    }

    private void everyRuleMovesParametersAndSlots() {
        List<Case> cases = new ArrayList<>();
        rules().forEach(rule -> List.of(1, 7, 33, 255, 257, 5000).forEach(size -> cases.add(new Case(rule, size))));
        each(cases, c -> {
            Update operation = c.operation();
            Random random = new Random(c.size());
            float[] w = Numbers.reals(random, c.size());
            float[] g = Numbers.reals(random, c.size());
            Trial trial = Trial.of(c, operation, 1, c.run())
                    .put(operation.parameters(), w)
                    .put(operation.gradients(), g);
            for (int s = 0; s < operation.slots().size(); s++) {
                trial.put(operation.slots().get(s), c.slot(s, random));
            }
            trial.assertWithin(subject(), (v, i, want) -> {
                if (v != operation.parameters()) {
                    double old = trial.elements(v)[i];
                    return 8 * UNIT * (Math.abs(old) + Math.abs(g[i]) + g[i] * g[i]);
                }
                // Roots are at least 1/2 here and first moments below |g| + 1, so a step is a sum of terms of this
                // size.
                double step = 0.1 * (1 + Math.abs(g[i])) * 4;
                return 8 * UNIT * Math.abs(w[i]) + gamma(32) * step;
            });
        });
    }

    private void plainDescentIsExact() {
        Case c = new Case(new Rule(Kind.SGD, 0, 0, 0, false, false, 0, 3), 5);
        Update operation = c.operation();
        Trial trial = Trial.of(c, operation, 1, new Run(1, 0, 0, 0, 0.5f, 0, 0, 0))
                .put(operation.parameters(), 1, 2, 3, 4, 5)
                .put(operation.gradients(), 2, -2, 8, -8, Float.NaN);
        trial.assertExact(subject());
        assertEquals(1.5f, trial.on(subject()).of(operation.parameters())[2], "3 - 0.5 * the limit 3");
    }

    private void adamsFirstStepHasTheLengthOfTheLearningRate() {
        Case c = new Case(new Rule(Kind.ADAM, 0.9f, 0.999f, 1e-7f, false, false, 0, NO_LIMIT), 3);
        Update operation = c.operation();
        float c1 = (float) (0.01 * Math.sqrt(1 - (double) 0.999f) / (1 - (double) 0.9f));
        float[] w = Trial.of(c, operation, 1, new Run(1, 0, 0, 0, 0.01f, c1, 0, 0))
                .put(operation.parameters(), 1, 1, 1)
                .put(operation.gradients(), 5, -5, 0.001f)
                .put(operation.slots().get(0), 0, 0, 0)
                .put(operation.slots().get(1), 0, 0, 0)
                .on(subject())
                .of(operation.parameters());
        assertEquals(0.99f, w[0], 8 * UNIT, "a weight with a large gradient");
        assertEquals(1.01f, w[1], 8 * UNIT, "a weight with a large negative gradient");
        assertEquals(0.99f, w[2], 8 * UNIT, "a weight with a small gradient");
    }

    private void zeroGradientsAndZeroSlotsMoveNothing() {
        each(rules(), rule -> {
            if (rule.weightDecay() != 0) {
                return;
            }
            Case c = new Case(rule, 9);
            Update operation = c.operation();
            Trial trial = Trial.of(c, operation, 1, c.run())
                    .put(operation.parameters(), 1, 2, 3, 4, 5, 6, 7, 8, 9)
                    .put(operation.gradients(), new float[9]);
            operation.slots().forEach(slot -> trial.put(slot, new float[9]));
            trial.assertExact(subject());
        });
    }

    private static float[] clipped(Backend backend, float limit, float... gradient) {
        ClipByNorm operation = new ClipByNorm(Value.unbatched("gradient", Shape.of(gradient.length)), limit);
        return Trial.of("limit " + limit, operation, 1, 1)
                .put(operation.gradient(), gradient)
                .on(backend)
                .of(operation.gradient());
    }

    private void aLongGradientIsShortenedToTheLimit() {
        for (int size : new int[] {1, 2, 7, 33, 255, 256, 257, 1025, 5000, 40_001}) {
            ClipByNorm operation = new ClipByNorm(Value.unbatched("gradient", Shape.of(size)), 0.25f);
            Trial.of(size, operation, 1, 1)
                    .reals(new Random(size))
                    .assertWithin(subject(), (v, i, want) -> gamma(size + 16) * Math.abs(want));
        }
        assertEquals(0.6f, clipped(backend(), 1, 3, 4)[0], 8 * UNIT, "3 of (3, 4) shortened to 1");
    }

    private void aShortGradientKeepsItsBits() {
        float[] gradient = Numbers.reals(new Random(1), 100);
        float[] kept = clipped(backend(), 1000, gradient);
        for (int i = 0; i < gradient.length; i++) {
            assertEquals(gradient[i], kept[i], "element " + i);
        }
        assertEquals(0, clipped(backend(), 1, 0, 0)[1], "a gradient of zeros");
    }

    private void notANumberIsNotHidden() {
        for (float value : clipped(backend(), 1, 3, Float.NaN, 4)) {
            assertTrue(Float.isNaN(value), () -> value + " is left of a gradient whose norm is not a number");
        }
        for (Rule rule : rules()) {
            Case c = new Case(rule, 2);
            Update operation = c.operation();
            Trial trial = Trial.of(c, operation, 1, c.run())
                    .put(operation.parameters(), 1, 1)
                    .put(operation.gradients(), 1, Float.NaN);
            operation.slots().forEach(slot -> trial.put(slot, 1, 1));
            float[] w = trial.on(subject()).of(operation.parameters());
            assertTrue(Float.isFinite(w[0]) && Float.isNaN(w[1]), () -> c + ": " + w[0] + ", " + w[1]);
        }
    }
}
