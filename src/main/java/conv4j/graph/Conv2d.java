package conv4j.graph;

import conv4j.shape.ConvGeometry;
import java.util.List;

/**
 * Convolution of a batch of images (cross-correlation, as in every framework), with bias and activation fused in:
 * {@code output[y,x,o] = f(bias[o] + sum over ky, kx, i of input[y*s+ky*d-p, x*s+kx*d-p, i] * kernel[ky,kx,i,o])},
 * where positions outside the input contribute nothing.
 *
 * @param input images (height, width, channels), batched
 * @param kernel (kernel height, kernel width, channels / groups, filters)
 * @param bias (filters), or null for none
 * @param output images (height, width, filters), batched
 * @param geometry all sizes
 * @param activation {@code f}, linear for none
 */
public record Conv2d(Value input, Value kernel, Value bias, Value output, ConvGeometry geometry, Activation activation)
        implements Operation {

    public Conv2d {
        Check.shape("input", input, geometry.inputShape());
        Check.shape("kernel", kernel, geometry.kernelShape());
        Check.shape("output", output, geometry.outputShape());
        if (bias != null) {
            Check.columns("bias", bias, geometry.outputChannels());
        }
    }

    /**
     * A convolution without bias and activation.
     *
     * @param input images (height, width, channels), batched
     * @param kernel (kernel height, kernel width, channels / groups, filters)
     * @param output images (height, width, filters), batched
     * @param geometry all sizes
     */
    public Conv2d(Value input, Value kernel, Value output, ConvGeometry geometry) {
        this(input, kernel, null, output, geometry, Activation.LINEAR);
    }

    @Override
    public List<Value> inputs() {
        return bias == null ? List.of(input, kernel) : List.of(input, kernel, bias);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.conv2d(this);
    }

    /** {@inheritDoc} The activation's derivative first, then bias, kernel and input from what passes it. */
    @Override
    public void gradient(Gradients gradients) {
        Value passed = Activate.gradientBefore(gradients, activation, output);
        gradients.bias(bias, passed);
        if (gradients.wants(kernel)) {
            gradients.emit(new KernelGradient(input, passed, gradients.contribution(kernel), geometry));
        }
        if (gradients.wants(input)) {
            gradients.emit(new InputGradient(passed, kernel, gradients.contribution(input), geometry));
        }
    }

    /**
     * The gradient of a convolution with respect to its input, which is also the forward pass of the transposed
     * convolution: {@code inputGradient[i] = sum over every place and kernel element that read input i}.
     *
     * @param outputGradient (height, width, filters) of the direct convolution's output, batched
     * @param kernel (kernel height, kernel width, channels / groups, filters)
     * @param inputGradient (height, width, channels) of the direct convolution's input, batched
     * @param geometry the sizes of the direct convolution
     */
    public record InputGradient(Value outputGradient, Value kernel, Value inputGradient, ConvGeometry geometry)
            implements GradientOfInput {

        public InputGradient {
            Check.shape("output gradient", outputGradient, geometry.outputShape());
            Check.shape("kernel", kernel, geometry.kernelShape());
            Check.shape("input gradient", inputGradient, geometry.inputShape());
        }

        @Override
        public List<Value> inputs() {
            return List.of(outputGradient, kernel);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.conv2dInputGradient(this);
        }

        /** {@inheritDoc} This is linear in both operands; the roles of a direct convolution's arrays change places. */
        @Override
        public void gradient(Gradients gradients) {
            Value upstream = gradients.of(inputGradient);
            if (gradients.wants(kernel)) {
                gradients.emit(new KernelGradient(upstream, outputGradient, gradients.contribution(kernel), geometry));
            }
            if (gradients.wants(outputGradient)) {
                gradients.emit(new Conv2d(upstream, kernel, gradients.contribution(outputGradient), geometry));
            }
        }
    }

    /**
     * The gradient of a convolution with respect to its kernel: {@code kernelGradient[ky,kx,i,o] = sum over images and
     * places y, x of input[y*s+ky*d-p, x*s+kx*d-p, i] * outputGradient[y,x,o]}.
     *
     * @param input images (height, width, channels), batched
     * @param outputGradient (height, width, filters), batched
     * @param kernelGradient (kernel height, kernel width, channels / groups, filters)
     * @param geometry all sizes
     */
    public record KernelGradient(Value input, Value outputGradient, Value kernelGradient, ConvGeometry geometry)
            implements Operation {

        public KernelGradient {
            Check.shape("input", input, geometry.inputShape());
            Check.shape("output gradient", outputGradient, geometry.outputShape());
            Check.shape("kernel gradient", kernelGradient, geometry.kernelShape());
        }

        @Override
        public List<Value> inputs() {
            return List.of(input, outputGradient);
        }

        @Override
        public List<Value> outputs() {
            return List.of(kernelGradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.conv2dKernelGradient(this);
        }
    }
}
