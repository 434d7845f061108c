package conv4j.selftest;

import static conv4j.selftest.Assertions.assertArrayEquals;
import static conv4j.selftest.Assertions.assertEquals;
import static conv4j.selftest.Numbers.UNIT;

import conv4j.backend.Run;
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

/** Random moves of pixels: flips, translations and cutouts to the bit, rotations within rounding. */
final class AugmentationContract extends Contract {

    AugmentationContract(Subject subject) {
        super("augmentation", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("pixels move exactly", this::pixelsMoveExactly),
                check("any batch moves alike", this::anyBatchMovesAlike),
                check("a known move gives known pixels", this::aKnownMoveGivesKnownPixels),
                check("quarter turns of a square are exact", this::quarterTurnsOfASquareAreExact),
                check("rotations interpolate within rounding", this::rotationsInterpolateWithinRounding),
                check("a constant image stays constant under rotation", this::aConstantImageStaysConstantUnderRotation),
                check("not a number moves with its pixel", this::notANumberMovesWithItsPixel));
    }

    /** One turn in the units of angles. */
    private static final int ONE = 1 << 24;

    private static Augment augment(Kind kind, Shape image, Range rows, Range columns, Edge edge, int stream) {
        boolean fills = kind == Kind.CUTOUT || edge == Edge.CONSTANT && kind != Kind.FLIP;
        Value fill = fills ? Value.state("fill", Shape.of(image.columns())) : null;
        return new Augment(
                Value.activation("x", image), fill, Value.activation("y", image), kind, rows, columns, edge, stream);
    }

    /** A run with a seed whose two words differ, at a later step. */
    static Run run(int batch) {
        return new Run(batch, 1234, 0x0123456789ABCDEFL, 7, 0, 0, 0, 0);
    }

    private static Trial trial(Augment operation, int batch, int maxBatch) {
        String title = operation.kind() + " " + operation.edge() + " by " + operation.rows() + ", "
                + operation.columns() + " of " + operation.input().shape();
        return Trial.of(title, operation, maxBatch, run(batch));
    }

    /** Images of every number of channels around the edges of vectors. */
    static List<Shape> shapes() {
        List<Shape> shapes = new ArrayList<>(List.of(
                Shape.of(1, 1, 1), Shape.of(1, 9, 2), Shape.of(9, 1, 3), Shape.of(32, 32, 3), Shape.of(17, 33, 1)));
        for (int channels : Numbers.EDGES) {
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

    /** One of the moves, of an image of any size. */
    private static Augment randomMove(Random random) {
        List<Augment> moves = moves(Shape.of(1 + random.nextInt(40), 1 + random.nextInt(40), 1 + random.nextInt(20)));
        return moves.get(random.nextInt(moves.size()));
    }

    private void pixelsMoveExactly() {
        List<Augment> moves = new ArrayList<>();
        shapes().forEach(shape -> moves.addAll(moves(shape)));
        Random random = random();
        for (int i = 0; i < randomCases(); i++) {
            moves.add(randomMove(random));
        }
        each(moves, move -> trial(move, 5, 7).reals(random()).assertExact(subject()));
    }

    private void anyBatchMovesAlike() {
        Shape image = Shape.of(4, 3, 2);
        List<Augment> all = new ArrayList<>(moves(image));
        all.add(augment(Kind.ROTATION, image, new Range(-ONE / 8, ONE / 8), Range.ZERO, Edge.REFLECT, 7));
        float[] many = Numbers.reals(random(), 33 * image.size());
        each(all, move -> {
            float[] whole = changed(move, many, 33);
            for (int batch : new int[] {1, 3, 32}) {
                int size = batch * image.size();
                assertArrayEquals(
                        Arrays.copyOf(whole, size),
                        changed(move, Arrays.copyOf(many, size), batch),
                        move + " in a batch of " + batch);
            }
        });
    }

    private float[] changed(Augment operation, float[] x, int batch) {
        Trial trial = trial(operation, batch, 33).put(operation.input(), x);
        if (operation.fill() != null) {
            trial.put(
                    operation.fill(),
                    Numbers.reals(new Random(3), operation.input().columns()));
        }
        return trial.on(subject()).of(operation.output());
    }

    /** What a range of one number does, worked out by hand; the fill is 0. */
    private void aKnownMoveGivesKnownPixels() {
        Range one = new Range(1, 1);
        Range two = new Range(-2, -2);
        Range all = new Range(7, 7);
        String x = "1 2 3 4  5 6 7 8  9 10 11 12";
        assertMoves(Kind.FLIP, one, Range.ZERO, Edge.CONSTANT, x, "9 10 11 12  5 6 7 8  1 2 3 4");
        assertMoves(Kind.FLIP, Range.ZERO, one, Edge.CONSTANT, x, "4 3 2 1  8 7 6 5  12 11 10 9");
        assertMoves(Kind.TRANSLATION, one, two, Edge.CONSTANT, x, "0 0 0 0  3 4 0 0  7 8 0 0");
        assertMoves(Kind.TRANSLATION, one, two, Edge.REFLECT, x, "3 4 4 3  3 4 4 3  7 8 8 7");
        assertMoves(Kind.TRANSLATION, one, two, Edge.WRAP, x, "11 12 9 10  3 4 1 2  7 8 5 6");
        assertMoves(Kind.TRANSLATION, one, two, Edge.NEAREST, x, "3 4 4 4  3 4 4 4  7 8 8 8");
        assertMoves(Kind.CUTOUT, all, all, Edge.CONSTANT, x, "0 0 0 0  0 0 0 0  0 0 0 0");
        assertMoves(Kind.CUTOUT, all, Range.ZERO, Edge.CONSTANT, x, x);
    }

    /** Images of 3 rows and one channel. */
    private void assertMoves(Kind kind, Range rows, Range columns, Edge edge, String x, String want) {
        float[] pixels = pixels(x);
        Augment operation = augment(kind, Shape.of(3, pixels.length / 3, 1), rows, columns, edge, 0);
        Trial trial = trial(operation, 1, 1).put(operation.input(), pixels);
        if (operation.fill() != null) {
            trial.put(operation.fill(), 0);
        }
        assertArrayEquals(pixels(want), trial.on(subject()).of(operation.output()), operation.toString());
    }

    private static float[] pixels(String text) {
        String[] words = text.split(" +");
        float[] pixels = new float[words.length];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = Float.parseFloat(words[i]);
        }
        return pixels;
    }

    private void quarterTurnsOfASquareAreExact() {
        assertTurns(0, "1 2 3  4 5 6  7 8 9");
        assertTurns(ONE / 4, "3 6 9  2 5 8  1 4 7");
        assertTurns(ONE / 2, "9 8 7  6 5 4  3 2 1");
        assertTurns(-ONE / 4, "7 4 1  8 5 2  9 6 3");
        assertTurns(5 * ONE / 4, "3 6 9  2 5 8  1 4 7");
    }

    private void assertTurns(int angle, String want) {
        Range only = new Range(angle, angle);
        assertMoves(Kind.ROTATION, only, Range.ZERO, Edge.CONSTANT, "1 2 3  4 5 6  7 8 9", want);
    }

    private static Augment turned(Shape image, int angle, Edge edge) {
        return augment(Kind.ROTATION, image, new Range(angle, angle), Range.ZERO, edge, 0);
    }

    /**
     * Positions and weights are the same everywhere; three interpolations one after the other have two rounded products and
     * a rounded sum each, of numbers no larger than the largest: 3 u for the first two, as much again for the third.
     */
    private void rotationsInterpolateWithinRounding() {
        List<Augment> rotations = new ArrayList<>();
        for (Shape image : shapes()) {
            for (Edge edge : Edge.values()) {
                rotations.add(augment(Kind.ROTATION, image, new Range(-ONE / 24, ONE / 24), Range.ZERO, edge, 1));
                rotations.add(augment(Kind.ROTATION, image, new Range(-ONE, ONE), Range.ZERO, edge, 2));
            }
        }
        each(rotations, rotation -> {
            Trial trial = trial(rotation, 5, 6).reals(random());
            double largest = largest(trial.elements(rotation.input()));
            double fill = rotation.fill() == null ? 0 : largest(trial.elements(rotation.fill()));
            trial.assertWithin(subject(), (v, i, want) -> 6 * UNIT * Math.max(largest, fill) + Numbers.SMALLEST);
        });
    }

    static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private void aConstantImageStaysConstantUnderRotation() {
        Augment rotation = augment(Kind.ROTATION, Shape.of(9, 12, 2), new Range(-ONE, ONE), Range.ZERO, Edge.WRAP, 3);
        float[] x = new float[4 * 9 * 12 * 2];
        Arrays.fill(x, 1);
        // Weights are multiples of 2^-24 that add up to 1, so nothing is rounded but the products' sums.
        for (float y :
                trial(rotation, 4, 4).put(rotation.input(), x).on(subject()).of(rotation.output())) {
            assertEquals(1, y, 4 * UNIT, "a pixel of 1 after a rotation");
        }
    }

    private void notANumberMovesWithItsPixel() {
        Shape image = Shape.of(5, 5, 1);
        float[] x = Numbers.reals(random(), 25);
        x[12] = Float.NaN;
        x[3] = Float.POSITIVE_INFINITY;
        each(
                moves(image),
                move -> trial(move, 1, 1).put(move.input(), x).reals(random()).assertExact(subject()));
        float[] turned = changed(turned(image, ONE / 4, Edge.CONSTANT), x, 1);
        for (int i = 0; i < turned.length; i++) {
            assertEquals(
                    i == 12,
                    Float.isNaN(turned[i]),
                    "whether NaN came to element " + i + " after a quarter turn: " + turned[i]);
        }
        assertEquals(Float.POSITIVE_INFINITY, turned[5], "the pixel that was infinite");
    }
}
