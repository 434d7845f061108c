package conv4j.graph;

import java.util.List;

/**
 * Applies one of the general functions to every element: {@code output = f(input)}. The usual activations, which go into
 * products and convolutions, are {@link Activate}'s.
 *
 * @param input any shape
 * @param output as many elements
 * @param function f
 */
public record Unary(Value input, Value output, UnaryFunction function) implements OneInput {

    public Unary {
        Check.elements("output", output, input);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.unary(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Gradient(gradients.of(output), input, gradients.contribution(input), function));
    }

    /** {@code factor * value}, emitted as an operation of its own. */
    static Value scaled(Gradients gradients, Value value, float factor) {
        Value product = value.like(factor + " * " + value.name());
        gradients.emit(new Unary(value, product, new UnaryFunction(UnaryFunction.Kind.AFFINE, factor, 0)));
        return product;
    }

    /**
     * The derivative of the function times what flows back: {@code inputGradient = outputGradient * f'(input)}.
     *
     * @param outputGradient any shape
     * @param input as many elements
     * @param inputGradient as many elements
     * @param function f
     */
    public record Gradient(Value outputGradient, Value input, Value inputGradient, UnaryFunction function)
            implements GradientOfInput {

        public Gradient {
            Check.elements("input", input, outputGradient);
            Check.elements("input gradient", inputGradient, outputGradient);
        }

        @Override
        public List<Value> inputs() {
            return List.of(outputGradient, input);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.unaryGradient(this);
        }
    }
}
