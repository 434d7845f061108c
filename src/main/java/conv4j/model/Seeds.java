package conv4j.model;

import conv4j.random.Philox;

/** Independent seeds for the purposes of one model, so that initial weights, masks and orders share no numbers. */
enum Seeds {
    /** The seed itself: initial weights. */
    WEIGHTS,
    /** Dropout masks. */
    MASKS,
    /** The order of items in an epoch. */
    ORDER;

    long of(long seed) {
        if (this == WEIGHTS) {
            return seed;
        }
        int[] block = new int[4];
        Philox.block((int) seed, (int) (seed >>> 32), ordinal(), 0, 0, 0x5EED, block);
        return (long) block[1] << 32 | block[0] & 0xFFFFFFFFL;
    }
}
