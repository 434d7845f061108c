package conv4j.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one folder for what can be made or fetched again: data sets, built kernels, measurements. It is {@code
 * CONV4J_HOME}, else {@code conv4j} in the system's place for caches: {@code $XDG_CACHE_HOME} or {@code ~/.cache},
 * {@code ~/Library/Caches} on macOS, {@code %LOCALAPPDATA%} on Windows.
 */
public final class CacheFolder {

    private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);
    private static final String NAME = "conv4j";

    private CacheFolder() {}

    /**
     * The folder, made when it is not there. When it cannot be written, a folder in the system's place for temporary
     * files is used instead and a warning says so.
     *
     * @return a folder that can be written
     * @throws DataException when neither can be written
     */
    public static Path get() {
        return writable(preferred(System.getenv()), System.getProperty("java.io.tmpdir"));
    }

    /**
     * A folder in the cache folder, made when it is not there.
     *
     * @param name its name, for example {@code datasets}
     * @return the folder
     * @throws DataException when it cannot be made
     */
    public static Path get(String name) {
        Path folder = get().resolve(name);
        try {
            return Files.createDirectories(folder);
        } catch (IOException failed) {
            throw unusable(folder, failed);
        }
    }

    private static Path preferred(Map<String, String> environment) {
        return preferred(environment, System.getProperty("os.name"), System.getProperty("user.home"));
    }

    /** The rule above, as a function of everything that it depends on. */
    static Path preferred(Map<String, String> environment, String system, String home) {
        String override = environment.getOrDefault("CONV4J_HOME", "");
        if (!override.isBlank()) {
            return Path.of(override);
        }
        String lower = system.toLowerCase(Locale.ROOT);
        String local = environment.getOrDefault("LOCALAPPDATA", "");
        if (lower.startsWith("windows") && !local.isBlank()) {
            return Path.of(local, NAME);
        }
        if (lower.startsWith("mac")) {
            return Path.of(home, "Library", "Caches", NAME);
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // The XDG specification: a path that is not absolute is ignored.
        boolean usable = !xdg.isBlank() && Path.of(xdg).isAbsolute();
        return usable ? Path.of(xdg, NAME) : Path.of(home, ".cache", NAME);
    }

    /** The folder, or one in the temporary folder when it cannot be written. */
    static Path writable(Path preferred, String temporary) {
        try {
            return probed(preferred);
        } catch (IOException failed) {
            Path other = Path.of(temporary, NAME + "-" + System.getProperty("user.name"));
            LOG.warn(
                    "The cache folder {} cannot be written ({}); using {}. Set CONV4J_HOME to a folder that can.",
                    preferred,
                    DataFiles.reason(failed),
                    other);
            return temporary(other);
        }
    }

    private static Path temporary(Path folder) {
        try {
            return probed(folder);
        } catch (IOException failed) {
            throw unusable(folder, failed);
        }
    }

    private static Path probed(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.delete(Files.createTempFile(folder, ".probe", null));
        return folder;
    }

    private static DataException unusable(Path folder, IOException failed) {
        return new DataException(
                "the folder " + folder + " cannot be written (" + DataFiles.reason(failed)
                        + "); set CONV4J_HOME to a folder that can",
                failed);
    }
}
