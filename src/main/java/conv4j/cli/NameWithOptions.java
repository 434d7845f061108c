package conv4j.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A name and numbers or truth values that belong to it: {@code sgd,momentum=0.9,nesterov=true}.
 *
 * @param name the first word
 * @param options by name
 */
record NameWithOptions(String name, Map<String, Object> options) {

    /** Reads the text. */
    static final class Converter implements ITypeConverter<NameWithOptions> {
        @Override
        public NameWithOptions convert(String text) {
            String[] words = text.split(",", -1);
            Map<String, Object> options = new LinkedHashMap<>();
            for (int i = 1; i < words.length; i++) {
                String word = words[i].strip();
                int equals = word.indexOf('=');
                if (equals < 1
                        || options.put(
                                        word.substring(0, equals).strip(),
                                        value(word.substring(equals + 1).strip()))
                                != null) {
                    throw new TypeConversionException(
                            "'" + word + "' is not OPTION=VALUE, given once; as in sgd,momentum=0.9");
                }
            }
            return new NameWithOptions(words[0].strip(), options);
        }

        private static Object value(String text) {
            if (text.equals("true") || text.equals("false")) {
                return text.equals("true");
            }
            if (text.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?")) {
                return Double.valueOf(text);
            }
            throw new TypeConversionException("'" + text + "' is neither a number nor true or false");
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(name);
        options.forEach(
                (option, value) -> text.append(',').append(option).append('=').append(value));
        return text.toString();
    }
}
