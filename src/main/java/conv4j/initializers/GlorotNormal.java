package conv4j.initializers;

import java.util.Map;

/** Truncated normal of variance {@code 2 / (inputs + outputs)}. Glorot and Bengio 2010. */
public final class GlorotNormal extends VarianceScaling {

    /** An initializer that takes the model's seed. */
    public GlorotNormal() {
        this(null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param seed the seed, or null for the model's
     */
    public GlorotNormal(Long seed) {
        super(1, Mode.FAN_AVG, Distribution.TRUNCATED_NORMAL, seed);
    }

    @Override
    public Map<String, Object> config() {
        return seedOnly();
    }
}
