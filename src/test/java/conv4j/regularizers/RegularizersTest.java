package conv4j.regularizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegularizersTest {

    @Test
    void namesAreThoseOfKeras() {
        assertEquals(new L1(0.01), Regularizers.named("l1"));
        assertEquals(new L2(0.01), Regularizers.named("L2"));
        assertEquals(new L1L2(0.01, 0.01), Regularizers.named("l1_l2"));
        assertEquals(new L1L2(0.01, 0.01), Regularizers.named("L1L2"));
        assertEquals(new L1(0.01), new L1());
        assertEquals(new L2(0.01), new L2());
        assertRefused("there is no regularizer 'l3'; there are l1, l2 and l1_l2", () -> Regularizers.named("l3"));
    }

    /** A factor that is absent is 0 where the other one is there. */
    @Test
    void bothFactorsMayBeGivenOrOne() {
        assertEquals(new L1L2(0.5, 0), Regularizers.fromConfig("L1L2", Map.of("l1", 0.5)));
        assertEquals(new L1L2(0, 0.25), Regularizers.fromConfig("L1L2", Map.of("l2", 0.25)));
        assertEquals(new L1L2(0.5, 0.25), Regularizers.fromConfig("L1L2", Map.of("l1", 0.5, "l2", 0.25)));
        assertEquals(new L1(0.5), Regularizers.fromConfig("L1", Map.of("l1", 0.5)));
        assertEquals(new L2(0.5), Regularizers.fromConfig("L2", Map.of("l2", 0.5)));
    }

    @Test
    void configurationsMakeTheSameRegularizerAgain() {
        assertConfig("L1", Map.of("l1", 0.5), new L1(0.5));
        assertConfig("L2", Map.of("l2", 0.5), new L2(0.5));
        assertConfig("L1L2", Map.of("l1", 0.5, "l2", 0.25), new L1L2(0.5, 0.25));
    }

    private static void assertConfig(String className, Map<String, Object> config, Regularizer regularizer) {
        assertEquals(className, regularizer.className());
        assertEquals(config, regularizer.config());
        assertEquals(regularizer, Regularizers.fromConfig(className, config));
    }

    @Test
    void theFactorThatARegularizerLacksIsZero() {
        assertEquals(0, new L1(0.5).l2());
        assertEquals(0, new L2(0.5).l1());
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.5, Double.NaN, Double.POSITIVE_INFINITY})
    void factorsAreFiniteAndZeroOrMore(double factor) {
        String end = " of 0 or more, but was given " + factor;
        assertRefused("L1 needs a factor l1" + end, () -> new L1(factor));
        assertRefused("L2 needs a factor l2" + end, () -> new L2(factor));
        assertRefused("L1L2 needs a factor l1" + end, () -> new L1L2(factor, 0));
        assertRefused("L1L2 needs a factor l2" + end, () -> new L1L2(0, factor));
    }

    @Test
    void argumentsThatThereAreNotAreRefused() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> Regularizers.fromConfig("L1", Map.of("l1", 0.5, "l2", 0.5)))
                .getMessage();
        assertTrue(message.startsWith("L1 has no argument l2"), message);
    }

    private static void assertRefused(String message, Runnable making) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, making::run).getMessage());
    }
}
