package conv4j.graph;

import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.List;

/**
 * The maximum of every window, per channel. Padding never wins; a NaN in the window does.
 *
 * @param input images (height, width, channels), batched
 * @param output images (height, width, channels), batched
 * @param places of the shape of the output: where each maximum was found first, 0 or 1 in the first row of its window, 2 or 3
 *     in the second; for windows of 2x2 side by side only, see {@link Fusion#noted}. Null where nobody asks
 * @param geometry all sizes
 */
public record MaxPool2d(Value input, Value output, Value places, PoolGeometry geometry) implements OneInput {

    private static final int SIDE = 2;

    public MaxPool2d {
        Check.shape("input", input, geometry.inputShape());
        Check.shape("output", output, geometry.outputShape());
        if (places != null) {
            Check.shape("places", places, geometry.outputShape());
            checkPairs(geometry);
        }
    }

    /**
     * Without places.
     *
     * @param input images (height, width, channels), batched
     * @param output images (height, width, channels), batched
     * @param geometry all sizes
     */
    public MaxPool2d(Value input, Value output, PoolGeometry geometry) {
        this(input, output, null, geometry);
    }

    /**
     * Whether windows are of 2x2 side by side, padded at most at the end.
     *
     * @param geometry of a pooling
     * @return whether places of maxima can be noted
     */
    public static boolean inPairs(PoolGeometry geometry) {
        return isPair(geometry.rows()) && isPair(geometry.columns());
    }

    private static boolean isPair(Window window) {
        return window.kernel() == SIDE && window.stride() == SIDE && window.dilation() == 1 && window.padLow() == 0;
    }

    private static void checkPairs(PoolGeometry geometry) {
        if (!inPairs(geometry)) {
            throw new IllegalArgumentException(
                    "places of maxima are noted for windows of 2x2 side by side, not for " + geometry);
        }
    }

    @Override
    public List<Value> outputs() {
        return places == null ? List.of(output) : List.of(output, places);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.maxPool2d(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        Value outputGradient = gradients.of(output);
        Value inputGradient = gradients.contribution(input);
        gradients.sameSums(inputGradient, outputGradient); // every window passes on the whole of what it gets
        gradients.emit(new Gradient(input, output, outputGradient, inputGradient, geometry));
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

    /**
     * The same gradient from the noted places of the maxima: neither the input nor the output need be kept for it.
     *
     * @param places as pooling noted them
     * @param outputGradient the gradient of the output
     * @param inputGradient the gradient of the input
     * @param geometry windows of 2x2 side by side
     */
    public record PlacesGradient(Value places, Value outputGradient, Value inputGradient, PoolGeometry geometry)
            implements GradientOfInput {

        public PlacesGradient {
            Check.shape("places", places, geometry.outputShape());
            Check.shape("output gradient", outputGradient, geometry.outputShape());
            Check.shape("input gradient", inputGradient, geometry.inputShape());
            checkPairs(geometry);
        }

        @Override
        public List<Value> inputs() {
            return List.of(places, outputGradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.maxPool2dPlacesGradient(this);
        }
    }
}
