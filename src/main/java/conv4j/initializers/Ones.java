package conv4j.initializers;

import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Map;

/** 1 everywhere. */
public record Ones() implements Initializer {

    @Override
    public void fill(float[] values, Shape shape, long seed, int stream) {
        Arrays.fill(values, 1f);
    }

    @Override
    public Map<String, Object> config() {
        return Map.of();
    }
}
