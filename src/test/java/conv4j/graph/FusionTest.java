package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
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
}
