package conv4j.cli;

/** What the command line ends with. */
public final class ExitCode {

    /** Everything was done. */
    public static final int OK = 0;
    /** An error in this program. */
    public static final int BUG = 1;
    /** Options, layers or shapes that do not fit. */
    public static final int USAGE = 2;
    /** Data or a file that is missing, damaged or cannot be written. */
    public static final int DATA = 3;
    /** A device that is not there, refuses, or has too little memory. */
    public static final int DEVICE = 4;
    /** The loss became NaN or infinite. */
    public static final int DIVERGED = 5;
    /** Interrupted, by Ctrl-C for example; a checkpoint was saved when there was a name for it. */
    public static final int INTERRUPTED = 130;

    private ExitCode() {}
}
