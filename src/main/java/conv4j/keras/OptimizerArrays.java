package conv4j.keras;

import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Nadam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.RMSprop;
import java.util.ArrayList;
import java.util.List;

/**
 * In which order Keras keeps the arrays of an optimizer: the number of steps, the learning rate unless there is a
 * schedule, then the slots. Where the loss is scaled, steps and rate of the scaling optimizer, finite steps since the scale
 * moved and the scale come before those of the other one.
 */
final class OptimizerArrays {

    /** Numbers that begin the arrays of an optimizer whose loss is scaled: steps and a learning rate, which it leaves alone. */
    static final int UNUSED = 2;

    private static final String VELOCITY_HAT = "velocity_hat";

    private OptimizerArrays() {}

    /** The optimizer that has slots: the other one where a loss is scaled. */
    static Optimizer inner(Optimizer optimizer) {
        return optimizer instanceof LossScaleOptimizer scaled ? scaled.innerOptimizer() : optimizer;
    }

    /**
     * The slots of all parameters, as {@code layer/parameter/slot}. Those of Adam and its relatives take turns, parameter
     * by parameter; others, and AMSGrad's third, come one after the other.
     */
    static List<String> slots(Optimizer optimizer, List<String> parameters) {
        List<String> slots = optimizer.slotNames();
        List<String> order = new ArrayList<>();
        if (optimizer instanceof RMSprop) {
            for (String slot : List.of("velocity", "momentum", "average_gradient")) {
                if (slots.contains(slot)) {
                    parameters.forEach(parameter -> order.add(parameter + "/" + slot));
                }
            }
            return order;
        }
        for (String parameter : parameters) {
            slots.stream()
                    .filter(slot -> !slot.equals(VELOCITY_HAT))
                    .forEach(slot -> order.add(parameter + "/" + slot));
        }
        if (slots.contains(VELOCITY_HAT)) {
            parameters.forEach(parameter -> order.add(parameter + "/" + VELOCITY_HAT));
        }
        return order;
    }

    /** Single numbers after the slots: Nadam's product of momentums. */
    static int trailing(Optimizer optimizer) {
        return optimizer instanceof Nadam ? 1 : 0;
    }

    /** Whether the learning rate is a number rather than a schedule. */
    static boolean hasLearningRate(Optimizer optimizer) {
        return optimizer.config().get("learning_rate") instanceof Number;
    }

    /** Nadam's product of the momentums of the first steps. Dozat 2016; the schedule decay is 0.96 in Keras too. */
    static float momentumProduct(Optimizer nadam, int steps) {
        double beta1 = ((Number) nadam.config().get("beta_1")).doubleValue();
        double product = 1;
        for (int t = 1; t <= steps && product > 0; t++) {
            product *= beta1 * (1 - 0.5 * Math.pow(0.96, t));
        }
        return (float) product;
    }
}
