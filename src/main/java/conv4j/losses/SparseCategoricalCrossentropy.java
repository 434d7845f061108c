package conv4j.losses;

import conv4j.config.Config;
import conv4j.graph.LossFunction;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code -log(p)} of the right class, targets being class indices from 0.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the smoothing is out of range.
 *
 * @param fromLogits whether predictions are logits rather than probabilities
 * @param labelSmoothing share of the target that is spread evenly over the classes, in [0, 1). Keras has this for one-hot
 *     targets only
 */
public record SparseCategoricalCrossentropy(boolean fromLogits, double labelSmoothing) implements Loss {

    public SparseCategoricalCrossentropy {
        Losses.checkSmoothing(labelSmoothing);
    }

    /** On probabilities, as softmax returns them, without smoothing. */
    public SparseCategoricalCrossentropy() {
        this(false, 0);
    }

    @Override
    public LossFunction function() {
        return new LossFunction(
                LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY, fromLogits, (float) labelSmoothing, 1);
    }

    @Override
    public String name() {
        return "sparse_categorical_crossentropy";
    }

    static SparseCategoricalCrossentropy from(Config config) {
        return new SparseCategoricalCrossentropy(
                config.flag("from_logits", false), config.number("label_smoothing", 0));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("name", name());
        config.put("from_logits", fromLogits);
        if (labelSmoothing != 0) {
            config.put("label_smoothing", labelSmoothing);
        }
        return config;
    }
}
