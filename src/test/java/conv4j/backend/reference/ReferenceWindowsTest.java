package conv4j.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import conv4j.graph.Activation;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Conv2d;
import conv4j.graph.Graph;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Convolution and pooling with strides, dilations, groups and uneven padding, against the relation that defines them:
 * output position o and kernel position k meet input position i exactly when {@code i = o * stride + k * dilation - padding}.
 * All numbers are small integers, so results are equal to the bit.
 */
class ReferenceWindowsTest {

    private static final int BATCH = 2;

    static Stream<ConvGeometry> convolutions() {
        Random random = new Random(3);
        return Stream.concat(
                Stream.of(
                        new ConvGeometry(new Window(7, 3, 2, 2, 1, 2), new Window(9, 2, 3, 4, 2, 0), 4, 6, 2),
                        new ConvGeometry(new Window(5, 5, 1, 1, 4, 4), new Window(4, 1, 5, 3, 0, 3), 3, 3, 3),
                        new ConvGeometry(new Window(1, 1, 1, 1, 0, 0), new Window(1, 1, 1, 1, 0, 0), 1, 1, 1)),
                IntStream.range(0, 20).mapToObj(i -> {
                    int groups = 1 + random.nextInt(2);
                    return new ConvGeometry(
                            window(random),
                            window(random),
                            groups * (1 + random.nextInt(2)),
                            groups * (1 + random.nextInt(3)),
                            groups);
                }));
    }

    private static Window window(Random random) {
        int kernel = 1 + random.nextInt(3);
        int dilation = 1 + random.nextInt(3);
        int extent = (kernel - 1) * dilation + 1;
        return new Window(
                Math.max(1, extent - 1 + random.nextInt(5)),
                kernel,
                1 + random.nextInt(3),
                dilation,
                1 + random.nextInt(extent),
                random.nextInt(extent));
    }

    static Stream<PoolGeometry> poolings() {
        return Stream.of(
                new PoolGeometry(new Window(7, 3, 2, 1, 1, 2), new Window(9, 2, 3, 1, 0, 0), 3),
                new PoolGeometry(new Window(5, 2, 1, 2, 1, 1), new Window(4, 4, 1, 1, 3, 3), 1),
                new PoolGeometry(new Window(4, 1, 2, 1, 0, 0), new Window(9, 3, 2, 3, 2, 1), 2),
                new PoolGeometry(new Window(6, 3, 3, 1, 0, 0), new Window(3, 3, 1, 1, 1, 1), 2));
    }

    private static float[] integers(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(9) - 4;
        }
        return values;
    }

    /** Is shown every product of the convolution: flat indices into input, kernel and output. */
    private interface Product {
        void visit(int input, int kernel, int output);
    }

    private static boolean meet(Window window, int input, int kernel, int output) {
        return input == output * window.stride() + kernel * window.dilation() - window.padLow();
    }

    /** All combinations are tried, in an order of their own: nothing here computes a position from another. */
    private static void products(ConvGeometry g, Product product) {
        Window r = g.rows();
        for (int ky = 0; ky < r.kernel(); ky++) {
            for (int iy = 0; iy < r.input(); iy++) {
                for (int oy = 0; oy < r.output(); oy++) {
                    if (meet(r, iy, ky, oy)) {
                        alongColumns(g, ky, iy, oy, product);
                    }
                }
            }
        }
    }

    private static void alongColumns(ConvGeometry g, int ky, int iy, int oy, Product product) {
        Window c = g.columns();
        for (int kx = 0; kx < c.kernel(); kx++) {
            for (int ix = 0; ix < c.input(); ix++) {
                for (int ox = 0; ox < c.output(); ox++) {
                    if (meet(c, ix, kx, ox)) {
                        channels(g, new int[] {iy, ix}, new int[] {ky, kx}, new int[] {oy, ox}, product);
                    }
                }
            }
        }
    }

    private static void channels(ConvGeometry g, int[] i, int[] k, int[] o, Product product) {
        for (int n = 0; n < BATCH; n++) {
            for (int in = 0; in < g.inputChannels(); in++) {
                for (int out = 0; out < g.outputChannels(); out++) {
                    if (in / g.groupInputChannels() == out / g.groupOutputChannels()) {
                        int within = in % g.groupInputChannels();
                        product.visit(
                                flat(g.inputShape(), n, i[0], i[1], in),
                                flat(g.kernelShape(), k[0], k[1], within, out),
                                flat(g.outputShape(), n, o[0], o[1], out));
                    }
                }
            }
        }
    }

    /** The place of an element: of an image after its item, of a kernel by its four axes. */
    private static int flat(Shape shape, int... at) {
        int place = 0;
        for (int axis = 0; axis < 4; axis++) {
            int extent = axis == 0 ? 1 : shape.dim(axis - 4 + shape.rank());
            place = place * extent + at[axis];
        }
        return place;
    }

    private static float[] run(Operation operation, Value a, float[] first, Value b, float[] second) {
        return new GraphRun(BATCH)
                .put(a, first)
                .put(b, second)
                .of(new Graph(List.of(operation)))
                .get(operation.outputs().get(0));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void convolutionAndItsGradientsFollowTheRelation(ConvGeometry g) {
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value y = Value.activation("y", g.outputShape());
        float[] xs = integers((int) x.elements(BATCH), 1);
        float[] ws = integers((int) w.elements(BATCH), 2);
        float[] ys = integers((int) y.elements(BATCH), 3);
        float[] forward = new float[ys.length];
        float[] toInput = new float[xs.length];
        float[] toKernel = new float[ws.length];
        products(g, (i, k, o) -> {
            forward[o] += xs[i] * ws[k];
            toInput[i] += ws[k] * ys[o];
            toKernel[k] += xs[i] * ys[o];
        });
        assertArrayEquals(forward, run(new Conv2d(x, w, y, g), x, xs, w, ws));
        assertArrayEquals(toInput, run(new Conv2d.InputGradient(y, w, x, g), y, ys, w, ws));
        assertArrayEquals(toKernel, run(new Conv2d.KernelGradient(x, y, w, g), x, xs, y, ys));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void biasAndActivationComeAfterTheSum(ConvGeometry g) {
        Value x = Value.input("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value bias = Value.parameter("bias", Shape.of(g.outputChannels()));
        Value y = Value.activation("y", g.outputShape());
        float[] xs = integers((int) x.elements(BATCH), 4);
        float[] ws = integers((int) w.elements(BATCH), 5);
        float[] added = integers(g.outputChannels(), 6);
        float[] expected = new float[(int) y.elements(BATCH)];
        products(g, (i, k, o) -> expected[o] += xs[i] * ws[k]);
        for (int o = 0; o < expected.length; o++) {
            expected[o] = Math.max(0, expected[o] + added[o % g.outputChannels()]);
        }
        Graph graph = new Graph(List.of(new Conv2d(x, w, bias, y, g, Activation.RELU)));
        assertArrayEquals(
                expected,
                new GraphRun(BATCH)
                        .put(x, xs)
                        .put(w, ws)
                        .put(bias, added)
                        .of(graph)
                        .get(y));
    }

    @ParameterizedTest
    @MethodSource("poolings")
    void poolingFollowsTheRelation(PoolGeometry g) {
        Value x = Value.input("x", g.inputShape());
        Value y = Value.activation("y", g.outputShape());
        float[] xs = integers((int) x.elements(BATCH), 7);
        float[] dys = integers((int) y.elements(BATCH), 8);
        float[] largest = new float[dys.length];
        float[] means = new float[dys.length];
        float[] toLargest = new float[xs.length];
        double[] toMean = new double[xs.length];
        for (int o = 0; o < dys.length; o++) {
            int[] covered = covered(g, o);
            int best = covered[0];
            double sum = 0;
            for (int i : covered) {
                best = xs[i] > xs[best] ? i : best;
                sum += xs[i];
                toMean[i] += dys[o] / (double) covered.length;
            }
            largest[o] = xs[best];
            means[o] = (float) (sum / covered.length);
            toLargest[best] += dys[o];
        }
        float[] toMeans = new float[xs.length];
        IntStream.range(0, xs.length).forEach(i -> toMeans[i] = (float) toMean[i]);
        Value dy = y.like("dy");
        Value dx = x.like("dx");
        assertArrayEquals(largest, run(new MaxPool2d(x, y, g), x, xs, y, dys));
        assertArrayEquals(means, run(new AveragePool2d(x, y, g), x, xs, y, dys));
        Graph gradient = new Graph(List.of(new MaxPool2d.Gradient(x, y, dy, dx, g)));
        assertArrayEquals(
                toLargest,
                new GraphRun(BATCH)
                        .put(x, xs)
                        .put(y, largest)
                        .put(dy, dys)
                        .of(gradient)
                        .get(dx));
        assertArrayEquals(toMeans, run(new AveragePool2d.Gradient(dy, dx, g), dy, dys, x, xs), 1e-6f);
    }

    /** The input elements under one output element, in row-major order. */
    private static int[] covered(PoolGeometry g, int output) {
        Shape shape = g.outputShape();
        int n = output / shape.size();
        int oy = output % shape.size() / (shape.dim(1) * shape.dim(2));
        int ox = output / shape.dim(2) % shape.dim(1);
        int channel = output % shape.dim(2);
        return IntStream.range(0, g.rows().input() * g.columns().input())
                .filter(p -> under(g.rows(), p / g.columns().input(), oy)
                        && under(g.columns(), p % g.columns().input(), ox))
                .map(p -> flat(
                        g.inputShape(),
                        n,
                        p / g.columns().input(),
                        p % g.columns().input(),
                        channel))
                .toArray();
    }

    private static boolean under(Window window, int input, int output) {
        return IntStream.range(0, window.kernel()).anyMatch(k -> meet(window, input, k, output));
    }
}
