package conv4j.selftest;

import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.AveragePool2d;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Concatenate;
import conv4j.graph.Conv2d;
import conv4j.graph.Dropout;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Pad2d;
import conv4j.graph.Softmax;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.List;

/** Derived gradients of every operation that has some, against differences of the reference's forward pass. */
final class GradientContract extends Contract {

    GradientContract(Subject subject) {
        super("gradients", subject);
    }

    @Override
    List<Check> checks() {
        return List.of(
                check("of convolutions are those of differences", () -> each(geometries(), this::convolution)),
                check(
                        "of transposed convolutions are those of differences",
                        () -> each(geometries(), this::transposedConvolution)),
                check("of products are those of differences", this::products),
                check(
                        "of activations are those of differences",
                        () -> each(List.of(Activation.Kind.values()), this::activations)),
                check("of ReLU with parameters are those of differences", this::reluWithParameters),
                check("of pooling are those of differences", this::pooling),
                check("of batch normalization are those of differences", this::normalization),
                check("of softmax are those of differences", this::softmax),
                check(
                        "of losses are those of differences",
                        () -> each(List.of(LossFunction.Kind.values()), this::losses)),
                check(
                        "of padding, cropping and enlarging are those of differences",
                        () -> each(List.of(false, true), this::imageOperations)),
                check(
                        "of joining, adding, shifting and dropout are those of differences",
                        this::joiningAddingAndShifting));
    }

    private static Value value(String name, int... dims) {
        return Value.activation(name, Shape.of(dims));
    }

    private static Value parameter(String name, int... dims) {
        return Value.parameter(name, Shape.of(dims));
    }

    private static List<ConvGeometry> geometries() {
        Window odd = new Window(5, 3, 2, 1, 1, 0);
        Window dilated = new Window(6, 2, 1, 2, 0, 2);
        return List.of(
                new ConvGeometry(odd, dilated, 2, 3, 1),
                new ConvGeometry(dilated, odd, 4, 6, 2),
                new ConvGeometry(odd, odd, 3, 3, 3),
                new ConvGeometry(new Window(7, 2, 3, 1, 0, 0), new Window(1, 1, 1, 1, 0, 0), 3, 2, 1),
                new ConvGeometry(Padding.FULL.rows(3, 2, 1, 1), Padding.FULL.columns(2, 3, 1, 1), 1, 2, 1));
    }

    private void convolution(ConvGeometry g) {
        Value x = Value.activation("x", g.inputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value b = parameter("b", g.outputChannels());
        Value y = Value.activation("y", g.outputShape());
        for (Activation f : List.of(Activation.LINEAR, Activation.of(Activation.Kind.TANH))) {
            GradientCheck.of(new Conv2d(x, w, b, y, g, f), 2)
                    .random(x)
                    .random(w)
                    .random(b)
                    .check(subject(), x, w, b);
        }
    }

    private void transposedConvolution(ConvGeometry g) {
        Value x = Value.activation("x", g.outputShape());
        Value w = Value.parameter("w", g.kernelShape());
        Value y = Value.activation("y", g.inputShape());
        GradientCheck.of(new Conv2d.InputGradient(x, w, y, g), 2)
                .random(x)
                .random(w)
                .check(subject(), x, w);
    }

    private void products() {
        Value x = value("x", 2, 3);
        Value w = parameter("w", 3, 4);
        Value wt = parameter("wt", 4, 3);
        Value b = parameter("b", 4);
        Value y = value("y", 2, 4);
        Activation f = Activation.of(Activation.Kind.SIGMOID);
        GradientCheck.of(new MatMul(x, w, b, y, false, false, f), 3)
                .random(x)
                .random(w)
                .random(b)
                .check(subject(), x, w, b);
        GradientCheck.of(new MatMul(x, wt, b, y, false, true, f), 3)
                .random(x)
                .random(wt)
                .random(b)
                .check(subject(), x, wt, b);
        Value a = parameter("a", 3, 2);
        Value at = parameter("at", 2, 3);
        Value out = Value.unbatched("out", Shape.of(2, 4));
        for (boolean ta : new boolean[] {false, true}) {
            for (boolean tb : new boolean[] {false, true}) {
                Value left = ta ? a : at;
                Value right = tb ? wt : w;
                GradientCheck.of(new MatMul(left, right, null, out, ta, tb, Activation.LINEAR), 1)
                        .random(left)
                        .random(right)
                        .check(subject(), left, right);
            }
        }
        Value summed = value("summed", 2, 3);
        GradientCheck.of(
                        new MatMul(
                                x, summed, null, Value.unbatched("o", Shape.of(3, 3)), true, false, Activation.LINEAR),
                        3)
                .random(x)
                .random(summed)
                .check(subject(), x, summed);
    }

    private void activations(Activation.Kind kind) {
        Value x = value("x", 6);
        GradientCheck.of(new Activate(x, value("y", 6), Activation.of(kind)), 1)
                .with(x, -2.1f, -0.7f, -0.3f, 0.2f, 0.9f, 2.4f)
                .check(subject(), x);
    }

    private void reluWithParameters() {
        Value x = value("x", 5);
        for (Activation f : List.of(
                new Activation(Activation.Kind.RELU, 0.3f, 2, 0.5f),
                new Activation(Activation.Kind.RELU, -0.5f, Float.POSITIVE_INFINITY, 0),
                new Activation(Activation.Kind.RELU, 0.1f, 2, 0))) {
            GradientCheck.of(new Activate(x, value("y", 5), f), 1)
                    .with(x, -1.5f, 0.25f, 0.75f, 1.5f, 2.5f)
                    .check(subject(), x);
        }
    }

    private void pooling() {
        PoolGeometry g = new PoolGeometry(Padding.SAME.rows(5, 3, 2, 1), Padding.SAME.columns(4, 2, 1, 1), 2);
        Value x = Value.activation("x", g.inputShape());
        Value y = Value.activation("y", g.outputShape());
        GradientCheck.of(new MaxPool2d(x, y, g), 2).with(x, farApart(80)).check(subject(), x);
        GradientCheck.of(new AveragePool2d(x, y, g), 2).random(x).check(subject(), x);
    }

    /** Numbers that differ by more than a difference step moves them, in an order that looks random. */
    private static float[] farApart(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = i * 37 % 101 / 16f;
        }
        return values;
    }

    private void normalization() {
        Value x = value("x", 2, 2, 3);
        Value[] c = new Value[6];
        for (int i = 0; i < 6; i++) {
            c[i] = parameter("c" + i, 3);
        }
        Value y = value("y", 2, 2, 3);
        GradientCheck.of(new BatchNormalization(x, c[0], c[1], c[2], c[3], y, c[4], c[5], 0.9f, 0.1f), 3)
                .random(x)
                .random(c[0])
                .random(c[1])
                .check(subject(), x, c[0], c[1]);
        GradientCheck.of(new BatchNormalization.Inference(x, c[0], c[1], c[2], c[3], y, 0.1f), 3)
                .random(x)
                .random(c[0])
                .random(c[1])
                .random(c[2])
                .with(c[3], 0.5f, 1, 2)
                .check(subject(), x, c[0], c[1]);
    }

    private void softmax() {
        Value x = value("x", 2, 4);
        GradientCheck.of(new Softmax(x, value("y", 2, 4)), 2).random(x).check(subject(), x);
    }

    private void losses(LossFunction.Kind kind) {
        for (boolean logits : new boolean[] {false, true}) {
            for (float smoothing : new float[] {0, 0.3f}) {
                LossFunction function = new LossFunction(kind, logits, smoothing, 0.75f);
                Value p = value("p", 2, 3);
                Value t = Value.input("t", function.sparse() ? Shape.of(2) : Shape.of(2, 3));
                float[] targets = function.sparse()
                        ? new float[] {0, 2, 1, 2}
                        : new float[] {0.1f, 0.7f, 0.2f, 1, 0, 0, 0.3f, 0.3f, 0.4f, 0, 0, 1};
                GradientCheck.of(new Loss(p, t, Value.activation("loss", Shape.SCALAR), function), 2)
                        .with(p, 0.2f, 0.3f, 0.5f, 0.4f, 0.35f, 0.25f, 0.6f, 0.8f, 0.5f, 0.7f, 0.2f, 0.15f)
                        .with(t, targets)
                        .check(subject(), p);
            }
        }
    }

    private void imageOperations(boolean bilinear) {
        Value x = value("x", 2, 3, 2);
        GradientCheck.of(new UpSample2d(x, value("y", 4, 9, 2), 2, 3, bilinear), 2)
                .random(x)
                .check(subject(), x);
        GradientCheck.of(new Pad2d(x, value("y", 5, 6, 2), 1, 2), 2).random(x).check(subject(), x);
        GradientCheck.of(new Pad2d.Crop(x, value("y", 1, 2, 2), 1, 0), 2)
                .random(x)
                .check(subject(), x);
    }

    private void joiningAddingAndShifting() {
        Value a = value("a", 2, 3);
        Value b = value("b", 2, 1);
        GradientCheck.of(new Concatenate(List.of(a, b), value("y", 2, 4), 1), 2)
                .random(a)
                .random(b)
                .check(subject(), a, b);
        Value c = value("c", 2, 3);
        GradientCheck.of(new Add(a, c, value("y", 2, 3)), 2).random(a).random(c).check(subject(), a, c);
        Value bias = parameter("bias", 3);
        GradientCheck.of(new AddBias(a, bias, value("y", 2, 3)), 2)
                .random(a)
                .random(bias)
                .check(subject(), a, bias);
        GradientCheck.of(new Dropout(a, value("y", 2, 3), 0.5f, 1), 2).random(a).check(subject(), a);
    }
}
