package conv4j.selftest;

import conv4j.backend.Backend;
import conv4j.backend.DeviceInfo;
import conv4j.graph.Precision;
import java.util.List;
import java.util.Random;

/** A device under test, how thoroughly to look at it, and what was found. */
public final class Subject {

    private final Backend backend;
    private final String variant;
    private final Settings settings;
    private final Tally tally = new Tally();
    private String check = "";
    private int number = Settings.ALL;
    private long casesOffered;
    private long casesRun;

    /**
     * A device to be tested.
     *
     * @param backend its backend; whoever made it closes it
     * @param variant the variant of its kernels, or null for the device's own choice
     * @param settings how thoroughly to look
     */
    public Subject(Backend backend, String variant, Settings settings) {
        this.backend = backend;
        this.variant = variant;
        this.settings = settings;
    }

    /**
     * The device.
     *
     * @return what is known of it
     */
    public DeviceInfo device() {
        return backend.device();
    }

    Backend backend() {
        return backend;
    }

    /** What its kernels round the operands of products to. */
    Precision precision() {
        return backend.precision();
    }

    Settings settings() {
        return settings;
    }

    Tally tally() {
        return tally;
    }

    /**
     * What was found of each operation so far.
     *
     * @return sorted by name
     */
    public List<OperationResult> results() {
        return tally.results();
    }

    /** Notes what runs from now on, so that a failure can name it and its random numbers are always the same. */
    void enter(Check running) {
        check = running.title();
        number = Settings.ALL;
    }

    /** Notes the case of the running check. */
    void enterCase(int running) {
        number = running;
    }

    /** Counts the cases of a check, and those of them that were run. */
    void countCases(int offered, int run) {
        casesOffered += offered;
        casesRun += run;
    }

    /** Whether there were cases, but none of them was chosen. */
    boolean choseNone() {
        return casesOffered > 0 && casesRun == 0;
    }

    /** Random numbers that depend on the seed, the check and the case only; every call begins anew. */
    Random random() {
        return new Random(31 * (31 * settings.seed() + check.hashCode()) + number);
    }

    /** The command that runs nothing but what is running now. */
    String reproduce() {
        String one = number == Settings.ALL ? "" : " --random " + settings.randomCases() + " --case " + number;
        return "./conv4j selftest --device " + backend.device().id() + (variant == null ? "" : " --variant " + variant)
                + " --only \"" + check + "\" --seed " + settings.seed() + one;
    }
}
