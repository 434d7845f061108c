package conv4j.random;

/**
 * A sequence of random numbers, named by a seed and a stream number, read from {@link Philox}. Two streams of one seed
 * never share a counter, so each image, epoch or parameter can have a stream of its own and the result does not depend
 * on who draws first. Only integer arithmetic, exact floating point operations and {@link StrictMath} are used: the
 * same bits on every machine.
 *
 * <p>The key is the seed with its low word turned by a constant. Kernels use the plain seed as their key, so their
 * numbers (dropout masks) are not those of any stream here.
 */
public final class RandomStream {

    private static final int HOST_KEY = 0x636F6E76;
    private static final long SHUFFLE_STREAMS = 0x53485546L << 32;

    private final int key0;
    private final int key1;
    private final int stream0;
    private final int stream1;
    private final int[] block = new int[4];
    private long nextBlock;
    private int lane = 4;
    private double spareGaussian = Double.NaN;

    /**
     * Starts at the beginning of a stream.
     *
     * @param seed any value
     * @param stream any value; different values give independent sequences
     */
    public RandomStream(long seed, long stream) {
        key0 = (int) seed ^ HOST_KEY;
        key1 = (int) (seed >>> 32);
        stream0 = (int) stream;
        stream1 = (int) (stream >>> 32);
    }

    /** {@return the next 32 random bits} */
    public int nextInt() {
        if (lane == 4) {
            Philox.block(key0, key1, (int) nextBlock, (int) (nextBlock >>> 32), stream0, stream1, block);
            nextBlock++;
            lane = 0;
        }
        return block[lane++];
    }

    /**
     * Returns an integer from 0 to bound - 1, each with exactly the same probability (Lemire 2019, "Fast random integer
     * generation in an interval", algorithm 5).
     *
     * @param bound a positive number
     * @return the integer
     * @throws IllegalArgumentException when the bound is not positive
     */
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound " + bound + " is not positive; give the number of values");
        }
        long product = Integer.toUnsignedLong(nextInt()) * bound;
        if ((product & 0xFFFFFFFFL) < bound) {
            long rejected = (1L << 32) % bound;
            while ((product & 0xFFFFFFFFL) < rejected) {
                product = Integer.toUnsignedLong(nextInt()) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    /** {@return a multiple of 2^-24 in [0, 1)} */
    public float nextFloat() {
        return (nextInt() >>> 8) * 0x1p-24f;
    }

    /**
     * Returns a number between two limits: low + (high - low) * {@link #nextFloat()}, in float arithmetic.
     *
     * @param low lower limit
     * @param high upper limit
     * @return the number
     */
    public float nextFloat(float low, float high) {
        return low + (high - low) * nextFloat();
    }

    /** {@return a multiple of 2^-53 in [0, 1)} */
    public double nextDouble() {
        long high = Integer.toUnsignedLong(nextInt()) >>> 6;
        long low = Integer.toUnsignedLong(nextInt()) >>> 5;
        return ((high << 27) | low) * 0x1p-53;
    }

    /**
     * Returns a normally distributed number, mean 0, deviation 1 (Box and Muller 1958; both of a pair are used).
     *
     * @return the number
     */
    public double nextGaussian() {
        if (!Double.isNaN(spareGaussian)) {
            double value = spareGaussian;
            spareGaussian = Double.NaN;
            return value;
        }
        double radius = Math.sqrt(-2 * StrictMath.log(1 - nextDouble()));
        double angle = 2 * Math.PI * nextDouble();
        spareGaussian = radius * StrictMath.sin(angle);
        return radius * StrictMath.cos(angle);
    }

    /**
     * Returns 0 to n - 1 in random order, every order with the same probability (Fisher and Yates; Knuth 1997, volume 2,
     * algorithm 3.4.2 P). The numbers are not shared with {@code new RandomStream(seed, stream)}.
     *
     * @param n how many, 0 or more
     * @param seed any value
     * @param stream usually the epoch
     * @return the order: out[position] = item
     * @throws IllegalArgumentException when n is negative
     */
    public static int[] permutation(int n, long seed, long stream) {
        if (n < 0) {
            throw new IllegalArgumentException("a permutation of " + n + " items does not exist; give 0 or more");
        }
        RandomStream random = new RandomStream(seed, stream ^ SHUFFLE_STREAMS);
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }
}
