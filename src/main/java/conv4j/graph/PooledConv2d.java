package conv4j.graph;

import java.util.List;

/**
 * A convolution and the max pooling of its output by windows of 2x2 side by side, as one operation: the convolution's
 * output, which is four times as large as what is left of it, is never written. Only graphs of backends that ask for it
 * have it, see {@link Fusion#pooled}.
 *
 * @param convolution whose output nothing but the pooling reads; its activation never falls, and where the pooling notes
 *     places there is none
 * @param pooling windows of 2x2 with strides of 2, padded at most at the end
 */
public record PooledConv2d(Conv2d convolution, MaxPool2d pooling) implements Operation {

    public PooledConv2d {
        if (!isPossible(convolution, pooling)) {
            throw new IllegalArgumentException("one operation is made of a convolution whose activation never falls"
                    + " (linear where the pooling notes places) and a max pooling of its output by windows of 2x2"
                    + " side by side, not of " + convolution.activation() + " and " + pooling.geometry());
        }
    }

    /**
     * Whether two operations can be one.
     *
     * @param convolution whose output nothing else reads
     * @param pooling of that output
     * @return whether windows and activation allow it
     */
    static boolean isPossible(Conv2d convolution, MaxPool2d pooling) {
        // An activation makes equal what differs, so that another maximum would be the first.
        boolean sameMaxima = pooling.places() == null
                ? convolution.activation().neverFalls()
                : convolution.activation().isLinear();
        return pooling.input() == convolution.output() && sameMaxima && MaxPool2d.inPairs(pooling.geometry());
    }

    @Override
    public List<Operation> unfused() {
        return List.of(convolution, pooling);
    }

    @Override
    public List<Value> inputs() {
        return convolution.inputs();
    }

    @Override
    public List<Value> outputs() {
        return pooling.outputs();
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.pooledConv2d(this);
    }

    private static void checkPassed(MaxPool2d.PlacesGradient pooling, Value outputGradient) {
        if (pooling.inputGradient() != outputGradient) {
            throw new IllegalArgumentException(
                    "a gradient of a convolution and of its pooling are one operation where it"
                            + " reads what the pooling passes on, " + pooling.inputGradient() + ", not "
                            + outputGradient);
        }
    }

    /**
     * The gradients of a pooling and of the input of the convolution before it, as one operation: what the pooling passes
     * on, the gradient of the convolution's output, is never written.
     *
     * @param pooling from the places of the maxima; only gradients of that convolution read what it passes on
     * @param convolution the gradient of the convolution's input
     */
    public record InputGradient(MaxPool2d.PlacesGradient pooling, Conv2d.InputGradient convolution)
            implements Operation {

        public InputGradient {
            checkPassed(pooling, convolution.outputGradient());
        }

        @Override
        public List<Operation> unfused() {
            return List.of(pooling, convolution);
        }

        @Override
        public List<Value> inputs() {
            return List.of(pooling.outputGradient(), pooling.places(), convolution.kernel());
        }

        @Override
        public List<Value> outputs() {
            return convolution.outputs();
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.pooledConv2dInputGradient(this);
        }
    }

    /**
     * The gradients of a pooling and of the kernel of the convolution before it, as one operation.
     *
     * @param pooling from the places of the maxima; only gradients of that convolution read what it passes on
     * @param convolution the gradient of the convolution's kernel
     */
    public record KernelGradient(MaxPool2d.PlacesGradient pooling, Conv2d.KernelGradient convolution)
            implements Operation {

        public KernelGradient {
            checkPassed(pooling, convolution.outputGradient());
        }

        @Override
        public List<Operation> unfused() {
            return List.of(pooling, convolution);
        }

        @Override
        public List<Value> inputs() {
            return List.of(convolution.input(), pooling.outputGradient(), pooling.places());
        }

        @Override
        public List<Value> outputs() {
            return convolution.outputs();
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.pooledConv2dKernelGradient(this);
        }
    }
}
