package conv4j.configfile;

import conv4j.config.Config;
import conv4j.layers.Layers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Values as text: numbers, {@code true} and {@code false}, {@code none}, names, {@code 3x5} or {@code (3, 5)} for several
 * numbers, {@code l2(0.001)} or {@code random_normal(stddev=0.01)} for a part with arguments of its own, and
 * {@code "texts"} in quotation marks.
 */
final class ValueText {

    private static final String NUMBER = "[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?";
    private static final String NAME = "[A-Za-z_][\\w.-]*";

    private ValueText() {}

    /** Splits at a separator that stands outside of parentheses and quotation marks; blanks around parts are dropped. */
    static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        boolean quoted = false;
        for (int i = 0; i <= text.length(); i++) {
            char letter = i == text.length() ? separator : text.charAt(i);
            if (letter == '"') {
                quoted = !quoted;
            }
            depth += quoted ? 0 : letter == '(' ? 1 : letter == ')' ? -1 : 0;
            if (letter == separator && depth == 0 && !quoted) {
                String part = text.substring(begin, i).strip();
                if (!part.isEmpty()) {
                    parts.add(part);
                }
                begin = i + 1;
            }
        }
        if (depth != 0 || quoted) {
            throw new IllegalArgumentException(
                    quoted ? "a quotation mark is not closed" : "parentheses do not match in '" + text + "'");
        }
        return parts;
    }

    /** The value that a text means: null, Boolean, Integer, Double, String, a list, or a map of a class and its config. */
    static Object parse(String text) {
        if (text.matches("\"[^\"]*\"")) {
            return text.substring(1, text.length() - 1);
        }
        if (text.matches("[-+]?\\d{1,9}")) {
            return Integer.valueOf(text);
        }
        if (text.matches(NUMBER)) {
            return Double.valueOf(text);
        }
        if (text.matches("\\d{1,9}(x\\d{1,9})+")) {
            return List.of(text.split("x")).stream().map(ValueText::parse).toList();
        }
        if (text.startsWith("(") && text.endsWith(")")) {
            return split(text.substring(1, text.length() - 1), ',').stream()
                    .map(ValueText::parse)
                    .toList();
        }
        if (text.matches(NAME + "\\(.*\\)")) {
            return part(text);
        }
        if (!text.matches(NAME)) {
            throw new IllegalArgumentException("'" + text + "' is no value; write a number, a name, 3x5, (3, 5), true,"
                    + " false, none, or a name with arguments as in l2(0.001)");
        }
        return switch (text) {
            case "true", "True" -> true;
            case "false", "False" -> false;
            case "none", "None", "null" -> null;
            default -> text;
        };
    }

    private static Map<String, Object> part(String text) {
        int open = text.indexOf('(');
        String name = text.substring(0, open);
        Map<String, Object> config = new LinkedHashMap<>();
        for (String argument : split(text.substring(open + 1, text.length() - 1), ',')) {
            int equals = argument.indexOf('=');
            if (equals < 0 && !name.matches("(?i)l1|l2|constant")) {
                throw new IllegalArgumentException(
                        "the arguments of " + name + " need their names, as in random_normal(stddev=0.01)");
            }
            String key = equals >= 0 ? argument.substring(0, equals).strip() : Names.plain(name);
            config.put(
                    key.equals("constant") ? "value" : key,
                    parse(argument.substring(equals + 1).strip()));
        }
        // An activation with arguments is a layer.
        String className = LayerKinds.ALL.find(name).map(Kind::className).orElse(name);
        return new Config.Part(className, config).toMap();
    }

    /** The text that means a value. */
    static String format(Object value) {
        if (value instanceof List<?> list) {
            boolean extents = list.size() > 1
                    && list.stream()
                            .allMatch(one -> one instanceof Number number
                                    && number.doubleValue() >= 0
                                    && number.doubleValue() == number.intValue());
            String parts = list.stream().map(ValueText::format).collect(Collectors.joining(extents ? "x" : ", "));
            return extents ? parts : "(" + parts + ")";
        }
        if (value instanceof Map<?, ?> part) {
            return formatPart(part);
        }
        if (value instanceof Number number) {
            double decimal = number.doubleValue();
            return decimal == Math.rint(decimal) && Math.abs(decimal) < 1e15
                    ? Long.toString(number.longValue())
                    : new BigDecimal(Double.toString(decimal)).toPlainString();
        }
        if (value instanceof String text && (!text.matches(NAME) || !text.equals(parse(text)))) {
            return "\"" + text + "\"";
        }
        return value == null ? "none" : value.toString();
    }

    private static String formatPart(Map<?, ?> part) {
        String name = Layers.snakeCase(String.valueOf(part.get("class_name")));
        String arguments = ((Map<?, ?>) part.get("config"))
                .entrySet().stream()
                        .filter(entry -> entry.getValue() != null)
                        .map(entry -> entry.getKey() + "=" + format(entry.getValue()))
                        .collect(Collectors.joining(", "));
        return arguments.isEmpty() ? name : name + "(" + arguments + ")";
    }
}
