package conv4j.layers;

import conv4j.graph.Activation.Kind;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.initializers.HeNormal;
import conv4j.initializers.RandomNormal;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Every layer in several settings, with the shapes that come out by hand and shapes that must be refused. */
public final class LayerCases {

    /**
     * One setting of a layer.
     *
     * @param title what is special about it
     * @param make makes the layer
     * @param inputs shapes that fit
     * @param output the shape that must come out
     * @param parameters numbers that are learnt
     * @param wrong shapes that do not fit
     */
    public record Case(
            String title,
            Supplier<Layer> make,
            List<Shape> inputs,
            Shape output,
            int parameters,
            List<List<Shape>> wrong) {

        public Layer layer() {
            return make.get().name("it");
        }

        @Override
        public String toString() {
            return make.get().className() + " " + title + " " + inputs;
        }
    }

    private final List<Case> cases = new ArrayList<>();
    private static final Shape FLAT = Shape.of(12);

    private LayerCases() {}

    public static List<Case> all() {
        LayerCases all = new LayerCases();
        all.convolutions();
        all.transposedConvolutions();
        all.groupsAndDistances();
        all.channelwiseConvolutions();
        all.pooling();
        all.shapes();
        all.permuting();
        all.elementwise();
        all.dense();
        all.activations();
        all.regularization();
        all.images();
        all.merging();
        return all.cases;
    }

    private void convolutions() {
        image("valid", () -> new Conv2D(4, 3).activation("tanh"), 6, 5, 2, Shape.of(4, 3, 4), 3 * 3 * 2 * 4 + 4);
        image("same", () -> new Conv2D(3, 3).padding("same"), 4, 5, 2, Shape.of(4, 5, 3), 3 * 3 * 2 * 3 + 3);
        image(
                "same, strides 2, no bias",
                () -> new Conv2D(3, 2).padding(Padding.SAME).strides(2).useBias(false),
                5,
                4,
                2,
                Shape.of(3, 2, 3),
                2 * 2 * 2 * 3);
        image("full", () -> new Conv2D(2, 3, 2).padding("full"), 3, 4, 1, Shape.of(5, 5, 2), 3 * 2 * 2 + 2);
        image(
                "explicit padding, strides 2 x 1, dilation 1 x 2, groups",
                () -> new Conv2D(4, 2, 3)
                        .padding(Padding.explicit(1, 0, 2, 1))
                        .strides(2, 1)
                        .dilationRate(1, 2)
                        .groups(2)
                        .kernelInitializer(new HeNormal())
                        .biasInitializer(new RandomNormal())
                        .activation(conv4j.graph.Activation.of(Kind.SWISH)),
                4,
                5,
                4,
                Shape.of(2, 4, 4),
                2 * 3 * 2 * 4 + 4);
        image("softmax", () -> new Conv2D(3, 1).activation("softmax"), 2, 3, 2, Shape.of(2, 3, 3), 2 * 3 + 3);
    }

    private void transposedConvolutions() {
        image("valid", () -> new Conv2DTranspose(2, 3), 3, 4, 2, Shape.of(5, 6, 2), 3 * 3 * 2 * 2 + 2);
        image(
                "valid, strides larger than the kernel",
                () -> new Conv2DTranspose(2, 2).strides(3).activation("sigmoid"),
                2,
                3,
                3,
                Shape.of(6, 9, 2),
                2 * 2 * 2 * 3 + 2);
        image(
                "same, strides 2",
                () -> new Conv2DTranspose(2, 3).strides(2).padding("same"),
                3,
                2,
                2,
                Shape.of(6, 4, 2),
                3 * 3 * 2 * 2 + 2);
        image(
                "same, output padding",
                () -> new Conv2DTranspose(2, 3, 4)
                        .strides(3, 2)
                        .padding("same")
                        .outputPadding(2, 1)
                        .useBias(false),
                3,
                3,
                1,
                Shape.of(2 * 3 + 1 + 2, 2 * 2 + 1, 2),
                3 * 4 * 2);
        image(
                "explicit padding, dilation",
                () -> new Conv2DTranspose(1, 2)
                        .dilationRate(2)
                        .padding(Padding.explicit(1, 1, 0, 1))
                        .strides(2),
                3,
                3,
                2,
                Shape.of(2 * 2 + 3 - 2, 2 * 2 + 3 - 1, 1),
                2 * 2 * 2 + 1);
    }

    private void groupsAndDistances() {
        image(
                "groups",
                () -> new Conv2DTranspose(4, 3).groups(2).strides(2),
                2,
                3,
                2,
                Shape.of(5, 7, 4),
                3 * 3 * 2 * 2 + 4);
        image("dilation", () -> new MaxPooling2D(2).strides(1).dilationRate(2, 1), 5, 4, 2, Shape.of(3, 3, 2), 0);
    }

    private void channelwiseConvolutions() {
        image("valid", () -> new DepthwiseConv2D(3), 4, 5, 3, Shape.of(2, 3, 3), 3 * 3 * 3 + 3);
        image(
                "same, multiplier 2",
                () -> new DepthwiseConv2D(2, 3)
                        .padding("same")
                        .depthMultiplier(2)
                        .depthwiseInitializer(new HeNormal())
                        .activation("elu"),
                3,
                4,
                2,
                Shape.of(3, 4, 4),
                2 * 3 * 2 * 2 + 4);
        image(
                "same, strides 2, multiplier 2",
                () -> new SeparableConv2D(5, 3)
                        .padding("same")
                        .strides(2)
                        .depthMultiplier(2)
                        .pointwiseInitializer(new HeNormal())
                        .activation("gelu"),
                4,
                5,
                2,
                Shape.of(2, 3, 5),
                3 * 3 * 2 * 2 + 4 * 5 + 5);
    }

    private void pooling() {
        image("2 x 2", MaxPooling2D::new, 5, 4, 2, Shape.of(2, 2, 2), 0);
        image(
                "same, overlapping",
                () -> new MaxPooling2D(3, 2).strides(2, 1).padding("same"),
                5,
                4,
                2,
                Shape.of(3, 4, 2),
                0);
        image("2 x 2", AveragePooling2D::new, 4, 5, 2, Shape.of(2, 2, 2), 0);
        image(
                "same, overlapping",
                () -> new AveragePooling2D(3).strides(2).padding(Padding.SAME),
                4,
                5,
                2,
                Shape.of(2, 3, 2),
                0);
        global("flat", GlobalMaxPooling2D::new, Shape.of(3));
        global("kept axes", () -> new GlobalMaxPooling2D().keepDims(true), Shape.of(1, 1, 3));
        global("flat", GlobalAveragePooling2D::new, Shape.of(3));
        global("kept axes", () -> new GlobalAveragePooling2D().keepDims(true), Shape.of(1, 1, 3));
    }

    private void global(String title, Supplier<Layer> make, Shape output) {
        add(title, make, Shape.of(4, 5, 3), output, 0, List.of(List.of(FLAT)));
    }

    private void shapes() {
        add("image", Flatten::new, Shape.of(2, 3, 2), FLAT, 0, List.of(two(FLAT, FLAT)));
        add("flat", Flatten::new, FLAT, FLAT, 0, List.of(two(FLAT, FLAT)));
        add("", () -> new Reshape(4, 3), FLAT, Shape.of(4, 3), 0, List.of(List.of(Shape.of(13))));
        add("-1", () -> new Reshape(2, -1, 3), FLAT, Shape.of(2, 2, 3), 0, List.of(List.of(Shape.of(13))));
    }

    private void permuting() {
        Shape cube = Shape.of(2, 3, 4);
        List<List<Shape>> wrong = List.of(List.of(FLAT), two(cube, cube));
        add("backwards", () -> new Permute(3, 2, 1), cube, Shape.of(4, 3, 2), 0, wrong);
        add("around", () -> new Permute(3, 1, 2), cube, Shape.of(4, 2, 3), 0, wrong);
    }

    private void elementwise() {
        same("affine", () -> new Elementwise(new UnaryFunction(UnaryFunction.Kind.AFFINE, -2, 0.5f)));
        same("clip", () -> new Elementwise(new UnaryFunction(UnaryFunction.Kind.CLIP, -0.3f, 0.4f)));
        same("hard_sigmoid", () -> new Elementwise(new UnaryFunction(UnaryFunction.Kind.HARD_SIGMOID, 0.2f, 0.5f)));
        same("mish", () -> new Elementwise(UnaryFunction.of(UnaryFunction.Kind.MISH)));
        float endless = Float.POSITIVE_INFINITY;
        same("at least", () -> new Elementwise(new UnaryFunction(UnaryFunction.Kind.CLIP, 0.2f, endless)));
        Shape image = Shape.of(3, 4, 2);
        List<List<Shape>> wrong = List.of(List.of(Shape.of(3, 4, 5)), two(image, image));
        add("per channel", () -> new Weighted(Binary.Function.MULTIPLY, 2), image, image, 2, wrong);
        add("prelu", () -> new Weighted(Binary.Function.PRELU, 1, 1, 2), image, image, 2, wrong);
        Supplier<Layer> reversed = () ->
                new Weighted(Binary.Function.SUBTRACT, 4, 1).reversed(true).weightInitializer(new HeNormal());
        add("per column, reversed", reversed, image, image, 4, List.of(List.of(FLAT)));
    }

    private void dense() {
        List<List<Shape>> wrong = List.of(List.of(Shape.SCALAR), two(FLAT, FLAT));
        add("flat", () -> new Dense(5).activation("softplus"), Shape.of(7), Shape.of(5), 7 * 5 + 5, wrong);
        add("two axes, no bias", () -> new Dense(3).useBias(false), Shape.of(4, 2), Shape.of(4, 3), 2 * 3, wrong);
        add(
                "softmax",
                () -> new Dense(4).kernelInitializer(new HeNormal()).activation("softmax"),
                Shape.of(2, 3, 2),
                Shape.of(2, 3, 4),
                2 * 4 + 4,
                wrong);
    }

    private void activations() {
        for (String name : new String[] {
            "linear",
            "relu",
            "relu6",
            "leaky_relu",
            "elu",
            "selu",
            "gelu",
            "gelu_tanh",
            "swish",
            "sigmoid",
            "tanh",
            "softplus",
            "softmax"
        }) {
            same(name, () -> new Activation(name));
        }
        same("with parameters", () -> new Activation(new conv4j.graph.Activation(Kind.RELU, 0.1f, 0.4f, 0.1f)));
        same("", ReLU::new);
        same("with all parameters", () -> new ReLU(0.5f, 0.1f, 0.2f));
        same("slope 0.3", LeakyReLU::new);
        same("slope 0.1", () -> new LeakyReLU(0.1));
        same("alpha 0.5", () -> new ELU(0.5));
        same("", Softmax::new);
    }

    private void regularization() {
        same("rate 0.25", () -> new Dropout(0.25));
        same("rate 0", () -> new Dropout(0));
        List<List<Shape>> wrong = List.of(List.of(Shape.SCALAR), two(FLAT, FLAT));
        Shape image = Shape.of(3, 2, 4);
        add("", BatchNormalization::new, image, image, 8, wrong);
        add("flat", () -> new BatchNormalization().momentum(0.9).epsilon(0.01), FLAT, FLAT, 24, wrong);
        add("no gamma", () -> new BatchNormalization().scale(false), image, image, 4, wrong);
        add("no beta", () -> new BatchNormalization().center(false), image, image, 4, wrong);
        add("frozen", () -> new BatchNormalization().trainable(false), image, image, 8, wrong);
        add("channels", LayerNormalization::new, image, image, 8, wrong);
        add("whole images", () -> new LayerNormalization().axis(1, 2, 3).epsilon(0.01), image, image, 48, wrong);
        add("rows and channels", () -> new LayerNormalization().axis(-1, -2), image, image, 16, wrong);
        add("flat, no gamma", () -> new LayerNormalization().scale(false), FLAT, FLAT, 12, wrong);
        List<List<Shape>> uneven = List.of(List.of(Shape.SCALAR), two(FLAT, FLAT), List.of(Shape.of(3, 2, 3)));
        add("two groups", () -> new GroupNormalization(2), image, image, 8, uneven);
        add("instances", () -> new GroupNormalization(4).epsilon(0.1), image, image, 8, uneven);
        add("as many as channels", () -> new GroupNormalization(-1).center(false), image, image, 4, wrong);
        add(
                "one group, nothing learnt",
                () -> new GroupNormalization(1).center(false).scale(false),
                image,
                image,
                0,
                wrong);
        add("flat", () -> new GroupNormalization(3), FLAT, FLAT, 24, List.of(List.of(Shape.of(3, 2, 4))));
    }

    private void images() {
        image("one", ZeroPadding2D::new, 3, 2, 2, Shape.of(5, 4, 2), 0);
        image("each side", () -> new ZeroPadding2D(1, 0, 2, 3), 3, 2, 2, Shape.of(4, 7, 2), 0);
        image("each side", () -> new Cropping2D(1, 0, 2, 1), 4, 5, 2, Shape.of(3, 2, 2), 0);
        image("nearest", UpSampling2D::new, 3, 2, 2, Shape.of(6, 4, 2), 0);
        image("bilinear", () -> new UpSampling2D(2, 3).interpolation("bilinear"), 3, 2, 2, Shape.of(6, 6, 2), 0);
    }

    private void merging() {
        Shape image = Shape.of(3, 4, 2);
        List<List<Shape>> wrong = List.of(two(image, Shape.of(3, 5, 1)), List.of(image), two(image, FLAT));
        cases.add(new Case("two", Add::new, two(image, image), image, 0, wrong));
        cases.add(new Case("three", Add::new, List.of(image, image, image), image, 0, wrong));
        cases.add(new Case("two", Subtract::new, two(image, image), image, 0, wrong));
        cases.add(new Case("repeated", Multiply::new, two(image, Shape.of(1, 1, 2)), image, 0, wrong));
        cases.add(new Case("three", Multiply::new, List.of(image, image, image), image, 0, wrong));
        cases.add(new Case("two", Divide::new, two(image, image), image, 0, wrong));
        cases.add(new Case("two", Maximum::new, two(image, image), image, 0, wrong));
        cases.add(new Case("repeated", Minimum::new, two(Shape.of(3, 1, 2), image), image, 0, wrong));
        cases.add(new Case("channels", Concatenate::new, two(image, Shape.of(3, 4, 3)), Shape.of(3, 4, 5), 0, wrong));
        cases.add(new Case(
                "rows",
                () -> new Concatenate(1),
                List.of(image, Shape.of(1, 4, 2), image),
                Shape.of(7, 4, 2),
                0,
                wrong));
    }

    private void image(String title, Supplier<Layer> make, int rows, int columns, int channels, Shape out, int learnt) {
        Shape image = Shape.of(rows, columns, channels);
        add(title, make, image, out, learnt, List.of(List.of(FLAT), List.of(Shape.of(2, 3, 4, 5)), two(image, image)));
    }

    private void same(String title, Supplier<Layer> make) {
        Shape shape = Shape.of(3, 5);
        add(title, make, shape, shape, 0, List.of(two(shape, shape)));
    }

    private void add(
            String title, Supplier<Layer> make, Shape input, Shape output, int learnt, List<List<Shape>> wrong) {
        cases.add(new Case(title, make, List.of(input), output, learnt, wrong));
    }

    private static List<Shape> two(Shape first, Shape second) {
        return List.of(first, second);
    }
}
