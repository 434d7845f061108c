package conv4j.terminal;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The texts of a progress line, in the form that Keras users know. */
public final class ProgressText {

    private static final int BAR_WIDTH = 20;
    private static final String BAR = "━";
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String WHITE = "\u001b[37m";
    private static final String RESET = "\u001b[0m";
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;
    private static final double SMALL = 1e-3;

    private ProgressText() {}

    /**
     * The steps done of all, right-aligned: {@code  96/391}.
     *
     * @param done steps
     * @param all steps
     * @return both numbers
     */
    public static String count(int done, int all) {
        String target = Integer.toString(all);
        return String.format(Locale.ROOT, "%" + target.length() + "d/%s", done, target);
    }

    /**
     * The bar; without colours only what is done can be told apart from what is not by another sign.
     *
     * @param done steps
     * @param all steps, 1 or more
     * @param colour whether colours may be used
     * @return 20 signs
     */
    public static String bar(int done, int all, boolean colour) {
        int filled = (int) ((long) BAR_WIDTH * done / all);
        if (!colour) {
            return BAR.repeat(filled) + "-".repeat(BAR_WIDTH - filled);
        }
        String green = filled > 0 ? GREEN + BAR.repeat(filled) + RESET : "";
        return green + WHITE + BAR.repeat(BAR_WIDTH - filled) + RESET;
    }

    /**
     * Count and bar: {@code  96/391 ━━━━━━━━━━━━━━━━━━━━}.
     *
     * @param done steps
     * @param all steps, 1 or more
     * @param colour whether colours may be used
     * @return how a progress line begins
     */
    public static String head(int done, int all, boolean colour) {
        String count = count(done, all);
        return (colour ? BOLD + count + RESET : count) + " " + bar(done, all, colour);
    }

    /**
     * A time to go: {@code 12s}, {@code 2:05}, {@code 1:00:30}.
     *
     * @param seconds 0 or more
     * @return hours, minutes and seconds
     */
    public static String remaining(double seconds) {
        long whole = (long) seconds;
        if (whole > HOUR) {
            return String.format(Locale.ROOT, "%d:%02d:%02d", whole / HOUR, whole % HOUR / MINUTE, whole % MINUTE);
        }
        return whole > MINUTE ? String.format(Locale.ROOT, "%d:%02d", whole / MINUTE, whole % MINUTE) : whole + "s";
    }

    /**
     * A time that has passed, {@code 16s}.
     *
     * @param seconds 0 or more
     * @return seconds
     */
    public static String elapsed(double seconds) {
        return String.format(Locale.ROOT, "%.0fs", seconds);
    }

    /**
     * The time of a step: {@code 41ms/step}.
     *
     * @param seconds 0 or more
     * @return in seconds, milliseconds or microseconds
     */
    public static String perStep(double seconds) {
        if (seconds >= 1 || seconds == 0) {
            return String.format(Locale.ROOT, "%.0fs/step", seconds);
        }
        return seconds >= SMALL
                ? String.format(Locale.ROOT, "%.0fms/step", seconds * 1e3)
                : String.format(Locale.ROOT, "%.0fus/step", seconds * 1e6);
    }

    /**
     * Loss and metrics by name, each after a dash: {@code  - accuracy: 0.3750 - loss: 1.7021}.
     *
     * @param values by name
     * @return in the order of names
     */
    public static String metrics(Map<String, Double> values) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(values)
                .forEach((name, value) ->
                        text.append(" - ").append(name).append(": ").append(number(value)));
        return text.toString();
    }

    /**
     * Four digits after the point; small numbers with an exponent.
     *
     * @param value any number
     * @return its text
     */
    public static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        return String.format(Locale.ROOT, Math.abs(value) > SMALL ? "%.4f" : "%.4e", value);
    }
}
