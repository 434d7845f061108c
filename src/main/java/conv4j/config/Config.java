package conv4j.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A configuration that is being read: arguments under Keras' names. Values come from a file and may be anything, so each
 * is checked when it is asked for, and {@link #done} refuses arguments that nobody asked for and that would change
 * what is computed. Absent and null arguments take their default. All failures are {@link IllegalArgumentException}s
 * that name the class and the argument.
 */
public final class Config {

    /** Arguments that Keras writes and that change nothing here, whatever their value. */
    private static final Set<String> IGNORED =
            Set.of("name", "trainable", "dtype", "seed", "renorm_momentum", "ema_momentum");

    private final String className;
    private final Map<String, Object> entries;
    private final Set<String> read = new HashSet<>();

    /**
     * Begins to read a configuration.
     *
     * @param className what it configures, for messages
     * @param entries the arguments
     */
    public Config(String className, Map<String, Object> entries) {
        this.className = className;
        this.entries = entries;
    }

    /**
     * A part that has a class and arguments of its own, such as an initializer.
     *
     * @param className its class name, or its name where it was given as a string
     * @param config its arguments, empty where it was given as a string
     */
    public record Part(String className, Map<String, Object> config) {

        /**
         * The form in which Keras nests parts in configurations.
         *
         * @return {@code class_name} and {@code config}
         */
        public Map<String, Object> toMap() {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("class_name", className);
            map.put("config", config);
            return map;
        }
    }

    /**
     * Whether an argument is there and not null.
     *
     * @param key the argument's name
     * @return true when it has a value
     */
    public boolean has(String key) {
        return value(key) != null;
    }

    /**
     * Whether an argument is there, if only as null.
     *
     * @param key the argument's name
     * @return true when it was written
     */
    public boolean given(String key) {
        read.add(key);
        return entries.containsKey(key);
    }

    /**
     * An argument as it is.
     *
     * @param key the argument's name
     * @return its value or null
     */
    public Object value(String key) {
        read.add(key);
        return entries.get(key);
    }

    /**
     * A whole number that must be there.
     *
     * @param key the argument's name
     * @return its value
     */
    public int integer(String key) {
        return toInt(key, required(key));
    }

    /**
     * A whole number.
     *
     * @param key the argument's name
     * @param otherwise the value when it is absent
     * @return its value
     */
    public int integer(String key, int otherwise) {
        return has(key) ? toInt(key, value(key)) : otherwise;
    }

    /**
     * A number that must be there.
     *
     * @param key the argument's name
     * @return its value
     */
    public double number(String key) {
        return toDouble(key, required(key));
    }

    /**
     * A number.
     *
     * @param key the argument's name
     * @param otherwise the value when it is absent
     * @return its value
     */
    public double number(String key, double otherwise) {
        return has(key) ? toDouble(key, value(key)) : otherwise;
    }

    /**
     * A large whole number or null, such as a seed.
     *
     * @param key the argument's name
     * @return its value, or null when it is absent or not a number (Keras can nest a generator of seeds)
     */
    public Long seed(String key) {
        return value(key) instanceof Number number ? Long.valueOf(number.longValue()) : null;
    }

    /**
     * A truth value.
     *
     * @param key the argument's name
     * @param otherwise the value when it is absent
     * @return its value
     */
    public boolean flag(String key, boolean otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        if (value(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false");
    }

    /**
     * A text.
     *
     * @param key the argument's name
     * @param otherwise the value when it is absent
     * @return its value
     */
    public String text(String key, String otherwise) {
        if (!has(key)) {
            return otherwise;
        }
        if (value(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "a text");
    }

    /**
     * Whole numbers, given as a list.
     *
     * @param key the argument's name
     * @return its elements
     */
    public int[] integers(String key) {
        return list(key).stream().mapToInt(element -> toInt(key, element)).toArray();
    }

    /**
     * Numbers, given as a list.
     *
     * @param key the argument's name
     * @return its elements
     */
    public double[] numbers(String key) {
        return list(key).stream().mapToDouble(element -> toDouble(key, element)).toArray();
    }

    /**
     * A height and a width that must be there, given as two whole numbers or as one for both.
     *
     * @param key the argument's name
     * @return the two numbers
     */
    public int[] pair(String key) {
        required(key);
        return pair(key, 0);
    }

    /**
     * A height and a width, given as two whole numbers or as one for both.
     *
     * @param key the argument's name
     * @param otherwise the value of both when it is absent
     * @return the two numbers
     */
    public int[] pair(String key, int otherwise) {
        Object value = has(key) ? value(key) : Integer.valueOf(otherwise);
        if (value instanceof Number) {
            int both = toInt(key, value);
            return new int[] {both, both};
        }
        int[] pair = integers(key);
        if (pair.length != 2) {
            throw wrong(key, "one or two whole numbers");
        }
        return pair;
    }

    /**
     * Margins of an image, given as {@code [[top, bottom], [left, right]]}, {@code [rows, columns]} or one number.
     *
     * @param key the argument's name
     * @return top, bottom, left, right
     */
    public int[] margins(String key) {
        Object value = required(key);
        if (value instanceof List<?> list && list.size() == 2 && list.get(0) instanceof List) {
            int[] rows = new Config(className, Map.of(key, list.get(0))).pair(key, 0);
            int[] columns = new Config(className, Map.of(key, list.get(1))).pair(key, 0);
            return new int[] {rows[0], rows[1], columns[0], columns[1]};
        }
        int[] pair = pair(key, 0);
        return new int[] {pair[0], pair[0], pair[1], pair[1]};
    }

    /**
     * A nested part.
     *
     * @param key the argument's name
     * @return the part, or null when it is absent
     */
    public Part part(String key) {
        Object value = value(key);
        if (value == null) {
            return null;
        }
        if (value instanceof String name) {
            return new Part(name, Map.of());
        }
        if (value instanceof Map<?, ?> map && map.get("class_name") instanceof String name) {
            Object config = map.get("config");
            if (config instanceof Map<?, ?> nested) {
                return new Part(name, withTextKeys(nested));
            }
            // Functions are written as their name in the place of a configuration.
            return new Part(config instanceof String function ? function : name, Map.of());
        }
        throw wrong(key, "a name or an object with class_name and config");
    }

    /**
     * Ends the reading.
     *
     * @throws IllegalArgumentException when an argument was never asked for and is not null, false, or known to change
     *     nothing
     */
    public void done() {
        if ("channels_first".equals(entries.get("data_format"))) {
            throw new IllegalArgumentException(
                    className + ": data_format channels_first is not supported; images are (height, width, channels)");
        }
        read.add("data_format");
        List<String> unknown = entries.keySet().stream()
                .filter(key -> !read.contains(key) && !IGNORED.contains(key))
                .filter(key -> entries.get(key) != null && !Boolean.FALSE.equals(entries.get(key)))
                .sorted()
                .toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(className + " has no argument "
                    + unknown.stream()
                            .map(key -> key + " = " + entries.get(key))
                            .collect(Collectors.joining(", "))
                    + " here; leave it out");
        }
    }

    private Object required(String key) {
        if (!has(key)) {
            throw new IllegalArgumentException(className + " needs the argument " + key);
        }
        return value(key);
    }

    private List<?> list(String key) {
        if (required(key) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "a list of numbers");
    }

    private int toInt(String key, Object value) {
        if (value instanceof Number number && number.doubleValue() == number.intValue()) {
            return number.intValue();
        }
        throw wrong(key, "a whole number");
    }

    private double toDouble(String key, Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(key, "a number");
    }

    private IllegalArgumentException wrong(String key, String needed) {
        return new IllegalArgumentException(
                className + ": the argument " + key + " must be " + needed + ", but is " + entries.get(key));
    }

    private static Map<String, Object> withTextKeys(Map<?, ?> map) {
        Map<String, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> result.put(String.valueOf(key), value));
        return result;
    }
}
