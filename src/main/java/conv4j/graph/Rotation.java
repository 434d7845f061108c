package conv4j.graph;

/**
 * A rotation about the centre of an image, in integers, so that every backend meets the same pixels with the same weights:
 * sine and cosine are fractions of 2^30 from polynomials of integer coefficients, positions are fractions of 2^31.
 *
 * <p>Counterclockwise by an angle a, rows counted downwards: the pixel at (y, x) from the centre comes from {@code (x sin a
 * + y cos a, x cos a - y sin a)}.
 *
 * @param sine of the angle, times 2^30, off by at most 4
 * @param cosine of the angle, times 2^30, off by at most 4
 * @param height rows of the image
 * @param width columns of the image
 */
public record Rotation(int sine, int cosine, int height, int width) {

    private static final int BITS = 30;
    private static final int EIGHTH = 1 << 21;
    private static final int QUARTER = 2 * EIGHTH;

    // Taylor's series of sin and cos (pi/4 t), times 2^30.
    private static final long[] SINE = {843_314_857, -86_699_834, 2_674_041, -39_273, 336};
    private static final long[] COSINE = {1L << BITS, -331_168_970, 17_023_473, -350_031, 3_856, -26};

    /**
     * A rotation by an angle.
     *
     * @param angle in units of a turn / 2^24, any number
     * @param height rows of the image
     * @param width columns of the image
     * @return the rotation
     */
    public static Rotation of(int angle, int height, int width) {
        int shifted = angle + EIGHTH;
        // The rest of the angle beyond whole quarters, from -1 to 1 times 2^30 for an eighth of a turn each way.
        long t = (long) ((shifted & QUARTER - 1) - EIGHTH) << BITS - 21;
        long square = t * t >> BITS;
        int s = (int) (t * polynomial(SINE, square) >> BITS);
        int c = (int) polynomial(COSINE, square);
        return switch (shifted >> 22 & 3) {
            case 0 -> new Rotation(s, c, height, width);
            case 1 -> new Rotation(c, -s, height, width);
            case 2 -> new Rotation(-s, -c, height, width);
            default -> new Rotation(-c, s, height, width);
        };
    }

    private static long polynomial(long[] coefficients, long x) {
        long sum = 0;
        for (int i = coefficients.length - 1; i >= 0; i--) {
            sum = coefficients[i] + (x * sum >> BITS);
        }
        return sum;
    }

    /**
     * The row that a pixel comes from.
     *
     * @param y the pixel's row
     * @param x its column
     * @return the row, times 2^31
     */
    public long row(int y, int x) {
        return ((long) height - 1 << BITS) + (long) sine * (2 * x - width + 1) + (long) cosine * (2 * y - height + 1);
    }

    /**
     * The column that a pixel comes from.
     *
     * @param y the pixel's row
     * @param x its column
     * @return the column, times 2^31
     */
    public long column(int y, int x) {
        return ((long) width - 1 << BITS) + (long) cosine * (2 * x - width + 1) - (long) sine * (2 * y - height + 1);
    }

    /**
     * The pixel at or before a position.
     *
     * @param position times 2^31
     * @return the largest whole number that is not larger
     */
    public static int before(long position) {
        return (int) (position >> BITS + 1);
    }

    /**
     * The weight of the pixel after {@link #before}.
     *
     * @param position times 2^31
     * @return a multiple of 2^-24 in [0, 1)
     */
    public static float weight(long position) {
        return (position >> 7 & 0xFFFFFF) * 0x1p-24f;
    }
}
