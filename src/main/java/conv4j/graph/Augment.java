package conv4j.graph;

import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Objects;

/**
 * Moves the pixels of every image of a batch by amounts drawn for that image alone. It is for data, in front of the
 * first layer, and has no gradient.
 *
 * <p>The draws of image i of the batch are the words 0 to 3 of one Philox4x32-10 block: key (seed low, seed high),
 * counter (i, 0, step, ~stream). Dropout's streams are 0 or more, so no two operations share a word. Only integers
 * are computed with them: flips, translations and cutouts give the same bits on every backend, and a rotation meets
 * the same pixels with the same weights.
 *
 * @param input images (height, width, channels), batched
 * @param fill (channels), what {@link Edge#CONSTANT} and {@link Kind#CUTOUT} put in; null where nothing is put in
 * @param output the same shape
 * @param kind what is done
 * @param rows the range of word 0, see {@link Kind}
 * @param columns the range of word 1, see {@link Kind}
 * @param edge what lies outside of an image
 * @param stream tells the model's augmentations apart, 0 or more
 */
public record Augment(
        Value input, Value fill, Value output, Kind kind, Range rows, Range columns, Edge edge, int stream)
        implements Operation {

    /** What is done with an image; r and c are what was drawn from the ranges of rows and columns. */
    public enum Kind {
        /** Upside down where r is 1, left and right exchanged where c is 1. */
        FLIP,
        /** Down by r pixels and to the right by c: {@code output[y, x] = input[y - r, x - c]}. */
        TRANSLATION,
        /**
         * Counterclockwise about the centre by r, in units of a turn / 2^24, with bilinear interpolation; see {@link
         * Rotation}. Nothing is drawn for columns.
         */
        ROTATION,
        /**
         * A rectangle of r rows and c columns is replaced. Its centre is any pixel of the image, row from word 2 and column
         * from word 3; it begins {@code r / 2} rows above and {@code c / 2} columns to the left of it and ends at the image's
         * border. DeVries and Taylor 2017.
         */
        CUTOUT
    }

    /** The pixel that stands for one outside of the image, along an axis of extent n. */
    public enum Edge {
        /** None: there is a constant, {@code fill}. */
        CONSTANT,
        /** Mirrored at the border, the last pixel twice: {@code d c b a | a b c d | d c b a}. */
        REFLECT,
        /** The image again: {@code a b c d | a b c d | a b c d}. */
        WRAP,
        /** The last pixel: {@code a a a a | a b c d | d d d d}. */
        NEAREST;

        /**
         * The position that stands for another one.
         *
         * @param position any number
         * @param extent pixels of the axis
         * @return from 0 to extent - 1, or -1 where there is a constant
         */
        public int inside(int position, int extent) {
            if (position >= 0 && position < extent) {
                return position;
            }
            return switch (this) {
                case CONSTANT -> -1;
                case WRAP -> Math.floorMod(position, extent);
                case NEAREST -> position < 0 ? 0 : extent - 1;
                case REFLECT -> {
                    int twice = Math.floorMod(position, 2 * extent);
                    yield Math.min(twice, 2 * extent - 1 - twice);
                }
            };
        }
    }

    /**
     * Whole numbers that are drawn with the same probability each (to within 2^-32).
     *
     * @param low the smallest, from -2^27
     * @param high the largest, up to 2^27
     */
    public record Range(int low, int high) {

        private static final int LIMIT = 1 << 27;

        /** The range of what is not drawn. */
        public static final Range ZERO = new Range(0, 0);

        public Range {
            if (low < -LIMIT || high > LIMIT || low > high) {
                throw new IllegalArgumentException(
                        "a range goes upwards between -2^27 and 2^27, but is " + low + " to " + high);
            }
        }

        /**
         * How many numbers there are.
         *
         * @return 1 or more
         */
        public int count() {
            return high - low + 1;
        }

        /**
         * The number that a random word stands for: {@code low + floor(word * count / 2^32)}, the word unsigned.
         *
         * @param word any number
         * @return from low to high
         */
        public int draw(int word) {
            return low + (int) ((word & 0xFFFFFFFFL) * count() >>> 32);
        }
    }

    public Augment {
        checkImages(input, output, stream);
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(edge, "edge");
        boolean fills = kind == Kind.CUTOUT || edge == Edge.CONSTANT && kind != Kind.FLIP;
        if (fills != (fill != null)) {
            throw new IllegalArgumentException(
                    kind + " with the edge " + edge + (fills ? " needs a fill" : " has no use for a fill"));
        }
        if (fill != null) {
            Check.columns("fill", fill, output.columns());
        }
        if (kind == Kind.FLIP && !(isChoice(rows) && isChoice(columns))
                || kind == Kind.CUTOUT && (rows.low() < 0 || columns.low() < 0)) {
            throw new IllegalArgumentException(kind + " cannot draw from " + rows + " and " + columns);
        }
    }

    private static boolean isChoice(Range range) {
        return range.low() >= 0 && range.high() <= 1;
    }

    private static void checkImages(Value input, Value output, int stream) {
        Check.shape("output", output, input.shape());
        if (input.shape().rank() != 3 || !input.batched() || !output.batched()) {
            throw new IllegalArgumentException(
                    "augmentation needs a batch of images (height, width, channels), but was given " + input);
        }
        if (stream < 0) {
            throw new IllegalArgumentException("the stream must be 0 or more, but is " + stream);
        }
    }

    /**
     * The random words of an image.
     *
     * @param seed the run's seed
     * @param step the run's step
     * @param item the image's place in the batch
     * @param stream the operation's stream
     * @return four words
     */
    public static int[] words(long seed, int step, int item, int stream) {
        int[] words = new int[4];
        Philox.block((int) seed, (int) (seed >>> 32), item, 0, step, ~stream, words);
        return words;
    }

    @Override
    public List<Value> inputs() {
        return fill == null ? List.of(input) : List.of(input, fill);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.augment(this);
    }

    /**
     * Changes the colors of every image of a batch by a factor f drawn for that image alone: with means {@code output =
     * limit((input - mean) * f + mean)}, contrast; without {@code output = limit(input + f * unit)}, brightness. Limited to
     * low and high; NaN stays NaN.
     *
     * @param input images (height, width, channels), batched
     * @param means (1, 1, channels), the means of every image's channels, batched; or null
     * @param limits (3, channels): unit, low, high
     * @param output the same shape as the input
     * @param factors f in units of 2^-24, drawn from word 0 of {@link Augment#words}
     * @param stream tells the model's augmentations apart, 0 or more
     */
    public record Colors(Value input, Value means, Value limits, Value output, Range factors, int stream)
            implements Operation {

        public Colors {
            checkImages(input, output, stream);
            Check.shape("limits", limits, Shape.of(3, input.columns()));
            if (means != null) {
                Check.shape("means", means, Shape.of(1, 1, input.columns()));
            }
        }

        /**
         * The factor that a random word stands for, the same float on every backend.
         *
         * @param word word 0 of an image
         * @return the factor
         */
        public float factor(int word) {
            return factors.draw(word) * 0x1p-24f;
        }

        @Override
        public List<Value> inputs() {
            return means == null ? List.of(input, limits) : List.of(input, means, limits);
        }

        @Override
        public List<Value> outputs() {
            return List.of(output);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.augmentColors(this);
        }
    }
}
