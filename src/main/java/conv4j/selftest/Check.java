package conv4j.selftest;

/**
 * One sentence that must be true of every backend.
 *
 * @param family what it is about: {@code convolution}
 * @param sentence what must be true: {@code input gradient is exact on integers}
 * @param body fails with an {@link AssertionError} where it is not
 */
record Check(String family, String sentence, Runnable body) {

    /** The family and the sentence: unique among all checks. */
    String title() {
        return family + ": " + sentence;
    }
}
