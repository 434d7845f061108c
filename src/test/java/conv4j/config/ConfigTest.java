package conv4j.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ConfigTest {

    /** A configuration of one argument; the value may be null. */
    private static Config with(String key, Object value) {
        Map<String, Object> entries = new HashMap<>();
        entries.put(key, value);
        return new Config("Thing", entries);
    }

    private static void assertRefused(String expected, Executable reading) {
        String message = assertThrows(IllegalArgumentException.class, reading).getMessage();
        assertEquals(expected, message);
    }

    @Test
    void anArgumentCanBeThereWithoutAValue() {
        assertTrue(with("a", 1).has("a"));
        assertFalse(with("a", null).has("a"));
        assertFalse(with("a", 1).has("b"));
        assertTrue(with("a", null).given("a"));
        assertFalse(with("a", null).given("b"));
    }

    @Test
    void absentAndNullArgumentsTakeTheirDefault() {
        for (Config config : new Config[] {with("a", null), with("b", 1)}) {
            assertEquals(7, config.integer("a", 7));
            assertEquals(0.5, config.number("a", 0.5));
            assertTrue(config.flag("a", true));
            assertFalse(config.flag("a", false));
            assertEquals("x", config.text("a", "x"));
            assertArrayEquals(new int[] {3, 3}, config.pair("a", 3));
            assertNull(config.seed("a"));
            assertNull(config.part("a"));
            assertNull(config.value("a"));
        }
    }

    @Test
    void valuesAreReadAsWhatTheyAre() {
        assertEquals(5, with("a", 5).integer("a", 7));
        assertEquals(5, with("a", 5L).integer("a"));
        assertEquals(-5, with("a", -5.0).integer("a"), "JSON readers give doubles");
        assertEquals(0.25, with("a", 0.25).number("a"));
        assertEquals(3.0, with("a", 3).number("a", 7));
        assertFalse(with("a", false).flag("a", true));
        assertTrue(with("a", true).flag("a", false));
        assertEquals("y", with("a", "y").text("a", "x"));
        assertEquals(1L << 40, with("a", 1L << 40).seed("a"));
        assertNull(with("a", Map.of("class_name", "SeedGenerator")).seed("a"));
        assertArrayEquals(new int[] {1, 2, 3}, with("a", List.of(1, 2.0, 3L)).integers("a"));
        assertArrayEquals(new double[] {1, 2.5}, with("a", List.of(1, 2.5)).numbers("a"));
    }

    @Test
    void pairsAreTwoNumbersOrOneForBoth() {
        assertArrayEquals(new int[] {4, 4}, with("a", 4).pair("a"));
        assertArrayEquals(new int[] {4, 5}, with("a", List.of(4, 5)).pair("a"));
        assertArrayEquals(new int[] {4, 5}, with("a", List.of(4, 5)).pair("a", 9));
        assertRefused("Thing needs the argument a", () -> with("a", null).pair("a"));
        assertRefused("Thing: the argument a must be one or two whole numbers, but is [1]", () -> with("a", List.of(1))
                .pair("a"));
        assertRefused(
                "Thing: the argument a must be one or two whole numbers, but is [1, 2, 3]",
                () -> with("a", List.of(1, 2, 3)).pair("a"));
        assertRefused("Thing: the argument a must be a list of numbers, but is x", () -> with("a", "x")
                .pair("a"));
    }

    @Test
    void marginsAreTakenInAllOfKerasForms() {
        assertArrayEquals(new int[] {2, 2, 2, 2}, with("a", 2).margins("a"));
        assertArrayEquals(new int[] {1, 1, 2, 2}, with("a", List.of(1, 2)).margins("a"));
        assertArrayEquals(
                new int[] {1, 2, 3, 4},
                with("a", List.of(List.of(1, 2), List.of(3, 4))).margins("a"));
        assertRefused("Thing needs the argument a", () -> with("b", 1).margins("a"));
        assertRefused(
                "Thing: the argument a must be one or two whole numbers, but is [1, 2, 3]",
                () -> with("a", List.of(List.of(1, 2, 3), List.of(3, 4))).margins("a"));
        assertRefused(
                "Thing: the argument a must be a list of numbers, but is x",
                () -> with("a", List.of(List.of(1, 2), "x")).margins("a"));
        assertRefused("Thing: the argument a must be a whole number, but is [[1, 2], [3, 4], [5, 6]]", () -> with(
                        "a", List.of(List.of(1, 2), List.of(3, 4), List.of(5, 6)))
                .margins("a"));
    }

    @Test
    void partsAreNamesOrObjects() {
        assertEquals(new Config.Part("glorot", Map.of()), with("a", "glorot").part("a"));
        Config.Part part = new Config.Part("Constant", Map.of("value", 3));
        assertEquals(part, with("a", part.toMap()).part("a"));
        assertEquals(Map.of("class_name", "Constant", "config", Map.of("value", 3)), part.toMap());
        assertEquals(
                new Config.Part("relu", Map.of()),
                with("a", Map.of("class_name", "function", "config", "relu")).part("a"));
        assertEquals(
                new Config.Part("Zeros", Map.of()),
                with("a", Map.of("class_name", "Zeros")).part("a"));
        assertEquals(
                new Config.Part("Odd", Map.of("1", 2)),
                with("a", Map.of("class_name", "Odd", "config", Map.of(1, 2))).part("a"));
        assertRefused(
                "Thing: the argument a must be a name or an object with class_name and config, but is 7",
                () -> with("a", 7).part("a"));
        assertRefused(
                "Thing: the argument a must be a name or an object with class_name and config, but is {class_name=7}",
                () -> with("a", Map.of("class_name", 7)).part("a"));
    }

    @Test
    void valuesOfAnotherKindAreRefusedByName() {
        String number = "Thing: the argument a must be a whole number, but is ";
        assertRefused(number + "1.5", () -> with("a", 1.5).integer("a"));
        assertRefused(number + "NaN", () -> with("a", Double.NaN).integer("a", 3));
        assertRefused(number + "4294967297", () -> with("a", (1L << 32) + 1).integer("a"));
        assertRefused(number + "true", () -> with("a", true).integer("a"));
        assertRefused(number + "[1, x]", () -> with("a", List.of(1, "x")).integers("a"));
        assertRefused("Thing: the argument a must be a number, but is x", () -> with("a", "x")
                .number("a", 1));
        assertRefused("Thing: the argument a must be a number, but is [x]", () -> with("a", List.of("x"))
                .numbers("a"));
        assertRefused("Thing: the argument a must be true or false, but is 1", () -> with("a", 1)
                .flag("a", true));
        assertRefused("Thing: the argument a must be a text, but is 1", () -> with("a", 1)
                .text("a", "x"));
        assertRefused("Thing: the argument a must be a list of numbers, but is 1", () -> with("a", 1)
                .integers("a"));
    }

    @Test
    void argumentsThatMustBeThereAreNamedWhenTheyAreNot() {
        assertRefused("Thing needs the argument a", () -> with("b", 1).integer("a"));
        assertRefused("Thing needs the argument a", () -> with("a", null).number("a"));
        assertRefused("Thing needs the argument a", () -> with("a", null).numbers("a"));
    }

    @Test
    void whatNobodyAskedForIsRefusedUnlessItChangesNothing() {
        assertRefused("Thing has no argument b = 1, c = x here; leave it out", () -> {
            Config config = new Config("Thing", Map.of("a", 1, "c", "x", "b", 1, "name", "n", "off", false));
            config.integer("a");
            config.done();
        });
        assertDoesNotThrow(() -> with("a", null).done());
        assertDoesNotThrow(() -> with("a", false).done());
        assertDoesNotThrow(() -> with("trainable", true).done());
        assertDoesNotThrow(() -> with("data_format", "channels_last").done());
        assertDoesNotThrow(() -> {
            Config config = with("a", 1);
            assertTrue(config.given("a"));
            config.done();
        });
        assertRefused(
                "Thing: data_format channels_first is not supported; images are (height, width, channels)",
                () -> with("data_format", "channels_first").done());
    }
}
