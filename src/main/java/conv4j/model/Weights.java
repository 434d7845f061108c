package conv4j.model;

import conv4j.backend.Backend;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of a model's variables: on the host until the model is first used, then on its device. Frozen layers change
 * the layout on the device; the numbers then go by way of the host.
 */
final class Weights implements AutoCloseable {

    private final Model model;
    private final Variables variables;
    private final Map<Variables.Variable, float[]> hostValues = new IdentityHashMap<>();
    private DeviceState device;

    Weights(Model model, Variables variables) {
        this.model = model;
        this.variables = variables;
    }

    boolean isOnDevice() {
        return device != null;
    }

    /** The variables on the device; the first call brings them there. */
    DeviceState onDevice(Backend backend, long seed) {
        if (device != null && !device.trainable().equals(variables.trainable())) {
            variables.all().forEach(variable -> hostValues.put(variable, device.read(variable)));
            close();
        }
        if (device == null) {
            DeviceState state = new DeviceState(backend, variables);
            variables.all().forEach(variable -> state.write(variable, hostValue(variable, seed)));
            hostValues.clear();
            device = state;
        }
        return device;
    }

    private float[] hostValue(Variables.Variable variable, long seed) {
        float[] values = hostValues.get(variable);
        return values != null ? values : variable.initial(Seeds.WEIGHTS.of(seed));
    }

    float[] read(Variables.Variable variable, long seed) {
        return device == null ? hostValue(variable, seed).clone() : device.read(variable);
    }

    void write(Variables.Variable variable, float[] values) {
        if (values.length != variable.size()) {
            throw new IllegalArgumentException(variable.value().name() + " has shape "
                    + variable.value().shape() + " (" + variable.size() + " numbers), but " + values.length
                    + " were given");
        }
        if (device == null) {
            hostValues.put(variable, values.clone());
        } else {
            device.write(variable, values);
        }
    }

    List<String> names() {
        return variables.all().stream()
                .filter(Variables.Variable::isSaved)
                .map(variable -> variable.value().name())
                .toList();
    }

    Variables.Variable named(String path) {
        return variables.all().stream()
                .filter(variable -> variable.value().name().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "model " + model.name() + " has no weights '" + path + "'; it has " + names()));
    }

    @Override
    public void close() {
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
