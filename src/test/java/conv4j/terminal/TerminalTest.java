package conv4j.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {

    @Test
    void coloursAreForTerminalsThatWantThem() {
        assertEquals(new Terminal(true, true, 80), Terminal.of(Map.of(), true));
        assertEquals(new Terminal(true, false, 80), Terminal.of(Map.of("NO_COLOR", "1"), true));
        assertEquals(new Terminal(true, true, 80), Terminal.of(Map.of("NO_COLOR", ""), true));
        assertEquals(new Terminal(false, false, 80), Terminal.of(Map.of("TERM", "dumb"), true));
        assertEquals(new Terminal(true, true, 80), Terminal.of(Map.of("TERM", "xterm"), true));
        assertEquals(Terminal.NONE, Terminal.of(Map.of("COLUMNS", "100"), false));
    }

    @Test
    void theWidthComesFromTheEnvironment() {
        assertEquals(132, Terminal.of(Map.of("COLUMNS", "132"), true).columns());
        assertEquals(80, Terminal.of(Map.of("COLUMNS", "wide"), true).columns());
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/pts/3, true",
        "/dev/tty, true",
        "/dev/tty2, true",
        "/dev/console, true",
        "/dev/console2, false",
        "/dev/null, false",
        "pipe:[123], false",
        "/home/dev/pts/log, false"
    })
    void aStreamIsATerminalWhereItsLinkLeadsToOne(String target, boolean terminal, @TempDir Path folder)
            throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("2"), Path.of(target));
        try {
            assertEquals(terminal, Terminal.isTerminal(link));
        } finally {
            Files.delete(link);
        }
    }

    /** Outside of Linux there is no such link. */
    @Test
    void withoutALinkJavaIsAsked(@TempDir Path folder) {
        assertEquals(System.console() != null, Terminal.isTerminal(folder.resolve("missing")));
        assertEquals(System.console() != null, Terminal.isTerminal(folder));
    }

    @Test
    void stderrOfThisProcessIsKnown() {
        boolean terminal = Terminal.isTerminal(Path.of("/proc/self/fd/2"));
        assertEquals(Terminal.of(System.getenv(), terminal), Terminal.ofStderr());
    }

    @Test
    void outputIsWrittenLineByLineInUtf8(@TempDir Path folder) throws IOException {
        assumeFalse(System.getProperty("os.name").startsWith("Windows"), "Windows has a character set of its own");
        Path file = folder.resolve("out");
        try (FileOutputStream target = new FileOutputStream(file.toFile())) {
            PrintStream stream = Terminal.stream(target.getFD());
            stream.println("━ 5 µs");
            assertEquals("━ 5 µs" + System.lineSeparator(), Files.readString(file));
        }
        assertEquals(StandardCharsets.UTF_8, Terminal.charset());
    }
}
