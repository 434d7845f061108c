package conv4j.graph;

import conv4j.shape.Shape;

/**
 * Enlarges images by whole factors, Keras' UpSampling2D. Nearest: {@code output[y,x] = input[y / rows, x / columns]}.
 * Bilinear: pixel centres at half positions, {@code source = (y + 0.5) / rows - 0.5} clamped to the image, the weighted
 * mean of the two nearest rows and columns.
 *
 * @param input images (height, width, channels), batched
 * @param output images (height * rows, width * columns, channels), batched
 * @param rows the factor of the height
 * @param columns the factor of the width
 * @param bilinear whether to interpolate; otherwise pixels are repeated
 */
public record UpSample2d(Value input, Value output, int rows, int columns, boolean bilinear) implements OneInput {

    public UpSample2d {
        Check.shape("output", output, enlarged(input.shape(), rows, columns));
    }

    private static Shape enlarged(Shape small, int rows, int columns) {
        return small.with(0, product(small.dim(0), rows)).with(1, product(small.dim(1), columns));
    }

    /** Stays at the largest int instead of wrapping around; such a shape is refused. */
    private static int product(int extent, int factor) {
        return (int) Math.min(Integer.MAX_VALUE, (long) extent * factor);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.upSample2d(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Gradient(gradients.of(output), gradients.contribution(input), rows, columns, bilinear));
    }

    /**
     * The gradient of up-sampling: every input pixel collects from the output pixels that it went into, with the weight
     * it had there, in row-major order.
     *
     * @param outputGradient the gradient of the output
     * @param inputGradient the gradient of the input
     * @param rows the factor of the height
     * @param columns the factor of the width
     * @param bilinear whether the forward pass interpolated
     */
    public record Gradient(Value outputGradient, Value inputGradient, int rows, int columns, boolean bilinear)
            implements GradientOfInput {

        public Gradient {
            Check.shape("output gradient", outputGradient, enlarged(inputGradient.shape(), rows, columns));
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.upSample2dGradient(this);
        }
    }
}
