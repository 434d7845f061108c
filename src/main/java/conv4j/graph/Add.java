package conv4j.graph;

import java.util.List;

/**
 * Element-wise sum of two values of the same shape: {@code output = a + b}.
 *
 * @param a any shape
 * @param b the same shape
 * @param output the same shape
 */
public record Add(Value a, Value b, Value output) implements Operation {

    public Add {
        Check.elements("second operand", b, a);
        Check.elements("output", output, a);
    }

    @Override
    public List<Value> inputs() {
        return List.of(a, b);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.add(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.pass(a, gradients.of(output));
        gradients.pass(b, gradients.of(output));
    }
}
