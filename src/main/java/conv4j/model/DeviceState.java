package conv4j.model;

import conv4j.backend.Backend;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.graph.ElementType;
import conv4j.graph.MemoryPlan;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's variables on a device. Trainable parameters lie in one flat memory, each at a multiple of {@link
 * MemoryPlan#ALIGNMENT}, so that an optimizer updates them in one go; everything else lies in a second one.
 */
final class DeviceState implements AutoCloseable {

    private final Map<Variables.Variable, Long> offsets = new IdentityHashMap<>();
    private final List<Variables.Variable> trainable;
    private final Memory parameters;
    private final Memory others;
    private final long flatElements;

    DeviceState(Backend backend, Variables variables) {
        trainable = variables.trainable();
        flatElements = layOut(trainable);
        List<Variables.Variable> rest =
                variables.all().stream().filter(v -> !trainable.contains(v)).toList();
        long restElements = layOut(rest);
        parameters = backend.allocate("the model's parameters", ElementType.FLOAT32, Math.max(1, flatElements));
        try {
            others = backend.allocate("the model's states", ElementType.FLOAT32, Math.max(1, restElements));
        } catch (RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    private long layOut(List<Variables.Variable> variables) {
        long end = 0;
        for (Variables.Variable variable : variables) {
            offsets.put(variable, end);
            end += MemoryPlan.aligned(variable.size());
        }
        return end;
    }

    List<Variables.Variable> trainable() {
        return trainable;
    }

    /** The length of the flat memory of all trainable parameters, gaps included. */
    int flatElements() {
        if (flatElements > Integer.MAX_VALUE - MemoryPlan.ALIGNMENT) {
            throw new IllegalArgumentException("the model has " + flatElements
                    + " trainable numbers, more than the 2147483391 that one model can have");
        }
        return (int) flatElements;
    }

    long offset(Variables.Variable variable) {
        return offsets.get(variable);
    }

    Memory parameters() {
        return parameters;
    }

    void place(Placement placement) {
        offsets.forEach((variable, offset) -> placement.put(variable.value(), memory(variable), offset));
    }

    private Memory memory(Variables.Variable variable) {
        return trainable.contains(variable) ? parameters : others;
    }

    void write(Variables.Variable variable, float[] values) {
        memory(variable).write(offset(variable), values, 0, values.length);
    }

    float[] read(Variables.Variable variable) {
        float[] values = new float[variable.size()];
        memory(variable).read(offset(variable), values, 0, values.length);
        return values;
    }

    @Override
    public void close() {
        parameters.close();
        others.close();
    }
}
