package conv4j.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Activation.Kind;
import conv4j.graph.AveragePool2d;
import conv4j.graph.BatchNormalization;
import conv4j.graph.ClipByNorm;
import conv4j.graph.Conv2d;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Softmax;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.shape.ConvGeometry;
import conv4j.shape.Padding;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The oracle against numbers that were worked out by hand, and its own refusals. */
class ReferenceBackendTest {

    private static float[] run(Operation operation, Object... valuesAndElements) {
        GraphRun run = new GraphRun(1);
        for (int i = 0; i < valuesAndElements.length; i += 2) {
            run.put((Value) valuesAndElements[i], (float[]) valuesAndElements[i + 1]);
        }
        return run.of(new Graph(List.of(operation))).get(operation.outputs().get(0));
    }

    private static float[] floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static Value value(String name, int... dims) {
        return Value.activation(name, Shape.of(dims));
    }

    @Test
    void convolutionByHand() {
        // 1 2 3     kernel 1 2   padded by a row below and a column to the right
        // 4 5 6            3 4
        ConvGeometry g = new ConvGeometry(Padding.SAME.rows(2, 2, 1, 1), Padding.SAME.columns(3, 2, 1, 1), 1, 1, 1);
        Value x = value("x", 2, 3, 1);
        Value w = Value.parameter("w", g.kernelShape());
        Value b = Value.parameter("b", Shape.of(1));
        Conv2d conv = new Conv2d(x, w, b, value("y", 2, 3, 1), g, Activation.LINEAR);
        float[] y = run(conv, x, floats(1, 2, 3, 4, 5, 6), w, floats(1, 2, 3, 4), b, floats(100));
        assertArrayEquals(floats(137, 147, 121, 114, 117, 106), y);
    }

    @Test
    void poolingByHand() {
        PoolGeometry g = new PoolGeometry(Padding.SAME.rows(3, 2, 2, 1), Padding.SAME.columns(3, 2, 2, 1), 1);
        Value x = value("x", 3, 3, 1);
        float[] elements = floats(1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertArrayEquals(floats(5, 6, 8, 9), run(new MaxPool2d(x, value("y", 2, 2, 1), g), x, elements));
        // Padding does not count: the last mean is that of one pixel.
        assertArrayEquals(floats(3, 4.5, 7.5, 9), run(new AveragePool2d(x, value("y", 2, 2, 1), g), x, elements));
    }

    @Test
    void productByHand() {
        Value a = Value.unbatched("a", Shape.of(2, 2));
        Value b = Value.unbatched("b", Shape.of(2, 2));
        MatMul product = new MatMul(a, b, null, Value.unbatched("y", Shape.of(2, 2)), false, true, Activation.LINEAR);
        assertArrayEquals(floats(17, 23, 39, 53), run(product, a, floats(1, 2, 3, 4), b, floats(5, 6, 7, 8)));
    }

    @ParameterizedTest
    @CsvSource({
        "ELU, -1, -0.6321205588285577",
        "SELU, -1, -1.1113307378125628",
        "SELU, 2, 2.101401974710961",
        "GELU, 1, 0.8413447460685429",
        "GELU, -2, -0.04550026389635842",
        "GELU_TANH, 1, 0.8411919906082768",
        "SWISH, 1, 0.7310585786300049",
        "SIGMOID, 2, 0.8807970779778823",
        "TANH, 0.5, 0.46211715726000973",
        "SOFTPLUS, 0, 0.6931471805599453",
        "RELU, -3, 0",
        "LINEAR, 7, 7"
    })
    void activationsHaveTheirKnownValues(Kind kind, double x, double y) {
        assertEquals(y, Functions.value(Activation.of(kind), x), 1e-12);
    }

    @Test
    void reluWithAllItsParameters() {
        Activation f = new Activation(Kind.RELU, 0.5f, 6, 1);
        Value x = value("x", 5);
        float[] y = run(new Activate(x, value("y", 5), f), x, floats(-1, 0.5, 1, 3, 9));
        assertArrayEquals(floats(-1, -0.25, 1, 3, 6), y);
    }

    @Test
    void softmaxByHand() {
        Value x = value("x", 3);
        float[] y = run(new Softmax(x, value("y", 3)), x, floats(0, Math.log(2), Math.log(5)));
        assertArrayEquals(floats(0.125, 0.25, 0.625), y, 1e-7f);
    }

    @Test
    void equalHugeLogitsShareTheProbability() {
        Value x = value("x", 3);
        float[] huge = floats(1e38, 1e38, -1e38);
        assertArrayEquals(floats(0.5, 0.5, 0), run(new Softmax(x, value("y", 3)), x, huge));
        Value t = Value.input("t", Shape.SCALAR);
        LossFunction function = LossFunction.of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY)
                .onLogits();
        Loss loss = new Loss(x, t, Value.activation("loss", Shape.SCALAR), function);
        assertEquals(Math.log(2), run(loss, x, huge, t, floats(1))[0], 1e-7);
    }

    @ParameterizedTest
    @CsvSource({
        "CATEGORICAL_CROSSENTROPY, false, 0.25, 0.75, 0, 1, 0.28768207245178085",
        "CATEGORICAL_CROSSENTROPY, true, 0, 0, 0, 1, 0.6931471805599453",
        "CATEGORICAL_CROSSENTROPY, false, 1, 3, 0, 1, 0.28768207245178085",
        "BINARY_CROSSENTROPY, false, 0.5, 0.5, 0, 1, 0.6931471805599453",
        "BINARY_CROSSENTROPY, true, 0, 0, 0, 1, 0.6931471805599453",
        "MEAN_SQUARED_ERROR, false, 1, 5, 2, 2, 5",
        "MEAN_ABSOLUTE_ERROR, false, 1, 5, 2, 2, 2",
        "HUBER, false, 2.5, 5, 2, 2, 1.3125"
    })
    void lossesByHand(LossFunction.Kind kind, boolean logits, float p0, float p1, float t0, float t1, double want) {
        Value p = value("p", 2);
        Value t = Value.input("t", Shape.of(2));
        LossFunction function = new LossFunction(kind, logits, 0, 1);
        Loss loss = new Loss(p, t, Value.activation("loss", Shape.SCALAR), function);
        assertEquals(want, run(loss, p, floats(p0, p1), t, floats(t0, t1))[0], 1e-6);
    }

    @Test
    void labelSmoothingSpreadsAShareOfTheTarget() {
        Value p = value("p", 2);
        Value t = Value.input("t", Shape.of(1));
        LossFunction smoothed = new LossFunction(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY, false, 0.2f, 1);
        Loss loss = new Loss(p, t, Value.activation("loss", Shape.SCALAR), smoothed);
        double want = -0.1 * Math.log(0.25) - 0.9 * Math.log(0.75);
        assertEquals(want, run(loss, p, floats(0.25, 0.75), t, floats(1))[0], 1e-6);
    }

    @Test
    void batchNormalizationByHand() {
        Value x = value("x", 4, 1);
        Value[] c = new Value[6];
        for (int i = 0; i < 6; i++) {
            c[i] = Value.unbatched("c" + i, Shape.of(1));
        }
        BatchNormalization operation =
                new BatchNormalization(x, c[0], c[1], c[2], c[3], value("y", 4, 1), c[4], c[5], 0.75f, 0);
        GraphRun run = new GraphRun(1)
                .put(x, 1, 1, 5, 5)
                .put(c[0], 3)
                .put(c[1], 10)
                .put(c[2], 7)
                .put(c[3], 8)
                .of(new Graph(List.of(operation)));
        assertArrayEquals(floats(7, 7, 13, 13), run.get(operation.output()));
        assertArrayEquals(floats(3), run.get(c[4]));
        assertArrayEquals(floats(0.5), run.get(c[5]));
        assertArrayEquals(floats(0.75 * 7 + 0.25 * 3), run.get(c[2]));
        assertArrayEquals(floats(0.75 * 8 + 0.25 * 4), run.get(c[3]));
    }

    @Test
    void enlargingByHand() {
        Value x = value("x", 1, 2, 1);
        float[] elements = floats(1, 3);
        float[] nearest = run(new UpSample2d(x, value("y", 1, 4, 1), 1, 2, false), x, elements);
        float[] bilinear = run(new UpSample2d(x, value("y", 1, 4, 1), 1, 2, true), x, elements);
        assertArrayEquals(floats(1, 1, 3, 3), nearest);
        assertArrayEquals(floats(1, 1.5, 2.5, 3), bilinear);
    }

    @Test
    void clippingByHand() {
        Value g = Value.unbatched("g", Shape.of(2));
        assertArrayEquals(floats(6, 8), run(new ClipByNorm(g, 10), g, floats(30, 40)));
    }

    @Test
    void anArrayThatJavaCannotHoldIsRefused() {
        try (ReferenceBackend backend = new ReferenceBackend()) {
            OutOfMemoryException e = assertThrows(
                    OutOfMemoryException.class,
                    () -> backend.allocate("activations", ElementType.UINT8, Integer.MAX_VALUE));
            assertTrue(e.getMessage().contains("activations need 2147483647 elements in one piece"), e.getMessage());
            assertThrows(IllegalArgumentException.class, () -> backend.allocate("x", ElementType.UINT8, -1));
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @Test
    void closingTheBackendFreesItsMemory() {
        ReferenceBackend backend = new ReferenceBackend();
        Memory memory = backend.allocate("x", ElementType.FLOAT32, 10);
        backend.close();
        assertEquals(0, backend.allocatedBytes());
        assertThrows(IllegalStateException.class, () -> memory.fill(0, 1, 0));
    }

    @Test
    void stepsRefuseClosedAndForeignAndTooSmallMemory() {
        Value x = Value.input("x", Shape.of(8));
        Value y = Value.activation("y", Shape.of(8));
        Graph graph = new Graph(List.of(new Activate(x, y, Activation.RELU)));
        try (ReferenceBackend backend = new ReferenceBackend()) {
            Memory memory = backend.allocate("x", ElementType.FLOAT32, 512);
            Placement placement = new Placement();
            placement.put(x, memory, 0);
            placement.put(y, memory, 256);
            assertThrows(IllegalArgumentException.class, () -> backend.prepare(graph, placement, 33));
            var executable = backend.prepare(graph, placement, 32);
            memory.close();
            assertThrows(IllegalStateException.class, () -> executable.run(Run.inference(1, 0)));
        }
    }
}
