package conv4j.backend;

import static conv4j.backend.Numbers.UNIT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Augment;
import conv4j.graph.Augment.Edge;
import conv4j.graph.Augment.Kind;
import conv4j.graph.Augment.Range;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random changes of images: flips, translations and cutouts to the bit, rotations and colors within rounding. */
interface AugmentationContract extends OnBackend {

    /** One turn in the units of angles, and 1 in those of factors. */
    int ONE = 1 << 24;

    private static Augment augment(Kind kind, Shape image, Range rows, Range columns, Edge edge, int stream) {
        boolean fills = kind == Kind.CUTOUT || edge == Edge.CONSTANT && kind != Kind.FLIP;
        Value fill = fills ? Value.state("fill", Shape.of(image.columns())) : null;
        return new Augment(
                Value.activation("x", image), fill, Value.activation("y", image), kind, rows, columns, edge, stream);
    }

    /** A run with a seed whose two words differ, at a later step. */
    private static Run run(int batch) {
        return new Run(batch, 1234, 0x0123456789ABCDEFL, 7, 0, 0, 0, 0);
    }

    private static Trial trial(Augment operation, int batch, int maxBatch) {
        String title = operation.kind() + " " + operation.edge() + " by " + operation.rows() + ", "
                + operation.columns() + " of " + operation.input().shape();
        return Trial.of(title, operation, maxBatch, run(batch));
    }

    private static List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>(List.of(
                Shape.of(1, 1, 1), Shape.of(1, 9, 2), Shape.of(9, 1, 3), Shape.of(32, 32, 3), Shape.of(17, 33, 1)));
        for (int channels : Cases.EDGES) {
            shapes.add(Shape.of(5, 7, channels));
        }
        return shapes;
    }

    /** Flips, translations and cutouts of every kind, for images of a shape. */
    private static List<Augment> moves(Shape image) {
        Range choice = new Range(0, 1);
        int h = image.dim(0);
        int w = image.dim(1);
        List<Augment> moves = new ArrayList<>();
        moves.add(augment(Kind.FLIP, image, Range.ZERO, choice, Edge.CONSTANT, 0));
        moves.add(augment(Kind.FLIP, image, choice, Range.ZERO, Edge.CONSTANT, 1));
        moves.add(augment(Kind.FLIP, image, choice, choice, Edge.CONSTANT, 2));
        for (Edge edge : Edge.values()) {
            moves.add(augment(Kind.TRANSLATION, image, new Range(-4, 4), new Range(-3, 5), edge, 3));
            // So far that an image is mirrored or repeated more than once.
            moves.add(augment(Kind.TRANSLATION, image, new Range(-3 * h, 3 * h), new Range(2 * w, 3 * w), edge, 4));
        }
        moves.add(augment(Kind.CUTOUT, image, new Range(0, h), new Range(0, w), Edge.CONSTANT, 5));
        moves.add(augment(Kind.CUTOUT, image, new Range(3, 3), new Range(4, 4), Edge.CONSTANT, 6));
        return moves;
    }

    @Test
    default void pixelsMoveExactly() {
        List<Augment> moves =
                shapes().stream().flatMap(shape -> moves(shape).stream()).toList();
        Cases.each(moves, move -> trial(move, 5, 7).reals(Cases.random()).assertExact(backend()));
    }

    @Test
    default void anyBatchMovesAlike() {
        Shape image = Shape.of(6, 5, 3);
        List<Augment> all = new ArrayList<>(moves(image));
        all.add(augment(Kind.ROTATION, image, new Range(-ONE / 8, ONE / 8), Range.ZERO, Edge.REFLECT, 7));
        float[] many = Numbers.reals(Cases.random(), 65 * image.size());
        Cases.each(all, move -> {
            float[] whole = changed(move, many, 65);
            for (int batch : new int[] {1, 3, 64}) {
                int size = batch * image.size();
                assertArrayEquals(
                        Arrays.copyOf(whole, size),
                        changed(move, Arrays.copyOf(many, size), batch),
                        () -> move + " in a batch of " + batch);
            }
        });
    }

    private float[] changed(Augment operation, float[] x, int batch) {
        Trial trial = trial(operation, batch, 65).put(operation.input(), x);
        if (operation.fill() != null) {
            trial.put(
                    operation.fill(),
                    Numbers.reals(new Random(3), operation.input().columns()));
        }
        return trial.on(backend()).of(operation.output());
    }

    /** What a range of one number does, worked out by hand. */
    @Test
    default void aKnownMoveGivesKnownPixels() {
        Shape image = Shape.of(3, 4, 1);
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        Range one = new Range(1, 1);
        Range minusTwo = new Range(-2, -2);
        assertMoves(
                augment(Kind.FLIP, image, one, Range.ZERO, Edge.CONSTANT, 0), x, 9, 10, 11, 12, 5, 6, 7, 8, 1, 2, 3, 4);
        assertMoves(
                augment(Kind.FLIP, image, Range.ZERO, one, Edge.CONSTANT, 0), x, 4, 3, 2, 1, 8, 7, 6, 5, 12, 11, 10, 9);
        assertMoves(
                augment(Kind.TRANSLATION, image, one, minusTwo, Edge.CONSTANT, 0),
                x,
                -1,
                -1,
                -1,
                -1,
                3,
                4,
                -1,
                -1,
                7,
                8,
                -1,
                -1);
        assertMoves(
                augment(Kind.TRANSLATION, image, one, minusTwo, Edge.REFLECT, 0),
                x,
                3,
                4,
                4,
                3,
                3,
                4,
                4,
                3,
                7,
                8,
                8,
                7);
        assertMoves(
                augment(Kind.TRANSLATION, image, one, minusTwo, Edge.WRAP, 0),
                x,
                11,
                12,
                9,
                10,
                3,
                4,
                1,
                2,
                7,
                8,
                5,
                6);
        assertMoves(
                augment(Kind.TRANSLATION, image, one, minusTwo, Edge.NEAREST, 0),
                x,
                3,
                4,
                4,
                4,
                3,
                4,
                4,
                4,
                7,
                8,
                8,
                8);
        Range all = new Range(7, 7);
        assertMoves(
                augment(Kind.CUTOUT, image, all, all, Edge.CONSTANT, 0),
                x,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1,
                -1);
        assertMoves(augment(Kind.CUTOUT, image, all, Range.ZERO, Edge.CONSTANT, 0), x, x);
    }

    private void assertMoves(Augment operation, float[] x, float... want) {
        Trial trial = trial(operation, 1, 1).put(operation.input(), x);
        if (operation.fill() != null) {
            trial.put(operation.fill(), -1);
        }
        assertArrayEquals(want, trial.on(backend()).of(operation.output()), operation::toString);
    }

    @Test
    default void quarterTurnsOfASquareAreExact() {
        Shape image = Shape.of(3, 3, 1);
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        assertMoves(turned(image, 0, Edge.CONSTANT), x, x);
        assertMoves(turned(image, ONE / 4, Edge.CONSTANT), x, 3, 6, 9, 2, 5, 8, 1, 4, 7);
        assertMoves(turned(image, ONE / 2, Edge.CONSTANT), x, 9, 8, 7, 6, 5, 4, 3, 2, 1);
        assertMoves(turned(image, -ONE / 4, Edge.CONSTANT), x, 7, 4, 1, 8, 5, 2, 9, 6, 3);
        assertMoves(turned(image, 5 * ONE / 4, Edge.CONSTANT), x, 3, 6, 9, 2, 5, 8, 1, 4, 7);
    }

    private static Augment turned(Shape image, int angle, Edge edge) {
        return augment(Kind.ROTATION, image, new Range(angle, angle), Range.ZERO, edge, 0);
    }

    /**
     * Positions and weights are the same everywhere; three interpolations one after the other have two rounded products and
     * a rounded sum each, of numbers no larger than the largest: 3 u for the first two, as much again for the third.
     */
    @Test
    default void rotationsInterpolateWithinRounding() {
        List<Augment> rotations = new ArrayList<>();
        for (Shape image : shapes()) {
            for (Edge edge : Edge.values()) {
                rotations.add(augment(Kind.ROTATION, image, new Range(-ONE / 24, ONE / 24), Range.ZERO, edge, 1));
                rotations.add(augment(Kind.ROTATION, image, new Range(-ONE, ONE), Range.ZERO, edge, 2));
            }
        }
        Cases.each(rotations, rotation -> {
            Trial trial = trial(rotation, 5, 6).reals(Cases.random());
            double largest = largest(trial.elements(rotation.input()));
            double fill = rotation.fill() == null ? 0 : largest(trial.elements(rotation.fill()));
            trial.assertWithin(backend(), (v, i, want) -> 6 * UNIT * Math.max(largest, fill) + Numbers.SMALLEST);
        });
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Test
    default void aConstantImageStaysConstantUnderRotation() {
        Augment rotation = augment(Kind.ROTATION, Shape.of(9, 12, 2), new Range(-ONE, ONE), Range.ZERO, Edge.WRAP, 3);
        float[] x = new float[4 * 9 * 12 * 2];
        Arrays.fill(x, 1);
        // Weights are multiples of 2^-24 that add up to 1, so nothing is rounded but the products' sums.
        for (float y :
                trial(rotation, 4, 4).put(rotation.input(), x).on(backend()).of(rotation.output())) {
            assertEquals(1, y, 4 * UNIT);
        }
    }

    @Test
    default void notANumberMovesWithItsPixel() {
        Shape image = Shape.of(5, 5, 1);
        float[] x = Numbers.reals(Cases.random(), 25);
        x[12] = Float.NaN;
        x[3] = Float.POSITIVE_INFINITY;
        Cases.each(moves(image), move -> trial(move, 1, 1)
                .put(move.input(), x)
                .reals(Cases.random())
                .assertExact(backend()));
        float[] turned = changed(turned(image, ONE / 4, Edge.CONSTANT), x, 1);
        for (int i = 0; i < turned.length; i++) {
            assertEquals(i == 12, Float.isNaN(turned[i]), "element " + i + " after a quarter turn: " + turned[i]);
        }
        assertEquals(Float.POSITIVE_INFINITY, turned[5]);
    }

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

    @Test
    default void colorsChangeWithinRounding() {
        for (boolean contrast : new boolean[] {false, true}) {
            Cases.each(shapes(), image -> {
                Augment.Colors operation =
                        colors(image, contrast, contrast ? new Range(ONE / 2, 3 * ONE / 2) : new Range(-ONE, ONE));
                Trial trial = Trial.of(image + (contrast ? " contrast" : " brightness"), operation, 6, run(5))
                        .put(operation.limits(), limits(image.columns(), 0.7f, -1.5f, 1.25f))
                        .reals(Cases.random());
                float[] x = trial.elements(operation.input());
                double mean = contrast ? largest(trial.elements(operation.means())) : 0;
                // A difference, a product with |f| <= 3/2 and a sum, each rounded; brightness has the last two.
                trial.assertWithin(
                        backend(),
                        (v, i, want) -> UNIT * (2 * 1.5 * (Math.abs(x[i]) + mean + 1) + Math.abs(want) + mean));
            });
        }
    }

    /** With factors and numbers that are multiples of 1/4 nothing is rounded. */
    @Test
    default void colorsOfQuartersAreExactAndKeepTheirLimits() {
        Shape image = Shape.of(4, 5, 3);
        Augment.Colors brightness = colors(image, false, new Range(ONE / 2, ONE / 2));
        float[] x = Numbers.integers(Cases.random(), 3 * image.size(), 100);
        Trial.of("brightness", brightness, 4, run(3))
                .put(brightness.input(), x)
                .put(brightness.limits(), limits(3, 64, -100, 100))
                .assertExact(backend());
        Augment.Colors contrast = colors(image, true, new Range(5 * ONE / 4, 5 * ONE / 4));
        float[] y = Trial.of("contrast", contrast, 4, run(3))
                .put(contrast.input(), x)
                .put(contrast.means(), Numbers.integers(new Random(4), 9, 10))
                .put(contrast.limits(), limits(3, 0, -100, 100))
                .on(backend())
                .of(contrast.output());
        float[] means = Numbers.integers(new Random(4), 9, 10);
        for (int i = 0; i < y.length; i++) {
            float mean = means[i / image.size() * 3 + i % 3];
            assertEquals(Math.min(100, Math.max(-100, (x[i] - mean) * 1.25f + mean)), y[i], "element " + i);
        }
    }

    @Test
    default void colorsOfWhatIsNotANumberStayNotANumber() {
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
            float[] y = trial.on(backend()).of(operation.output());
            assertTrue(Float.isNaN(y[1]), "NaN became " + y[1]);
            assertEquals(2, y[3], "infinity");
            assertEquals(-2, y[4], "-infinity");
            assertEquals(contrast ? 0 : 1, y[5], "0");
        }
    }
}
