package conv4j.initializers;

import java.util.Map;

/** Truncated normal of variance {@code 2 / inputs}. He et al. 2015. */
public final class HeNormal extends VarianceScaling {

    /** An initializer that takes the model's seed. */
    public HeNormal() {
        this(null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param seed the seed, or null for the model's
     */
    public HeNormal(Long seed) {
        super(2, Mode.FAN_IN, Distribution.TRUNCATED_NORMAL, seed);
    }

    @Override
    public Map<String, Object> config() {
        return seedOnly();
    }
}
