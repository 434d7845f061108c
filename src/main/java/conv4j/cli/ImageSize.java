package conv4j.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size that images are brought to.
 *
 * @param height pixels
 * @param width pixels
 */
record ImageSize(int height, int width) {

    private static final int MOST = 4096;

    /** Reads {@code 64x48} (height first) or {@code 64} for a square. */
    static final class Converter implements ITypeConverter<ImageSize> {
        @Override
        public ImageSize convert(String text) {
            if (!text.matches("\\d{1,4}(x\\d{1,4})?")) {
                throw new TypeConversionException(
                        "'" + text + "' is not a size; write HEIGHTxWIDTH, 64x64 for example");
            }
            String[] parts = text.split("x");
            int height = Integer.parseInt(parts[0]);
            int width = Integer.parseInt(parts[parts.length - 1]);
            if (height < 1 || width < 1 || height > MOST || width > MOST) {
                throw new TypeConversionException("'" + text + "' is not a usable size; 1 to " + MOST + " pixels each");
            }
            return new ImageSize(height, width);
        }
    }
}
