package conv4j.random;

/**
 * Philox4x32-10: a function from a key (2 words) and a counter (4 words) to 4 random words. It has no state, so the
 * number at any position can be computed by anyone at any time: on the host, on a device, in any order.
 *
 * <p>Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11, section 4.3; constants and
 * known answers as in Random123.
 */
public final class Philox {

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long WORD = 0xFFFFFFFFL;

    private Philox() {}

    /**
     * Computes one block of 4 random words.
     *
     * @param key0 first word of the key
     * @param key1 second word of the key
     * @param counter0 first word of the counter
     * @param counter1 second word of the counter
     * @param counter2 third word of the counter
     * @param counter3 fourth word of the counter
     * @param out gets the words at indices 0 to 3; each is uniform over all 2^32 values
     */
    public static void block(int key0, int key1, int counter0, int counter1, int counter2, int counter3, int[] out) {
        int k0 = key0;
        int k1 = key1;
        int c0 = counter0;
        int c1 = counter1;
        int c2 = counter2;
        int c3 = counter3;
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (c0 & WORD);
            long product1 = MULTIPLIER_1 * (c2 & WORD);
            c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
            c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
            c1 = (int) product1;
            c3 = (int) product0;
            k0 += WEYL_0;
            k1 += WEYL_1;
        }
        out[0] = c0;
        out[1] = c1;
        out[2] = c2;
        out[3] = c3;
    }
}
