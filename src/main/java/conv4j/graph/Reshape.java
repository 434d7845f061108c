package conv4j.graph;

/**
 * Gives a value another shape. No data moves: the output is a view of the input's memory, made by {@link
 * Value#reshaped}, and backends have nothing to do.
 *
 * @param input any shape
 * @param output a view of the input
 */
public record Reshape(Value input, Value output) implements OneInput {

    public Reshape {
        if (output.root() != input.root()) {
            throw new IllegalArgumentException(
                    "the output of a reshape must be a view of its input, but " + output + " is not one of " + input);
        }
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.reshape(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        Value upstream = gradients.of(output);
        Value view = upstream.reshaped("gradient of " + input.name(), input.shape());
        gradients.emit(new Reshape(upstream, view));
        gradients.pass(input, view);
    }
}
