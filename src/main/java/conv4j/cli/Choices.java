package conv4j.cli;

import conv4j.applications.Application;
import java.util.Arrays;
import java.util.Iterator;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Options whose values are names with dashes. */
final class Choices {

    private Choices() {}

    /** Reads the name of a data set. */
    static final class DataKinds implements ITypeConverter<DataKind>, Iterable<String> {
        @Override
        public DataKind convert(String text) {
            return Arrays.stream(DataKind.values())
                    .filter(kind -> kind.title().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> unknown(text, this));
        }

        @Override
        public Iterator<String> iterator() {
            return Arrays.stream(DataKind.values()).map(DataKind::title).iterator();
        }
    }

    /** Names of devices for the completion of a shell; further OpenCL devices have further numbers. */
    static final class Devices implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Arrays.asList("auto", "cpu", "reference", "opencl:0").iterator();
        }
    }

    /** Reads the name of a network. */
    static final class Networks implements ITypeConverter<Application>, Iterable<String> {
        @Override
        public Application convert(String text) {
            return Application.named(text).orElseThrow(() -> unknown(text, this));
        }

        @Override
        public Iterator<String> iterator() {
            return Application.names().iterator();
        }
    }

    private static TypeConversionException unknown(String text, Iterable<String> known) {
        String names = java.util.stream.StreamSupport.stream(known.spliterator(), false)
                .collect(Collectors.joining(", "));
        return new TypeConversionException("'" + text + "' is not known; choose one of " + names);
    }
}
