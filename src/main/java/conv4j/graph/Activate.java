package conv4j.graph;

import java.util.List;

/**
 * Applies a function to every element: {@code output = f(input)}.
 *
 * @param input any shape
 * @param output the same shape
 * @param activation {@code f}
 */
public record Activate(Value input, Value output, Activation activation) implements OneInput {

    public Activate {
        Check.elements("output", output, input);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.activate(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        Value saved = activation.gradientFromOutput() ? output : input;
        gradients.emit(new Gradient(gradients.of(output), saved, gradients.contribution(input), activation));
    }

    /** The gradient just before an activation that was fused into the operation that writes {@code output}. */
    static Value gradientBefore(Gradients gradients, Activation activation, Value output) {
        Value upstream = gradients.of(output);
        if (activation.isLinear()) {
            return upstream;
        }
        Value passed = output.like("gradient before the activation of " + output.name());
        gradients.emit(new Gradient(upstream, output, passed, activation));
        return passed;
    }

    /**
     * The derivative of the function times what flows back: {@code inputGradient = outputGradient * f'}. At a kink of
     * RELU the slope is that below the threshold, alpha, and that above the maximum, 0.
     *
     * @param outputGradient the gradient of the output
     * @param saved the function's output where {@link Activation#gradientFromOutput()}, else its input
     * @param inputGradient the gradient of the input
     * @param activation {@code f}
     */
    public record Gradient(Value outputGradient, Value saved, Value inputGradient, Activation activation)
            implements GradientOfInput {

        public Gradient {
            Check.elements("saved value", saved, outputGradient);
            Check.elements("input gradient", inputGradient, outputGradient);
        }

        @Override
        public List<Value> inputs() {
            return List.of(outputGradient, saved);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.activateGradient(this);
        }
    }
}
