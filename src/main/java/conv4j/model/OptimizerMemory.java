package conv4j.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far a model's optimizer has come and what it remembers, for files of other formats: with it a training goes on as
 * if it had not stopped.
 *
 * @param epochs epochs that were trained to their end, 0 where nobody counted them
 * @param steps all steps that were done
 * @param slots the optimizer's arrays by {@code layer/parameter/slot}, such as {@code conv2d/kernel/momentum}, and what a
 *     {@link conv4j.optimizers.LossScaleOptimizer} remembers by its name; empty for an optimizer that remembers nothing
 */
public record OptimizerMemory(int epochs, int steps, Map<String, float[]> slots) {

    /**
     * Copies the map.
     *
     * @param epochs 0 or more
     * @param steps 0 or more
     * @param slots the optimizer's arrays by {@code layer/parameter/slot}
     * @throws IllegalArgumentException when a number is negative
     */
    public OptimizerMemory {
        if (epochs < 0 || steps < 0) {
            throw new IllegalArgumentException(
                    "a training cannot stand at epoch " + epochs + " and step " + steps + "; both are 0 or more");
        }
        slots = new LinkedHashMap<>(slots);
    }

    /**
     * Reads the memory of a model's optimizer, also while the model is being trained.
     *
     * @param model a compiled model
     * @return a copy
     */
    public static OptimizerMemory of(Model model) {
        TrainingState state = model.training().currentState();
        return new OptimizerMemory(state.epoch(), state.step(), state.slots());
    }

    /**
     * Makes a model go on from here.
     *
     * @param model a compiled model, not being trained
     * @throws IllegalStateException when the model was not compiled
     * @throws IllegalArgumentException when an array belongs to no parameter or has another size
     */
    public void into(Model model) {
        model.compiled();
        OptimizerState.check(model, slots);
        model.training().state(new TrainingState(epochs, 0, steps, new float[0], slots, List.of(), List.of()));
    }
}
