package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.selftest.GradientCheck;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Gradients of graphs with branches, views and parts that nobody asked for. */
class GradientsTest {

    private static final Activation TANH = Activation.of(Activation.Kind.TANH);

    private final Graph graph = new Graph();
    private final Value x = Value.input("x", Shape.of(4));
    private final Value w = Value.parameter("w", Shape.of(4, 4));
    private final PoolGeometry windows =
            new PoolGeometry(Padding.SAME.rows(5, 3, 2, 1), Padding.VALID.columns(4, 2, 2, 1), 3);
    private final Value image = Value.input("image", windows.inputShape());
    private final Value bias = Value.parameter("bias", Shape.of(3));
    private final Value biased = image.like("biased");

    private Value dense(Value from, Value kernel) {
        Value y = Value.activation("product of " + from.name(), Shape.of(kernel.columns()));
        graph.add(new MatMul(from, kernel, y));
        return y;
    }

    private Value tanh(Value from) {
        Value y = from.like("tanh of " + from.name());
        graph.add(new Activate(from, y, TANH));
        return y;
    }

    private Value add(Value a, Value b) {
        Value sum = a.like(a.name() + " + " + b.name());
        graph.add(new Add(a, b, sum));
        return sum;
    }

    @Test
    void contributionsOfBranchesAreAdded() {
        Value h = tanh(dense(x, w));
        Value y = add(add(dense(h, w), h), tanh(h));
        new GradientCheck(graph, y, 3).random(x).random(w).check(x, w);
    }

    @Test
    void aValueAddedToItselfCountsTwice() {
        Value y = add(x, x);
        new GradientCheck(graph, tanh(y), 2).random(x).check(x);
    }

    @Test
    void aBranchThatJoinsItsOwnSourceIsDifferentiated() {
        Value h = tanh(x);
        Value joined = Value.activation("joined", Shape.of(12));
        graph.add(new Concatenate(List.of(h, x, h), joined, 0));
        Value kernel = Value.parameter("kernel", Shape.of(12, 2));
        new GradientCheck(graph, dense(joined, kernel), 2)
                .random(x)
                .random(kernel)
                .check(x, kernel);
    }

    @Test
    void gradientsGoThroughViews() {
        Value h = tanh(x);
        Value view = h.reshaped("view", Shape.of(2, 2));
        graph.add(new Reshape(h, view));
        Value small = Value.parameter("small", Shape.of(2, 2));
        Value y = Value.activation("y", Shape.of(2, 2));
        graph.add(new MatMul(view, small, y));
        Value back = y.reshaped("back", Shape.of(4));
        graph.add(new Reshape(y, back));
        new GradientCheck(graph, add(back, h), 3).random(x).random(small).check(x, small);
    }

    private Value maximaOfBiased() {
        Value maxima = Value.activation("maxima", windows.outputShape());
        graph.add(new AddBias(image, bias, biased));
        graph.add(new MaxPool2d(biased, maxima, windows));
        return maxima;
    }

    /** Every window of a pooling passes its whole gradient on, so that the smaller array has the sums of the larger one. */
    @Test
    void aBiasBeforeAMaximumTakesTheSumsOfTheGradientOfTheMaxima() {
        Value maxima = maximaOfBiased();
        Value y = tanh(maxima);
        new GradientCheck(graph, y, 2).random(image).random(bias).check(image, bias);
        new Gradients(graph, List.of(bias)).from(y, y.like("gradient of y")).append();
        List<Operation> all = graph.operations();
        ColumnSums sums = (ColumnSums) all.get(all.size() - 1);
        assertEquals(maxima.shape(), sums.input().shape());
    }

    @Test
    void aBiasThatIsReadBesideTheMaximumTakesTheSumsOfAll() {
        Value maxima = maximaOfBiased();
        Value means = maxima.like("means");
        graph.add(new AveragePool2d(biased, means, windows));
        Value y = add(tanh(maxima), tanh(means));
        new GradientCheck(graph, y, 2).random(image).random(bias).check(image, bias);
    }

    @Test
    void lossesOfTwoHeadsAreAdded() {
        Value h = tanh(dense(x, w));
        Value t = Value.input("t", Shape.of(4));
        LossFunction squares = LossFunction.of(LossFunction.Kind.MEAN_SQUARED_ERROR);
        Value first = Value.activation("first", Shape.SCALAR);
        graph.add(new Loss(h, t, first, squares));
        Value second = Value.activation("second", Shape.SCALAR);
        graph.add(new Loss(dense(h, w), t, second, squares));
        Graph both = new Graph(graph.operations());
        Map<Value, Value> gradients =
                new Gradients(both, List.of(w)).ofLoss(first).ofLoss(second).append();
        assertTrue(gradients.containsKey(w));
        long kernelGradients = both.operations().stream()
                .filter(o -> o instanceof MatMul product && product.transposeA())
                .count();
        assertEquals(2, kernelGradients, "w is used twice");
    }

    @Test
    void onlyWhatLeadsToWantedValuesIsComputed() {
        Value frozen = Value.parameter("frozen", Shape.of(4, 4));
        Value y = dense(tanh(dense(x, frozen)), w);
        Value unrelated = tanh(x);
        Graph forward = new Graph(graph.operations());
        int before = forward.operations().size();
        Map<Value, Value> gradients =
                new Gradients(forward, List.of(w)).from(y, y.like("dy")).append();
        assertEquals(before + 1, forward.operations().size(), "one product for w, nothing for x and frozen");
        assertEquals(1, gradients.size());
        assertFalse(gradients.containsKey(unrelated));
    }

    @Test
    void aWantedValueThatNothingDependsOnHasNoGradient() {
        Value other = Value.parameter("other", Shape.of(4));
        Value y = tanh(x);
        Graph forward = new Graph(graph.operations());
        assertTrue(new Gradients(forward, List.of(other))
                .from(y, y.like("dy"))
                .append()
                .isEmpty());
    }

    @Test
    void gradientOperationsHaveNoGradient() {
        Operation operation = new Activate.Gradient(x, x.like("y"), x.like("dx"), TANH);
        Gradients gradients = new Gradients(graph, List.of(x));
        UnsupportedOperationException e =
                assertThrows(UnsupportedOperationException.class, () -> operation.gradient(gradients));
        assertEquals("Activate.Gradient has no gradient", e.getMessage());
    }

    @Test
    void viewsShareTheirRoot() {
        Value view = x.reshaped("view", Shape.of(2, 2));
        assertSame(x, view.root());
        assertSame(x, view.reshaped("again", Shape.of(4, 1)).root());
        assertEquals(6, view.rows(3));
        assertEquals(12, view.elements(3));
        assertEquals(16, w.elements(3));
        assertThrows(IllegalArgumentException.class, () -> x.reshaped("bad", Shape.of(5)));
        assertThrows(IllegalArgumentException.class, () -> new Reshape(x, w));
    }

    @Test
    void operationsRefuseShapesThatDoNotFit() {
        Value five = Value.input("five", Shape.of(5));
        assertThrows(IllegalArgumentException.class, () -> new MatMul(five, w, x));
        assertThrows(IllegalArgumentException.class, () -> new Add(x, five, x.like("sum")));
        assertThrows(IllegalArgumentException.class, () -> new Activate(x, five, TANH));
        assertThrows(IllegalArgumentException.class, () -> new AddBias(x, five, x.like("y")));
        assertThrows(IllegalArgumentException.class, () -> new Dropout(x, x.like("y"), 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new ClipByNorm(x, 0));
        assertThrows(IllegalArgumentException.class, () -> new Concatenate(List.of(x, five), x.like("y"), 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> new Loss(x, five, Value.activation("l", Shape.SCALAR), LossFunction.of(LossFunction.Kind.HUBER)));
    }
}
