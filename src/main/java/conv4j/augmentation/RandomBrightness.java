package conv4j.augmentation;

import conv4j.config.Config;
import conv4j.graph.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Adds one number to all values of an image: a factor times the size of the value range, to which the result is limited.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the factor is beyond -1 to 1.
 *
 * @param factor from which an image's factor is drawn
 * @param valueRange the least and the largest value, in the units of the data set
 */
public record RandomBrightness(Interval factor, Interval valueRange) implements Augmentation {

    public RandomBrightness {
        factor.within(-1, 1, "the factor of RandomBrightness");
    }

    /**
     * Makes images of bytes darker or brighter.
     *
     * @param factor the largest change as a share of 255, from 0 to 1
     */
    public RandomBrightness(double factor) {
        this(Interval.around(factor), Colors.BYTES);
    }

    @Override
    public Value emit(AugmentationContext context, Value images) {
        return Colors.emit(context, images, null, factor, valueRange);
    }

    static RandomBrightness from(Config config) {
        return new RandomBrightness(Interval.from(config, "factor", Interval::around), Colors.valueRange(config));
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("factor", factor.toList());
        config.put("value_range", valueRange.toList());
        return config;
    }
}
