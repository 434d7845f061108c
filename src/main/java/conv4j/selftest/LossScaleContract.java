package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Numbers.SMALLEST;
import static conv4j.selftest.Numbers.UNIT;

import conv4j.graph.Unscale;
import conv4j.graph.Update;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The end of a loss's scaling: gradients are divided, looked at, and the scale moves; steps that are left out. */
final class LossScaleContract extends Contract {

    LossScaleContract(Subject subject) {
        super("loss scale", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("gradients of any size are divided by the scale", this::gradientsOfAnySizeAreDivided),
                check("one number that is not finite is found anywhere", this::oneNumberIsFoundAnywhere),
                check("the scale grows and falls as computed by hand", this::theScaleMoves),
                check("a step that is not finite changes nothing", this::aStepThatIsNotFiniteChangesNothing));
    }

    /** The first one, which is taken where only a few are, is cut into several parts. */
    private static final List<Integer> SIZES = List.of(16_391, 1, 2, 5000, 7, 16, 33, 255, 256, 257, 1025, 16_384);

    private static Unscale unscale(int size, int growthSteps) {
        return new Unscale(
                Value.unbatched("gradient", Shape.of(size)),
                Value.state("scale", Shape.SCALAR),
                Value.state("steps", Shape.SCALAR),
                Value.unbatched("finite", Shape.SCALAR),
                growthSteps);
    }

    private static Trial trial(Object title, Unscale operation, float scale, float steps, float... gradient) {
        return Trial.of(title, operation, 1, 1)
                .put(operation.gradient(), gradient)
                .put(operation.scale(), scale)
                .put(operation.steps(), steps);
    }

    private void gradientsOfAnySizeAreDivided() {
        each(SIZES, size -> {
            float[] gradient = Numbers.reals(new Random(size), size);
            for (float scale : new float[] {1, 0x1p15f, 1000, 0x1p60f}) {
                Unscale operation = unscale(size, 2000);
                trial(size + " by " + scale, operation, scale, 3, gradient)
                        .assertWithin(
                                subject(),
                                (v, i, want) -> v == operation.gradient() ? 4 * UNIT * Math.abs(want) + SMALLEST : 0);
            }
        });
    }

    /** At both ends and in the middle, where sizes are those of parts and vectors; after the division all would be. */
    private void oneNumberIsFoundAnywhere() {
        each(SIZES, size -> {
            for (int place : new int[] {0, size / 2, size - 1}) {
                for (float other : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
                    Unscale operation = unscale(size, 2000);
                    float[] gradient = new float[size];
                    Arrays.fill(gradient, Float.MAX_VALUE);
                    gradient[place] = other;
                    Trial.Results found =
                            trial(size, operation, 1024, 7, gradient).on(subject());
                    String where = other + " at " + place + " of " + size;
                    assertEquals(0, found.of(operation.finite())[0], "whether all are finite, with " + where);
                    assertEquals(512, found.of(operation.scale())[0], "the scale after " + where);
                    assertEquals(0, found.of(operation.steps())[0], "steps after " + where);
                }
            }
            Unscale operation = unscale(size, 2000);
            float[] gradient = new float[size];
            Arrays.fill(gradient, -Float.MAX_VALUE);
            Trial.Results found = trial(size, operation, 1024, 7, gradient).on(subject());
            assertEquals(1, found.of(operation.finite())[0], "whether all are finite");
            assertEquals(8, found.of(operation.steps())[0], "steps");
        });
    }

    /** What a step leaves of a scale and of the steps since it moved. */
    private record Move(int growthSteps, float scale, float steps, boolean finite, float nextScale, float nextSteps) {}

    private void theScaleMoves() {
        each(
                List.of(
                        new Move(2000, 32768, 0, true, 32768, 1),
                        new Move(2000, 32768, 1998, true, 32768, 1999),
                        new Move(2000, 32768, 1999, true, 65536, 0),
                        new Move(2000, 32768, 1999, false, 16384, 0),
                        new Move(1, 8, 0, true, 16, 0),
                        new Move(3, 1.5f, 2, true, 3, 0),
                        // Not below 1, and not to infinity.
                        new Move(3, 1, 2, false, 1, 0),
                        new Move(3, 1.5f, 1, false, 1, 0),
                        new Move(3, 0x1p126f, 2, true, 0x1p127f, 0),
                        new Move(3, 0x1p127f, 2, true, 0x1p127f, 0),
                        new Move(3, 0x1p127f, 0, false, 0x1p126f, 0),
                        // More steps than it takes, as after a training with another setting.
                        new Move(3, 8, 100, true, 16, 0),
                        new Move(Unscale.MOST_STEPS, 8, Unscale.MOST_STEPS - 2f, true, 8, Unscale.MOST_STEPS - 1f),
                        new Move(Unscale.MOST_STEPS, 8, Unscale.MOST_STEPS - 1f, true, 16, 0)),
                move -> {
                    Unscale operation = unscale(2, move.growthSteps());
                    float second = move.finite() ? 0 : Float.NaN;
                    Trial.Results found = trial(move, operation, move.scale(), move.steps(), 0, second)
                            .on(subject());
                    assertEquals(move.nextScale(), found.of(operation.scale())[0], "the scale of " + move);
                    assertEquals(move.nextSteps(), found.of(operation.steps())[0], "the steps of " + move);
                    assertEquals(move.finite() ? 1 : 0, found.of(operation.finite())[0], "whether " + move);
                });
    }

    /** Every optimizer, with gradients and slots that would move, weight decay included. */
    private void aStepThatIsNotFiniteChangesNothing() {
        each(OptimizerContract.rules(), rule -> List.of(5, 5000).forEach(size -> {
            OptimizerContract.Case c = new OptimizerContract.Case(rule, size);
            Update always = c.operation();
            Value finite = Value.unbatched("finite", Shape.SCALAR);
            Update guarded = new Update(rule, always.parameters(), always.gradients(), always.slots(), finite);
            Trial.Results leftOut = trial(c, guarded).put(finite, 0).on(subject());
            trial(c, guarded).elements().forEach((value, before) -> {
                if (value != always.gradients()) {
                    assertSame(before, leftOut.of(value), value + " of " + c + ", whose step is left out");
                }
            });
            Trial.Results taken = trial(c, guarded).put(finite, 1).on(subject());
            trial(c, always)
                    .on(subject())
                    .arrays()
                    .forEach((value, after) ->
                            assertSame(after, taken.of(value), value + " of " + c + ", whose step is taken"));
        }));
    }

    /** The same numbers for the same case. */
    private static Trial trial(OptimizerContract.Case c, Update operation) {
        Random random = new Random(c.size());
        Trial trial = Trial.of(c, operation, 1, c.run())
                .put(operation.parameters(), Numbers.reals(random, c.size()))
                .put(operation.gradients(), Numbers.reals(random, c.size()));
        for (int s = 0; s < operation.slots().size(); s++) {
            trial.put(operation.slots().get(s), c.slot(s, random));
        }
        return trial;
    }

    private static void assertSame(float[] wanted, float[] got, String what) {
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], got[i], "element " + i + " of " + what);
        }
    }
}
