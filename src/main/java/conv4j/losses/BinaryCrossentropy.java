package conv4j.losses;

import conv4j.config.Config;
import conv4j.graph.LossFunction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Mean of {@code -t * log(p) - (1 - t) * log(1 - p)}, targets being one number in [0, 1] per prediction.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the smoothing is out of range.
 *
 * @param fromLogits whether predictions are logits rather than probabilities
 * @param labelSmoothing share of the target that is replaced by 1/2, in [0, 1). Szegedy et al. 2016
 */
public record BinaryCrossentropy(boolean fromLogits, double labelSmoothing) implements Loss {

    public BinaryCrossentropy {
        Losses.checkSmoothing(labelSmoothing);
    }

    /** On probabilities, as sigmoid returns them, without smoothing. */
    public BinaryCrossentropy() {
        this(false, 0);
    }

    @Override
    public LossFunction function() {
        return new LossFunction(LossFunction.Kind.BINARY_CROSSENTROPY, fromLogits, (float) labelSmoothing, 1);
    }

    @Override
    public String name() {
        return "binary_crossentropy";
    }

    static BinaryCrossentropy from(Config config) {
        return new BinaryCrossentropy(config.flag("from_logits", false), config.number("label_smoothing", 0));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name());
        config.put("from_logits", fromLogits);
        config.put("label_smoothing", labelSmoothing);
        return config;
    }
}
