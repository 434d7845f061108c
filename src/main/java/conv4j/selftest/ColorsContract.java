package conv4j.selftest;

import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Assertions.assertTrue;
import static conv4j.selftest.AugmentationContract.largest;
import static conv4j.selftest.AugmentationContract.run;
import static conv4j.selftest.AugmentationContract.shapes;
import static conv4j.selftest.Numbers.UNIT;

import conv4j.graph.Augment;
import conv4j.graph.Augment.Range;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Random changes of colors: brightness and contrast. */
final class ColorsContract extends Contract {

    ColorsContract(Subject subject) {
        super("colors", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("they change within rounding", this::theyChangeWithinRounding),
                check("quarters are exact and keep their limits", this::quartersAreExactAndKeepTheirLimits),
                check("what is not a number stays not a number", this::whatIsNotANumberStaysNotANumber));
    }

    /** 1 in the units of factors. */
    private static final int ONE = 1 << 24;

    private static Augment.Colors colors(Shape image, boolean contrast, Range factors) {
        Value means = contrast ? Value.activation("means", Shape.of(1, 1, image.columns())) : null;
        Value limits = Value.state("limits", Shape.of(3, image.columns()));
        return new Augment.Colors(
                Value.activation("x", image), means, limits, Value.activation("y", image), factors, 8);
    }

    private static float[] limits(int channels, float unit, float low, float high) {
        float[] limits = new float[3 * channels];
        Arrays.fill(limits, 0, channels, unit);
        Arrays.fill(limits, channels, 2 * channels, low);
        Arrays.fill(limits, 2 * channels, 3 * channels, high);
        return limits;
    }

    private void theyChangeWithinRounding() {
        for (boolean contrast : new boolean[] {false, true}) {
            each(shapes(), image -> {
                Augment.Colors operation =
                        colors(image, contrast, contrast ? new Range(ONE / 2, 3 * ONE / 2) : new Range(-ONE, ONE));
                Trial trial = Trial.of(image + (contrast ? " contrast" : " brightness"), operation, 6, run(5))
                        .put(operation.limits(), limits(image.columns(), 0.7f, -1.5f, 1.25f))
                        .reals(random());
                float[] x = trial.elements(operation.input());
                double mean = contrast ? largest(trial.elements(operation.means())) : 0;
                // A difference, a product with |f| <= 3/2 and a sum, each rounded; brightness has the last two.
                trial.assertWithin(
                        subject(),
                        (v, i, want) -> UNIT * (2 * 1.5 * (Math.abs(x[i]) + mean + 1) + Math.abs(want) + mean));
            });
        }
    }

    /** With factors and numbers that are multiples of 1/4 nothing is rounded. */
    private void quartersAreExactAndKeepTheirLimits() {
        Shape image = Shape.of(4, 5, 3);
        Augment.Colors brightness = colors(image, false, new Range(ONE / 2, ONE / 2));
        float[] x = Numbers.integers(random(), 3 * image.size(), 100);
        Trial.of("brightness", brightness, 4, run(3))
                .put(brightness.input(), x)
                .put(brightness.limits(), limits(3, 64, -100, 100))
                .assertExact(subject());
        Augment.Colors contrast = colors(image, true, new Range(5 * ONE / 4, 5 * ONE / 4));
        float[] y = Trial.of("contrast", contrast, 4, run(3))
                .put(contrast.input(), x)
                .put(contrast.means(), Numbers.integers(new Random(4), 9, 10))
                .put(contrast.limits(), limits(3, 0, -100, 100))
                .on(subject())
                .of(contrast.output());
        float[] means = Numbers.integers(new Random(4), 9, 10);
        for (int i = 0; i < y.length; i++) {
            float mean = means[i / image.size() * 3 + i % 3];
            assertEquals(Math.min(100, Math.max(-100, (x[i] - mean) * 1.25f + mean)), y[i], "element " + i);
        }
    }

    private void whatIsNotANumberStaysNotANumber() {
        Shape image = Shape.of(2, 2, 3);
        float[] x = {1, Float.NaN, -1, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, 1, 2, 3, 4, 5, 6};
        for (boolean contrast : new boolean[] {false, true}) {
            Augment.Colors operation = colors(image, contrast, new Range(ONE, ONE));
            Trial trial = Trial.of("contrast " + contrast, operation, 1, run(1))
                    .put(operation.input(), x)
                    .put(operation.limits(), limits(3, 1, -2, 2));
            if (contrast) {
                trial.put(operation.means(), 0, 0, 0);
            }
            float[] y = trial.on(subject()).of(operation.output());
            assertTrue(Float.isNaN(y[1]), "NaN became " + y[1]);
            assertEquals(2, y[3], "infinity");
            assertEquals(-2, y[4], "-infinity");
            assertEquals(contrast ? 0 : 1, y[5], "0");
        }
    }
}
