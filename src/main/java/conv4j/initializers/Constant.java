package conv4j.initializers;

import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Map;

/**
 * The same value everywhere.
 *
 * @param value the value
 */
public record Constant(double value) implements Initializer {

    @Override
    public void fill(float[] values, Shape shape, long seed, int stream) {
        Arrays.fill(values, (float) value);
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("value", value);
    }
}
