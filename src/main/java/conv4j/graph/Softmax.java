package conv4j.graph;

import java.util.List;

/**
 * Softmax over the last axis: {@code output[r,c] = exp(input[r,c] - max) / sum over j of exp(input[r,j] - max)}, with
 * the row's maximum subtracted so that nothing overflows.
 *
 * @param input any shape
 * @param output the same shape; every row sums to 1
 */
public record Softmax(Value input, Value output) implements OneInput {

    public Softmax {
        Check.shape("output", output, input.shape());
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.softmax(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Gradient(gradients.of(output), output, gradients.contribution(input)));
    }

    /**
     * The gradient of softmax: {@code inputGradient[r,c] = output[r,c] * (outputGradient[r,c] - sum over j of
     * outputGradient[r,j] * output[r,j])}.
     *
     * @param outputGradient the gradient of the output
     * @param output what softmax returned
     * @param inputGradient the gradient of the input
     */
    public record Gradient(Value outputGradient, Value output, Value inputGradient) implements GradientOfInput {

        public Gradient {
            Check.shape("output", output, outputGradient.shape());
            Check.shape("input gradient", inputGradient, outputGradient.shape());
        }

        @Override
        public List<Value> inputs() {
            return List.of(outputGradient, output);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.softmaxGradient(this);
        }
    }
}
