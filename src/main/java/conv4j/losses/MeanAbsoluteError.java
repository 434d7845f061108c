package conv4j.losses;

import conv4j.graph.LossFunction;
import java.util.Map;

/** Mean of {@code |p - t|}. */
public record MeanAbsoluteError() implements Loss {

    @Override
    public LossFunction function() {
        return LossFunction.of(LossFunction.Kind.MEAN_ABSOLUTE_ERROR);
    }

    @Override
    public String name() {
        return "mean_absolute_error";
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("name", name());
    }
}
