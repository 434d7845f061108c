package conv4j.initializers;

import java.util.Map;

/** Truncated normal of variance {@code 1 / inputs}. LeCun et al. 1998. */
public final class LecunNormal extends VarianceScaling {

    /** An initializer that takes the model's seed. */
    public LecunNormal() {
        this(null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param seed the seed, or null for the model's
     */
    public LecunNormal(Long seed) {
        super(1, Mode.FAN_IN, Distribution.TRUNCATED_NORMAL, seed);
    }

    @Override
    public Map<String, Object> config() {
        return seedOnly();
    }
}
