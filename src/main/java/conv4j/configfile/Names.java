package conv4j.configfile;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Names that users write, and what they may have meant. */
final class Names {

    private Names() {}

    /** Without case, underscores and dashes, so that Conv2D, conv2d and conv_2d are one. */
    static String plain(String name) {
        return name.replaceAll("[_-]", "").toLowerCase(Locale.ROOT);
    }

    /** The end of a message about a name that is not known: the nearest one, and all when they are few. */
    static String advice(String name, Collection<String> known) {
        String nearest = known.stream()
                .min(Comparator.comparingInt(other -> distance(plain(name), plain(other))))
                .orElseThrow();
        boolean near = distance(plain(name), plain(nearest)) <= Math.max(2, name.length() / 2);
        return (near ? "; did you mean " + nearest + "? There are " : "; there are ") + String.join(", ", known);
    }

    /** Letters to insert, delete or replace (Levenshtein 1966). */
    static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
