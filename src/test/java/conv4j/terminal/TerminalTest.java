package conv4j.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void coloursAreForTerminalsThatWantThem() {
        assertEquals(new Terminal(true, true, 80), Terminal.of(Map.of(), true));
        assertEquals(new Terminal(true, false, 80), Terminal.of(Map.of("NO_COLOR", "1"), true));
        assertEquals(new Terminal(true, true, 80), Terminal.of(Map.of("NO_COLOR", ""), true));
        assertEquals(new Terminal(false, false, 80), Terminal.of(Map.of("TERM", "dumb"), true));
        assertEquals(Terminal.NONE, Terminal.of(Map.of("COLUMNS", "100"), false));
    }

    @Test
    void theWidthComesFromTheEnvironment() {
        assertEquals(132, Terminal.of(Map.of("COLUMNS", "132"), true).columns());
        assertEquals(80, Terminal.of(Map.of("COLUMNS", "wide"), true).columns());
    }
}
