package conv4j.selftest;

/**
 * How thoroughly contracts look.
 *
 * @param seed what all random geometries and numbers begin with
 * @param randomCases random geometries of each check that has some
 * @param most the most cases of each check; of more, some are taken at even distances
 * @param onlyCase the one case to run of each check, counted from 0, or {@link #ALL}
 */
public record Settings(long seed, int randomCases, int most, int onlyCase) {

    /** Instead of the number of a case: every one of them. */
    public static final int ALL = -1;

    /** The seed where nobody asks for another. */
    public static final long SEED = 20260729;

    /** A minute on one processor. */
    public static final Settings SHORT = new Settings(SEED, 30, Integer.MAX_VALUE, ALL);

    /** More than two thousand random convolutions, and as many products and poolings. */
    public static final Settings LONG = new Settings(SEED, 400, Integer.MAX_VALUE, ALL);

    /** A few cases of every check: for a device that is seen for the first time, and for interpreters of kernels. */
    public static final Settings TINY = new Settings(SEED, 1, 3, ALL);

    /**
     * Settings.
     *
     * @throws IllegalArgumentException when there would be nothing to run
     */
    public Settings {
        if (randomCases < 0 || most < 1 || onlyCase < ALL) {
            throw new IllegalArgumentException(
                    "a self-test needs 0 or more random cases, 1 or more cases of each check and "
                            + "a case's number of 0 or more, but was given " + randomCases + ", " + most + " and "
                            + onlyCase);
        }
    }

    /**
     * The same with other random geometries and numbers.
     *
     * @param other the seed
     * @return the settings
     */
    public Settings withSeed(long other) {
        return new Settings(other, randomCases, most, onlyCase);
    }

    /**
     * The same with another number of random geometries.
     *
     * @param count of each check
     * @return the settings
     */
    public Settings withRandomCases(int count) {
        return new Settings(seed, count, most, onlyCase);
    }

    /**
     * The same for one case only of each check.
     *
     * @param number counted from 0
     * @return the settings
     */
    public Settings withOnlyCase(int number) {
        return new Settings(seed, randomCases, most, number);
    }

    /** How often to do what is better done often: a twentieth of that where only a few cases are wanted. */
    int times(int often) {
        return most < Integer.MAX_VALUE ? Math.max(1, often / 20) : often;
    }

    /** Whether case number i of so many is to be run. */
    boolean chooses(int i, int count) {
        if (onlyCase != ALL) {
            return i == onlyCase;
        }
        return count <= most || (long) i * most / count != (long) (i - 1) * most / count || i == 0;
    }
}
