package conv4j.callbacks;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file name with places for numbers, written as for Python's {@code format}: {@code {epoch}}, {@code {epoch:02d}}, {@code
 * {val_loss:.4f}}; two braces stand for one.
 */
final class FilePattern {

    private static final Pattern PLACE = Pattern.compile("\\{\\{|}}|\\{(\\w+)(?::(0?)(\\d*)(?:\\.(\\d+))?([dfeg]?))?}");

    private final String text;

    FilePattern(String text) {
        this.text = text;
        String rest = PLACE.matcher(text).replaceAll("");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
            throw new IllegalArgumentException("the file name '" + text
                    + "' has a place that cannot be read; write {epoch}, {epoch:02d} or {val_loss:.4f}");
        }
    }

    /** The name with whole numbers and other numbers filled in. */
    String fill(Map<String, Integer> counts, Map<String, Double> logs) {
        StringBuilder name = new StringBuilder();
        Matcher places = PLACE.matcher(text);
        while (places.find()) {
            places.appendReplacement(name, Matcher.quoteReplacement(one(places, counts, logs)));
        }
        return places.appendTail(name).toString();
    }

    private String one(Matcher place, Map<String, Integer> counts, Map<String, Double> logs) {
        String key = place.group(1);
        if (key == null) {
            return place.group().substring(1);
        }
        Number value = counts.get(key);
        if (value == null) {
            value = logs.get(key);
        }
        if (value == null) {
            throw new IllegalArgumentException("the file name '" + text + "' asks for " + key
                    + ", but there are only " + String.join(", ", counts.keySet()) + ", "
                    + String.join(", ", logs.keySet()));
        }
        return formatted(place, value);
    }

    private String formatted(Matcher place, Number value) {
        boolean whole = value instanceof Integer;
        String kind = place.group(5) == null || place.group(5).isEmpty() ? (whole ? "d" : "s") : place.group(5);
        if (kind.equals("s") && place.group(4) != null) {
            kind = "g";
        }
        if (kind.equals("d") && !whole) {
            throw new IllegalArgumentException("the file name '" + text + "' asks for " + place.group()
                    + ", but that is no whole number; write {" + place.group(1) + ":.4f}");
        }
        String width = place.group(3) == null || place.group(3).isEmpty() ? "" : place.group(2) + place.group(3);
        String digits = place.group(4) == null || kind.equals("d") ? "" : "." + place.group(4);
        if (kind.equals("d") || kind.equals("s")) {
            return String.format(
                    Locale.ROOT, "%" + (kind.equals("s") ? width.replaceFirst("^0", "") : width) + kind, value);
        }
        return String.format(Locale.ROOT, "%" + width + digits + kind, value.doubleValue());
    }
}
