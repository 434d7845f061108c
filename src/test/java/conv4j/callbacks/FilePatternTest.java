package conv4j.callbacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against what Python's {@code format} makes of the same text, with epoch=7, loss=0.123456, gain=-0.5 and fine=0.12345678.
 */
class FilePatternTest {

    private static final Map<String, Integer> COUNTS = Map.of("epoch", 7);
    private static final Map<String, Double> LOGS = Map.of("loss", 0.123456, "gain", -0.5, "fine", 0.12345678);

    @ParameterizedTest
    @CsvSource({
        "a{epoch}b, a7b",
        "{epoch:d}, 7",
        "{epoch:3}, '  7'",
        "{epoch:3d}, '  7'",
        "{epoch:03}, 007",
        "{epoch:03d}, 007",
        "{epoch:f}, 7.000000",
        "{epoch:.1f}, 7.0",
        "{epoch:06.2f}, 007.00",
        "{epoch:e}, 7.000000e+00",
        "{loss:f}, 0.123456",
        "{loss:.2f}, 0.12",
        "{loss:8.2f}, '    0.12'",
        "{loss:08.2f}, 00000.12",
        "{loss:.2e}, 1.23e-01",
        "{loss:.3}, 0.123",
        "{loss:.3g}, 0.123",
        "{loss:8.3}, '   0.123'",
        "{loss:08.3}, 0000.123",
        "{loss:10}, '  0.123456'",
        "{fine}, 0.12345678",
        "{loss:010}, 000.123456",
        "{loss:02}, 0.123456",
        "{gain:07}, -0000.5",
        "{gain:7}, '   -0.5'",
        "{gain:.2f}, -0.50",
        "{epoch:0d}, 7",
        "{{}}, {}",
        "{{loss}}, {loss}"
    })
    void aPlaceIsFilledAsInPython(String pattern, String name) {
        assertEquals(name, new FilePattern(pattern).fill(COUNTS, LOGS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "a}b", "{epoch", "epoch}", "{}", "{a b}", "{epoch:x}", "{epoch:.f}"})
    void whatCannotBeReadIsRefused(String pattern) {
        assertEquals(
                "the file name '" + pattern
                        + "' has a place that cannot be read; write {epoch}, {epoch:02d} or {val_loss:.4f}",
                assertThrows(IllegalArgumentException.class, () -> new FilePattern(pattern))
                        .getMessage());
    }

    @Test
    void aNumberThatIsNotWholeIsNoWholeNumber() {
        assertEquals(
                "the file name '{loss:d}' asks for {loss:d}, but that is no whole number; write {loss:.4f}",
                assertThrows(IllegalArgumentException.class, () -> new FilePattern("{loss:d}").fill(COUNTS, LOGS))
                        .getMessage());
    }
}
