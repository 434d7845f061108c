package conv4j.initializers;

import java.util.Map;

/** Uniform in {@code [-l, l]}, {@code l = sqrt(6 / (inputs + outputs))}. Glorot and Bengio 2010. */
public final class GlorotUniform extends VarianceScaling {

    /** An initializer that takes the model's seed. */
    public GlorotUniform() {
        this(null);
    }

    /**
     * An initializer with a seed of its own.
     *
     * @param seed the seed, or null for the model's
     */
    public GlorotUniform(Long seed) {
        super(1, Mode.FAN_AVG, Distribution.UNIFORM, seed);
    }

    @Override
    public Map<String, Object> config() {
        return seedOnly();
    }
}
