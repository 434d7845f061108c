package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.MatMul;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every variant of the matrix and convolution kernels, also those that this device would not get, against plain loops.
 * Elements are small integers, so every sum is exact and any order must give the same bits.
 */
class MatrixKernelsTest {

    private static final int MAX_BATCH = 4;

    private static final Map<Style, OpenClBackend> BACKENDS = new LinkedHashMap<>();

    static Stream<Style> variants() {
        return Stream.of(Style.vectors(4), Style.vectors(8), Style.vectors(16), Style.tiles(256), Style.tiles(64));
    }

    @BeforeAll
    static void open() {
        if (OpenClDevices.list().isEmpty()) {
            assumeFalse(!Boolean.getBoolean("conv4j.requireOpenCl"), "no OpenCL device");
            fail("no OpenCL device: " + OpenClDevices.problem().orElse(""));
        }
        variants().forEach(style -> BACKENDS.put(style, OpenClBackend.open(0, null, style)));
    }

    @AfterAll
    static void close() {
        BACKENDS.values().forEach(OpenClBackend::close);
        BACKENDS.clear();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void convolutionsOfAnyGeometryAreExact(Style style) {
        OpenClBackend backend = BACKENDS.get(style);
        Random random = new Random(11);
        for (int i = 0; i < 25; i++) {
            ConvGeometry g = geometry(random, i % 3 == 0);
            Arrays a = new Arrays(g, 1 + i % MAX_BATCH, random);
            assertArrayEquals(a.output(), a.runForward(backend), g.toString());
            assertArrayEquals(a.inputGradient(), a.runInputGradient(backend), g.toString());
            assertArrayEquals(a.kernelGradient(), a.runKernelGradient(backend), g.toString());
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void convolutionsAtTheEdgesOfTilesAreExact(Style style) {
        OpenClBackend backend = BACKENDS.get(style);
        Random random = new Random(12);
        for (int channels : new int[] {1, 7, 8, 15, 16, 17, 31, 32, 33, 64, 65}) {
            Window same = new Window(9, 3, 1, 1, 1, 1);
            Arrays a = new Arrays(new ConvGeometry(same, same, 5, channels, 1), 3, random);
            assertArrayEquals(a.output(), a.runForward(backend), channels + " filters");
            assertArrayEquals(a.inputGradient(), a.runInputGradient(backend), channels + " filters");
            assertArrayEquals(a.kernelGradient(), a.runKernelGradient(backend), channels + " filters");
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void aNotANumberReachesTheWindowsThatHoldItAndNoOther(Style style) {
        OpenClBackend backend = BACKENDS.get(style);
        Window same = new Window(6, 3, 1, 1, 1, 1);
        Arrays a = new Arrays(new ConvGeometry(same, same, 4, 20, 1), 1, new Random(13));
        a.x[(2 * 6 + 3) * 4] = Float.NaN;
        float[] y = a.runForward(backend);
        for (int i = 0; i < y.length; i++) {
            int row = i / 20 / 6;
            int column = i / 20 % 6;
            boolean holds = Math.abs(row - 2) <= 1 && Math.abs(column - 3) <= 1;
            assertEquals(holds, Float.isNaN(y[i]), "row " + row + ", column " + column);
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void vectorKernelsDoNotMultiplyPadding(Style style) {
        OpenClBackend backend = BACKENDS.get(style);
        Window same = new Window(5, 3, 1, 1, 1, 1);
        Arrays a = new Arrays(new ConvGeometry(same, same, 2, 3, 1), 1, new Random(14));
        java.util.Arrays.fill(a.x, 1);
        a.w[0] = Float.POSITIVE_INFINITY;
        float[] y = a.runForward(backend);
        assertTrue(Float.isInfinite(y[(1 * 5 + 1) * 3]), "the infinite weight meets this place");
        assertEquals(!style.vectors(), Float.isNaN(y[0]), "it meets only padding here");
    }

    @ParameterizedTest
    @MethodSource("variants")
    void matrixProductsOfAnyShapeAreExact(Style style) {
        OpenClBackend backend = BACKENDS.get(style);
        Random random = new Random(15);
        for (int i = 0; i < 40; i++) {
            int m = 1 + random.nextInt(70);
            int n = 1 + random.nextInt(70);
            int k = 1 + random.nextInt(i % 4 == 0 ? 2000 : 90);
            checkUnbatched(backend, m, n, k, i % 2 == 1, i / 2 % 2 == 1, random);
        }
    }

    private static void checkUnbatched(
            OpenClBackend backend, int m, int n, int k, boolean ta, boolean tb, Random random) {
        Value a = Value.parameter("a", ta ? Shape.of(k, m) : Shape.of(m, k));
        Value b = Value.parameter("b", tb ? Shape.of(n, k) : Shape.of(k, n));
        Value bias = Value.parameter("bias", Shape.of(n));
        Value c = Value.unbatched("c", Shape.of(m, n));
        MatMul op = new MatMul(a, b, bias, c, ta, tb, Activation.leakyRelu(0.5f));
        float[] left = integers(m * k, random);
        float[] right = integers(n * k, random);
        float[] added = integers(n, random);
        float[] got = new SingleOperation(backend, op, 1)
                .with(a, left)
                .with(b, right)
                .with(bias, added)
                .run(1);
        float[] expected = product(left, right, m, n, k, ta, tb);
        for (int i = 0; i < expected.length; i++) {
            float sum = expected[i] + added[i % n];
            expected[i] = sum >= 0 ? sum : 0.5f * sum;
        }
        assertArrayEquals(expected, got, m + " x " + n + " x " + k + (ta ? ", a'" : "") + (tb ? ", b'" : ""));
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theThreeProductsOfADenseLayerAreExactForEveryBatch(Style style) {
        OpenClBackend backend = BACKENDS.get(style);
        Random random = new Random(16);
        int in = 3000;
        int out = 20;
        Value x = Value.input("x", Shape.of(in));
        Value w = Value.parameter("w", Shape.of(in, out));
        Value y = Value.activation("y", Shape.of(out));
        float[] weights = integers(in * out, random);
        for (int batch = 1; batch <= MAX_BATCH; batch++) {
            float[] left = integers(batch * in, random);
            float[] upstream = integers(batch * out, random);
            assertArrayEquals(
                    product(left, weights, batch, out, in, false, false),
                    new SingleOperation(backend, new MatMul(x, w, y), MAX_BATCH)
                            .with(x, left)
                            .with(w, weights)
                            .run(batch));
            Value dx = x.like("dx");
            MatMul input = new MatMul(y, w, null, dx, false, true, Activation.LINEAR);
            assertArrayEquals(
                    product(upstream, weights, batch, in, out, false, true),
                    new SingleOperation(backend, input, MAX_BATCH)
                            .with(y, upstream)
                            .with(w, weights)
                            .run(batch));
            Value dw = Value.unbatched("dw", Shape.of(in, out));
            MatMul kernel = new MatMul(x, y, null, dw, true, false, Activation.LINEAR);
            assertArrayEquals(
                    product(left, upstream, in, out, batch, true, false),
                    new SingleOperation(backend, kernel, MAX_BATCH)
                            .with(x, left)
                            .with(y, upstream)
                            .run(batch));
        }
    }

    private static float[] product(float[] a, float[] b, int m, int n, int k, boolean ta, boolean tb) {
        float[] c = new float[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    c[i * n + j] += a[ta ? l * m + i : i * k + l] * b[tb ? j * k + l : l * n + j];
                }
            }
        }
        return c;
    }

    private static float[] integers(int count, Random random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = random.nextInt(7) - 3;
        }
        return numbers;
    }

    private static ConvGeometry geometry(Random random, boolean grouped) {
        int groups = grouped ? 1 + random.nextInt(4) : 1;
        int most = grouped ? 3 : 20;
        return new ConvGeometry(
                window(random),
                window(random),
                groups * (1 + random.nextInt(most)),
                groups * (1 + random.nextInt(2 * most)),
                groups);
    }

    private static Window window(Random random) {
        int input = 1 + random.nextInt(12);
        int kernel = 1 + random.nextInt(4);
        int dilation = 1 + random.nextInt(2);
        int padLow = random.nextInt(3);
        int padHigh = Math.max(random.nextInt(3), (kernel - 1) * dilation + 1 - input - padLow);
        return new Window(input, kernel, 1 + random.nextInt(3), dilation, padLow, padHigh);
    }

    /** The arrays of a convolution, and what plain loops over its definition make of them. */
    private static final class Arrays {
        private final ConvGeometry g;
        private final int batch;
        private final float[] x;
        private final float[] w;
        private final float[] bias;
        private final float[] dy;
        private final Value input;
        private final Value kernel;
        private final Value output;

        Arrays(ConvGeometry g, int batch, Random random) {
            this.g = g;
            this.batch = batch;
            x = integers(batch * g.inputShape().size(), random);
            w = integers(g.kernelShape().size(), random);
            bias = integers(g.outputChannels(), random);
            dy = integers(batch * g.outputShape().size(), random);
            input = Value.input("x", g.inputShape());
            kernel = Value.parameter("w", g.kernelShape());
            output = Value.activation("y", g.outputShape());
        }

        float[] runForward(OpenClBackend backend) {
            Value b = Value.parameter("bias", Shape.of(g.outputChannels()));
            Conv2d op = new Conv2d(input, kernel, b, output, g, Activation.LINEAR);
            return new SingleOperation(backend, op, MAX_BATCH)
                    .with(input, x)
                    .with(kernel, w)
                    .with(b, bias)
                    .run(batch);
        }

        float[] runInputGradient(OpenClBackend backend) {
            Conv2d.InputGradient op = new Conv2d.InputGradient(output, kernel, input.like("dx"), g);
            return new SingleOperation(backend, op, MAX_BATCH)
                    .with(output, dy)
                    .with(kernel, w)
                    .run(batch);
        }

        float[] runKernelGradient(OpenClBackend backend) {
            Value dw = Value.unbatched("dw", g.kernelShape());
            Conv2d.KernelGradient op = new Conv2d.KernelGradient(input, output, dw, g);
            return new SingleOperation(backend, op, MAX_BATCH)
                    .with(input, x)
                    .with(output, dy)
                    .run(batch);
        }

        float[] output() {
            float[] y = new float[dy.length];
            for (int i = 0; i < y.length; i++) {
                y[i] = bias[i % bias.length];
            }
            forEach((xi, wi, yi) -> y[yi] += x[xi] * w[wi]);
            return y;
        }

        float[] inputGradient() {
            float[] dx = new float[x.length];
            forEach((xi, wi, yi) -> dx[xi] += dy[yi] * w[wi]);
            return dx;
        }

        float[] kernelGradient() {
            float[] dw = new float[w.length];
            forEach((xi, wi, yi) -> dw[wi] += dy[yi] * x[xi]);
            return dw;
        }

        private interface Visitor {
            void visit(int xIndex, int wIndex, int yIndex);
        }

        /** Every product that the definition of the convolution adds up. */
        private void forEach(Visitor visitor) {
            Window rows = g.rows();
            Window columns = g.columns();
            for (int i = 0;
                    i < batch * rows.output() * columns.output() * g.rows().kernel() * columns.kernel();
                    i++) {
                int kx = i % columns.kernel();
                int ky = i / columns.kernel() % rows.kernel();
                int place = i / columns.kernel() / rows.kernel();
                int ix = place % columns.output() * columns.stride() + kx * columns.dilation() - columns.padLow();
                int iy =
                        place / columns.output() % rows.output() * rows.stride() + ky * rows.dilation() - rows.padLow();
                if (ix >= 0 && ix < columns.input() && iy >= 0 && iy < rows.input()) {
                    int image = place / columns.output() / rows.output();
                    int pixel = (image * rows.input() + iy) * columns.input() + ix;
                    visitChannels(visitor, pixel, ky * columns.kernel() + kx, place);
                }
            }
        }

        private void visitChannels(Visitor visitor, int pixel, int tap, int place) {
            int sources = g.groupInputChannels();
            for (int o = 0; o < g.outputChannels(); o++) {
                int first = o / g.groupOutputChannels() * sources;
                for (int s = 0; s < sources; s++) {
                    int weight = (tap * sources + s) * g.outputChannels() + o;
                    visitor.visit(pixel * g.inputChannels() + first + s, weight, place * g.outputChannels() + o);
                }
            }
        }
    }
}
