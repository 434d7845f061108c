package conv4j.regularizers;

import java.util.Map;

/**
 * {@code l1 * sum |w|}, which makes weights zero. Tibshirani 1996.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the factor is negative or not a number.
 *
 * @param l1 the factor, 0 or more
 */
public record L1(double l1) implements Regularizer {

    public L1 {
        Regularizers.checkFactor("L1", "l1", l1);
    }

    /** Keras' default factor, 0.01. */
    public L1() {
        this(Regularizers.USUAL);
    }

    @Override
    public double l2() {
        return 0;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("l1", l1);
    }
}
