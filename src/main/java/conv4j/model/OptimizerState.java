package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.graph.ElementType;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Value;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The gradients and the optimizer's slots on a device, laid out as the flat trainable parameters are, and a loss's scale. */
final class OptimizerState implements AutoCloseable {

    /**
     * The values that stand for whole flat arrays.
     *
     * @param parameters all trainable parameters
     * @param gradients all their gradients
     * @param slots what the optimizer remembers, each as long as the parameters
     * @param scale what the loss is multiplied by, one number; null where it is not scaled
     * @param scaleSteps finite steps since the scale moved, one number; null where the loss is not scaled
     */
    record Flat(Value parameters, Value gradients, List<Value> slots, Value scale, Value scaleSteps) {

        static Flat of(int elements, Optimizer optimizer) {
            boolean scaled = optimizer instanceof LossScaleOptimizer;
            return new Flat(
                    Value.parameter("all parameters", Shape.of(elements)),
                    Value.state("all gradients", Shape.of(elements)),
                    optimizer.slotNames().stream()
                            .map(name -> Value.state("the optimizer's " + name, Shape.of(elements)))
                            .toList(),
                    scaled ? Value.state(LossScaleOptimizer.SCALE, Shape.SCALAR) : null,
                    scaled ? Value.state(LossScaleOptimizer.STEPS, Shape.SCALAR) : null);
        }
    }

    private static final long STEPS_AT = MemoryPlan.ALIGNMENT;

    /** Where the numbers of a loss's scale lie in their memory, by name. */
    private static final Map<String, Long> SCALING =
            Map.of(LossScaleOptimizer.SCALE, 0L, LossScaleOptimizer.STEPS, STEPS_AT);

    private final DeviceState state;
    private final List<String> slotNames;
    private final Memory gradients;
    private final List<Memory> slots = new ArrayList<>();
    private final Flat flat;
    private Memory scaling;

    OptimizerState(Backend backend, DeviceState state, Optimizer optimizer) {
        this.state = state;
        this.slotNames = optimizer.slotNames();
        int elements = Math.max(1, state.flatElements());
        gradients = backend.allocate("gradients of the parameters", ElementType.FLOAT32, elements);
        try {
            for (String name : slotNames) {
                slots.add(backend.allocate("the optimizer's " + name, ElementType.FLOAT32, elements));
            }
            if (optimizer instanceof LossScaleOptimizer scaled) {
                scaling = backend.allocate("the loss's scale", ElementType.FLOAT32, 1L + STEPS_AT);
                scaling.write(0, new float[] {scaled.initialScale()}, 0, 1);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        flat = Flat.of(elements, optimizer);
    }

    Flat flat() {
        return flat;
    }

    /** Places the flat values, and the gradient of every parameter at the parameter's own offset. */
    void place(Placement placement, Map<Value, Value> gradientOf) {
        placement.put(flat.parameters(), state.parameters(), 0);
        placement.put(flat.gradients(), gradients, 0);
        for (int i = 0; i < slots.size(); i++) {
            placement.put(flat.slots().get(i), slots.get(i), 0);
        }
        if (scaling != null) {
            placement.put(flat.scale(), scaling, 0);
            placement.put(flat.scaleSteps(), scaling, STEPS_AT);
        }
        for (Variables.Variable variable : state.trainable()) {
            Value gradient = gradientOf.get(variable.value());
            if (gradient != null) {
                placement.put(gradient, gradients, state.offset(variable));
            }
        }
    }

    /** The slots of every trainable parameter, by {@code parameter/slot}, and what there is of a loss's scale. */
    Map<String, float[]> read() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        for (Variables.Variable variable : state.trainable()) {
            for (int i = 0; i < slots.size(); i++) {
                float[] values = new float[variable.size()];
                slots.get(i).read(state.offset(variable), values, 0, values.length);
                arrays.put(key(variable, i), values);
            }
        }
        SCALING.forEach((name, place) -> {
            if (scaling != null) {
                float[] number = new float[1];
                scaling.read(place, number, 0, 1);
                arrays.put(name, number);
            }
        });
        return arrays;
    }

    void write(Map<String, float[]> arrays) {
        for (Variables.Variable variable : state.trainable()) {
            for (int i = 0; i < slots.size(); i++) {
                float[] values = arrays.get(key(variable, i));
                if (values != null) {
                    slots.get(i).write(state.offset(variable), values, 0, values.length);
                }
            }
        }
        SCALING.forEach((name, place) -> {
            if (scaling != null && arrays.containsKey(name)) {
                scaling.write(place, arrays.get(name), 0, 1);
            }
        });
    }

    /**
     * Refuses arrays that would come to lie beside their places, or that no training can go on with.
     *
     * @throws IllegalArgumentException when an array belongs to no parameter or has another size, or a number of a loss's
     *     scale cannot be one
     */
    static void check(Model model, Map<String, float[]> arrays) {
        arrays.forEach((name, values) -> {
            boolean scaling = SCALING.containsKey(name);
            String parameter = name.substring(0, Math.max(name.lastIndexOf('/'), 0));
            int needed = scaling ? 1 : model.weights().shape(parameter).size();
            if (values.length != needed) {
                throw new IllegalArgumentException(
                        "the optimizer's " + name + " has " + values.length + " numbers, but needs " + needed);
            }
            double least = name.equals(LossScaleOptimizer.SCALE) ? 1 : 0;
            if (scaling && !(values[0] >= least && Float.isFinite(values[0]))) {
                throw new IllegalArgumentException("the optimizer's " + name + " is " + values[0]
                        + ", but must be a number of " + least + " or more");
            }
        });
    }

    private String key(Variables.Variable variable, int slot) {
        return variable.value().name() + "/" + slotNames.get(slot);
    }

    @Override
    public void close() {
        gradients.close();
        slots.forEach(Memory::close);
        if (scaling != null) {
            scaling.close();
        }
    }
}
