package conv4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a {@link Callback} remembers between two calls, such as the best value so far, in a form that a model file can
 * hold.
 *
 * @param values numbers, texts and truth values by name
 * @param arrays floats by name, such as the weights of the best epoch; not copied
 */
public record CallbackState(Map<String, Object> values, Map<String, float[]> arrays) {

    /** The state of a callback that remembers nothing. */
    public static final CallbackState NONE = new CallbackState(Map.of(), Map.of());

    /**
     * Copies the maps.
     *
     * @param values numbers, texts and truth values by name
     * @param arrays floats by name
     * @throws IllegalArgumentException when a value is anything else
     */
    public CallbackState {
        values.forEach((name, value) -> {
            if (!(value instanceof Number || value instanceof String || value instanceof Boolean)) {
                throw new IllegalArgumentException("the state of a callback is made of numbers, texts and truth values,"
                        + " but its " + name + " is " + value);
            }
        });
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        arrays = Collections.unmodifiableMap(new LinkedHashMap<>(arrays));
    }

    /**
     * A state without arrays.
     *
     * @param values numbers, texts and truth values by name
     * @return the state
     * @throws IllegalArgumentException when a value is anything else
     */
    public static CallbackState of(Map<String, Object> values) {
        return new CallbackState(values, Map.of());
    }

    /** {@return whether there is nothing to remember} */
    public boolean isEmpty() {
        return values.isEmpty() && arrays.isEmpty();
    }

    /**
     * Whether there is a value.
     *
     * @param name its name
     * @return true when there is
     */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * A number.
     *
     * @param name its name
     * @return the number, which may be infinite or none at all
     * @throws IllegalArgumentException when there is no such number
     */
    public double number(String name) {
        Object value = values.get(name);
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        try {
            // JSON has no such numbers: files hold NaN and Infinity as texts.
            return Double.parseDouble(String.valueOf(value));
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("its " + name + " should be a number, but is " + value, none);
        }
    }

    /**
     * A whole number of 0 or more.
     *
     * @param name its name
     * @return the number
     * @throws IllegalArgumentException when there is no such number
     */
    public int count(String name) {
        double number = number(name);
        if (!(number >= 0 && number < Integer.MAX_VALUE && number == Math.rint(number))) {
            throw new IllegalArgumentException("its " + name + " should count something, but is " + number);
        }
        return (int) number;
    }

    /**
     * A text.
     *
     * @param name its name
     * @return the text
     * @throws IllegalArgumentException when there is no such text
     */
    public String text(String name) {
        if (values.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("its " + name + " should be a text, but is " + values.get(name));
    }
}
