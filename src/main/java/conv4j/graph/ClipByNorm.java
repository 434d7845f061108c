package conv4j.graph;

import java.util.List;

/**
 * Scales an array down, in place, where its Euclidean norm is above a limit: {@code g = g * limit / max(norm, limit)}.
 * On one parameter's gradient this is Keras' {@code clipnorm}, on all gradients together {@code global_clipnorm}.
 * Pascanu et al. 2013.
 *
 * @param gradient any value without a batch axis, changed in place
 * @param limit the largest norm, above 0
 */
public record ClipByNorm(Value gradient, float limit) implements Operation {

    public ClipByNorm {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("the largest norm must be above 0, but is " + limit);
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(gradient);
    }

    @Override
    public List<Value> outputs() {
        return List.of(gradient);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.clipByNorm(this);
    }
}
