package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Fused graphs are shorter and compute the same. */
class FusionTest {

    private static final int BATCH = 3;

    private final Graph graph = new Graph();
    private final Value x = Value.input("x", Shape.of(4, 5, 2));
    private final Value labels = Value.input("labels", Shape.SCALAR);
    private final List<Value> parameters = new ArrayList<>();

    private Value parameter(String name, int... dims) {
        Value value = Value.parameter(name, Shape.of(dims));
        parameters.add(value);
        return value;
    }

    private Value convolution() {
        ConvGeometry g = new ConvGeometry(Padding.SAME.rows(4, 3, 1, 1), Padding.SAME.columns(5, 3, 1, 1), 2, 3, 1);
        Value y = Value.activation("convolved", g.outputShape());
        graph.add(new Conv2d(x, parameter("kernel", 3, 3, 2, 3), y, g));
        return y;
    }

    private Value bias(Value from) {
        Value y = from.like("shifted");
        graph.add(new AddBias(from, parameter("bias of " + from.name(), from.columns()), y));
        return y;
    }

    private Value activate(Value from, Activation.Kind kind) {
        Value y = from.like(kind + " of " + from.name());
        graph.add(new Activate(from, y, Activation.of(kind)));
        return y;
    }

    private Value flat(Value from) {
        Value view = from.reshaped("flat", Shape.of(from.shape().size()));
        graph.add(new Reshape(from, view));
        return view;
    }

    private Value dense(Value from, int outputs) {
        Value y = Value.activation("dense", Shape.of(outputs));
        graph.add(new MatMul(from, parameter("dense kernel", from.columns(), outputs), y));
        return y;
    }

    private Value softmaxLoss(Value logits) {
        Value probabilities = logits.like("probabilities");
        graph.add(new Softmax(logits, probabilities));
        Value loss = Value.activation("loss", Shape.SCALAR);
        LossFunction function = LossFunction.of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY);
        graph.add(new Loss(probabilities, labels, loss, function));
        graph.retain(loss);
        Value score = Value.activation("accuracy", Shape.SCALAR);
        graph.add(new Metric(probabilities, labels, score, Metric.Kind.SPARSE_CATEGORICAL_ACCURACY, 0));
        graph.retain(score);
        return loss;
    }

    private List<String> names(Graph of) {
        return of.operations().stream().map(Operation::name).toList();
    }

    private GraphRun run(Graph of) {
        Random random = new Random(1);
        GraphRun run = new GraphRun(BATCH).put(labels, 0, 3, 2);
        List<Value> inputs = new ArrayList<>(parameters);
        inputs.add(x);
        for (Value value : inputs) {
            float[] elements = new float[(int) value.elements(BATCH)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = (float) random.nextGaussian() / 4;
            }
            run.put(value, elements);
        }
        return run.of(of);
    }

    /** The same parameter gradients whether operations were merged first or not. */
    private void sameGradients(Value loss) {
        Graph plain = new Graph(graph.operations());
        Graph fused = Fusion.apply(graph, true);
        assertTrue(fused.operations().size() < plain.operations().size());
        Map<Value, Value> want = new Gradients(plain, parameters).ofLoss(loss).append();
        Map<Value, Value> got = new Gradients(fused, parameters).ofLoss(loss).append();
        GraphRun plainRun = run(plain);
        GraphRun fusedRun = run(fused);
        assertArrayEquals(plainRun.get(loss), fusedRun.get(loss), 1e-5f);
        assertEquals(parameters.size(), want.size());
        for (Value parameter : parameters) {
            assertArrayEquals(
                    plainRun.get(want.get(parameter)), fusedRun.get(got.get(parameter)), 1e-5f, parameter.name());
        }
    }

    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void biasActivationSoftmaxAndLossAreMerged(Activation.Kind kind) {
        Value h = activate(bias(convolution()), kind);
        sameGradients(softmaxLoss(bias(dense(flat(h), 4))));
    }

    @Test
    void aMergedTrainingGraphIsShort() {
        Value h = activate(bias(convolution()), Activation.Kind.RELU);
        softmaxLoss(bias(dense(flat(h), 4)));
        assertEquals(List.of("Conv2d", "Reshape", "MatMul", "Loss", "Metric"), names(Fusion.apply(graph, true)));
    }

    @Test
    void activationsThatNeedTheirInputAreMergedForInferenceOnly() {
        Value h = activate(bias(convolution()), Activation.Kind.GELU);
        graph.retain(h);
        assertEquals(List.of("Conv2d", "Activate"), names(Fusion.apply(graph, true)));
        assertEquals(List.of("Conv2d"), names(Fusion.apply(graph, false)));
        assertArrayEquals(run(graph).get(h), run(Fusion.apply(graph, false)).get(h), 1e-6f);
    }

    @Test
    void aValueThatIsReadTwiceOrLookedAtStays() {
        Value convolved = convolution();
        Value shifted = bias(convolved);
        Value h = activate(shifted, Activation.Kind.RELU);
        Value sum = h.like("sum");
        graph.add(new Add(h, shifted, sum));
        graph.retain(sum);
        assertEquals(List.of("Conv2d", "Activate", "Add"), names(Fusion.apply(graph, true)));
        graph.retain(convolved);
        assertEquals(List.of("Conv2d", "AddBias", "Activate", "Add"), names(Fusion.apply(graph, true)));
        assertArrayEquals(run(graph).get(sum), run(Fusion.apply(graph, true)).get(sum), 1e-6f);
    }

    @Test
    void sigmoidGoesIntoBinaryCrossEntropy() {
        Value p = activate(dense(flat(x), 1), Activation.Kind.SIGMOID);
        Value loss = Value.activation("loss", Shape.SCALAR);
        graph.add(new Loss(p, labels, loss, LossFunction.of(LossFunction.Kind.BINARY_CROSSENTROPY)));
        graph.retain(loss);
        Graph fused = Fusion.apply(graph, true);
        assertEquals(List.of("Reshape", "MatMul", "Loss"), names(fused));
        assertTrue(((Loss) fused.operations().get(2)).function().fromLogits());
        sameGradients(loss);
    }

    private Graph lossOf(Value prediction, LossFunction function) {
        Value loss = Value.activation("loss", Shape.SCALAR);
        graph.add(new Loss(prediction, Value.input("targets", prediction.shape()), loss, function));
        graph.retain(loss);
        return Fusion.apply(graph, true);
    }

    @Test
    void aLossTakesOnlyTheActivationThatBelongsToIt() {
        Value p = activate(dense(flat(x), 1), Activation.Kind.SIGMOID);
        Graph fused = lossOf(p, LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR));
        assertEquals(List.of("Reshape", "MatMul", "Loss"), names(fused));
        assertFalse(((Loss) fused.operations().get(2)).function().fromLogits(), "the sigmoid is in the product");
        assertEquals(
                Activation.Kind.SIGMOID,
                ((MatMul) fused.operations().get(1)).activation().kind());
    }

    @Test
    void binaryCrossEntropyOfAnotherActivationStaysAsItIs() {
        Value p = activate(activate(dense(flat(x), 1), Activation.Kind.TANH), Activation.Kind.RELU);
        Graph fused = lossOf(p, LossFunction.of(LossFunction.Kind.BINARY_CROSSENTROPY));
        assertEquals(List.of("Reshape", "MatMul", "Activate", "Loss"), names(fused));
        assertFalse(((Loss) fused.operations().get(3)).function().fromLogits());
    }

    @Test
    void softmaxGoesIntoCategoricalCrossEntropyAndIntoNoOtherLoss() {
        Value logits = dense(flat(x), 4);
        Value p = logits.like("probabilities");
        graph.add(new Softmax(logits, p));
        Graph fused = lossOf(p, new LossFunction(LossFunction.Kind.CATEGORICAL_CROSSENTROPY, false, 0.1f, 1));
        assertEquals(List.of("Reshape", "MatMul", "Loss"), names(fused));
        Loss loss = (Loss) fused.operations().get(2);
        assertEquals(logits, loss.prediction());
        assertEquals(new LossFunction(LossFunction.Kind.CATEGORICAL_CROSSENTROPY, true, 0.1f, 1), loss.function());
        Graph squares = lossOf(p, LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR));
        assertTrue(names(squares).contains("Softmax"));
    }

    @Test
    void aLossThatIsOnLogitsAlreadyDoesNotTakeAnotherSoftmax() {
        Value logits = dense(flat(x), 4);
        Value p = logits.like("probabilities");
        graph.add(new Softmax(logits, p));
        Graph fused = lossOf(p, new LossFunction(LossFunction.Kind.CATEGORICAL_CROSSENTROPY, true, 0, 1));
        assertEquals(List.of("Reshape", "MatMul", "Softmax", "Loss"), names(fused));
    }

    @Test
    void whatComesFromOutsideTheGraphIsNotMergedWithAnything() {
        Value shifted = bias(x);
        Value activated = activate(x, Activation.Kind.RELU);
        graph.retain(shifted);
        graph.retain(activated);
        Graph fused = lossOf(x, LossFunction.of(LossFunction.Kind.CATEGORICAL_CROSSENTROPY));
        assertEquals(List.of("AddBias", "Activate", "Loss"), names(fused));
    }

    /** A bias or an activation that is there already is not replaced by the next one. */
    @Test
    void whatIsMergedOnceIsNotMergedAgain() {
        Value h = bias(bias(convolution()));
        graph.retain(h);
        assertEquals(List.of("Conv2d", "AddBias"), names(Fusion.apply(graph, true)));
        Value y = bias(bias(dense(flat(h), 3)));
        graph.retain(y);
        assertEquals(List.of("Conv2d", "AddBias", "Reshape", "MatMul", "AddBias"), names(Fusion.apply(graph, true)));
        Value twice = activate(activate(dense(y, 2), Activation.Kind.RELU), Activation.Kind.TANH);
        graph.retain(twice);
        assertEquals(
                List.of("Conv2d", "AddBias", "Reshape", "MatMul", "AddBias", "MatMul", "Activate"),
                names(Fusion.apply(graph, true)));
        Value late = bias(activate(dense(twice, 2), Activation.Kind.RELU));
        graph.retain(late);
        assertEquals("AddBias", names(Fusion.apply(graph, true)).get(8), "a bias after an activation");
        assertArrayEquals(run(graph).get(late), run(Fusion.apply(graph, true)).get(late), 1e-6f);
    }

    @Test
    void anAccuracyByOrderReadsWhatGoesIntoTheSoftmax() {
        Value logits = dense(flat(x), 4);
        Value p = logits.like("probabilities");
        graph.add(new Softmax(logits, p));
        for (Metric.Kind kind : Metric.Kind.values()) {
            Value score = Value.activation("score of " + kind, Shape.SCALAR);
            Value target = kind.name().startsWith("SPARSE") ? labels : Value.input("targets", p.shape());
            graph.add(new Metric(p, target, score, kind, 2));
            graph.retain(score);
        }
        for (Operation operation : Fusion.apply(graph, true).operations()) {
            if (operation instanceof Metric metric) {
                boolean half = metric.kind() == Metric.Kind.BINARY_ACCURACY;
                assertEquals(half ? p : logits, metric.prediction(), metric.kind() + " compares with one half");
                assertEquals(2, metric.k());
            }
        }
    }

    /** Moving averages and updated weights are written for the next run, even when nobody reads them in this one. */
    @Test
    void whatChangesStateStays() {
        Value total = Value.state("total", Shape.of(3));
        Value unused = Value.activation("unused", Shape.SCALAR);
        graph.add(new Accumulate(unused, total));
        Value w = Value.parameter("w", Shape.of(4));
        Update.Rule rule = new Update.Rule(Update.Kind.SGD, 0, 0, 0, false, false, 0, 1);
        graph.add(new Update(rule, w, w.like("dw"), List.of()));
        assertEquals(List.of("Accumulate", "Update"), names(Fusion.apply(graph, true)));
    }

    @Test
    void whatNobodyReadsIsDropped() {
        Value h = activate(convolution(), Activation.Kind.RELU);
        activate(h, Activation.Kind.TANH);
        graph.retain(h);
        assertEquals(List.of("Conv2d"), names(Fusion.apply(graph, false)));
    }

    @Test
    void probabilitiesThatAreLookedAtAreKeptBesideTheLoss() {
        Value logits = dense(flat(x), 4);
        softmaxLoss(logits);
        Softmax softmax = (Softmax) graph.operations().get(2);
        graph.retain(softmax.output());
        assertTrue(names(Fusion.apply(graph, true)).contains("Softmax"));
        assertFalse(names(Fusion.apply(new Graph(graph.operations()), true)).contains("Softmax"));
    }

    private Value pool(Value from) {
        PoolGeometry g = new PoolGeometry(Padding.VALID.rows(4, 2, 2, 1), Padding.VALID.columns(5, 2, 2, 1), 3);
        Value y = Value.activation("pooled", g.outputShape());
        graph.add(new MaxPool2d(from, y, g));
        return y;
    }

    @Test
    void beforeTrainingAReluComesBehindTheMaximumWithTheSameGradients() {
        Value loss = softmaxLoss(dense(flat(pool(activate(bias(convolution()), Activation.Kind.RELU))), 4));
        List<String> training = names(Fusion.apply(graph, true));
        assertEquals(List.of("Conv2d", "MaxPool2d", "Activate"), training.subList(0, 3));
        assertEquals(
                List.of("Conv2d", "MaxPool2d"),
                names(Fusion.apply(graph, false)).subList(0, 2),
                "without gradients the convolution does it on its way");
        sameGradients(loss);
    }

    /** A convolution, a pooling by windows of so many rows, and something that reads the maxima. */
    private Graph pooledConvolution(Activation f, int high) {
        ConvGeometry g = new ConvGeometry(Padding.SAME.rows(4, 3, 1, 1), Padding.SAME.columns(5, 3, 1, 1), 2, 3, 1);
        Value sums = Value.activation("sums", g.outputShape());
        PoolGeometry windows = new PoolGeometry(Padding.SAME.rows(4, high, 2, 1), Padding.SAME.columns(5, 2, 2, 1), 3);
        Value maxima = Value.activation("maxima", windows.outputShape());
        Value read = maxima.like("read");
        Graph of = new Graph();
        of.add(new Conv2d(x, Value.parameter("kernel", g.kernelShape()), null, sums, g, f));
        of.add(new MaxPool2d(sums, maxima, windows));
        of.add(new Activate(maxima, read, Activation.of(Activation.Kind.TANH)));
        of.retain(read);
        return of;
    }

    private List<String> pooled(Graph of) {
        return names(Fusion.pooled(of, conv -> true));
    }

    @Test
    void aConvolutionAndItsPoolingBecomeOneOperationWhereABackendWantsIt() {
        Graph of = pooledConvolution(Activation.leakyRelu(0.1f), 2);
        assertEquals(List.of("PooledConv2d", "Activate"), pooled(of), "a convolution with an activation has no other");
        PooledConv2d merged =
                (PooledConv2d) Fusion.pooled(of, conv -> true).operations().get(0);
        assertEquals(of.operations().subList(0, 2), merged.unfused());
        assertEquals(3, Fusion.pooled(of, conv -> false).operations().size());
    }

    @Test
    void theActivationOfTheMaximaOfALinearConvolutionIsPartOfIt() {
        Graph of = pooledConvolution(Activation.LINEAR, 2);
        List<Operation> merged = Fusion.pooled(of, any -> true).operations();
        assertEquals(of.operations(), merged.get(0).unfused());
        assertEquals(of.operations().get(2).outputs(), merged.get(0).outputs());
        assertEquals(
                List.of("PooledConv2d", "Activate"),
                names(Fusion.pooled(of, operation -> !(operation instanceof Activate))),
                "not wanted");
        Value maxima = of.operations().get(1).outputs().get(0);
        of.retain(maxima);
        assertEquals(List.of("PooledConv2d", "Activate"), pooled(of), "the maxima are looked at");
        of = pooledConvolution(Activation.LINEAR, 2);
        Value activated = of.operations().get(2).outputs().get(0);
        Graph twice = new Graph(of.operations());
        twice.add(new Activate(activated, activated.like("once more"), Activation.RELU));
        assertEquals(List.of("PooledConv2d", "Activate"), pooled(twice), "one activation");
    }

    /** The same with the gradient of the sums, which is looked at. */
    private Graph withGradient(Graph of) {
        MaxPool2d pooling = (MaxPool2d) of.operations().get(1);
        Value gradient = pooling.input().like("gradient of sums");
        of.add(new MaxPool2d.Gradient(
                pooling.input(),
                pooling.output(),
                pooling.output().like("gradient of maxima"),
                gradient,
                pooling.geometry()));
        of.retain(gradient);
        return of;
    }

    @Test
    void aPoolingNotesThePlacesOfItsMaximaWhereItsGradientAloneReadsTheInputToo() {
        Graph of = withGradient(pooledConvolution(Activation.RELU, 2));
        List<Operation> noted = Fusion.noted(of).operations();
        assertEquals(
                List.of("Conv2d", "MaxPool2d", "Activate", "MaxPool2d.PlacesGradient"),
                noted.stream().map(Operation::name).toList());
        MaxPool2d forward = (MaxPool2d) noted.get(1);
        MaxPool2d.PlacesGradient backward = (MaxPool2d.PlacesGradient) noted.get(3);
        assertSame(forward.places(), backward.places());
        MaxPool2d.Gradient gradient = (MaxPool2d.Gradient) of.operations().get(3);
        assertSame(gradient.outputGradient(), backward.outputGradient());
        assertSame(gradient.inputGradient(), backward.inputGradient());
    }

    @Test
    void aPoolingNotesNothingThatNobodyAsksOrThatIsKeptAnyhow() {
        Graph inference = pooledConvolution(Activation.LINEAR, 2);
        assertEquals(inference.operations(), Fusion.noted(inference).operations());
        Graph overlapping = withGradient(pooledConvolution(Activation.LINEAR, 3));
        assertEquals(overlapping.operations(), Fusion.noted(overlapping).operations());
        Graph twice = withGradient(withGradient(pooledConvolution(Activation.LINEAR, 2)));
        assertEquals(twice.operations(), Fusion.noted(twice).operations(), "two gradients read the sums");
        Graph lookedAt = withGradient(pooledConvolution(Activation.LINEAR, 2));
        lookedAt.retain(lookedAt.operations().get(0).outputs().get(0));
        assertEquals(lookedAt.operations(), Fusion.noted(lookedAt).operations());
        Graph readElsewhere = pooledConvolution(Activation.LINEAR, 2);
        Value sums = ((MaxPool2d) readElsewhere.operations().get(1)).input();
        readElsewhere.add(new Activate(sums, sums.like("read too"), Activation.RELU));
        assertEquals(readElsewhere.operations(), Fusion.noted(readElsewhere).operations(), "no gradient asks for them");
    }

    @Test
    void placesOfWindowsThatAreNotPairsAreRefused() {
        MaxPool2d overlapping =
                (MaxPool2d) pooledConvolution(Activation.LINEAR, 3).operations().get(1);
        Value places = overlapping.output().like("places");
        PoolGeometry g = overlapping.geometry();
        assertThrows(
                IllegalArgumentException.class,
                () -> new MaxPool2d(overlapping.input(), overlapping.output(), places, g));
        assertThrows(
                IllegalArgumentException.class,
                () -> new MaxPool2d.PlacesGradient(places, overlapping.output(), overlapping.input(), g));
    }

    @Test
    void aConvolutionWhosePoolingNotesPlacesBecomesOneOperationWithoutAnActivationOnly() {
        Graph linear = Fusion.noted(withGradient(pooledConvolution(Activation.LINEAR, 2)));
        assertEquals(List.of("PooledConv2d", "MaxPool2d.PlacesGradient"), pooled(linear));
        Graph relu = Fusion.noted(withGradient(pooledConvolution(Activation.RELU, 2)));
        assertEquals(relu.operations().size(), pooled(relu).size(), "an activation makes equal what differs");
    }

    /** The gradients of a convolution whose sums are pooled, with places. */
    private Graph poolingAndConvolutionGradients(boolean lookedAt) {
        Graph of = pooledConvolution(Activation.LINEAR, 2);
        Conv2d conv = (Conv2d) of.operations().get(0);
        MaxPool2d pooling = (MaxPool2d) of.operations().get(1);
        Value passed = pooling.input().like("gradient of sums");
        Value maxima = pooling.output().like("gradient of maxima");
        of.add(new MaxPool2d.Gradient(pooling.input(), pooling.output(), maxima, passed, pooling.geometry()));
        Value dw = Value.unbatched("dw", conv.kernel().shape());
        Value dx = conv.input().like("dx");
        of.add(new Conv2d.KernelGradient(conv.input(), passed, dw, conv.geometry()));
        of.add(new Conv2d.InputGradient(passed, conv.kernel(), dx, conv.geometry()));
        of.retain(dw);
        of.retain(dx);
        if (lookedAt) {
            of.retain(passed);
        }
        return Fusion.noted(of);
    }

    @Test
    void gradientsOfAConvolutionAreOneOperationWithThoseOfItsPooling() {
        Graph of = poolingAndConvolutionGradients(false);
        List<Operation> gradients = of.operations().subList(3, 6);
        List<Operation> pooled = Fusion.pooled(of, any -> true).operations();
        assertEquals(
                List.of("PooledConv2d", "PooledConv2d.KernelGradient", "PooledConv2d.InputGradient"),
                pooled.stream().map(Operation::name).toList());
        assertEquals(List.of(gradients.get(0), gradients.get(1)), pooled.get(1).unfused());
        assertEquals(List.of(gradients.get(0), gradients.get(2)), pooled.get(2).unfused());
    }

    @Test
    void aGradientThatAPoolingPassesOnIsWrittenWhereAnythingElseReadsIt() {
        List<String> apart = List.of("MaxPool2d.PlacesGradient", "Conv2d.KernelGradient", "Conv2d.InputGradient");
        assertEquals(apart, pooled(poolingAndConvolutionGradients(true)).subList(1, 4), "somebody looks at it");
        Graph of = poolingAndConvolutionGradients(false);
        assertEquals(
                apart,
                names(Fusion.pooled(of, operation -> !(operation instanceof Conv2d.InputGradient)))
                        .subList(1, 4),
                "one of them is done by itself");
        Value passed = of.operations().get(3).outputs().get(0);
        of.add(new Activate(passed, passed.like("read too"), Activation.RELU));
        assertEquals(apart, pooled(of).subList(1, 4), "something else reads it");
    }

    @Test
    void gradientsOfAConvolutionAndOfAnotherPoolingAreNotOneOperation() {
        List<Operation> some = poolingAndConvolutionGradients(false).operations();
        List<Operation> others = poolingAndConvolutionGradients(false).operations();
        MaxPool2d.PlacesGradient pooling = (MaxPool2d.PlacesGradient) some.get(3);
        Conv2d.KernelGradient kernel = (Conv2d.KernelGradient) others.get(4);
        Conv2d.InputGradient input = (Conv2d.InputGradient) others.get(5);
        assertThrows(IllegalArgumentException.class, () -> new PooledConv2d.KernelGradient(pooling, kernel));
        assertThrows(IllegalArgumentException.class, () -> new PooledConv2d.InputGradient(pooling, input));
    }

    @Test
    void anActivationOfOtherMaximaOrAfterAnotherIsRefused() {
        List<Operation> linear = pooledConvolution(Activation.LINEAR, 2).operations();
        List<Operation> relu = pooledConvolution(Activation.RELU, 2).operations();
        assertThrows(IllegalArgumentException.class, () -> pooled(linear, relu.get(2)));
        assertThrows(IllegalArgumentException.class, () -> pooled(relu, relu.get(2)));
    }

    private static PooledConv2d pooled(List<Operation> of, Operation activate) {
        return new PooledConv2d((Conv2d) of.get(0), (MaxPool2d) of.get(1), (Activate) activate);
    }

    /** The gradients of a dropout and of the activation before it, and something that reads the latter. */
    private Graph droppedGradient() {
        Value kept = x.like("kept");
        Value passed = x.like("passed");
        Value read = x.like("read");
        Graph of = new Graph();
        of.add(new Dropout(x, kept, 0.5f, 1));
        of.add(new Activate.Gradient(kept, x.like("saved"), passed, Activation.RELU));
        of.add(new Activate(passed, read, Activation.RELU));
        of.retain(read);
        return of;
    }

    @Test
    void theGradientsOfADropoutAndOfTheActivationBeforeItBecomeOneOperation() {
        Graph of = droppedGradient();
        List<Operation> merged = Fusion.dropped(of, any -> true).operations();
        assertEquals(
                List.of("Dropout.ActivationGradient", "Activate"),
                merged.stream().map(Operation::name).toList());
        assertEquals(of.operations().subList(0, 2), merged.get(0).unfused());
        assertEquals(of.operations(), Fusion.dropped(of, any -> false).operations(), "not wanted");
        Value kept = of.operations().get(0).outputs().get(0);
        of.retain(kept);
        assertEquals(of.operations(), Fusion.dropped(of, any -> true).operations(), "somebody looks between the two");
        of = droppedGradient();
        kept = of.operations().get(0).outputs().get(0);
        of.add(new Activate(kept, kept.like("read too"), Activation.RELU));
        assertEquals(of.operations(), Fusion.dropped(of, any -> true).operations(), "something else reads it");
    }

    @Test
    void gradientsOfADropoutAndOfAnotherActivationAreNotOneOperation() {
        Dropout dropout = (Dropout) droppedGradient().operations().get(0);
        Activate.Gradient other =
                (Activate.Gradient) droppedGradient().operations().get(1);
        assertThrows(IllegalArgumentException.class, () -> new Dropout.ActivationGradient(dropout, other));
    }

    @Test
    void aPoolingStaysAloneWhereOneOperationWouldGiveSomethingElse() {
        List<String> apart = List.of("Conv2d", "MaxPool2d", "Activate");
        assertEquals(apart, pooled(pooledConvolution(Activation.leakyRelu(-0.1f), 2)), "falls below 0");
        assertEquals(apart, pooled(pooledConvolution(Activation.of(Activation.Kind.SWISH), 2)));
        assertEquals(apart, pooled(pooledConvolution(Activation.RELU, 3)), "windows that overlap");
        Graph of = pooledConvolution(Activation.RELU, 2);
        of.retain(of.operations().get(0).outputs().get(0));
        assertEquals(apart, pooled(of), "somebody looks at the sums");
        of = pooledConvolution(Activation.RELU, 2);
        Value sums = of.operations().get(0).outputs().get(0);
        of.add(new Activate(sums, sums.like("read too"), Activation.RELU));
        assertEquals(4, pooled(of).size(), "something else reads the sums");
    }

    @Test
    void oneOperationOfAFallingActivationIsRefused() {
        Graph of = pooledConvolution(Activation.leakyRelu(-0.1f), 2);
        Conv2d falling = (Conv2d) of.operations().get(0);
        MaxPool2d pooling = (MaxPool2d) of.operations().get(1);
        assertThrows(IllegalArgumentException.class, () -> new PooledConv2d(falling, pooling));
    }

    @Test
    void aLeakyReluThatNobodyTookComesBehindTheMaximumToo() {
        Value y = x.like("normalized");
        graph.add(new Activate(x, y, Activation.leakyRelu(0.1f)));
        poolOfTwoChannels(y);
        assertEquals(List.of("MaxPool2d", "Activate"), names(Fusion.apply(graph, true)));
        assertEquals(List.of("Activate", "MaxPool2d"), names(Fusion.apply(graph, false)));
    }

    @Test
    void whatMayFallOrIsReadOtherwiseStaysBeforeTheMaximum() {
        for (Activation.Kind kind : List.of(Activation.Kind.SWISH, Activation.Kind.TANH)) {
            Value y = x.like(kind + " of x");
            graph.add(new Activate(x, y, Activation.of(kind)));
            poolOfTwoChannels(y);
        }
        Value threshold = x.like("from -1 on");
        graph.add(new Activate(x, threshold, new Activation(Activation.Kind.RELU, 0, Float.POSITIVE_INFINITY, -1)));
        poolOfTwoChannels(threshold);
        Value lookedAt = x.like("looked at");
        graph.add(new Activate(x, lookedAt, Activation.RELU));
        graph.retain(lookedAt);
        poolOfTwoChannels(lookedAt);
        List<String> names = names(Fusion.apply(graph, true));
        for (int i = 0; i < names.size(); i += 2) {
            assertEquals(List.of("Activate", "MaxPool2d"), names.subList(i, i + 2));
        }
        assertEquals(8, names.size());
    }

    private void poolOfTwoChannels(Value from) {
        PoolGeometry g = new PoolGeometry(Padding.VALID.rows(4, 2, 2, 1), Padding.VALID.columns(5, 2, 2, 1), 2);
        Value pooled = Value.activation("pooled " + from.name(), g.outputShape());
        graph.add(new MaxPool2d(from, pooled, g));
        graph.retain(pooled);
    }
}
