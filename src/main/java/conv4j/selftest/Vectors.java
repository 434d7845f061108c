package conv4j.selftest;

import static conv4j.selftest.Assertions.assertTrue;
import static conv4j.selftest.Assertions.fail;
import static conv4j.selftest.Numbers.SMALLEST;
import static conv4j.selftest.Numbers.gamma;

import com.google.gson.Gson;
import conv4j.backend.Backend;
import conv4j.files.Safetensors;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.AddBias;
import conv4j.graph.AveragePool2d;
import conv4j.graph.ColumnSums;
import conv4j.graph.Conv2d;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Softmax;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.Arrays;
import java.util.Locale;

/**
 * Cases of single operations that PyTorch computed in double precision. What is compared with them has only the rounding
 * errors of its own float operations, and that of the file; the bounds are those of the contracts.
 */
public final class Vectors {

    private final String title;
    private final Safetensors file;
    private final Backend backend;

    private Vectors(String title, Safetensors file, Backend backend) {
        this.title = title;
        this.file = file;
        this.backend = backend;
    }

    /**
     * Runs a case.
     *
     * @param name how to call it in messages, the file's name usually
     * @param file inputs, outputs and gradients, with the operation and its attributes as metadata
     * @param backend the device
     * @throws AssertionError when the device returns something else
     * @throws IllegalArgumentException when the operation is none of those above, or something is missing in the file
     */
    public static void check(String name, Safetensors file, Backend backend) {
        Vectors vectors = new Vectors(name + " " + file.metadata(), file, backend);
        switch (file.metadata().getOrDefault("op", "")) {
            case "conv2d" -> vectors.convolution();
            case "conv2d_transpose" -> vectors.transposedConvolution();
            case "max_pool2d" -> vectors.maxPooling();
            case "average_pool2d" -> vectors.averagePooling();
            case "dense" -> vectors.dense();
            case "batch_norm" -> new NormalizationVectors(file, backend).check(name);
            case "softmax_cross_entropy" -> new LossVectors(file, backend).check(name);
            case "optimizer" -> new OptimizerVectors(file, backend).check(name);
            default -> throw new IllegalArgumentException(name + " names no operation that can be checked: "
                    + file.metadata() + "; needed is an 'op' of conv2d, conv2d_transpose, max_pool2d, average_pool2d, "
                    + "dense, batch_norm, softmax_cross_entropy, optimizer or train");
        }
    }

    private int[] ints(String key) {
        return new Gson().fromJson(file.metadata(key), int[].class);
    }

    private int[] intsOr(String key, int... otherwise) {
        String text = file.metadata().get(key);
        if (text == null) {
            return otherwise;
        }
        return text.startsWith("[") ? ints(key) : new int[] {Integer.parseInt(text)};
    }

    /** The shape of an item, without the batch axis. */
    static Shape itemShape(Safetensors file, String name) {
        long[] dims = file.entry(name).shape();
        return Shape.of(Arrays.stream(dims).skip(1).mapToInt(Math::toIntExact).toArray());
    }

    static int batch(Safetensors file, String name) {
        return (int) file.entry(name).shape()[0];
    }

    private Value items(String name) {
        return Value.activation(name, itemShape(file, name));
    }

    private Value unbatched(String name) {
        long[] dims = file.entry(name).shape();
        return Value.unbatched(
                name, Shape.of(Arrays.stream(dims).mapToInt(Math::toIntExact).toArray()));
    }

    private Trial trial(Operation operation) {
        return Trial.of(title, operation, batch(file, "x"), batch(file, "x") + 1);
    }

    /** Compares what the backend returns with the file; sums of length n are off by no more than gamma says. */
    private void sums(Operation operation, String output, double n) {
        Trial trial = trial(operation);
        operation.inputs().forEach(input -> trial.put(input, file.floats(input.name())));
        float[] magnitude = trial.absolute(backend.precision()).onReference().single();
        compare(output, trial.on(backend).single(), i -> gamma(n + 2, backend.precision()) * magnitude[i] + SMALLEST);
    }

    /** The same of a convolution or an input gradient. */
    private void convolutionSums(Operation operation, String output, int taps, int channels) {
        Trial trial = trial(operation);
        operation.inputs().forEach(input -> trial.put(input, file.floats(input.name())));
        ConvolutionBound bound = ConvolutionBound.of(backend, trial, taps, channels, 2);
        Value result = operation.outputs().get(0);
        compare(output, trial.on(backend).single(), i -> bound.at(result, i) + SMALLEST);
    }

    private void kernelGradientSums(Conv2d.KernelGradient operation) {
        Trial trial = trial(operation);
        operation.inputs().forEach(input -> trial.put(input, file.floats(input.name())));
        ConvolutionBound bound = ConvolutionBound.ofKernelGradient(backend, trial, batch(file, "x"), 2);
        compare("dkernel", trial.on(backend).single(), i -> bound.at(operation.kernelGradient(), i) + SMALLEST);
    }

    /** The tolerance of one element. */
    interface Bound {
        double at(int index);
    }

    private void compare(String name, float[] got, Bound bound) {
        compare(title, name, file.floats(name), got, bound);
    }

    static void compare(String title, String name, float[] want, float[] got, Bound bound) {
        for (int i = 0; i < want.length; i++) {
            // The file's own rounding is one unit.
            double tolerance = bound.at(i) + Numbers.UNIT * Math.abs(want[i]);
            if (!(Math.abs((double) want[i] - got[i]) <= tolerance)) {
                fail(title + ": element " + i + " of " + name + " is " + got[i] + ", but PyTorch's is " + want[i]
                        + " and the bound " + tolerance);
            }
        }
    }

    private Padding padding(String pads) {
        String name = file.metadata("padding");
        if (!name.equals("explicit")) {
            return Padding.named(name);
        }
        int[] four = ints(pads);
        return Padding.explicit(four[0], four[1], four[2], four[3]);
    }

    private void convolution() {
        Shape x = itemShape(file, "x");
        Shape kernel = unbatched("kernel").shape();
        int[] strides = ints("strides");
        int[] dilation = ints("dilation");
        int[] pads = ints("pads_top_bottom_left_right");
        Padding padding = padding("pads_top_bottom_left_right");
        Window rows = padding.rows(x.dim(0), kernel.dim(0), strides[0], dilation[0]);
        Window columns = padding.columns(x.dim(1), kernel.dim(1), strides[1], dilation[1]);
        int[] resolved = {rows.padLow(), rows.padHigh(), columns.padLow(), columns.padHigh()};
        assertTrue(
                Arrays.equals(pads, resolved),
                () -> title + ": the padding is resolved to " + Arrays.toString(resolved));
        int groups = Integer.parseInt(file.metadata("groups"));
        ConvGeometry g = new ConvGeometry(rows, columns, x.dim(2), kernel.dim(3), groups);
        int taps = kernel.dim(0) * kernel.dim(1);
        double places = (double) batch(file, "x") * g.outputShape().rows();
        convolutionSums(
                new Conv2d(items("x"), unbatched("kernel"), unbatched("bias"), items("y"), g, Activation.LINEAR),
                "y",
                taps,
                g.groupInputChannels());
        convolutionSums(
                new Conv2d.InputGradient(items("dy"), unbatched("kernel"), items("dx"), g),
                "dx",
                taps,
                g.groupOutputChannels());
        kernelGradientSums(new Conv2d.KernelGradient(items("x"), items("dy"), unbatched("dkernel"), g));
        sums(new ColumnSums(items("dy"), unbatched("dbias")), "dbias", places);
    }

    private void transposedConvolution() {
        Shape x = itemShape(file, "x");
        Shape kernel = unbatched("kernel").shape();
        int[] strides = ints("strides");
        int[] crop = ints("crop_height_width");
        int[] extra = ints("output_padding");
        int[] dilation = intsOr("dilation", 1, 1);
        int groups = intsOr("groups", 1)[0];
        Window rows = Window.transposed(x.dim(0), kernel.dim(0), strides[0], dilation[0], crop[0], extra[0]);
        Window columns = Window.transposed(x.dim(1), kernel.dim(1), strides[1], dilation[1], crop[1], extra[1]);
        ConvGeometry g = new ConvGeometry(rows, columns, kernel.dim(2) * groups, kernel.dim(3), groups);
        int taps = kernel.dim(0) * kernel.dim(1);
        Value convolved = items("y").like("convolved");
        Operation forward = new Conv2d.InputGradient(items("x"), unbatched("kernel"), convolved, g);
        Trial trial = trial(forward).put(forward.inputs().get(0), file.floats("x"));
        trial.put(forward.inputs().get(1), file.floats("kernel"));
        ConvolutionBound bound = ConvolutionBound.of(backend, trial, taps, x.dim(2), 2);
        AddBias shift = new AddBias(convolved, unbatched("bias"), items("y"));
        float[] y = trial(shift)
                .put(convolved, trial.on(backend).single())
                .put(shift.bias(), file.floats("bias"))
                .on(backend)
                .single();
        float[] bias = file.floats("bias");
        compare("y", y, i -> bound.at(convolved, i) + bound.factor() * Math.abs(bias[i % bias.length]));
        convolutionSums(new Conv2d(items("dy"), unbatched("kernel"), items("dx"), g), "dx", taps, kernel.dim(2));
        kernelGradientSums(new Conv2d.KernelGradient(items("dy"), items("x"), unbatched("dkernel"), g));
        sums(
                new ColumnSums(items("dy"), unbatched("dbias")),
                "dbias",
                (double) batch(file, "dy") * itemShape(file, "dy").rows());
    }

    private PoolGeometry pool() {
        Shape x = itemShape(file, "x");
        int[] size = ints("pool_size");
        int[] strides = ints("strides");
        int[] dilation = intsOr("dilation", 1, 1);
        Padding padding = padding("pads_top_bottom_left_right");
        return new PoolGeometry(
                padding.rows(x.dim(0), size[0], strides[0], dilation[0]),
                padding.columns(x.dim(1), size[1], strides[1], dilation[1]),
                x.dim(2));
    }

    private void maxPooling() {
        PoolGeometry g = pool();
        MaxPool2d forward = new MaxPool2d(items("x"), items("y"), g);
        compare(
                "y",
                trial(forward)
                        .put(forward.input(), file.floats("x"))
                        .on(backend)
                        .single(),
                i -> 0);
        MaxPool2d.Gradient backward =
                new MaxPool2d.Gradient(forward.input(), forward.output(), items("dy"), items("dx"), g);
        Trial trial = trial(backward)
                .put(backward.input(), file.floats("x"))
                .put(backward.output(), file.floats("y"))
                .put(backward.outputGradient(), file.floats("dy"));
        float[] magnitude = trial.with(backward)
                .put(backward.outputGradient(), Numbers.absolute(file.floats("dy")))
                .onReference()
                .single();
        compare("dx", trial.on(backend).single(), i -> gamma(windows(g)) * magnitude[i]);
    }

    private static int windows(PoolGeometry g) {
        return g.rows().kernel() * g.columns().kernel();
    }

    private void averagePooling() {
        PoolGeometry g = pool();
        sums(new AveragePool2d(items("x"), items("y"), g), "y", windows(g) + 5);
        sums(new AveragePool2d.Gradient(items("dy"), items("dx"), g), "dx", windows(g) + 5);
    }

    private Activation activation() {
        String name = file.metadata("activation");
        return switch (name) {
            case "leaky_relu" -> Activation.leakyRelu(Float.parseFloat(file.metadata("negative_slope")));
            case "relu6" -> new Activation(Activation.Kind.RELU, 0, 6, 0);
            case "silu" -> Activation.of(Activation.Kind.SWISH);
            default -> Activation.of(Activation.Kind.valueOf(name.toUpperCase(Locale.ROOT)));
        };
    }

    private void dense() {
        MatMul product = new MatMul(
                items("x"), unbatched("kernel"), unbatched("bias"), items("y"), false, false, Activation.LINEAR);
        Trial linear = trial(product)
                .put(product.a(), file.floats("x"))
                .put(product.b(), file.floats("kernel"))
                .put(product.bias(), file.floats("bias"));
        float[] magnitude = linear.absolute(backend.precision()).onReference().single();
        Bound before = i -> gamma(product.k(1) + 2, backend.precision()) * magnitude[i];
        if (file.metadata("activation").equals("softmax")) {
            denseSoftmax(linear.on(backend).single(), before);
        } else {
            denseActivation(product, linear, before);
        }
    }

    private void denseActivation(MatMul product, Trial linear, Bound before) {
        Activation f = activation();
        MatMul fused = new MatMul(product.a(), product.b(), product.bias(), product.output(), false, false, f);
        float[] x = linear.on(backend).single();
        float[] y = linear.with(fused).on(backend).single();
        compare("y", y, i -> Numbers.slope(f) * before.at(i) + Numbers.error(f, x[i], y[i]));
        float[] saved = f.gradientFromOutput() ? y : x;
        Activate.Gradient slope =
                new Activate.Gradient(items("dy"), items("y"), items("y").like("passed"), f);
        float[] dy = file.floats("dy");
        float[] passed = trial(slope)
                .put(slope.outputGradient(), dy)
                .put(slope.saved(), saved)
                .on(backend)
                .single();
        float[] off = new float[dy.length];
        for (int i = 0; i < off.length; i++) {
            double own = 32 * Numbers.UNIT * (2 + Math.abs(saved[i])) + 4 * Numbers.slope(f) * before.at(i);
            off[i] = (float) (Math.abs(dy[i]) * (own + jump(f, x[i], before.at(i))));
        }
        denseGradients(passed, off);
    }

    /** How far a derivative may be off because the argument, which is off by so much, lies on the other side of a kink. */
    private static double jump(Activation f, float x, double off) {
        boolean near = Math.abs(x - f.threshold()) <= off || Math.abs(x - f.maximum()) <= off;
        return f.kind() == Activation.Kind.RELU && near ? 1 + Math.abs(f.alpha()) : 0;
    }

    private void denseSoftmax(float[] x, Bound before) {
        int columns = itemShape(file, "y").columns();
        Softmax forward = new Softmax(items("y").like("logits"), items("y"));
        float[] y = trial(forward).put(forward.input(), x).on(backend).single();
        float[] dy = file.floats("dy");
        double[] relative = new double[y.length];
        double[] sums = new double[y.length / columns];
        for (int i = 0; i < y.length; i++) {
            int row = i / columns;
            sums[row] += Math.abs((double) dy[i] * y[i]);
            double largest = 0;
            for (int j = row * columns; j < (row + 1) * columns; j++) {
                largest = Math.max(largest, before.at(j));
            }
            // Logits that are off by e move every probability by a factor of exp(2 e).
            double own = 4 * Numbers.UNIT * ProbabilityContract.largest(x, row, columns);
            relative[i] = 3 * largest + gamma(columns + 32) + own;
        }
        compare("y", y, i -> y[i] * relative[i] + SMALLEST);
        Softmax.Gradient backward =
                new Softmax.Gradient(items("dy"), items("y"), items("y").like("passed"));
        float[] passed = trial(backward)
                .put(backward.outputGradient(), dy)
                .put(backward.output(), y)
                .on(backend)
                .single();
        float[] off = new float[y.length];
        for (int i = 0; i < off.length; i++) {
            off[i] = (float) (3 * relative[i] * y[i] * (Math.abs(dy[i]) + sums[i / columns]));
        }
        denseGradients(passed, off);
    }

    /** The gradients of a dense layer from what passes its activation, which is off by so much. */
    private void denseGradients(float[] passed, float[] off) {
        Value g = items("y").like("passed");
        product(new MatMul(g, unbatched("kernel"), null, items("dx"), false, true, Activation.LINEAR), g, passed, off);
        product(new MatMul(items("x"), g, null, unbatched("dkernel"), true, false, Activation.LINEAR), g, passed, off);
        product(new ColumnSums(g, unbatched("dbias")), g, passed, off);
    }

    /** A product of one operand with an array that is off by so much. */
    private void product(Operation operation, Value inexact, float[] elements, float[] off) {
        Trial trial = trial(operation);
        operation.inputs().forEach(input -> trial.put(input, input == inexact ? elements : file.floats(input.name())));
        float[] tolerance =
                trial.with(operation).put(inexact, off).absolute().onReference().single();
        String output = operation.outputs().get(0).name();
        compare(output, trial.on(backend).single(), i -> tolerance[i] + SMALLEST);
    }
}
