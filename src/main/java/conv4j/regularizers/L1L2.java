package conv4j.regularizers;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code l1 * sum |w| + l2 * sum w^2}. Zou and Hastie 2005.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when a factor is negative or not a number.
 *
 * @param l1 the factor of the absolute values, 0 or more
 * @param l2 the factor of the squares, 0 or more
 */
public record L1L2(double l1, double l2) implements Regularizer {

    public L1L2 {
        Regularizers.checkFactor("L1L2", "l1", l1);
        Regularizers.checkFactor("L1L2", "l2", l2);
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("l1", l1);
        config.put("l2", l2);
        return config;
    }
}
