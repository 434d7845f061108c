package conv4j.cli;

import java.util.Locale;

/** Numbers in words. */
final class Words {

    private static final double KIB = 1024;

    private Words() {}

    /** A number of things: {@code 1 image}, {@code 10,000 images}, {@code 2 classes}. */
    static String count(long number, String thing) {
        String plural = thing.endsWith("s") ? thing + "es" : thing + "s";
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? thing : plural);
    }

    /** Bytes: {@code 512 B}, {@code 8.0 GiB}. */
    static String bytes(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (value >= KIB && unit < units.length - 1) {
            value /= KIB;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }
}
