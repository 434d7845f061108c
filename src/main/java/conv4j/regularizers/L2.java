package conv4j.regularizers;

import java.util.Map;

/**
 * {@code l2 * sum w^2}, which keeps weights small. Krogh and Hertz 1991.
 *
 * <p>The constructor throws {@link IllegalArgumentException} when the factor is negative or not a number.
 *
 * @param l2 the factor, 0 or more
 */
public record L2(double l2) implements Regularizer {

    public L2 {
        Regularizers.checkFactor("L2", "l2", l2);
    }

    /** Keras' default factor, 0.01. */
    public L2() {
        this(Regularizers.USUAL);
    }

    @Override
    public double l1() {
        return 0;
    }

    @Override
    public Map<String, Object> config() {
        return Map.of("l2", l2);
    }
}
