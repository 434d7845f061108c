package conv4j.initializers;

import java.util.Map;

/** Uniform in {@code [-l, l]}, {@code l = sqrt(6 / inputs)}. He et al. 2015. */
public final class HeUniform extends VarianceScaling {

    /** An initializer that takes the model's seed. */
    public HeUniform() {
        this(null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param seed the seed, or null for the model's
     */
    public HeUniform(Long seed) {
        super(2, Mode.FAN_IN, Distribution.UNIFORM, seed);
    }

    @Override
    public Map<String, Object> config() {
        return seedOnly();
    }
}
