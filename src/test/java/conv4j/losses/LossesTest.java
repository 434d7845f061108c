package conv4j.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.LossFunction;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LossesTest {

    static Stream<Loss> all() {
        return Stream.of(
                new CategoricalCrossentropy(),
                new CategoricalCrossentropy(true, 0.1),
                new SparseCategoricalCrossentropy(),
                new SparseCategoricalCrossentropy(true, 0.2),
                new BinaryCrossentropy(true, 0.1),
                new MeanSquaredError(),
                new MeanAbsoluteError(),
                new Huber(),
                new Huber(2.5));
    }

    @ParameterizedTest
    @MethodSource("all")
    void configurationsMakeTheSameLossAgain(Loss loss) {
        assertEquals(loss, Losses.fromConfig(loss.className(), loss.config()));
        assertEquals(loss.name(), loss.config().get("name"));
    }

    @Test
    void configurationsHoldTheArgumentsUnderKerasNames() {
        assertEquals(
                Map.of("name", "binary_crossentropy", "from_logits", true, "label_smoothing", 0.25),
                new BinaryCrossentropy(true, 0.25).config());
        assertEquals(Map.of("name", "huber", "delta", 2.5), new Huber(2.5).config());
        assertEquals(new MeanSquaredError(), Losses.fromConfig("MeanSquaredError", Map.of("reduction", "mean")));
        assertEquals(
                new MeanSquaredError(),
                Losses.fromConfig("MeanSquaredError", Map.of("reduction", "sum_over_batch_size", "axis", -1)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void aNameStandsForTheDefaultsOfItsLoss(Loss loss) {
        assertEquals(loss.getClass(), Losses.named(loss.name()).getClass());
        assertEquals(loss.function().kind().name().toLowerCase(java.util.Locale.ROOT), loss.name());
    }

    @ParameterizedTest
    @CsvSource({"mse, MEAN_SQUARED_ERROR", "mae, MEAN_ABSOLUTE_ERROR"})
    void shortNamesAreKnown(String name, LossFunction.Kind kind) {
        assertEquals(kind, Losses.named(name).function().kind());
    }

    @Test
    void argumentsReachTheFunction() {
        assertEquals(
                new LossFunction(LossFunction.Kind.CATEGORICAL_CROSSENTROPY, true, 0.1f, 1),
                new CategoricalCrossentropy(true, 0.1).function());
        assertEquals(2.5f, new Huber(2.5).function().delta());
        assertTrue(new SparseCategoricalCrossentropy().function().sparse());
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertRefused("1.0", () -> new CategoricalCrossentropy(false, 1));
        assertRefused("-0.1", () -> new CategoricalCrossentropy(false, -0.1));
        assertRefused("1.0", () -> new SparseCategoricalCrossentropy(false, 1));
        assertRefused("NaN", () -> new BinaryCrossentropy(false, Double.NaN));
        assertRefused("1.0", () -> new BinaryCrossentropy(false, 1));
        assertRefused("NaN", () -> new Huber(Double.NaN));
        assertRefused("'fast'", () -> Losses.named("fast"));
        assertRefused("speed", () -> Losses.fromConfig("Huber", Map.of("speed", 3)));
        assertRefused("0.0", () -> new Huber(0));
        assertRefused("'hinge'", () -> Losses.named("hinge"));
        assertRefused("sum", () -> Losses.fromConfig("MeanSquaredError", Map.of("reduction", "sum")));
        assertRefused("axis is 1", () -> Losses.fromConfig("CategoricalCrossentropy", Map.of("axis", 1)));
        assertRefused(
                "ignore_class", () -> Losses.fromConfig("SparseCategoricalCrossentropy", Map.of("ignore_class", 3)));
    }

    private static void assertRefused(String said, Runnable code) {
        String message = assertThrows(IllegalArgumentException.class, code::run).getMessage();
        assertTrue(message.contains(said), message);
    }
}
