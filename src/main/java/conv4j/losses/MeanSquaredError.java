package conv4j.losses;

import conv4j.graph.LossFunction;
import java.util.Map;

/** Mean of {@code (p - t)^2}. */
public record MeanSquaredError() implements Loss {

    @Override
    public LossFunction function() {
        return LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR);
    }

    @Override
    public String name() {
        return "mean_squared_error";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("name", name());
    }
}
