package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.graph.ElementType;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The gradients and the optimizer's slots on a device, laid out as the flat trainable parameters are. */
final class OptimizerState implements AutoCloseable {

    /**
     * The values that stand for whole flat arrays.
     *
     * @param parameters all trainable parameters
     * @param gradients all their gradients
     * @param slots what the optimizer remembers, each as long as the parameters
     */
    record Flat(Value parameters, Value gradients, List<Value> slots) {

        static Flat of(int elements, int slots) {
            List<Value> slotValues = new ArrayList<>();
            for (int i = 0; i < slots; i++) {
                slotValues.add(Value.state("optimizer slot " + i, Shape.of(elements)));
            }
            return new Flat(
                    Value.parameter("all parameters", Shape.of(elements)),
                    Value.state("all gradients", Shape.of(elements)),
                    slotValues);
        }
    }

    private final DeviceState state;
    private final List<String> slotNames;
    private final Memory gradients;
    private final List<Memory> slots = new ArrayList<>();
    private final Flat flat;

    OptimizerState(Backend backend, DeviceState state, List<String> slotNames) {
        this.state = state;
        this.slotNames = slotNames;
        int elements = Math.max(1, state.flatElements());
        gradients = backend.allocate("gradients of the parameters", ElementType.FLOAT32, elements);
        try {
            for (String name : slotNames) {
                slots.add(backend.allocate("the optimizer's " + name, ElementType.FLOAT32, elements));
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        flat = Flat.of(elements, slots.size());
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
        for (Variables.Variable variable : state.trainable()) {
            Value gradient = gradientOf.get(variable.value());
            if (gradient != null) {
                placement.put(gradient, gradients, state.offset(variable));
            }
        }
    }

    /** The slots of every trainable parameter, by {@code parameter/slot}. */
    Map<String, float[]> read() {
        Map<String, float[]> arrays = new LinkedHashMap<>();
        for (Variables.Variable variable : state.trainable()) {
            for (int i = 0; i < slots.size(); i++) {
                float[] values = new float[variable.size()];
                slots.get(i).read(state.offset(variable), values, 0, values.length);
                arrays.put(key(variable, i), values);
            }
        }
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
    }

    private String key(Variables.Variable variable, int slot) {
        return variable.value().name() + "/" + slotNames.get(slot);
    }

    @Override
    public void close() {
        gradients.close();
        slots.forEach(Memory::close);
    }
}
