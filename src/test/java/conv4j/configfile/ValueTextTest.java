package conv4j.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.config.Config;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ValueTextTest {

    /** Every kind of value with the one text that is written for it. */
    static List<List<Object>> values() {
        List<List<Object>> values = new ArrayList<>(List.of(
                List.of("7", 7),
                List.of("-7", -7),
                List.of("0.25", 0.25),
                List.of("0.000012", 1.2e-5),
                List.of("true", true),
                List.of("false", false),
                List.of("same", "same"),
                List.of("a-b.c", "a-b.c"),
                List.of("\"two words\"", "two words"),
                List.of("\"true\"", "true"),
                List.of("\"3x5\"", "3x5"),
                List.of("\"7\"", "7"),
                List.of("(3)", List.of(3)),
                List.of("3x5", List.of(3, 5)),
                List.of("0x1x2", List.of(0, 1, 2)),
                List.of("(-1, 12)", List.of(-1, 12)),
                List.of("(0.5, 0.5)", List.of(0.5, 0.5)),
                List.of("(a, b)", List.of("a", "b")),
                List.of("(0x1, 2x3)", List.of(List.of(0, 1), List.of(2, 3))),
                List.of("he_normal", part("he_normal", Map.of())),
                List.of("l2(l2=0.001)", part("l2", Map.of("l2", 0.001))),
                List.of("elu(alpha=2)", part("ELU", Map.of("alpha", 2)))));
        values.add(Arrays.asList("none", null));
        return values;
    }

    private static Map<String, Object> part(String className, Map<String, Object> config) {
        return new Config.Part(className, config).toMap();
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueHasOneText(List<Object> textAndValue) {
        assertEquals(textAndValue.get(0), ValueText.format(textAndValue.get(1)));
    }

    @ParameterizedTest
    @MethodSource("values")
    void theTextMeansTheValue(List<Object> textAndValue) {
        // A part without arguments is written as its name alone.
        if (textAndValue.get(0).equals("he_normal")) {
            assertEquals("he_normal", ValueText.parse("he_normal"));
            return;
        }
        assertEquals(textAndValue.get(1), ValueText.parse(textAndValue.get(0).toString()));
    }

    @Test
    void numbersThatAreWholeAreWrittenWithoutAPoint() {
        assertEquals("3", ValueText.format(3.0));
        assertEquals("3x5", ValueText.format(List.of(3.0, 5.0)));
        assertEquals("-0.5", ValueText.format(-0.5f));
        assertEquals("1000000000000000000000", ValueText.format(1e21));
    }

    @Test
    void argumentsThatAreNotSetAreLeftOut() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("seed", null);
        config.put("stddev", 0.5);
        assertEquals("random_normal(stddev=0.5)", ValueText.format(part("RandomNormal", config)));
        config.remove("stddev");
        assertEquals("random_normal", ValueText.format(part("RandomNormal", config)));
    }

    @Test
    void wordsEndAtBlanksOutsideOfParenthesesAndQuotationMarks() {
        assertEquals(
                List.of("a", "b=(1, (2, 3))", "\"c ( d\"", "e"), ValueText.split("a  b=(1, (2, 3)) \"c ( d\" e ", ' '));
        assertEquals(List.of("1", "l2(3, 4)"), ValueText.split("1, l2(3, 4),", ','));
    }

    @Test
    void oneArgumentOfAPartMayStandWithoutItsName() {
        assertEquals(part("l1", Map.of("l1", 0.5)), ValueText.parse("l1(0.5)"));
        assertEquals(part("L2", Map.of("l2", 0.5)), ValueText.parse("L2(0.5)"));
        assertEquals(part("constant", Map.of("value", 3)), ValueText.parse("constant(3)"));
        assertEquals(part("constant", Map.of("value", 3)), ValueText.parse("constant( value = 3 )"));
        assertEquals(
                part("LeakyReLU", Map.of("negative_slope", 0.5)), ValueText.parse("leaky_relu(negative_slope=.5)"));
    }

    @Test
    void whatIsNoneAndWhatIsTrueMayBeWrittenAsInPython() {
        assertNull(ValueText.parse("None"));
        assertNull(ValueText.parse("null"));
        assertEquals(true, ValueText.parse("True"));
        assertEquals(false, ValueText.parse("False"));
        assertEquals(1e-3, ValueText.parse("1e-3"));
        assertEquals(1e10, ValueText.parse("10000000000"));
        assertEquals("", ValueText.parse("\"\""));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "3px | '3px' is no value; write a number, a name, 3x5, (3, 5), true",
                "random_normal(0.5) | the arguments of random_normal need their names, as in random_normal(stddev=0.01)",
                "l2((1) | parentheses do not match in '(1'"
            })
    void whatIsNoValueIsRefused(String text, String message) {
        assertRefused(message, () -> ValueText.parse(text));
    }

    @Test
    void whatIsOpenedMustBeClosed() {
        assertRefused("a quotation mark is not closed", () -> ValueText.split("a \"b c", ' '));
        assertRefused("parentheses do not match in 'a (b c'", () -> ValueText.split("a (b c", ' '));
        assertRefused("parentheses do not match in 'a b) c'", () -> ValueText.split("a b) c", ' '));
    }

    private static void assertRefused(String message, Runnable action) {
        String said = assertThrows(IllegalArgumentException.class, action::run).getMessage();
        assertTrue(said.startsWith(message), said);
    }
}
