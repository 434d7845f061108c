package conv4j.terminal;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * What stderr is.
 *
 * @param interactive whether a person looks at it, so that lines may be redrawn
 * @param colour whether colours may be used
 * @param columns characters of a line
 */
public record Terminal(boolean interactive, boolean colour, int columns) {

    /** Not a terminal: a file, a pipe. */
    public static final Terminal NONE = new Terminal(false, false, Integer.MAX_VALUE);

    private static final int USUAL_COLUMNS = 80;
    private static final Path STDERR = Path.of("/proc/self/fd/2");

    /** {@return what the stderr of this process is} */
    public static Terminal ofStderr() {
        return of(System.getenv(), isTerminal(STDERR));
    }

    /**
     * The rules: {@code NO_COLOR} (no-color.org) and dumb terminals get no colours.
     *
     * @param environment {@code TERM}, {@code NO_COLOR}, {@code COLUMNS}
     * @param interactive whether there is a terminal at all
     * @return what it is
     */
    public static Terminal of(Map<String, String> environment, boolean interactive) {
        if (!interactive) {
            return NONE;
        }
        boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
        boolean plain = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Terminal(!dumb, !dumb && !plain, columns(environment.getOrDefault("COLUMNS", "")));
    }

    private static int columns(String text) {
        return text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : USUAL_COLUMNS;
    }

    /** Java knows only whether stdin and stdout both are terminals; Linux tells about one of them by where a link leads. */
    static boolean isTerminal(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return System.console() != null;
        }
    }

    /** {@return what output is written in: UTF-8, which all systems but Windows show; the frames of tables need it} */
    public static Charset charset() {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return windows ? Charset.defaultCharset() : StandardCharsets.UTF_8;
    }

    /**
     * A stream to stdout or stderr.
     *
     * @param descriptor which
     * @return a stream that is flushed at every end of a line
     */
    public static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, charset());
    }
}
