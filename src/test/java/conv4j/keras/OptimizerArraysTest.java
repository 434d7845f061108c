package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.optimizers.Adam;
import conv4j.optimizers.Nadam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.RMSprop;
import conv4j.optimizers.SGD;
import conv4j.schedules.ExponentialDecay;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The order of arrays, and how arguments are asked for. */
class OptimizerArraysTest {

    private static final List<String> PARAMETERS = List.of("a/kernel", "a/bias");

    private static List<String> slots(Optimizer optimizer) {
        return OptimizerArrays.slots(optimizer, PARAMETERS);
    }

    @Test
    void slotsOfAdamTakeTurns() {
        assertEquals(
                List.of("a/kernel/momentum", "a/kernel/velocity", "a/bias/momentum", "a/bias/velocity"),
                slots(new Adam(0.1)));
        assertEquals(
                List.of(
                        "a/kernel/momentum",
                        "a/kernel/velocity",
                        "a/bias/momentum",
                        "a/bias/velocity",
                        "a/kernel/velocity_hat",
                        "a/bias/velocity_hat"),
                slots(new Adam(0.1).amsgrad(true)));
    }

    @Test
    void slotsOfRmspropComeOneAfterTheOther() {
        assertEquals(List.of("a/kernel/velocity", "a/bias/velocity"), slots(new RMSprop(0.1)));
        assertEquals(
                List.of(
                        "a/kernel/velocity",
                        "a/bias/velocity",
                        "a/kernel/momentum",
                        "a/bias/momentum",
                        "a/kernel/average_gradient",
                        "a/bias/average_gradient"),
                slots(new RMSprop(0.1).momentum(0.9).centered(true)));
        assertEquals(List.of(), slots(new SGD(0.1)));
    }

    @Test
    void onlyNadamHasANumberBehindTheSlots() {
        assertEquals(0, OptimizerArrays.trailing(new Adam(0.1)));
        assertEquals(1, OptimizerArrays.trailing(new Nadam(0.1)));
        assertEquals(1, OptimizerArrays.momentumProduct(new Nadam(0.1), 0));
        double first = 0.9 * (1 - 0.5 * 0.96);
        double second = 0.9 * (1 - 0.5 * 0.96 * 0.96);
        assertEquals((float) first, OptimizerArrays.momentumProduct(new Nadam(0.1), 1));
        assertEquals((float) (first * second), OptimizerArrays.momentumProduct(new Nadam(0.1), 2));
    }

    @Test
    void aScheduleIsNoRate() {
        assertTrue(OptimizerArrays.hasLearningRate(new SGD(0.1)));
        assertFalse(
                OptimizerArrays.hasLearningRate(new SGD(0.1).learningRate(new ExponentialDecay(0.1, 10, 0.9, false))));
    }

    @Test
    void argumentsThatNobodyAskedForAreToldAfterwards() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("a", 1);
        all.put("b", 2);
        all.put("c", null);
        all.put("d", false);
        all.put("e", true);
        AskedConfig asked = new AskedConfig(all);
        assertEquals(Map.of("a", 1, "b", 2, "e", true), asked.unasked());
        assertEquals(Set.of(), asked.entrySet());
        assertEquals(1, asked.get("a"));
        assertTrue(asked.containsKey("e"));
        assertFalse(asked.containsKey("z"));
        assertEquals(Map.of("a", 1, "e", true), Map.copyOf(asked));
        assertEquals(Map.of("b", 2), asked.unasked());
    }
}
