package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import conv4j.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DownloadBarTest {

    private static final URI FILE = URI.create("https://example.org/a.gz");
    private static final String FIRST = "Downloading https://example.org/a.gz\n";

    private static String shown(Terminal terminal, long total) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DownloadBar bar = new DownloadBar(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
        for (long done = 2_000_000; done <= 8_000_000; done += 2_000_000) {
            bar.update(FILE, done, total);
            bar.update(FILE, done, total);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    @Test
    void aTerminalShowsOneLineThatIsRedrawn() {
        assertEquals(
                FIRST + "\r   25% of 8.0 MB\r   50% of 8.0 MB\r   75% of 8.0 MB\r  100% of 8.0 MB\n",
                shown(new Terminal(true, true, 80), 8_000_000));
    }

    @Test
    void elsewhereEachPartIsALine() {
        assertEquals(
                FIRST + "   25% of 8.0 MB\n   50% of 8.0 MB\n   75% of 8.0 MB\n  100% of 8.0 MB\n",
                shown(Terminal.NONE, 8_000_000));
    }

    @Test
    void anUnknownSizeIsShownInMegabytes() {
        assertEquals(FIRST + "  2 MB\n  4 MB\n  6 MB\n  8 MB\n", shown(Terminal.NONE, -1));
    }
}
