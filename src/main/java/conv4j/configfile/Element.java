package conv4j.configfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The words of a line: {@code conv2d 32 3 padding=same}.
 *
 * @param name the first word
 * @param values the values without a name
 * @param options those with one
 */
record Element(String name, List<Object> values, Map<String, Object> options) {

    /** Reads a line. */
    static Element of(ConfigLine line) {
        try {
            List<String> words = ValueText.split(line.text().replace('\t', ' '), ' ');
            List<Object> values = new ArrayList<>();
            Map<String, Object> options = new LinkedHashMap<>();
            for (String word : words.subList(1, words.size())) {
                if (word.matches("\\w+=.+")) {
                    String option = word.substring(0, word.indexOf('='));
                    if (options.containsKey(option)) {
                        throw new IllegalArgumentException(option + " is given twice");
                    }
                    options.put(option, ValueText.parse(word.substring(option.length() + 1)));
                } else if (options.isEmpty()) {
                    values.add(ValueText.parse(word));
                } else {
                    throw new IllegalArgumentException("'" + word
                            + "' has no name; values without names come first, and there are no blanks around =");
                }
            }
            return new Element(words.get(0), values, options);
        } catch (ConfigFileException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw line.error(e.getMessage(), e);
        }
    }

    /** The option of a name as a text, null where it is absent. */
    String text(String option) {
        return options.containsKey(option) ? String.valueOf(options.get(option)) : null;
    }
}
