package conv4j.selftest;

import static conv4j.selftest.Numbers.gamma;

import conv4j.backend.Backend;
import conv4j.graph.Conv2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.Shape;
import java.util.Map;

/**
 * How far a convolution, or one of its gradients, may be off: a factor times a magnitude.
 *
 * <p>A sum of n products, in any order: {@code gamma(n)} times the convolution of absolute values, see {@link
 * Numbers#gamma}.
 *
 * <p>Winograd's F(2x2, 3x3), {@code A' [sum over the channels of (G w G') * (B' d B)] A}: besides the sum there are ten
 * roundings in a row, 4 of the kernel's transform (halving is exact), 2 of the source's and 4 of the sums', so that the
 * error is at most {@code gamma(channels + 10)} times the formula with the absolute values of all its numbers, A, B and G
 * included (Higham 2002, lemma 3.3 and section 3.5). Along one axis, where the first of two results reads the sources d0,
 * d1, d2 and the second one d1, d2, d3, that formula multiplies tap k of source number i among the three by
 *
 * <pre>{@code
 * first    1 0 0     second    1 1 2     at most    1 1 2
 *          1 1 1               1 1 1          H =   1 1 1
 *          2 1 1               0 0 1                2 1 1
 * }</pre>
 *
 * <p>and so its value is at most the convolution of |d| with the kernel {@code H |w| H'}. Turned by half a circle H stays
 * the same, which makes this hold for input gradients too.
 *
 * <p>The kernel gradient by F(3x3, 2x2) is a sum over patches of transformed sources times transformed gradients, and has
 * eight roundings in a row besides: 2 of the sources' transform, 2 of the gradients' and 4 of the sums'. Its formula with
 * absolute values multiplies, along one axis, a gradient with sources number i from where the first tap meets it by
 *
 * <pre>{@code
 *          first of two gradients     second     at most
 * tap 0            1 1 2               1 1 0      1 1 2
 * tap 1            0 1 1               1 1 0      1 1 1
 * tap 2            0 1 1               2 1 1      2 1 1
 * }</pre>
 *
 * <p>which is H again: its value is at most H |dw| H', where |dw| is the kernel gradient of absolute values.
 */
record ConvolutionBound(double factor, Trial.Results magnitude) {

    private static final int[][] H = {{1, 1, 2}, {1, 1, 1}, {2, 1, 1}};

    /**
     * The bound of a trial's operation on a backend.
     *
     * @param taps taps of the kernel
     * @param channels source channels of a group
     * @param others roundings besides: of the bias, of what it is compared with
     */
    static ConvolutionBound of(Backend backend, Trial trial, int taps, int channels, int others) {
        Trial absolute = trial.absolute(backend.precision());
        if (!backend.usesWinograd(trial.operation(), trial.maxBatch())) {
            double factor = gamma((double) taps * channels + others, backend.precision());
            return new ConvolutionBound(factor, absolute.onReference());
        }
        Value kernel = kernel(trial.operation());
        absolute.put(kernel, spread(absolute.elements(kernel), kernel.shape()));
        return new ConvolutionBound(gamma(channels + 10.0 + others, backend.precision()), absolute.onReference());
    }

    /**
     * The bound of a trial's kernel gradient on a backend.
     *
     * @param items items of the batch
     * @param others roundings besides, of what it is compared with
     */
    static ConvolutionBound ofKernelGradient(Backend backend, Trial trial, int items, int others) {
        Conv2d.KernelGradient operation = (Conv2d.KernelGradient) trial.operation();
        Trial.Results magnitude = trial.absolute(backend.precision()).onReference();
        Shape output = operation.outputGradient().shape();
        if (!backend.usesWinograd(operation, trial.maxBatch())) {
            return new ConvolutionBound(gamma((double) items * output.rows() + others, backend.precision()), magnitude);
        }
        double patches = (double) items * ((output.dim(0) + 1) / 2) * ((output.dim(1) + 1) / 2);
        Value gradient = operation.kernelGradient();
        float[] spread = spread(magnitude.of(gradient), gradient.shape());
        double factor = gamma(patches + 8 + others, backend.precision());
        return new ConvolutionBound(factor, new Trial.Results(Map.of(gradient.root(), spread)));
    }

    /** The largest error of an element. */
    double at(Value value, int index) {
        return factor * magnitude.of(value)[index];
    }

    private static Value kernel(Operation operation) {
        return operation instanceof Conv2d forward ? forward.kernel() : ((Conv2d.InputGradient) operation).kernel();
    }

    /** {@code H w H'} of a kernel (3, 3, source channels, target channels). */
    private static float[] spread(float[] w, Shape shape) {
        int pairs = shape.dim(2) * shape.dim(3);
        float[] result = new float[w.length];
        for (int tap = 0; tap < 9; tap++) {
            for (int from = 0; from < 9; from++) {
                int times = H[tap / 3][from / 3] * H[tap % 3][from % 3];
                for (int i = 0; i < pairs; i++) {
                    result[tap * pairs + i] += times * w[from * pairs + i];
                }
            }
        }
        return result;
    }
}
