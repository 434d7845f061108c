package conv4j.data;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The built-in data set: images of the digits 0 to 9, made on the spot, so that a first network trains without any
 * download. The digits are pen strokes of our own (no fonts), shaken, warped, rotated, scaled, sheared, drawn with pens
 * of many widths, lighter or darker than a background that varies, in front of pieces of other digits, under noise. A
 * linear classifier stays far below a small convolutional network on it.
 *
 * <p>Each image depends on the seed and its own number only, through {@link RandomStream}, and is drawn with arithmetic
 * that is exact to the bit (see {@link GlyphCanvas}; for this reason not with Java2D): the same seed gives the same bytes on
 * every machine, with any number of threads, and the first n images of a larger set are the set of n.
 */
public final class Glyphs {

    /** The shape of the images unless another is asked for: (32, 32, 3). */
    public static final Shape SHAPE = Shape.of(32, 32, 3);

    private static final List<String> CLASSES = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    private static final int SMALLEST = 8;
    private static final int MOST_CHUNK_BYTES = 1 << 30;
    private static final int IMAGES_PER_TASK = 64;
    private static final long TRAIN_STREAMS = 1L << 48;
    private static final long TEST_STREAMS = 2L << 48;

    private Glyphs() {}

    /**
     * Makes training images of 32 x 32 x 3.
     *
     * @param n how many, 1 or more
     * @param seed any value
     * @return the images
     * @throws DataException when n is below 1
     */
    public static ImageSet train(int n, long seed) {
        return train(SHAPE, n, seed);
    }

    /**
     * Makes test images of 32 x 32 x 3; they come from other random streams than the training images.
     *
     * @param n how many, 1 or more
     * @param seed any value, usually the one of the training images
     * @return the images
     * @throws DataException when n is below 1
     */
    public static ImageSet test(int n, long seed) {
        return test(SHAPE, n, seed);
    }

    /**
     * Makes training images.
     *
     * @param shape (height, width, channels), at least 8 x 8 with any number of channels
     * @param n how many, 1 or more
     * @param seed any value
     * @return the images
     * @throws DataException when the shape is too small or n is below 1
     */
    public static ImageSet train(Shape shape, int n, long seed) {
        return images(shape, n, seed, TRAIN_STREAMS);
    }

    /**
     * Makes test images.
     *
     * @param shape (height, width, channels), at least 8 x 8 with any number of channels
     * @param n how many, 1 or more
     * @param seed any value, usually the one of the training images
     * @return the images
     * @throws DataException when the shape is too small or n is below 1
     */
    public static ImageSet test(Shape shape, int n, long seed) {
        return images(shape, n, seed, TEST_STREAMS);
    }

    private static ImageSet images(Shape shape, int n, long seed, long streams) {
        if (shape.rank() != 3 || shape.dim(0) < SMALLEST || shape.dim(1) < SMALLEST) {
            throw new DataException("glyphs of shape " + shape + " were asked for; needed is (height, width, channels)"
                    + " with a height and width of " + SMALLEST + " or more");
        }
        if (n < 1) {
            throw new DataException(n + " glyphs were asked for; ask for 1 or more");
        }
        List<byte[]> chunks = chunks(shape.size(), n);
        int perChunk = chunks.get(0).length / shape.size();
        int[] labels = new int[n];
        int tasks = (n - 1) / IMAGES_PER_TASK + 1;
        IntStream.range(0, tasks).parallel().forEach(task -> {
            GlyphPainter painter = new GlyphPainter(shape);
            int first = task * IMAGES_PER_TASK;
            for (int i = first; i < Math.min(n, first + IMAGES_PER_TASK); i++) {
                RandomStream random = new RandomStream(seed, streams + i);
                labels[i] = random.nextInt(CLASSES.size());
                painter.paint(labels[i], random, chunks.get(i / perChunk), i % perChunk * shape.size());
            }
        });
        return new ImageSet(shape, chunks, labels, CLASSES);
    }

    /** Arrays of whole images, none larger than 1 GiB unless a single image is. */
    static List<byte[]> chunks(int imageSize, int n) {
        int perChunk = Math.max(1, Math.min(n, MOST_CHUNK_BYTES / imageSize));
        List<byte[]> chunks = new ArrayList<>();
        for (int first = 0; first < n; first += perChunk) {
            chunks.add(new byte[Math.min(perChunk, n - first) * imageSize]);
        }
        return chunks;
    }
}
