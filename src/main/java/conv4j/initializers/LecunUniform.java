package conv4j.initializers;

import java.util.Map;

/** Uniform in {@code [-l, l]}, {@code l = sqrt(3 / inputs)}. LeCun et al. 1998. */
public final class LecunUniform extends VarianceScaling {

    /** An initializer that takes the model's seed. */
    public LecunUniform() {
        this(null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param seed the seed, or null for the model's
     */
    public LecunUniform(Long seed) {
        super(1, Mode.FAN_IN, Distribution.UNIFORM, seed);
    }

    @Override
    public Map<String, Object> config() {
        return seedOnly();
    }
}
