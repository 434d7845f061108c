package conv4j.graph;

import conv4j.shape.PoolGeometry;

/**
 * The mean of every window, per channel. Padding does not count: the sum is divided by the positions that lie on the
 * input, as in Keras.
 *
 * @param input images (height, width, channels), batched
 * @param output images (height, width, channels), batched
 * @param geometry all sizes
 */
public record AveragePool2d(Value input, Value output, PoolGeometry geometry) implements OneInput {

    public AveragePool2d {
        Check.shape("input", input, geometry.inputShape());
        Check.shape("output", output, geometry.outputShape());
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.averagePool2d(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Gradient(gradients.of(output), gradients.contribution(input), geometry));
    }

    /**
     * The gradient of average pooling: every input collects, from each window over it, the window's gradient divided by
     * the window's count of real positions.
     *
     * @param outputGradient the gradient of the output
     * @param inputGradient the gradient of the input
     * @param geometry all sizes
     */
    public record Gradient(Value outputGradient, Value inputGradient, PoolGeometry geometry)
            implements GradientOfInput {

        public Gradient {
            Check.shape("output gradient", outputGradient, geometry.outputShape());
            Check.shape("input gradient", inputGradient, geometry.inputShape());
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.averagePool2dGradient(this);
        }
    }
}
