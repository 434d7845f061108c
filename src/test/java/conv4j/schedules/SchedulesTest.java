package conv4j.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SchedulesTest {
    private static final double EXACT = 1e-15;

    @Test
    void exponentialDecayFallsByTheRateInTheGivenSteps() {
        LearningRateSchedule schedule = new ExponentialDecay(0.1, 100, 0.5);
        assertEquals(0.1, schedule.at(0), EXACT);
        assertEquals(0.1 / Math.sqrt(2), schedule.at(50), EXACT);
        assertEquals(0.05, schedule.at(100), EXACT);
        assertEquals(0.0125, schedule.at(300), EXACT);
    }

    @Test
    void staircaseFallsAtOnce() {
        LearningRateSchedule schedule = new ExponentialDecay(0.005, 1563, 0.9, true);
        assertEquals(0.005, schedule.at(1562), EXACT);
        assertEquals(0.0045, schedule.at(1563), EXACT);
        assertEquals(0.005 * 0.81, schedule.at(3126), EXACT);
    }

    @Test
    void piecewiseConstantKeepsAValueUpToAndAtItsBoundary() {
        LearningRateSchedule schedule = new PiecewiseConstantDecay(List.of(100_000, 110_000), List.of(1.0, 0.5, 0.1));
        assertEquals(1.0, schedule.at(0));
        assertEquals(1.0, schedule.at(100_000));
        assertEquals(0.5, schedule.at(100_001));
        assertEquals(0.5, schedule.at(110_000));
        assertEquals(0.1, schedule.at(110_001));
    }

    @Test
    void polynomialDecayEndsAtItsEndOrBeginsAnew() {
        LearningRateSchedule once = new PolynomialDecay(0.1, 4, 0.01, 2, false);
        assertEquals(0.1, once.at(0), EXACT);
        assertEquals(0.09 * 0.5625 + 0.01, once.at(1), EXACT);
        assertEquals(0.01, once.at(4), EXACT);
        assertEquals(0.01, once.at(9), EXACT);
        LearningRateSchedule cycle = new PolynomialDecay(0.01, 2, 0.001, 1, true);
        assertEquals(0.01, cycle.at(0), EXACT);
        assertEquals(0.001, cycle.at(2), EXACT);
        assertEquals(0.009 * 0.25 + 0.001, cycle.at(3), EXACT);
        assertEquals(0.001, cycle.at(4), EXACT);
    }

    @Test
    void inverseTimeDecayDividesByTheStepsOrTheirMultiples() {
        LearningRateSchedule gradual = new InverseTimeDecay(0.01, 2, 0.5, false);
        assertEquals(0.01, gradual.at(0), EXACT);
        assertEquals(0.008, gradual.at(1), EXACT);
        assertEquals(0.005, gradual.at(4), EXACT);
        LearningRateSchedule staircase = new InverseTimeDecay(0.01, 2, 0.5, true);
        assertEquals(0.01, staircase.at(1), EXACT);
        assertEquals(0.01 / 1.5, staircase.at(3), EXACT);
    }

    @Test
    void cosineDecayIsHalfACosineAndThenConstant() {
        LearningRateSchedule schedule = new CosineDecay(2, 1000, 0.1, null, 0);
        assertEquals(2, schedule.at(0), EXACT);
        assertEquals(2 * (0.9 * 0.5 * (1 + Math.sqrt(0.5)) + 0.1), schedule.at(250), 1e-14);
        assertEquals(2 * (0.9 * 0.5 + 0.1), schedule.at(500), 1e-14);
        assertEquals(0.2, schedule.at(1000), EXACT);
        assertEquals(0.2, schedule.at(5000), EXACT);
    }

    @Test
    void cosineDecayWithWarmUpRisesToItsTargetFirst() {
        LearningRateSchedule schedule = new CosineDecay(0, 1000, 0, 0.1, 10);
        assertEquals(0, schedule.at(0), EXACT);
        assertEquals(0.03, schedule.at(3), EXACT);
        assertEquals(0.1, schedule.at(10), EXACT);
        assertEquals(0.05, schedule.at(510), EXACT);
        assertEquals(0, schedule.at(1010), EXACT);
    }

    @Test
    void linearWarmUpLeadsToTheFirstRateOfWhatFollows() {
        LearningRateSchedule schedule = new LinearWarmup(0.02, 4, new ExponentialDecay(0.1, 10, 0.5));
        assertEquals(0.02, schedule.at(0), EXACT);
        assertEquals(0.06, schedule.at(2), EXACT);
        assertEquals(0.1, schedule.at(4), EXACT);
        assertEquals(0.05, schedule.at(14), EXACT);
    }

    /** Warming up to a cosine is what Keras' CosineDecay does by itself. */
    @Test
    void linearWarmUpBeforeACosineIsTheCosineWithWarmUp() {
        LearningRateSchedule keras = new CosineDecay(0.01, 100, 0.2, 0.3, 7);
        LearningRateSchedule wrapped = new LinearWarmup(0.01, 7, new CosineDecay(0.3, 100, 0.2, null, 0));
        for (int step = 0; step < 150; step++) {
            assertEquals(keras.at(step), wrapped.at(step), EXACT);
        }
    }

    static Stream<LearningRateSchedule> all() {
        return Stream.of(
                new ExponentialDecay(0.1, 100, 0.5, true),
                new PolynomialDecay(0.1, 7, 0.02, 0.5, true),
                new InverseTimeDecay(0.1, 7, 0.5, true),
                new PiecewiseConstantDecay(List.of(5), List.of(1.0, 0.5)),
                new CosineDecay(0.1, 50),
                new CosineDecay(0.1, 50, 0.25, 0.4, 9),
                new LinearWarmup(0.01, 3, new CosineDecay(0.1, 50)));
    }

    @ParameterizedTest
    @MethodSource("all")
    void configurationsMakeTheSameScheduleAgain(LearningRateSchedule schedule) {
        assertEquals(schedule, Schedules.fromConfig(schedule.className(), schedule.config()));
    }

    /** With a warm-up of 0 steps and a curve of one the rate is defined at every step. */
    @Test
    void theShortestSchedulesWork() {
        assertEquals(0.3, new CosineDecay(0.1, 1, 0, 0.3, 0).at(0), EXACT);
        assertEquals(0, new CosineDecay(0.1, 1, 0, 0.3, 0).at(1), EXACT);
        assertEquals(0.05, new ExponentialDecay(0.1, 1, 0.5).at(1), EXACT);
        assertEquals(0.02, new LinearWarmup(0.02, 1, new ExponentialDecay(0.1, 1, 0.5)).at(0), EXACT);
        assertEquals(0.1, new LinearWarmup(0.02, 1, new ExponentialDecay(0.1, 1, 0.5)).at(1), EXACT);
        assertEquals(7, new PiecewiseConstantDecay(List.of(), List.of(7.0)).at(123));
    }

    @Test
    void impossibleSettingsAreRefused() {
        assertRefused("0", () -> new ExponentialDecay(0.1, 0, 0.5));
        assertRefused("2 boundaries and 2 values", () -> new PiecewiseConstantDecay(List.of(1, 2), List.of(1.0, 2.0)));
        assertRefused("0", () -> new CosineDecay(0.1, 0));
        assertRefused("0", () -> new LinearWarmup(0.1, 0, new CosineDecay(0.1, 10)));
        assertRefused("[2, 2]", () -> new PiecewiseConstantDecay(List.of(2, 2), List.of(1.0, 2.0, 3.0)));
        assertRefused("[2, 1]", () -> new PiecewiseConstantDecay(List.of(2, 1), List.of(1.0, 2.0, 3.0)));
        assertRefused("-1", () -> new CosineDecay(0.1, 10, 0, 0.2, -1));
        assertRefused("PolynomialDecay", () -> Schedules.fromConfig("PolynomialDecay", Map.of()));
        assertRefused("decay_steps", () -> Schedules.fromConfig("CosineDecay", Map.of("initial_learning_rate", 1)));
        assertRefused(
                "the argument next",
                () -> Schedules.fromConfig("LinearWarmup", Map.of("initial_learning_rate", 1, "warmup_steps", 5)));
        assertRefused(
                "power",
                () -> Schedules.fromConfig(
                        "CosineDecay", Map.of("initial_learning_rate", 1, "decay_steps", 5, "power", 2)));
    }

    private static void assertRefused(String said, Runnable code) {
        String message = assertThrows(IllegalArgumentException.class, code::run).getMessage();
        assertTrue(message.contains(said), message);
    }
}
