package conv4j.model;

import conv4j.backend.Backend;
import conv4j.shape.Shape;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers of a model's parameters and states, each under the path {@code layer/name}, such as {@code conv2d/kernel}:
 * on the host until the model is first used, then on its device.
 *
 * <pre>{@code
 * float[] kernel = model.weights().get("conv2d/kernel");
 * }</pre>
 */
public final class Weights {

    private final String modelName;
    private final Variables variables;
    private final Map<Variables.Variable, float[]> hostValues = new IdentityHashMap<>();
    private long seed;
    private DeviceState device;

    Weights(String modelName, Variables variables) {
        this.modelName = modelName;
        this.variables = variables;
    }

    /** {@return the paths of all parameters and states, in the order of layers} */
    public List<String> names() {
        return variables.all().stream()
                .filter(Variables.Variable::isSaved)
                .map(variable -> variable.value().name())
                .toList();
    }

    /** {@return the paths of the parameters that training changes: without frozen layers and moving averages} */
    public List<String> trainableNames() {
        return variables.trainable().stream()
                .map(variable -> variable.value().name())
                .toList();
    }

    /**
     * The shape of a parameter or state.
     *
     * @param path {@code layer/name}
     * @return its shape, in Keras' layout
     * @throws IllegalArgumentException when the model has none of that path
     */
    public Shape shape(String path) {
        return named(path).value().shape();
    }

    /**
     * The numbers of a parameter or state.
     *
     * @param path {@code layer/name}
     * @return a copy, in the order of its shape
     * @throws IllegalArgumentException when the model has none of that path
     */
    public float[] get(String path) {
        return read(named(path));
    }

    /**
     * Replaces the numbers of a parameter or state.
     *
     * @param path {@code layer/name}
     * @param values as many numbers as it has
     * @throws IllegalArgumentException when the model has none of that path, or another number of elements
     */
    public void set(String path, float... values) {
        Variables.Variable variable = named(path);
        if (values.length != variable.size()) {
            throw new IllegalArgumentException(path + " has shape "
                    + variable.value().shape() + " (" + variable.size() + " numbers), but " + values.length
                    + " were given");
        }
        if (device == null) {
            hostValues.put(variable, values.clone());
        } else {
            device.write(variable, values);
        }
    }

    private Variables.Variable named(String path) {
        return variables.all().stream()
                .filter(variable -> variable.value().name().equals(path))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "model " + modelName + " has no weights '" + path + "'; it has " + names()));
    }

    float[] read(Variables.Variable variable) {
        return device == null ? hostValue(variable).clone() : device.read(variable);
    }

    private float[] hostValue(Variables.Variable variable) {
        float[] values = hostValues.get(variable);
        return values != null ? values : variable.initial(Seeds.WEIGHTS.of(seed));
    }

    /** The seed of the numbers that nobody has set; to be chosen before they are used. */
    void seed(long newSeed) {
        if (device != null) {
            throw new IllegalStateException("the seed of model " + modelName + " must be set before its first use");
        }
        seed = newSeed;
    }

    long seed() {
        return seed;
    }

    /**
     * The variables on the device; the first call brings them there. Frozen layers change the layout on the device; the
     * numbers then go by way of the host.
     */
    DeviceState onDevice(Backend backend) {
        if (device != null && !device.trainable().equals(variables.trainable())) {
            variables.all().forEach(variable -> hostValues.put(variable, device.read(variable)));
            leaveDevice();
        }
        if (device == null) {
            DeviceState state = new DeviceState(backend, variables);
            variables.all().forEach(variable -> state.write(variable, hostValue(variable)));
            hostValues.clear();
            device = state;
        }
        return device;
    }

    /** Frees the memory on the device. */
    void leaveDevice() {
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
