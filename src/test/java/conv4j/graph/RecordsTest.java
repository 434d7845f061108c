package conv4j.graph;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.graph.Activation.Kind;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values and the settings of operations, up to their limits. */
class RecordsTest {

    private static void assertRefused(String said, Executable making) {
        String message = assertThrows(IllegalArgumentException.class, making).getMessage();
        assertTrue(message.contains(said), message);
    }

    private static Value image(int... dims) {
        return Value.activation("image", Shape.of(dims));
    }

    @Test
    void aValueKnowsWhatItIsFor() {
        Shape shape = Shape.of(3);
        assertValue(Value.input("x", shape), Value.Role.INPUT, true);
        assertValue(Value.parameter("x", shape), Value.Role.PARAMETER, false);
        assertValue(Value.state("x", shape), Value.Role.STATE, false);
        assertValue(Value.activation("x", shape), Value.Role.ACTIVATION, true);
        assertValue(Value.unbatched("x", shape), Value.Role.ACTIVATION, false);
        Value bytes = Value.data("x", ElementType.UINT8, shape);
        assertValue(bytes, Value.Role.DATA, true);
        assertEquals(ElementType.UINT8, bytes.type());
        assertEquals(ElementType.FLOAT32, Value.input("x", shape).type());
        assertEquals("x (batch) x (3,)", bytes.toString());
        assertEquals("x (3,)", Value.state("x", shape).toString());
    }

    private static void assertValue(Value value, Value.Role role, boolean batched) {
        assertEquals("x", value.name());
        assertEquals(Shape.of(3), value.shape());
        assertEquals(role, value.role());
        assertEquals(batched, value.batched());
        assertSame(value, value.root());
        assertEquals(batched ? 15 : 3, value.elements(5));
        assertEquals(batched ? 5 : 1, value.rows(5));
        assertEquals(3, value.columns());
    }

    @Test
    void aValueLikeAnotherIsAnActivationOfItsOwn() {
        Value parameter = Value.parameter("w", Shape.of(2, 3));
        Value like = parameter.like("dw");
        assertEquals("dw", like.name());
        assertEquals(Value.Role.ACTIVATION, like.role());
        assertFalse(like.batched());
        assertNotSame(parameter.root(), like.root());
        assertTrue(Value.input("x", Shape.of(3)).like("y").batched());
    }

    @Test
    void aViewKeepsRoleTypeAndBatch() {
        Value view = Value.data("bytes", ElementType.UINT8, Shape.of(6)).reshaped("view", Shape.of(2, 3));
        assertEquals(Value.Role.DATA, view.role());
        assertEquals(ElementType.UINT8, view.type());
        assertTrue(view.batched());
        assertFalse(
                Value.parameter("w", Shape.of(6)).reshaped("v", Shape.of(2, 3)).batched());
    }

    @Test
    void manyLargeItemsAreCountedInLong() {
        assertEquals(3L << 30, image(1 << 20).elements(3 << 10));
        assertEquals(3L << 30, image(1 << 20, 1).rows(3 << 10));
    }

    @Test
    void elementsHaveTheirSizes() {
        assertEquals(4, ElementType.FLOAT32.bytes());
        assertEquals(4, ElementType.INT32.bytes());
        assertEquals(1, ElementType.UINT8.bytes());
    }

    /** The derivative of these follows from the output alone, so the input need not be kept. */
    @Test
    void outputsTellTheDerivativeOnlyOfMonotonousFunctions() {
        for (Kind kind : Kind.values()) {
            boolean bumpy = kind == Kind.GELU || kind == Kind.GELU_TANH || kind == Kind.SWISH;
            assertEquals(!bumpy, Activation.of(kind).gradientFromOutput(), kind.name());
            assertEquals(kind == Kind.LINEAR, Activation.of(kind).isLinear(), kind.name());
        }
        assertEquals(new Activation(Kind.RELU, 0.3f, Float.POSITIVE_INFINITY, 0), Activation.leakyRelu(0.3f));
        assertTrue(Activation.leakyRelu(0.3f).gradientFromOutput());
        assertTrue(new Activation(Kind.RELU, 0, 6, 0).gradientFromOutput());
        assertFalse(Activation.leakyRelu(-0.3f).gradientFromOutput());
        assertFalse(new Activation(Kind.RELU, 0, 0, 0).gradientFromOutput());
        assertFalse(new Activation(Kind.RELU, 0, 6, 1).gradientFromOutput());
        assertTrue(new Activation(Kind.ELU, 0, Float.POSITIVE_INFINITY, 0).gradientFromOutput());
        assertFalse(new Activation(Kind.ELU, -1, Float.POSITIVE_INFINITY, 0).gradientFromOutput());
        assertEquals(1f, Activation.of(Kind.ELU).alpha());
        assertEquals(0f, Activation.of(Kind.RELU).alpha());
    }

    /** Of 2^32 words those below the threshold are dropped; what is kept grows so that the mean stays. */
    @ParameterizedTest
    @CsvSource({"0, 0, 1", "0.5, 2147483648, 2", "0.75, 3221225472, 4", "0.25, 1073741824, 1.3333334"})
    void dropoutHasAThresholdAndAScale(float rate, long threshold, float scale) {
        Dropout dropout = new Dropout(image(4), image(4), rate, 0);
        assertEquals(threshold, Integer.toUnsignedLong(dropout.threshold()));
        assertEquals(scale, dropout.scale());
    }

    @Test
    void dropoutRatesLieBelowOne() {
        assertRefused("-0.1", () -> new Dropout(image(4), image(4), -0.1f, 0));
        assertRefused("1.0", () -> new Dropout(image(4), image(4), 1, 0));
        assertRefused("NaN", () -> new Dropout(image(4), image(4), Float.NaN, 0));
    }

    @Test
    void lossesRefuseSettingsOutOfRange() {
        LossFunction.Kind kind = LossFunction.Kind.HUBER;
        assertRefused("-0.1", () -> new LossFunction(kind, false, -0.1f, 1));
        assertRefused("1.0", () -> new LossFunction(kind, false, 1, 1));
        assertRefused("NaN", () -> new LossFunction(kind, false, Float.NaN, 1));
        assertRefused("0.0", () -> new LossFunction(kind, false, 0, 0));
        assertRefused("NaN", () -> new LossFunction(kind, false, 0, Float.NaN));
        assertEquals(new LossFunction(kind, false, 0, 1), LossFunction.of(kind));
        assertEquals(new LossFunction(kind, true, 0.1f, 2), new LossFunction(kind, false, 0.1f, 2).onLogits());
    }

    @Test
    void onlyClassIndicesMakeALossOrMetricSparse() {
        for (LossFunction.Kind kind : LossFunction.Kind.values()) {
            assertEquals(
                    kind == LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY,
                    LossFunction.of(kind).sparse());
        }
        for (Metric.Kind kind : Metric.Kind.values()) {
            boolean sparse = kind.name().startsWith("SPARSE");
            Value target = sparse ? image() : image(10);
            assertEquals(sparse, new Metric(image(10), target, image(), kind, 2).sparse(), kind.name());
        }
    }

    @Test
    void targetsThatDoNotFitAreToldWhatIsNeeded() {
        LossFunction.Kind dense = LossFunction.Kind.CATEGORICAL_CROSSENTROPY;
        LossFunction.Kind sparse = LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY;
        assertRefused(
                "10 numbers per item are needed; class indices need the sparse form",
                () -> new Loss(image(10), image(), image(), LossFunction.of(dense)));
        assertRefused(
                "1 numbers per item are needed (class indices)",
                () -> new Loss(image(10), image(10), image(), LossFunction.of(sparse)));
    }

    @ParameterizedTest
    @CsvSource({
        "SGD, 0, false, 0",
        "SGD, 0.9, false, 1",
        "SGD, 0.9, true, 1",
        "RMSPROP, 0, false, 1",
        "RMSPROP, 0.9, false, 2",
        "RMSPROP, 0, true, 2",
        "RMSPROP, 0.9, true, 3",
        "ADAM, 0.9, false, 2",
        "ADAM, 0.9, true, 3",
        "ADAMAX, 0.9, false, 2",
        "NADAM, 0.9, false, 2"
    })
    void everyRuleHasItsSlots(Update.Kind kind, float beta1, boolean variant, int slots) {
        Update.Rule rule = new Update.Rule(kind, beta1, 0.9f, 0, variant, false, 0, 1);
        assertEquals(slots, rule.slots());
        Value parameters = Value.parameter("w", Shape.of(5));
        List<Value> given = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            given.add(Value.state("slot", Shape.of(5)));
        }
        assertDoesNotThrow(() -> new Update(rule, parameters, parameters.like("g"), given));
        given.add(Value.state("slot", Shape.of(5)));
        assertRefused(
                kind + " needs " + slots + " slots", () -> new Update(rule, parameters, parameters.like("g"), given));
    }

    @Test
    void gatheringNeedsIndicesAndBothHalvesOfANormalization() {
        Value data = Value.data("data", ElementType.FLOAT32, Shape.of(4));
        Value order = Value.data("order", ElementType.INT32, Shape.SCALAR);
        Value numbers = Value.data("numbers", ElementType.INT32, Shape.of(4));
        Value scale = Value.state("scale", Shape.of(4));
        assertDoesNotThrow(() -> new Gather(data, order, null, null, image(4)));
        assertDoesNotThrow(() -> new Gather(data, order, scale, scale, image(4)));
        assertRefused("INT32", () -> new Gather(data, data, null, null, image(4)));
        assertRefused("INT32", () -> new Gather(numbers, order, null, null, image(4)));
        assertRefused("together", () -> new Gather(data, order, scale, null, image(4)));
        assertRefused("together", () -> new Gather(data, order, null, scale, image(4)));
    }

    @Test
    void elementwiseOperationsNeedTheSameBatch() {
        Value batched = image(4);
        Value single = Value.parameter("w", Shape.of(4));
        assertRefused("must have as many elements", () -> new Add(batched, single, image(4)));
        assertRefused("must have as many elements", () -> new Activate(batched, single, Activation.RELU));
    }

    /** Sizes that agree for a batch of one only do not agree. */
    @Test
    void productsMustFitForEveryBatch() {
        Value a = image(1, 3);
        Value weights = Value.parameter("w", Shape.of(3, 2));
        assertDoesNotThrow(() -> new MatMul(a, weights, image(1, 2)));
        assertRefused("cannot multiply", () -> new MatMul(a, weights, Value.unbatched("y", Shape.of(1, 2))));
        assertRefused("cannot multiply", () -> new MatMul(a, weights, image(1, 5)));
        assertRefused("cannot multiply", () -> new MatMul(a, image(3, 2), image(1, 2)));
        assertRefused(
                "a (batch) x (1, 3) transposed by w (3, 2) transposed into y",
                () -> new MatMul(
                        Value.activation("a", Shape.of(1, 3)),
                        weights,
                        null,
                        Value.activation("y", Shape.of(1, 2)),
                        true,
                        true,
                        Activation.LINEAR));
    }

    @Test
    void productsKnowTheirSizes() {
        Value a = image(5, 3);
        MatMul product = new MatMul(a, Value.parameter("w", Shape.of(3, 2)), image(5, 2));
        assertEquals(20, product.m(4));
        assertEquals(2, product.n());
        assertEquals(3, product.k(4));
        MatMul gradient =
                new MatMul(a, image(5, 2), null, Value.unbatched("dw", Shape.of(3, 2)), true, false, Activation.LINEAR);
        assertEquals(3, gradient.m(4));
        assertEquals(20, gradient.k(4));
    }

    @Test
    void aPaddedImageLiesInsideItsBorder() {
        assertDoesNotThrow(() -> new Pad2d(image(3, 4, 2), image(5, 7, 2), 2, 3));
        assertDoesNotThrow(() -> new Pad2d(image(3, 4, 2), image(3, 4, 2), 0, 0));
        assertRefused("does not lie inside", () -> new Pad2d(image(3, 4, 2), image(5, 7, 2), 3, 3));
        assertRefused("does not lie inside", () -> new Pad2d(image(3, 4, 2), image(5, 7, 2), 2, 4));
        assertRefused("does not lie inside", () -> new Pad2d(image(3, 4, 2), image(5, 7, 3), 2, 3));
        assertRefused("row -1", () -> new Pad2d(image(3, 4, 2), image(5, 7, 2), -1, 0));
        assertRefused("column -1", () -> new Pad2d(image(3, 4, 2), image(5, 7, 2), 0, -1));
        assertRefused("row 2147483647", () -> new Pad2d(image(3, 4, 2), image(5, 7, 2), Integer.MAX_VALUE, 0));
        assertRefused("column 2147483647", () -> new Pad2d.Crop(image(5, 7, 2), image(3, 4, 2), 0, Integer.MAX_VALUE));
    }

    @Test
    void factorsThatLeaveTheRangeOfIntAreRefused() {
        int half = 1 << 30;
        assertRefused("needs (2147483647, 1, 1)", () -> new UpSample2d(image(4, 1, 1), image(4, 1, 1), half, 1, false));
        assertRefused("more than 2147483647", () -> new UpSample2d(image(4, 4, 1), image(4, 1, 1), half, half, false));
        assertRefused("extents of 1 or more", () -> new UpSample2d(image(4, 4, 1), image(4, 1, 1), 0, 1, false));
    }

    @Test
    void partsMakeAWhole() {
        Value whole = image(6, 4);
        assertDoesNotThrow(() -> new Concatenate(List.of(image(2, 4), image(4, 4)), whole, 0));
        assertRefused("5 positions along axis 0", () -> new Concatenate(List.of(image(2, 4), image(3, 4)), whole, 0));
        assertRefused("7 positions along axis 0", () -> new Concatenate.Split(whole, List.of(image(7, 4)), 0));
        assertEquals(24, Concatenate.run(whole, 0));
        assertEquals(4, Concatenate.run(whole, 1));
        assertEquals(60, Concatenate.run(image(3, 4, 5), 0));
    }

    @Test
    void clippingNeedsANormAboveZero() {
        assertRefused("0.0", () -> new ClipByNorm(image(4), 0));
        assertRefused("NaN", () -> new ClipByNorm(image(4), Float.NaN));
    }

    @Test
    void aScaleIsOneNumberAndGrowsAfterSoManySteps() {
        Value g = Value.unbatched("g", Shape.of(4));
        Value one = Value.state("one", Shape.SCALAR);
        assertDoesNotThrow(() -> new Unscale(g, one, one, one, Unscale.MOST_STEPS));
        assertRefused("but was given 0", () -> new Unscale(g, one, one, one, 0));
        assertRefused("but was given 16777217", () -> new Unscale(g, one, one, one, Unscale.MOST_STEPS + 1));
        assertRefused("scale is one number", () -> new Unscale(g, image(1), one, one, 1));
        assertRefused("has a batch axis", () -> new Unscale(image(4), one, one, one, 1));
    }

    /** A view of the gradient is an operation too: a backend may have to do something for it. */
    @Test
    void theGradientOfAViewIsAView() {
        Value x = Value.input("x", Shape.of(6));
        Value view = x.reshaped("view", Shape.of(2, 3));
        Graph graph = new Graph(List.of(new Reshape(x, view)));
        Value upstream = view.like("dy");
        Map<Value, Value> gradients =
                new Gradients(graph, List.of(x)).from(view, upstream).append();
        Reshape back = (Reshape) graph.operations().get(1);
        assertSame(upstream, back.input());
        assertSame(gradients.get(x), back.output());
        assertEquals(Shape.of(6), back.output().shape());
    }

    @Test
    void aRetainedViewRetainsWhatItLooksAt() {
        Graph graph = new Graph();
        Value x = Value.input("x", Shape.of(6));
        Value view = x.reshaped("view", Shape.of(2, 3));
        assertFalse(graph.retains(x));
        graph.retain(view);
        assertTrue(graph.retains(x));
        assertTrue(graph.retains(view));
        assertThrows(
                UnsupportedOperationException.class, () -> graph.operations().add(new Reshape(x, view)));
    }
}
