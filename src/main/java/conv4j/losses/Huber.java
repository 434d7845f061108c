package conv4j.losses;

import conv4j.graph.LossFunction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mean of {@code e^2 / 2} where {@code |e| <= delta}, else {@code delta * |e| - delta^2 / 2}, with e = p - t. Huber 1964.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when delta is not above 0.
 *
 * @param delta where the loss turns from quadratic to linear
 */
public record Huber(double delta) implements Loss {

    public Huber {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("Huber needs a delta above 0, but was given " + delta);
        }
    }

    /** Delta 1. */
    public Huber() {
        this(1);
    }

    @Override
    public LossFunction function() {
        return new LossFunction(LossFunction.Kind.HUBER, false, 0, (float) delta);
    }

    @Override
    public String name() {
        return "huber";
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name());
        config.put("delta", delta);
        return config;
    }
}
