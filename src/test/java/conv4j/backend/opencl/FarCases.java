package conv4j.backend.opencl;

import static conv4j.backend.opencl.FarCase.ITEMS;
import static conv4j.backend.opencl.FarCase.SMALL_TIMES;
import static conv4j.backend.opencl.FarCase.TIMES;

import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Add;
import conv4j.graph.AddBias;
import conv4j.graph.Augment;
import conv4j.graph.AveragePool2d;
import conv4j.graph.Binary;
import conv4j.graph.Concatenate;
import conv4j.graph.Dropout;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Metric;
import conv4j.graph.Operation;
import conv4j.graph.Pad2d;
import conv4j.graph.Rearrange;
import conv4j.graph.Reduce;
import conv4j.graph.ScaleItems;
import conv4j.graph.Softmax;
import conv4j.graph.Unary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.random.Philox;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Cases of {@link FarCase} for every kernel whose indices follow the batch or the size of an array: here what treats
 * items one by one, in {@link FarTrainingCases} what has weights or sums over the batch.
 */
final class FarCases {

    private static final long FIRST_ITEM = (long) ITEMS * (TIMES - 1);

    private final List<FarCase> cases = new ArrayList<>();
    private final Style style;

    private FarCases(Style style) {
        this.style = style;
    }

    /** All cases; some want working memory only in one style. Of a style with a method of its own, those of this method. */
    static List<FarCase> of(Style style) {
        if (style.convolutions() == Style.Convolutions.WINOGRAD) {
            return style.vectors() ? FarTrainingCases.winograd(style) : FarTrainingCases.winogradInParts();
        }
        if (style.convolutions() == Style.Convolutions.COL2IM) {
            return List.of(FarTrainingCases.col2im());
        }
        FarCases all = new FarCases(style);
        all.elements();
        all.rows();
        all.losses();
        all.pooling();
        all.images();
        all.gathering();
        all.cases.addAll(FarTrainingCases.of(style));
        return all.cases;
    }

    /** Ranges of one number each: what is drawn does not depend on the item then. */
    private void augmentation(Value x) {
        Augment.Range one = new Augment.Range(1, 1);
        Augment.Range none = Augment.Range.ZERO;
        Augment.Range eighth = new Augment.Range(1 << 21, 1 << 21);
        Augment.Edge wrap = Augment.Edge.WRAP;
        add("flip", new Augment(x, null, x.like("y"), Augment.Kind.FLIP, one, one, Augment.Edge.NEAREST, 5));
        add("translation", new Augment(x, null, x.like("y"), Augment.Kind.TRANSLATION, one, one, wrap, 5));
        add("rotation", new Augment(x, null, x.like("y"), Augment.Kind.ROTATION, eighth, none, wrap, 5));
        Value limits = Value.parameter("limits", Shape.of(3, x.columns()));
        Augment.Range half = new Augment.Range(1 << 23, 1 << 23);
        add("colors", new Augment.Colors(x, null, limits, x.like("y"), half, 5));
    }

    private FarCase add(String name, Operation operation) {
        FarCase added = new FarCase(name, operation);
        cases.add(added);
        return added;
    }

    private FarCase add(String name, Operation operation, FarCase.Maker maker) {
        FarCase added = new FarCase(name, operation, maker);
        cases.add(added);
        return added;
    }

    static Value input(String name, int... dims) {
        return Value.input(name, Shape.of(dims));
    }

    static Value output(String name, int... dims) {
        return Value.activation(name, Shape.of(dims));
    }

    static Value perChannel(String name, int channels) {
        return Value.parameter(name, Shape.of(channels));
    }

    private void elements() {
        Value x = input("x", 3, 5);
        Value y = x.like("y");
        Value dx = x.like("dx");
        for (Activation.Kind kind : List.of(Activation.Kind.RELU, Activation.Kind.GELU)) {
            add("activate " + kind, new Activate(x, y, Activation.of(kind)));
            add("activate gradient " + kind, new Activate.Gradient(x, y, dx, Activation.of(kind)));
            cases.get(cases.size() - 1).given(y);
        }
        add("add", new Add(x, y, dx));
        add("scale items", new ScaleItems(x, Value.input("weights", Shape.SCALAR), y));
        add("add bias", new AddBias(x, perChannel("bias", 5), y));
        FarCase dropout = add("dropout", new Dropout(x, y, 0.3f, 9));
        dropout.expecting(near -> dropped(dropout.input(x), new Dropout(x, y, 0.3f, 9)));
        Value kept = x.like("kept");
        FarCase gradient = add(
                "dropout and activation gradient",
                new Dropout.ActivationGradient(
                        new Dropout(x, kept, 0.3f, 9), new Activate.Gradient(kept, y, dx, Activation.RELU)));
        gradient.expecting(
                near -> passed(dropped(gradient.input(x), new Dropout(x, kept, 0.3f, 9)), gradient.input(y)));
        add("fill", new Activate(x, y, Activation.LINEAR), (preparation, batch) -> {
            KernelCall call = preparation.kernel("control", "fill");
            call.array(y).number(y.elements(batch)).number(2.5f);
            int chunk = style.vectors() ? Style.CHUNK : 1;
            return call.over(items -> new long[] {KernelCall.divideUp(y.elements(items), chunk)});
        });
    }

    /** What is left of a gradient before a ReLU. */
    private static float[] passed(float[] gradient, float[] saved) {
        float[] passed = new float[gradient.length];
        for (int i = 0; i < passed.length; i++) {
            passed[i] = saved[i] > 0 ? gradient[i] : 0 * gradient[i];
        }
        return passed;
    }

    /** Dropout of the last items of the large batch by the host's random numbers. */
    private static float[] dropped(float[] x, Dropout operation) {
        float[] y = new float[x.length];
        int[] words = new int[4];
        for (int i = 0; i < y.length; i++) {
            long element = FIRST_ITEM * operation.input().shape().size() + i;
            int block = (int) (element / 4);
            int blockHigh = (int) (element / 4 >>> 32);
            Philox.block(
                    (int) FarCase.SEED,
                    (int) (FarCase.SEED >>> 32),
                    block,
                    blockHigh,
                    FarCase.STEP,
                    operation.stream(),
                    words);
            boolean kept = Integer.compareUnsigned(words[(int) (element % 4)], operation.threshold()) >= 0;
            y[i] = kept ? x[i] * operation.scale() : 0;
        }
        return y;
    }

    private void rows() {
        for (int columns : new int[] {5, 40}) { // with more than 32 columns GPUs have a group per row
            Value x = input("x", columns);
            add("softmax of " + columns, new Softmax(x, x.like("y")));
            add("softmax gradient of " + columns, new Softmax.Gradient(x, x.like("y"), x.like("dx")));
        }
    }

    private void losses() {
        LossFunction dense =
                LossFunction.of(LossFunction.Kind.CATEGORICAL_CROSSENTROPY).onLogits();
        LossFunction sparse = LossFunction.of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY)
                .onLogits();
        for (int columns : new int[] {5, 40}) {
            Value p = input("p", 3, columns);
            Value t = input("t", 3, columns);
            Value classes = input("t", 3);
            Value perItem = output("loss");
            float[] indices = indices(3, columns);
            add("losses of rows of " + columns, new Loss(p, t, perItem, dense)).movingScratch(3 * ITEMS);
            add("losses of classes, rows of " + columns, new Loss(p, classes, perItem, sparse))
                    .with(classes, indices)
                    .movingScratch(3 * ITEMS);
            // The gradient is that of the mean over all rows.
            add("loss gradient of rows of " + columns, new Loss.Gradient(p, t, p.like("dp"), dense))
                    .expecting(FarCases::asOfTheLargeBatch);
            add("scores of rows of " + columns, new Metric(p, t, perItem, Metric.Kind.TOP_K, 2))
                    .movingScratch(3 * ITEMS);
            add(
                            "scores of classes, rows of " + columns,
                            new Metric(p, classes, perItem, Metric.Kind.SPARSE_CATEGORICAL_ACCURACY, 1))
                    .with(classes, indices)
                    .movingScratch(3 * ITEMS);
        }
    }

    static float[] indices(int perItem, int classes) {
        Random random = new Random(8);
        float[] indices = new float[ITEMS * perItem];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = random.nextInt(classes);
        }
        return indices;
    }

    /** A mean over the small batch as one over the large batch: exact, as the factor is a power of two. */
    private static float[] asOfTheLargeBatch(float[] numbers) {
        float[] divided = numbers.clone();
        for (int i = 0; i < divided.length; i++) {
            divided[i] /= TIMES / SMALL_TIMES;
        }
        return divided;
    }

    private void pooling() {
        for (int stride : new int[] {1, 2}) { // windows that overlap, and windows that do not
            Window window = new Window(4, 2, stride, 1, 1, stride == 1 ? 0 : 1);
            PoolGeometry g = new PoolGeometry(window, window, 3);
            Value x = Value.input("x", g.inputShape());
            Value y = Value.activation("y", g.outputShape());
            Value dy = y.like("dy");
            Value dx = x.like("dx");
            add("max pooling, stride " + stride, new MaxPool2d(x, y, g));
            MaxPool2d.Gradient gradient = new MaxPool2d.Gradient(x, y, dy, dx, g);
            int taps = (int) PoolingSteps.scratch(style, gradient, FarCase.ITEMS);
            add("max pooling gradient, stride " + stride, gradient).movingScratch(taps);
            add("average pooling, stride " + stride, new AveragePool2d(x, y, g));
            add("average pooling gradient, stride " + stride, new AveragePool2d.Gradient(dy, dx, g));
        }
        Window pairs = new Window(5, 2, 2, 1, 0, 1);
        PoolGeometry g = new PoolGeometry(pairs, pairs, 3);
        Value x = Value.input("x", g.inputShape());
        Value places = Value.activation("places", g.outputShape());
        add("max pooling with places", new MaxPool2d(x, places.like("y"), places, g));
        MaxPool2d.PlacesGradient gradient = new MaxPool2d.PlacesGradient(places, places.like("dy"), x.like("dx"), g);
        add("max pooling gradient from places", gradient)
                .with(places, indices(g.outputShape().size(), 4));
    }

    private void images() {
        Value small = input("x", 2, 3, 3);
        Value large = output("y", 4, 6, 3);
        for (boolean bilinear : new boolean[] {false, true}) {
            add("enlarging, bilinear " + bilinear, new UpSample2d(small, large, 2, 2, bilinear));
            add(
                    "enlarging gradient, bilinear " + bilinear,
                    new UpSample2d.Gradient(large, small.like("dx"), 2, 2, bilinear));
        }
        augmentation(small);
        add("padding", new Pad2d(small, large, 1, 2));
        add("cropping", new Pad2d.Crop(large, small.like("c"), 1, 2));
        Value a = input("a", 3, 4);
        Value b = input("b", 3, 8);
        add("joining", new Concatenate(List.of(a, b), output("y", 3, 12), 1));
        add("splitting", new Concatenate.Split(output("y", 3, 12), List.of(a, b), 1));
        general(a, b);
    }

    private void general(Value a, Value b) {
        UnaryFunction clip = new UnaryFunction(UnaryFunction.Kind.CLIP, -1, 1);
        add("a function", new Unary(a, a.like("f"), clip));
        add("a function's gradient", new Unary.Gradient(a, a.like("x"), a.like("dx"), clip));
        add("a sum that repeats", new Binary(b, input("c", 3, 1), b.like("sum"), Binary.Function.ADD));
        List<Rearrange.Axis> turned = List.of(Rearrange.Axis.whole(1), Rearrange.Axis.whole(0));
        add("transposing", new Rearrange(b, output("t", 8, 3), turned, Rearrange.Outside.FILL, 0));
        add("reducing", new Reduce(b, output("r", 3), Reduce.Kind.MAXIMUM));
    }

    private void gathering() {
        Value order = Value.data("order", ElementType.INT32, Shape.SCALAR);
        for (ElementType type : List.of(ElementType.UINT8, ElementType.FLOAT32)) {
            Value data = Value.data("data", type, Shape.of(8, 2));
            Value scale = perChannel("scale", 2);
            FarCase gather =
                    add("gathering " + type, new Gather(data, order, scale, perChannel("shift", 2), output("y", 8, 2)));
            int[] shuffled = new int[ITEMS];
            int[] far = new int[ITEMS];
            byte[] bytes = new byte[ITEMS * 16];
            new Random(9).nextBytes(bytes);
            for (int i = 0; i < ITEMS; i++) {
                shuffled[i] = (int) (i * 5L % ITEMS);
                far[i] = Math.toIntExact(FIRST_ITEM + shuffled[i]);
                shuffled[i] += ITEMS * (SMALL_TIMES - 1);
            }
            gather.with(order, shuffled, far);
            if (type == ElementType.UINT8) {
                gather.with(data, bytes);
            }
        }
    }
}
