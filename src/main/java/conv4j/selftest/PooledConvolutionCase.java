package conv4j.selftest;

import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Conv2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A convolution and the max pooling of its output, and the operations that are made of the two and of their gradients.
 *
 * @param convolution what is pooled
 * @param padding whether windows that are not whole count
 */
record PooledConvolutionCase(ConvolutionContract.Case convolution, Padding padding) {

    PooledConv2d operation(boolean biased, Activation f) {
        return operation(biased, f, false);
    }

    /** With places, for which the convolution can have no activation. */
    PooledConv2d noting() {
        return operation(true, Activation.LINEAR, true);
    }

    private PooledConv2d operation(boolean biased, Activation f, boolean noting) {
        ConvGeometry g = convolution.geometry();
        Value bias = biased ? Value.parameter("bias", Shape.of(g.outputChannels())) : null;
        Value sums = convolution.output("output");
        PoolGeometry windows = windows();
        Value maxima = Value.activation("maxima", windows.outputShape());
        return new PooledConv2d(
                new Conv2d(convolution.input(), convolution.kernel(), bias, sums, g, f),
                new MaxPool2d(sums, maxima, noting ? maxima.like("places") : null, windows));
    }

    /** With places and an activation of the maxima. */
    PooledConv2d activated(Activation f) {
        PooledConv2d noting = noting();
        Value maxima = noting.output();
        return new PooledConv2d(
                noting.convolution(), noting.pooling(), new Activate(maxima, maxima.like("activated"), f));
    }

    private PoolGeometry windows() {
        ConvGeometry g = convolution.geometry();
        return new PoolGeometry(
                padding.rows(g.rows().output(), 2, 2, 1),
                padding.columns(g.columns().output(), 2, 2, 1),
                g.outputChannels());
    }

    private MaxPool2d.PlacesGradient poolingGradient() {
        Value gradient = Value.activation("gradient of maxima", windows().outputShape());
        Value passed = convolution.output("output gradient");
        return new MaxPool2d.PlacesGradient(gradient.like("places"), gradient, passed, windows());
    }

    PooledConv2d.InputGradient inputGradient() {
        MaxPool2d.PlacesGradient pooling = poolingGradient();
        ConvGeometry g = convolution.geometry();
        Value result = Value.activation("input gradient", g.inputShape());
        return new PooledConv2d.InputGradient(
                pooling, new Conv2d.InputGradient(pooling.inputGradient(), convolution.kernel(), result, g));
    }

    PooledConv2d.KernelGradient kernelGradient() {
        MaxPool2d.PlacesGradient pooling = poolingGradient();
        ConvGeometry g = convolution.geometry();
        Value result = Value.unbatched("kernel gradient", g.kernelShape());
        return new PooledConv2d.KernelGradient(
                pooling, new Conv2d.KernelGradient(convolution.input(), pooling.inputGradient(), result, g));
    }

    /** Places in every window that are inside the image. */
    float[] places(Random random) {
        PoolGeometry g = windows();
        float[] places = new float[convolution.n() * g.outputShape().size()];
        for (int i = 0; i < places.length; i++) {
            int pixel = i / g.channels();
            int x = pixel % g.columns().output();
            int y = pixel / g.columns().output() % g.rows().output();
            int across = Math.min(2, g.columns().input() - 2 * x);
            int down = Math.min(2, g.rows().input() - 2 * y);
            places[i] = 2 * random.nextInt(down) + random.nextInt(across);
        }
        return places;
    }

    Trial trial(Operation operation) {
        return Trial.of(this, operation, convolution.n(), convolution.maxBatch());
    }

    Trial trial(Activation f) {
        return trial(operation(true, f));
    }

    static ConvolutionContract.Case three(String name, int h, int w, Padding padding, int in, int out) {
        return ConvolutionContract.conv(name, h, w, 3, 1, 1, padding, in, out);
    }

    static List<ConvolutionContract.Case> convolutions() {
        List<ConvolutionContract.Case> cases = new ArrayList<>();
        cases.add(three("plain", 6, 8, Padding.SAME, 4, 6));
        cases.add(three("odd height", 7, 6, Padding.SAME, 5, 3));
        cases.add(three("odd width", 4, 9, Padding.SAME, 3, 7));
        cases.add(three("no padding", 7, 8, Padding.VALID, 3, 5));
        cases.add(three("full", 4, 5, Padding.FULL, 3, 4));
        cases.add(three("explicit", 5, 6, Padding.explicit(0, 2, 1, 3), 3, 4));
        cases.add(three("two source pixels", 2, 1, Padding.SAME, 3, 5));
        cases.add(three("more source channels than a block", 4, 5, Padding.SAME, 131, 9));
        cases.add(three("more target channels than a block", 5, 3, Padding.SAME, 9, 131));
        cases.add(ConvolutionContract.conv("kernel 1x1", 5, 4, 1, 1, 1, Padding.VALID, 5, 7));
        cases.add(ConvolutionContract.conv("stride 2", 9, 8, 3, 2, 1, Padding.SAME, 3, 5));
        cases.add(ConvolutionContract.conv("dilation 2", 9, 8, 3, 1, 2, Padding.SAME, 3, 4));
        cases.add(ConvolutionContract.conv("two groups", 5, 6, 3, 1, 1, Padding.SAME, 6, 8, 2));
        for (int i = 0; i < Numbers.EDGES.length; i++) {
            int in = Numbers.EDGES[i];
            int out = Numbers.EDGES[(i + 5) % Numbers.EDGES.length];
            cases.add(three("edges, channels", 4, 3, Padding.SAME, in, out));
            cases.add(three("edges, width", 3, in, Padding.FULL, 2, 9));
        }
        ConvGeometry plain = cases.get(0).geometry();
        cases.add(new ConvolutionContract.Case("batch 1 of 1", plain, 1, 1));
        cases.add(new ConvolutionContract.Case("batch 1 of 5", plain, 1, 5));
        cases.add(new ConvolutionContract.Case("17 of 20", cases.get(1).geometry(), 17, 20));
        return cases;
    }

    /** All convolutions with both paddings of the pooling. */
    static List<PooledConvolutionCase> all(Random random, int randomCases) {
        List<ConvolutionContract.Case> convolutions = convolutions();
        for (int i = 0; i < randomCases; i++) {
            ConvGeometry g =
                    new ConvGeometry(window(random), window(random), 1 + random.nextInt(40), 1 + random.nextInt(40), 1);
            int n = 1 + random.nextInt(4);
            convolutions.add(new ConvolutionContract.Case("random", g, n, n + random.nextInt(3)));
        }
        List<PooledConvolutionCase> cases = new ArrayList<>();
        for (ConvolutionContract.Case convolution : convolutions) {
            cases.add(new PooledConvolutionCase(convolution, Padding.SAME));
            ConvGeometry g = convolution.geometry();
            if (g.rows().output() > 1 && g.columns().output() > 1) {
                cases.add(new PooledConvolutionCase(convolution, Padding.VALID));
            }
        }
        return cases;
    }

    private static Window window(Random random) {
        int low = random.nextInt(3);
        int high = random.nextInt(3);
        return new Window(Math.max(1, 3 - low - high) + random.nextInt(12), 3, 1, 1, low, high);
    }
}
