package conv4j.selftest;

import static conv4j.selftest.Assertions.assertArrayEquals;
import static conv4j.selftest.Assertions.assertEquals;

import conv4j.graph.AveragePool2d;
import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The sizes of {@link Window} are those of the kernels, and a transposed convolution is what the guide of Dumoulin and Visin
 * 2016 says: the direct one over the stretched input, and the transposed of the convolution's matrix.
 */
final class ArithmeticContract extends Contract {

    ArithmeticContract(Subject subject) {
        super("arithmetic", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check(
                        "a convolution writes one output for every place",
                        () -> each(geometries(1, 1), this::aConvolutionWritesOneOutputForEveryPlace)),
                check(
                        "a pooling writes one output for every place",
                        () -> each(pools(), this::aPoolingWritesOneOutputForEveryPlace)),
                check(
                        "a transposed convolution is the direct one over the stretched input",
                        () -> each(geometries(2, 3), this::aTransposedConvolutionIsTheDirectOneOverTheStretchedInput)),
                check(
                        "a transposed convolution multiplies by the transposed matrix",
                        () -> each(geometries(2, 3), this::aTransposedConvolutionMultipliesByTheTransposedMatrix)));
    }

    /** Windows of every relationship; those of the height are combined with those of the width further on. */
    static List<Window> windows() {
        List<Window> windows = new ArrayList<>();
        for (int input = 4; input <= 6; input++) {
            for (int kernel = 2; kernel <= 3; kernel++) {
                for (int stride = 1; stride <= 3; stride++) {
                    for (int padding = 0; padding < kernel; padding++) {
                        windows.add(new Window(input, kernel, stride, 1, padding, padding));
                    }
                }
                windows.add(new Window(input, kernel, 1, 2, 1, 1));
                windows.add(new Window(input, kernel, 2, 2, 1, 2));
            }
        }
        return windows;
    }

    /** The other axis of a case: any other window, the same one for the same place in the list. */
    static Window partner(List<Window> windows, int index) {
        return windows.get((index * 7 + 5) % windows.size());
    }

    static List<ConvGeometry> geometries(int in, int out) {
        List<Window> windows = windows();
        List<ConvGeometry> geometries = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            geometries.add(new ConvGeometry(windows.get(i), partner(windows, i), in, out, 1));
        }
        return geometries;
    }

    /** The input positions under the kernel, place by place, until it no longer fits. */
    static List<Integer> covered(Window window) {
        List<Integer> covered = new ArrayList<>();
        int end = window.input() + window.padHigh();
        for (int start = -window.padLow(); ; start += window.stride()) {
            int count = 0;
            for (int element = 0; element < window.kernel(); element++) {
                int position = start + element * window.dilation();
                if (position >= end) {
                    return covered;
                }
                count += position >= 0 && position < window.input() ? 1 : 0;
            }
            covered.add(count);
        }
    }

    /** Ones everywhere: an output is the number of inputs under its window, and nothing else is written. */
    private void aConvolutionWritesOneOutputForEveryPlace(ConvGeometry geometry) {
        Value x = Value.input("input", geometry.inputShape());
        Value w = Value.parameter("kernel", geometry.kernelShape());
        Value y = Value.activation("output", geometry.outputShape());
        float[] got = Trial.of(geometry, new Conv2d(x, w, y, geometry), 1, 1)
                .put(x, ones(x))
                .put(w, ones(w))
                .on(subject())
                .single();
        assertArrayEquals(products(geometry.rows(), geometry.columns()), got, geometry.toString());
    }

    private static float[] products(Window rows, Window columns) {
        List<Float> counts = new ArrayList<>();
        for (int down : covered(rows)) {
            for (int across : covered(columns)) {
                counts.add((float) down * across);
            }
        }
        float[] products = new float[counts.size()];
        for (int i = 0; i < products.length; i++) {
            products[i] = counts.get(i);
        }
        return products;
    }

    private static float[] ones(Value value) {
        float[] ones = new float[value.shape().size()];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static List<PoolGeometry> pools() {
        List<Window> windows = windows().stream()
                .filter(window -> window.dilation() == 1 && !covered(window).contains(0))
                .toList();
        List<PoolGeometry> pools = new ArrayList<>();
        for (int i = 0; i < windows.size(); i++) {
            pools.add(new PoolGeometry(windows.get(i), partner(windows, i), 1));
        }
        return pools;
    }

    private void aPoolingWritesOneOutputForEveryPlace(PoolGeometry geometry) {
        Value x = Value.input("input", geometry.inputShape());
        Value y = Value.activation("output", geometry.outputShape());
        float[] expected = products(geometry.rows(), geometry.columns());
        Arrays.fill(expected, 1);
        for (Operation operation : List.of(new MaxPool2d(x, y, geometry), new AveragePool2d(x, y, geometry))) {
            float[] got = Trial.of(geometry, operation, 1, 1)
                    .put(x, ones(x))
                    .on(subject())
                    .single();
            assertArrayEquals(expected, got, operation.name() + " " + geometry);
        }
    }

    private void aTransposedConvolutionIsTheDirectOneOverTheStretchedInput(ConvGeometry geometry) {
        Random random = random();
        Value dy = Value.input("input", geometry.outputShape());
        Value w = Value.parameter("kernel", geometry.kernelShape());
        Value dx = Value.activation("output", geometry.inputShape());
        Trial transposed = Trial.of(geometry, new Conv2d.InputGradient(dy, w, dx, geometry), 1, 1)
                .integers(random, 4);
        float[] want = transposed.on(subject()).single();
        ConvGeometry direct = new ConvGeometry(
                bare(geometry.rows()),
                bare(geometry.columns()),
                geometry.outputChannels(),
                geometry.inputChannels(),
                1);
        assertEquals(geometry.inputShape(), direct.outputShape(), "the shape of the direct convolution");
        Value x = Value.input("stretched input", direct.inputShape());
        Value turned = Value.parameter("turned kernel", direct.kernelShape());
        Value y = Value.activation("output", direct.outputShape());
        float[] got = Trial.of(direct, new Conv2d(x, turned, y, direct), 1, 1)
                .put(x, stretched(transposed.elements(dy), geometry, direct.inputShape()))
                .put(turned, turned(transposed.elements(w), geometry))
                .on(subject())
                .single();
        // By value: the direct one also adds products with the zeros between inputs, and Mesa gives such a sum as -0.
        assertArrayEquals(want, got, 0, geometry.toString());
    }

    /** The window over the stretched input with its padding written out as zeros. */
    private static Window bare(Window direct) {
        int extent = (direct.kernel() - 1) * direct.dilation() + 1;
        int stretched = direct.output() + (direct.output() - 1) * (direct.stride() - 1);
        int remainder = (direct.input() + direct.padLow() + direct.padHigh() - extent) % direct.stride();
        int before = extent - 1 - direct.padLow();
        int after = extent - 1 - direct.padHigh() + remainder;
        return new Window(before + stretched + after, direct.kernel(), 1, direct.dilation(), 0, 0);
    }

    /** Zeros between the items and around them. */
    private static float[] stretched(float[] items, ConvGeometry geometry, Shape shape) {
        float[] stretched = new float[shape.size()];
        Window rows = geometry.rows();
        Window columns = geometry.columns();
        int channels = geometry.outputChannels();
        int top = (rows.kernel() - 1) * rows.dilation() - rows.padLow();
        int left = (columns.kernel() - 1) * columns.dilation() - columns.padLow();
        for (int i = 0; i < items.length; i++) {
            int row = top + i / channels / columns.output() * rows.stride();
            int column = left + i / channels % columns.output() * columns.stride();
            stretched[(row * shape.dim(1) + column) * channels + i % channels] = items[i];
        }
        return stretched;
    }

    /** A kernel turned by 180 degrees whose inputs and outputs changed places. */
    private static float[] turned(float[] kernel, ConvGeometry geometry) {
        int in = geometry.inputChannels();
        int out = geometry.outputChannels();
        int places = kernel.length / in / out;
        float[] turned = new float[kernel.length];
        for (int place = 0; place < places; place++) {
            for (int i = 0; i < in; i++) {
                for (int o = 0; o < out; o++) {
                    turned[((places - 1 - place) * out + o) * in + i] = kernel[(place * in + i) * out + o];
                }
            }
        }
        return turned;
    }

    private void aTransposedConvolutionMultipliesByTheTransposedMatrix(ConvGeometry geometry) {
        Random random = random();
        Value x = Value.input("input", geometry.inputShape());
        Value w = Value.parameter("kernel", geometry.kernelShape());
        Value y = Value.activation("output", geometry.outputShape());
        Trial direct = Trial.of(geometry, new Conv2d(x, w, y, geometry), 1, 1).integers(random, 4);
        RealMatrix matrix = matrix(direct.elements(w), geometry);
        assertProduct(matrix, direct.elements(x), direct.on(subject()).single());
        Value dy = Value.input("output gradient", geometry.outputShape());
        Value dx = Value.activation("input gradient", geometry.inputShape());
        Trial transposed = Trial.of(geometry, new Conv2d.InputGradient(dy, w, dx, geometry), 1, 1)
                .put(w, direct.elements(w))
                .integers(random, 4);
        assertProduct(
                matrix.transpose(),
                transposed.elements(dy),
                transposed.on(subject()).single());
    }

    private static void assertProduct(RealMatrix matrix, float[] vector, float[] got) {
        double[] doubles = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            doubles[i] = vector[i];
        }
        double[] want = matrix.operate(doubles);
        assertEquals(want.length, got.length, "the number of outputs");
        for (int i = 0; i < want.length; i++) {
            assertEquals(want[i], got[i], "element " + i);
        }
    }

    /** The convolution as a matrix (outputs, inputs): in each row the kernel, where the window of that output lies. */
    private static RealMatrix matrix(float[] kernel, ConvGeometry geometry) {
        Window rows = geometry.rows();
        Window columns = geometry.columns();
        int in = geometry.inputChannels();
        int out = geometry.outputChannels();
        RealMatrix matrix = new Array2DRowRealMatrix(
                geometry.outputShape().size(), geometry.inputShape().size());
        for (int row = 0; row < matrix.getRowDimension(); row++) {
            int top = row / out / columns.output() * rows.stride() - rows.padLow();
            int left = row / out % columns.output() * columns.stride() - columns.padLow();
            for (int element = 0; element < kernel.length; element++) {
                int place = element / out / in;
                int y = top + place / columns.kernel() * rows.dilation();
                int x = left + place % columns.kernel() * columns.dilation();
                boolean inside = y >= 0 && x >= 0 && y < rows.input() && x < columns.input();
                if (inside && element % out == row % out) {
                    matrix.setEntry(row, (y * columns.input() + x) * in + element / out % in, kernel[element]);
                }
            }
        }
        return matrix;
    }
}
