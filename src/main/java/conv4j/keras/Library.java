package conv4j.keras;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The optional library that reads and writes HDF5. Apart from the classes that need it, so that its absence can be told. */
final class Library {

    private static final String ARTIFACT = "io.jhdf:jhdf:0.13.0";

    private static final String LOG_LEVEL = "org.slf4j.simpleLogger.log.io.jhdf";

    static {
        // jHDF logs every array that it touches: without a level of its own, slf4j-simple would print hundreds of
        // lines.
        // It reads this property when jHDF's first class is loaded; other loggers ignore it.
        if (System.getProperty(LOG_LEVEL) == null) {
            System.setProperty(LOG_LEVEL, "error");
        }
    }

    private Library() {}

    /**
     * Says which library is missing, before anything fails for lack of it.
     *
     * @throws UncheckedIOException when it is not on the class path
     */
    static void check(Path file) {
        try {
            Class.forName("io.jhdf.HdfFile", false, Library.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError missing) {
            throw new UncheckedIOException(
                    file + ": Keras files need the library " + ARTIFACT
                            + ", which is not on the class path; add it to your project's dependencies",
                    new IOException(missing));
        }
    }
}
