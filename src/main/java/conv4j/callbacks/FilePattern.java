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
        String digits = place.group(4) == null ? "" : "." + place.group(4);
        String kind = place.group(5);
        if (kind == null || kind.isEmpty()) {
            kind = whole ? "d" : digits.isEmpty() ? "s" : "g";
        }
        if (kind.equals("d") && !whole) {
            throw new IllegalArgumentException("the file name '" + text + "' asks for " + place.group()
                    + ", but that is no whole number; write {" + place.group(1) + ":.4f}");
        }
        String width = place.group(3) == null || place.group(3).isEmpty() ? "" : place.group(2) + place.group(3);
        return switch (kind) {
            case "d" -> String.format(Locale.ROOT, "%" + width + kind, value);
            case "s" -> width.startsWith("0")
                    ? zerosBefore(value.toString(), Integer.parseInt(width))
                    : String.format(Locale.ROOT, "%" + width + kind, value);
            default -> String.format(Locale.ROOT, "%" + width + digits + kind, value.doubleValue());
        };
    }

    /** Java fills up texts with blanks only. */
    private static String zerosBefore(String number, int width) {
        String zeros = "0".repeat(Math.max(0, width - number.length()));
        return number.startsWith("-") ? "-" + zeros + number.substring(1) : zeros + number;
    }
}
