package conv4j.graph;

import conv4j.shape.PoolGeometry;
import java.util.List;

/**
 * The maximum of every window, per channel. Padding never wins; a NaN in the window does.
 *
 * @param input images (height, width, channels), batched
 * @param output images (height, width, channels), batched
 * @param geometry all sizes
 */
public record MaxPool2d(Value input, Value output, PoolGeometry geometry) implements OneInput {

    public MaxPool2d {
        Check.shape("input", input, geometry.inputShape());
        Check.shape("output", output, geometry.outputShape());
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.maxPool2d(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Gradient(input, output, gradients.of(output), gradients.contribution(input), geometry));
    }

    /**
     * The gradient of max pooling: every window passes its gradient to its first maximum in row-major order (the
     * first NaN where there is one); an input under several windows collects from all, gathered in a fixed order.
     *
     * @param input what was pooled
     * @param output what pooling returned
     * @param outputGradient the gradient of the output
     * @param inputGradient the gradient of the input
     * @param geometry all sizes
     */
    public record Gradient(Value input, Value output, Value outputGradient, Value inputGradient, PoolGeometry geometry)
            implements GradientOfInput {

        public Gradient {
            Check.shape("input", input, geometry.inputShape());
            Check.shape("output", output, geometry.outputShape());
            Check.shape("output gradient", outputGradient, geometry.outputShape());
            Check.shape("input gradient", inputGradient, geometry.inputShape());
        }

        @Override
        public List<Value> inputs() {
            return List.of(input, output, outputGradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.maxPool2dGradient(this);
        }
    }
}
