package conv4j.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTextTest {

    @Test
    void theCountIsAsWideAsItsTarget() {
        assertEquals(" 96/391", ProgressText.count(96, 391));
        assertEquals("391/391", ProgressText.count(391, 391));
        assertEquals("1/1", ProgressText.count(1, 1));
    }

    /** The escape sequences that Keras writes: bold count, green bar, white rest. */
    @Test
    void theBarIsThatOfKeras() {
        String bar = "━";
        assertEquals(
                "\u001b[1m 96/391\u001b[0m \u001b[32m" + bar.repeat(4) + "\u001b[0m\u001b[37m" + bar.repeat(16)
                        + "\u001b[0m",
                ProgressText.head(96, 391, true));
        assertEquals(
                "\u001b[1m  1/391\u001b[0m \u001b[37m" + bar.repeat(20) + "\u001b[0m", ProgressText.head(1, 391, true));
        assertEquals("391/391 " + bar.repeat(20), ProgressText.head(391, 391, false));
        assertEquals("200/391 " + bar.repeat(10) + "-".repeat(10), ProgressText.head(200, 391, false));
        assertEquals(bar + "-".repeat(19), ProgressText.bar(Integer.MAX_VALUE / 11, Integer.MAX_VALUE, false));
    }

    @ParameterizedTest
    @CsvSource({
        "0.4, 0s",
        "12.9, 12s",
        "60, 60s",
        "61, 1:01",
        "125, 2:05",
        "3600, 60:00",
        "3630, 1:00:30",
        "90000, 25:00:00"
    })
    void timesToGoAreShort(double seconds, String text) {
        assertEquals(text, ProgressText.remaining(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "0.0411, 41ms/step",
        "1.4, 1s/step",
        "0.0000567, 57us/step",
        "0, 0s/step",
        "0.001, 1ms/step",
        "1, 1s/step",
        "0.9, 900ms/step"
    })
    void stepTimesHaveAUnitThatFits(double seconds, String text) {
        assertEquals(text, ProgressText.perStep(seconds));
    }

    @Test
    void metricsAreSortedAndHaveFourDigits() {
        assertEquals(
                " - accuracy: 0.3750 - loss: 1.7021 - val_loss: 5.0000e-04",
                ProgressText.metrics(Map.of("loss", 1.70208, "accuracy", 0.375, "val_loss", 0.0005)));
        assertEquals(" - loss: nan", ProgressText.metrics(Map.of("loss", Double.NaN)));
        assertEquals("-inf", ProgressText.number(Double.NEGATIVE_INFINITY));
        assertEquals("0.0000e+00", ProgressText.number(0));
        assertEquals("inf", ProgressText.number(Double.POSITIVE_INFINITY));
        assertEquals("1.0000e-03", ProgressText.number(0.001));
        assertEquals("0.0011", ProgressText.number(0.00105));
        assertEquals("-0.0011", ProgressText.number(-0.0011));
    }
}
