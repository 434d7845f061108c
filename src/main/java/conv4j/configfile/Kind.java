package conv4j.configfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * A kind of layer or augmentation, as lines name it.
 *
 * @param className Keras' class name
 * @param title the name in files
 * @param places the options whose values may stand without their names, in this order
 * @param least the options that it cannot do without, with some values
 * @param configure turns options into the whole configuration, with defaults
 */
record Kind(
        String className,
        String title,
        List<String> places,
        Map<String, Object> least,
        Function<Map<String, Object>, Map<String, Object>> configure) {

    /** Options that say nothing: there is one layout, and names are treated apart. */
    private static final Set<String> HIDDEN = Set.of("name", "trainable", "data_format", "batch_shape");

    /** Options that are lists even where one number is given. */
    private static final Set<String> LISTS = Set.of("target_shape", "weight_shape", "dims");

    /** Options that are often used, in the order in which lines have them. */
    private static final List<String> USUAL =
            List.of("strides", "padding", "dilation_rate", "groups", "activation", "use_bias");

    /** The options that this kind has: first those that may stand without their names. */
    Set<String> options() {
        Set<String> options = new LinkedHashSet<>(places);
        Set<String> all = configure.apply(least).keySet();
        USUAL.stream().filter(all::contains).forEach(options::add);
        options.addAll(all);
        options.removeAll(HIDDEN);
        return options;
    }

    /** The options of a line: those without names get them, unknown ones are refused. */
    Map<String, Object> arguments(ConfigLine line, Element element, Set<String> further) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        List<Object> values = element.values();
        if (values.size() > places.size()) {
            throw line.error(title + " takes " + (places.isEmpty() ? "no value" : String.join(" ", places))
                    + " without names, but here are " + values.size() + "; write the others as option=value");
        }
        for (int i = 0; i < values.size(); i++) {
            arguments.put(places.get(i), values.get(i));
        }
        Set<String> known = new LinkedHashSet<>(options());
        known.addAll(further);
        element.options().forEach((option, value) -> {
            if (!known.contains(option)) {
                throw line.error(title + " has no option '" + option + "'" + Names.advice(option, known));
            }
            if (arguments.putIfAbsent(option, value) != null) {
                throw line.error(option + " is given twice, without its name and with it");
            }
        });
        for (String list : LISTS) {
            if (arguments.get(list) instanceof Integer length) {
                arguments.put(list, List.of(length));
            }
        }
        return arguments;
    }

    /** The line that gives these options: what is not the default. */
    String line(Map<String, Object> config, List<String> more) {
        List<String> words = new ArrayList<>(List.of(title));
        Map<String, Object> placed = new LinkedHashMap<>();
        for (String place : places) {
            placed.put(place, config.get(place));
        }
        Map<String, Object> needed = new LinkedHashMap<>(placed);
        needed.keySet().retainAll(least.keySet());
        Map<String, Object> usual = configure.apply(needed);
        int last = places.size();
        while (last > 0 && isUsual(places.get(last - 1), placed, usual)) {
            last--;
        }
        for (String place : places.subList(0, last)) {
            words.add(text(place, config.get(place)));
        }
        Map<String, Object> written = new LinkedHashMap<>(placed);
        written.keySet().retainAll(places.subList(0, last));
        Map<String, Object> defaults = configure.apply(written);
        for (String option : options()) {
            if (!written.containsKey(option) && !Objects.equals(config.get(option), defaults.get(option))) {
                words.add(option + "=" + text(option, config.get(option)));
            }
        }
        words.addAll(more);
        return String.join(" ", words);
    }

    private boolean isUsual(String place, Map<String, Object> placed, Map<String, Object> usual) {
        return !least.containsKey(place) && Objects.equals(placed.get(place), usual.get(place));
    }

    /** One number says height and width where they are equal. */
    private static String text(String option, Object value) {
        boolean pair =
                value instanceof List<?> list && list.size() == 2 && list.get(0).equals(list.get(1));
        boolean numbers = pair && ((List<?>) value).get(0) instanceof Integer;
        return ValueText.format(numbers && !LISTS.contains(option) ? ((List<?>) value).get(0) : value);
    }
}
