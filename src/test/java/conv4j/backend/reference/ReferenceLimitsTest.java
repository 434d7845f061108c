package conv4j.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Placement;
import conv4j.graph.Activate;
import conv4j.graph.Activation;
import conv4j.graph.Activation.Kind;
import conv4j.graph.BatchNormalization;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Shape;
import conv4j.shape.Window;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle where formulas change over, at NaN and infinity, and the accounts of its memory. */
class ReferenceLimitsTest {

    private static final float NAN = Float.NaN;
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private static float loss(LossFunction function, float[] p, float... t) {
        Value prediction = Value.input("p", Shape.of(p.length));
        Value target = Value.input("t", function.sparse() ? Shape.SCALAR : Shape.of(t.length));
        Value loss = Value.activation("loss", Shape.SCALAR);
        return new GraphRun(1)
                .put(prediction, p)
                .put(target, t)
                .of(new Graph(List.of(new Loss(prediction, target, loss, function))))
                .get(loss)[0];
    }

    private static float[] lossGradient(LossFunction function, float[] p, float... t) {
        Value prediction = Value.input("p", Shape.of(p.length));
        Value target = Value.input("t", function.sparse() ? Shape.SCALAR : Shape.of(t.length));
        Value gradient = prediction.like("dp");
        return new GraphRun(1)
                .put(prediction, p)
                .put(target, t)
                .of(new Graph(List.of(new Loss.Gradient(prediction, target, gradient, function))))
                .get(gradient);
    }

    private static LossFunction of(LossFunction.Kind kind) {
        return LossFunction.of(kind);
    }

    /** delta = 2: e^2 / 2 up to there, then 2 |e| - 2. */
    @ParameterizedTest
    @CsvSource({"1, 0.5, 1", "2, 2, 2", "3, 4, 2", "-3, 4, -2", "-1, 0.5, -1"})
    void huberChangesOverAtDelta(float error, float value, float derivative) {
        LossFunction huber = new LossFunction(LossFunction.Kind.HUBER, false, 0, 2);
        assertEquals(value, loss(huber, new float[] {error}, 0));
        assertEquals(derivative, lossGradient(huber, new float[] {error}, 0)[0]);
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, 3, Float.NaN, Float.POSITIVE_INFINITY})
    void aClassThatIsNotThereGivesNaN(float index) {
        for (LossFunction function : new LossFunction[] {
            of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY),
            of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY).onLogits()
        }) {
            assertTrue(Float.isNaN(loss(function, new float[] {0.5f, 0.25f, 0.25f}, index)));
            assertTrue(Float.isNaN(lossGradient(function, new float[] {0.5f, 0.25f, 0.25f}, index)[0]));
        }
    }

    @Test
    void theFirstAndTheLastClassAreThere() {
        LossFunction function = of(LossFunction.Kind.SPARSE_CATEGORICAL_CROSSENTROPY);
        assertEquals((float) Math.log(2), loss(function, new float[] {0.5f, 0.25f, 0.25f}, 0));
        assertEquals((float) Math.log(4), loss(function, new float[] {0.5f, 0.25f, 0.25f}, 2));
    }

    /** Targets need not add up to 1: softmax(p) * sum(t) - t. */
    @Test
    void crossEntropyOfUnevenTargetsByHand() {
        LossFunction function = of(LossFunction.Kind.CATEGORICAL_CROSSENTROPY).onLogits();
        float[] gradient = lossGradient(function, new float[] {5, 5}, 2, 2);
        assertArrayEquals(new float[] {0, 0}, gradient);
        assertArrayEquals(new float[] {-1, 1}, lossGradient(function, new float[] {5, 5}, 3, 1));
    }

    /** Outside of [EPSILON, 1 - EPSILON] the clipped probability does not move with p. */
    @Test
    void clippedProbabilitiesHaveNoGradient() {
        LossFunction binary = of(LossFunction.Kind.BINARY_CROSSENTROPY);
        assertArrayEquals(new float[] {0, 0}, lossGradient(binary, new float[] {0, 1}, 1, 0));
        assertArrayEquals(new float[] {-1, 1}, lossGradient(binary, new float[] {0.5f, 0.5f}, 1, 0));
        float largest = (float) -Math.log(LossFunction.EPSILON);
        assertEquals(largest, loss(binary, new float[] {0}, 1), 1e-5f);
        assertEquals(
                (float) -Math.log(1 - (double) (1 - LossFunction.EPSILON)), loss(binary, new float[] {1}, 0), 1e-5f);
        assertTrue(Float.isNaN(loss(binary, new float[] {NAN}, 1)));
        LossFunction categorical = of(LossFunction.Kind.CATEGORICAL_CROSSENTROPY);
        assertArrayEquals(new float[] {0, 0}, lossGradient(categorical, new float[] {0, 1}, 1, 0));
        assertEquals(largest, loss(categorical, new float[] {0, 1}, 1, 0), 1e-5f);
        assertTrue(Float.isNaN(loss(categorical, new float[] {NAN, 1}, 1, 0)));
    }

    private static float activated(Activation activation, float x) {
        Value input = Value.input("x", Shape.of(1));
        Value output = input.like("y");
        return new GraphRun(1)
                .put(input, x)
                .of(new Graph(List.of(new Activate(input, output, activation))))
                .get(output)[0];
    }

    private static float slope(Activation activation, float saved) {
        Value upstream = Value.input("dy", Shape.of(1));
        Value kept = upstream.like("saved");
        Value gradient = upstream.like("dx");
        return new GraphRun(1)
                .put(upstream, 1)
                .put(kept, saved)
                .of(new Graph(List.of(new Activate.Gradient(upstream, kept, gradient, activation))))
                .get(gradient)[0];
    }

    /** Maximum 6, slope 0.5 below the threshold of 2, where the function is 0. */
    @ParameterizedTest
    @CsvSource({"7, 6, 0", "6, 6, 0", "5, 5, 1", "2, 2, 0.5", "1, -0.5, 0.5", "-2, -2, 0.5"})
    void rectifiersChangeOverAtThresholdAndMaximum(float x, float y, float derivative) {
        Activation relu = new Activation(Kind.RELU, 0.5f, 6, 2);
        assertEquals(y, activated(relu, x));
        assertEquals(derivative, slope(relu, x), "kept is the input");
    }

    @ParameterizedTest
    @CsvSource({"6, 0", "5, 1", "0, 0", "0.5, 1"})
    void theSlopeOfABoundedRectifierFollowsFromItsOutput(float y, float derivative) {
        assertEquals(derivative, slope(new Activation(Kind.RELU, 0, 6, 0), y));
    }

    @Test
    void nothingBecomesNaNByInfinityAndNaNStays() {
        Activation relu = Activation.of(Kind.RELU);
        assertEquals(0f, activated(relu, -INFINITY), "0 * -infinity is NaN");
        assertEquals(INFINITY, activated(relu, INFINITY));
        assertEquals(-INFINITY, activated(Activation.leakyRelu(0.1f), -INFINITY));
        for (Kind kind : Kind.values()) {
            assertTrue(Float.isNaN(activated(Activation.of(kind), NAN)), kind.name());
        }
    }

    /** The derivatives at 0 of the two that are given by their output there. */
    @Test
    void exponentialUnitsChangeOverAtZero() {
        Activation elu = new Activation(Kind.ELU, 0.5f, INFINITY, 0);
        assertEquals(0.5f, slope(elu, 0));
        assertEquals(1f, slope(elu, Float.MIN_NORMAL));
        assertEquals(0.25f, slope(elu, -0.25f));
        Activation falling = new Activation(Kind.ELU, -0.5f, INFINITY, 0);
        assertEquals((float) (-0.5 * Math.exp(-2)), slope(falling, -2), "kept is the input");
        assertEquals(1f, slope(falling, 2), "kept is the input");
        double scaled = Activation.SELU_SCALE * Activation.SELU_ALPHA;
        assertEquals((float) scaled, slope(Activation.of(Kind.SELU), 0));
        assertEquals((float) Activation.SELU_SCALE, slope(Activation.of(Kind.SELU), 1));
        assertEquals(0f, activated(elu, 0));
        assertEquals(0f, activated(Activation.of(Kind.SELU), 0));
    }

    @Test
    void theFirstNaNOfAWindowIsItsMaximum() {
        PoolGeometry g = new PoolGeometry(new Window(1, 1, 1, 1, 0, 0), new Window(4, 4, 1, 1, 0, 0), 1);
        Value x = Value.input("x", g.inputShape());
        Value y = Value.activation("y", g.outputShape());
        Value dy = y.like("dy");
        Value dx = x.like("dx");
        Operation gradient = new MaxPool2d.Gradient(x, y, dy, dx, g);
        GraphRun run = new GraphRun(1).put(x, 9, NAN, 10, NAN).put(y, NAN).put(dy, 3);
        assertArrayEquals(
                new float[] {0, 3, 0, 0}, run.of(new Graph(List.of(gradient))).get(dx));
        GraphRun equals = new GraphRun(1).put(x, 1, 5, 5, 2).put(y, 5).put(dy, 3);
        assertArrayEquals(
                new float[] {0, 3, 0, 0},
                equals.of(new Graph(List.of(gradient))).get(dx));
        GraphRun forward = new GraphRun(1).put(x, NAN, 9, 10, 11);
        assertTrue(Float.isNaN(
                forward.of(new Graph(List.of(new MaxPool2d(x, y, g)))).get(y)[0]));
    }

    /** x = 1, 5: mean 3, variance 4; with an epsilon of 5 the deviation is 3. */
    @Test
    void epsilonIsAddedToTheVariance() {
        Value x = Value.input("x", Shape.of(2, 1));
        Value[] c = new Value[6];
        for (int i = 0; i < 6; i++) {
            c[i] = Value.unbatched("c" + i, Shape.of(1));
        }
        Value y = x.like("y");
        Operation operation = new BatchNormalization(x, c[0], c[1], c[2], c[3], y, c[4], c[5], 0.5f, 5);
        GraphRun run = new GraphRun(1).put(x, 1, 5);
        for (int i = 0; i < 4; i++) {
            run.put(c[i], i == 0 ? 3 : 0);
        }
        run.of(new Graph(List.of(operation)));
        assertArrayEquals(new float[] {-2, 2}, run.get(y));
        assertArrayEquals(new float[] {(float) (1.0 / 3)}, run.get(c[5]));
    }

    @Test
    void elementsAreWrittenAsTheTypeThatTheMemoryHas() {
        try (ReferenceBackend backend = new ReferenceBackend()) {
            Memory ints = backend.allocate("ints", ElementType.INT32, 4);
            Memory floats = backend.allocate("floats", ElementType.FLOAT32, 4);
            assertThrows(IllegalArgumentException.class, () -> ints.write(0, new float[1], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> ints.write(0, new byte[1], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> floats.write(0, new int[1], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> ints.read(0, new float[1], 0, 1));
            assertThrows(IllegalArgumentException.class, () -> ints.fill(0, 1, 0));
        }
    }

    @Test
    void memoryIsCountedInBytes() {
        try (ReferenceBackend backend = new ReferenceBackend()) {
            assertEquals("reference", backend.device().id());
            Memory bytes = backend.allocate("bytes", ElementType.UINT8, 10);
            Memory ints = backend.allocate("ints", ElementType.INT32, 10);
            backend.allocate("nothing", ElementType.FLOAT32, 0);
            assertEquals(50, backend.allocatedBytes());
            ints.close();
            ints.close();
            assertEquals(10, backend.allocatedBytes());
            bytes.close();
            assertEquals(0, backend.allocatedBytes());
            assertEquals(50, backend.peakBytes());
            assertThrows(IllegalArgumentException.class, () -> backend.allocate("less", ElementType.UINT8, -1));
        }
    }

    @Test
    void moreThanTheHeapIsRefusedWithWhatIsLeft() {
        try (ReferenceBackend backend = new ReferenceBackend()) {
            long heap = Runtime.getRuntime().maxMemory();
            long elements = Math.min(heap / 4 + 1, Integer.MAX_VALUE - 8L);
            if (4 * elements > heap) {
                OutOfMemoryException e = assertThrows(
                        OutOfMemoryException.class, () -> backend.allocate("floats", ElementType.FLOAT32, elements));
                assertEquals(4 * elements, e.neededBytes());
                assertEquals(heap, e.availableBytes());
            }
            OutOfMemoryException array = assertThrows(
                    OutOfMemoryException.class,
                    () -> backend.allocate("floats", ElementType.FLOAT32, Integer.MAX_VALUE - 7L));
            assertEquals(4 * (Integer.MAX_VALUE - 7L), array.neededBytes());
            assertEquals(4 * (Integer.MAX_VALUE - 8L), array.availableBytes());
            assertEquals(0, backend.allocatedBytes());
        }
    }

    @Test
    void elementsOfAnotherTypeOrBeforeTheMemoryAreRefused() {
        try (ReferenceBackend backend = new ReferenceBackend()) {
            Value x = Value.input("x", Shape.of(2));
            Graph graph = new Graph(List.of(new Activate(x, x.like("y"), Activation.RELU)));
            Memory ints = backend.allocate("ints", ElementType.INT32, 10);
            Placement placement = new Placement();
            placement.put(x, ints, 0);
            String type = assertThrows(IllegalArgumentException.class, () -> backend.prepare(graph, placement, 1))
                    .getMessage();
            assertTrue(type.contains("INT32, not FLOAT32"), type);
            Memory floats = backend.allocate("floats", ElementType.FLOAT32, 4);
            placement.put(x, floats, -1);
            String before = assertThrows(IllegalArgumentException.class, () -> backend.prepare(graph, placement, 1))
                    .getMessage();
            assertTrue(before.contains("at element -1"), before);
            placement.put(x, floats, 3);
            assertThrows(IllegalArgumentException.class, () -> backend.prepare(graph, placement, 1));
        }
    }
}
