package conv4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number for the height and one for the width.
 *
 * @param height along the rows
 * @param width along the columns
 */
record PerAxis(int height, int width) {

    /** Reads {@code 5x6} (height first) or {@code 5} for both. */
    static final class Converter implements ITypeConverter<PerAxis> {
        @Override
        public PerAxis convert(String text) {
            if (!matches(text)) {
                throw new TypeConversionException("'" + text
                        + "' is not a number of 0 to 9999 for both axes, 3 for example, or for height and width, 3x5");
            }
            String[] parts = text.split("x");
            return new PerAxis(Integer.parseInt(parts[0]), Integer.parseInt(parts[parts.length - 1]));
        }
    }

    /** Whether a text can be read. */
    static boolean matches(String text) {
        return text.matches("\\d{1,4}(x\\d{1,4})?");
    }

    /** The number of an axis: 0 for the height, 1 for the width. */
    int of(int axis) {
        return axis == 0 ? height : width;
    }
}
