package conv4j.cli;

import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What {@code conv4j show} draws. */
enum Shown {
    /** Images of the data. */
    SAMPLES(true),
    /** Images and the most probable classes. */
    PREDICTIONS(true),
    /** The most confident mistakes. */
    MISTAKES(true),
    /** The confusion matrix. */
    CONFUSION(true),
    /** Accuracy over confidence. */
    CALIBRATION(true),
    /** Kernels. */
    FILTERS(false),
    /** What channels return for an image. */
    ACTIVATIONS(false),
    /** What classes or filters look for. */
    STIMULI(false),
    /** Losses and metrics over epochs. */
    HISTORY(false),
    /** The graph of layers. */
    GRAPH(false);

    private final boolean data;

    Shown(boolean data) {
        this.data = data;
    }

    /** Whether images of a data set are always needed. */
    boolean needsData() {
        return data;
    }

    /** The word that users write. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads the word. */
    static final class Converter implements ITypeConverter<Shown>, Iterable<String> {
        @Override
        public Shown convert(String text) {
            return Arrays.stream(values())
                    .filter(shown -> shown.title().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException("'" + text + "' cannot be shown; choose one of "
                            + String.join(
                                    ", ",
                                    Arrays.stream(values()).map(Shown::title).toList())));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(values()).map(Shown::title).iterator();
        }
    }
}
