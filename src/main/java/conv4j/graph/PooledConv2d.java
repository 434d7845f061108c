package conv4j.graph;

import conv4j.shape.Window;
import java.util.List;

/**
 * A convolution and the max pooling of its output by windows of 2x2 side by side, as one operation: the convolution's
 * output, which is four times as large as what is left of it, is never written. Only graphs without gradients of the
 * pooling have it, and only for backends that ask for it, see {@link Fusion#pooled}.
 *
 * @param convolution whose output nothing but the pooling reads; its activation never falls
 * @param pooling windows of 2x2 with strides of 2, padded at most at the end
 */
public record PooledConv2d(Conv2d convolution, MaxPool2d pooling) implements Operation {

    private static final int SIDE = 2;

    public PooledConv2d {
        if (!isPossible(convolution, pooling)) {
            throw new IllegalArgumentException(
                    "one operation is made of a convolution whose activation never falls and a"
                            + " max pooling of its output by windows of 2x2 side by side, not of "
                            + convolution.activation()
                            + " and " + pooling.geometry());
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
        return pooling.input() == convolution.output()
                && convolution.activation().neverFalls()
                && isPair(pooling.geometry().rows())
                && isPair(pooling.geometry().columns());
    }

    private static boolean isPair(Window window) {
        return window.kernel() == SIDE && window.stride() == SIDE && window.dilation() == 1 && window.padLow() == 0;
    }

    /**
     * The two operations, in running order.
     *
     * @return the convolution and the pooling
     */
    public List<Operation> parts() {
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
}
