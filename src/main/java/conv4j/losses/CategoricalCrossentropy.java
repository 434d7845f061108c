package conv4j.losses;

import conv4j.config.Config;
import conv4j.graph.LossFunction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code -sum t * log(p)} over the classes, targets being one number per class (one-hot).
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the smoothing is out of range.
 *
 * @param fromLogits whether predictions are logits rather than probabilities
 * @param labelSmoothing share of the target that is spread evenly over the classes, in [0, 1). Szegedy et al. 2016
 */
public record CategoricalCrossentropy(boolean fromLogits, double labelSmoothing) implements Loss {

    public CategoricalCrossentropy {
        Losses.checkSmoothing(labelSmoothing);
    }

    /** On probabilities, as softmax returns them, without smoothing. */
    public CategoricalCrossentropy() {
        this(false, 0);
    }

    @Override
    public LossFunction function() {
        return new LossFunction(LossFunction.Kind.CATEGORICAL_CROSSENTROPY, fromLogits, (float) labelSmoothing, 1);
    }

    @Override
    public String name() {
        return "categorical_crossentropy";
    }

    static CategoricalCrossentropy from(Config config) {
        return new CategoricalCrossentropy(config.flag("from_logits", false), config.number("label_smoothing", 0));
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
