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
 * @param activate the activation of the maxima, which nothing else reads, after a convolution without one; null for none
 */
public record PooledConv2d(Conv2d convolution, MaxPool2d pooling, Activate activate) implements Operation {

    public PooledConv2d {
        if (!isPossible(convolution, pooling)) {
            throw new IllegalArgumentException("one operation is made of a convolution whose activation never falls"
                    + " (linear where the pooling notes places) and a max pooling of its output by windows of 2x2"
                    + " side by side, not of " + convolution.activation() + " and " + pooling.geometry());
        }
        if (activate != null && !isPossible(convolution, pooling, activate)) {
            throw new IllegalArgumentException(
                    "the activation of a pooled convolution reads the maxima of one that is linear, not "
                            + activate.input() + " of one with " + convolution.activation());
        }
    }

    /**
     * The same without an activation of the maxima.
     *
     * @param convolution whose output nothing but the pooling reads
     * @param pooling windows of 2x2 with strides of 2
     */
    public PooledConv2d(Conv2d convolution, MaxPool2d pooling) {
        this(convolution, pooling, null);
    }

    /**
     * What becomes of the maxima.
     *
     * @return the activation's output, or the pooling's
     */
    public Value output() {
        return activate == null ? pooling.output() : activate.output();
    }

    /**
     * The function that is applied to the maxima, or, as it never falls, before them.
     *
     * @return the one activation, linear where there is none
     */
    public Activation activation() {
        return activate == null ? convolution.activation() : activate.activation();
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

    /**
     * Whether an activation can be part of the two.
     *
     * @param activate of the maxima, if it can
     */
    static boolean isPossible(Conv2d convolution, MaxPool2d pooling, Activate activate) {
        return activate.input() == pooling.output() && convolution.activation().isLinear();
    }

    @Override
    public List<Operation> unfused() {
        return activate == null ? List.of(convolution, pooling) : List.of(convolution, pooling, activate);
    }

    @Override
    public List<Value> inputs() {
        return convolution.inputs();
    }

    @Override
    public List<Value> outputs() {
        return pooling.places() == null ? List.of(output()) : List.of(output(), pooling.places());
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.pooledConv2d(this);
    }

    /** A gradient of the convolution from that of the maxima: what the pooling passes on between the two is never written. */
    private interface Gradient extends Operation {

        /** The gradient of the pooling. */
        MaxPool2d.PlacesGradient pooling();

        /** The gradient of the convolution, of what the pooling passes on. */
        Operation convolution();

        @Override
        default List<Operation> unfused() {
            return List.of(pooling(), convolution());
        }

        /** {@inheritDoc} The convolution's, where the gradient of the maxima and their places stand for what is passed on. */
        @Override
        default List<Value> inputs() {
            List<Value> maxima = List.of(pooling().outputGradient(), pooling().places());
            return convolution().inputs().stream()
                    .flatMap(input -> (input == pooling().inputGradient() ? maxima : List.of(input)).stream())
                    .toList();
        }

        @Override
        default List<Value> outputs() {
            return convolution().outputs();
        }

        private static void check(MaxPool2d.PlacesGradient pooling, Value outputGradient) {
            if (pooling.inputGradient() != outputGradient) {
                throw new IllegalArgumentException(
                        "a gradient of a convolution and that of its pooling are one operation where the former reads"
                                + " what the latter passes on, " + pooling.inputGradient() + ", not " + outputGradient);
            }
        }
    }

    /**
     * The gradients of a pooling and of the input of the convolution before it, as one operation.
     *
     * @param pooling from the places of the maxima; only gradients of that convolution read what it passes on
     * @param convolution the gradient of the convolution's input
     */
    public record InputGradient(MaxPool2d.PlacesGradient pooling, Conv2d.InputGradient convolution)
            implements Gradient {

        public InputGradient {
            Gradient.check(pooling, convolution.outputGradient());
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
            implements Gradient {

        public KernelGradient {
            Gradient.check(pooling, convolution.outputGradient());
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.pooledConv2dKernelGradient(this);
        }
    }
}
