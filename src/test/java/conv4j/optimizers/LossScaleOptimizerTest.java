package conv4j.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Unscale;
import conv4j.schedules.ExponentialDecay;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossScaleOptimizerTest {

    @Test
    void itBeginsAsInKeras() {
        LossScaleOptimizer scaled = new LossScaleOptimizer(new Adam());
        assertEquals(32768, scaled.initialScale());
        assertEquals(2000, scaled.dynamicGrowthSteps());
        assertEquals("LossScaleOptimizer", scaled.className());
    }

    @Test
    void itStepsAsTheOtherOptimizerDoes() {
        Optimizer adam = new Adam(0.01).amsgrad(true).weightDecay(0.5).clipValue(2);
        LossScaleOptimizer scaled = new LossScaleOptimizer(adam);
        assertEquals(adam.rule(), scaled.rule());
        assertEquals(adam.slotNames(), scaled.slotNames());
        assertArrayEquals(adam.coefficients(7), scaled.coefficients(7));
        assertEquals(0.01, scaled.learningRateAt(3));
    }

    /** A callback that changes the learning rate gets the outer optimizer. */
    @Test
    void settingsReachTheOtherOptimizer() {
        Optimizer sgd = new SGD();
        LossScaleOptimizer scaled = new LossScaleOptimizer(sgd);
        scaled.learningRate(0.25).weightDecay(0.5).clipNorm(3);
        assertEquals(0.25, sgd.learningRateAt(0));
        assertEquals(0.5f, sgd.rule().weightDecay());
        assertEquals(OptionalDouble.of(3), sgd.clipNorm());
        assertEquals(OptionalDouble.of(3), scaled.clipNorm());
        scaled.learningRate(new ExponentialDecay(0.1, 10, 0.5));
        assertTrue(scaled.isScheduled() && sgd.isScheduled());
        SGD other = new SGD();
        assertEquals(
                OptionalDouble.of(4),
                new LossScaleOptimizer(other).globalClipNorm(4).globalClipNorm());
        assertEquals(5, new LossScaleOptimizer(new SGD()).clipValue(5).rule().clipValue());
    }

    @Test
    void itComesBackFromItsConfiguration() {
        LossScaleOptimizer scaled = new LossScaleOptimizer(new RMSprop(0.5).rho(0.75))
                .initialScale(1024)
                .dynamicGrowthSteps(7);
        Optimizer copy = Optimizers.fromConfig(scaled.className(), scaled.config());
        assertEquals(scaled.config(), copy.config());
        LossScaleOptimizer back = assertInstanceOf(LossScaleOptimizer.class, copy);
        assertEquals(1024, back.initialScale());
        assertEquals(7, back.dynamicGrowthSteps());
        assertInstanceOf(RMSprop.class, back.innerOptimizer());
        Optimizer usual = Optimizers.fromConfig("LossScaleOptimizer", Map.of("inner_optimizer", "adam"));
        assertEquals(new LossScaleOptimizer(new Adam()).config(), usual.config());
    }

    /** AdamW's own weight decay, which is not that of others, stays. */
    @Test
    void settingsThatAreNotThereChangeNothing() {
        LossScaleOptimizer scaled = new LossScaleOptimizer(new AdamW());
        Optimizer copy = Optimizers.fromConfig(scaled.className(), scaled.config());
        assertEquals(new AdamW().rule(), copy.rule());
    }

    @Test
    void aConfigurationThatMakesNoneIsRefused() {
        assertRefused("needs the argument inner_optimizer", Map.of());
        assertRefused("has no argument momentum", Map.of("inner_optimizer", "sgd", "momentum", 0.5));
        Map<String, Object> twice = new HashMap<>(Map.of("class_name", "LossScaleOptimizer"));
        twice.put("config", Map.of("inner_optimizer", "sgd"));
        assertRefused("scales its loss already", Map.of("inner_optimizer", twice));
    }

    private static void assertRefused(String words, Map<String, Object> config) {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Optimizers.fromConfig("LossScaleOptimizer", config));
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0, -1, Double.NaN, Double.POSITIVE_INFINITY, 1e39})
    void aScaleIsAFloatOfOneOrMore(double scale) {
        LossScaleOptimizer scaled = new LossScaleOptimizer(new SGD());
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> scaled.initialScale(scale));
        assertTrue(e.getMessage().contains("but is " + scale), e.getMessage());
    }

    @Test
    void theScaleGrowsAfterOneStepOrMore() {
        LossScaleOptimizer scaled = new LossScaleOptimizer(new SGD());
        for (int steps : new int[] {0, -1, Unscale.MOST_STEPS + 1}) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> scaled.dynamicGrowthSteps(steps));
            assertTrue(e.getMessage().contains("but are " + steps), e.getMessage());
        }
        assertEquals(
                Unscale.MOST_STEPS,
                scaled.dynamicGrowthSteps(Unscale.MOST_STEPS).dynamicGrowthSteps());
    }
}
