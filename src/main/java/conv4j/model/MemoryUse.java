package conv4j.model;

/**
 * The memory that a model takes on a device.
 *
 * @param parameters bytes of the model's parameters and states
 * @param optimizer bytes of gradients and of what the optimizer remembers; 0 without training
 * @param activations bytes of the plan: everything that is computed in a step, working memory included
 */
public record MemoryUse(long parameters, long optimizer, long activations) {

    /**
     * Everything together.
     *
     * @return bytes
     */
    public long total() {
        return parameters + optimizer + activations;
    }
}
