package conv4j.graph;

import java.util.List;

/**
 * Adds one number per column: {@code output[r,c] = input[r,c] + bias[c]}, the columns being the last axis.
 *
 * @param input any shape, batched or not
 * @param bias (columns)
 * @param output the shape of the input
 */
public record AddBias(Value input, Value bias, Value output) implements Operation {

    public AddBias {
        Check.shape("output", output, input.shape());
        Check.columns("bias", bias, input.columns());
    }

    @Override
    public List<Value> inputs() {
        return List.of(input, bias);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.addBias(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        Value upstream = gradients.of(output);
        gradients.bias(bias, upstream);
        gradients.pass(input, upstream);
    }
}
