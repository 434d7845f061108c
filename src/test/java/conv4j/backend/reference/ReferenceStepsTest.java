package conv4j.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.Accumulate;
import conv4j.graph.Dropout;
import conv4j.graph.ElementType;
import conv4j.graph.Gather;
import conv4j.graph.Graph;
import conv4j.graph.Metric;
import conv4j.graph.Operation;
import conv4j.graph.Update;
import conv4j.graph.Value;
import conv4j.random.Philox;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the oracle does around the layers (optimizers, metrics, totals, batches, masks), against numbers worked out by hand. */
class ReferenceStepsTest {

    /** What lies between values and in items beyond the batch: it must neither be read nor written. */
    private static final float CANARY = Float.intBitsToFloat(0x7FC12345);

    private static final int GAP = 5;

    private final ReferenceBackend backend = new ReferenceBackend();
    private final Map<Value, float[]> floats = new LinkedHashMap<>();
    private final List<Memory> memories = new ArrayList<>();
    private final Placement placement = new Placement();

    @AfterEach
    void closeTheBackend() {
        backend.close();
    }

    private Value state(String name, double... elements) {
        return put(Value.state(name, Shape.of(elements.length)), elements);
    }

    private Value put(Value value, double... elements) {
        floats.put(value, toFloats(elements));
        return value;
    }

    private static float[] toFloats(double... elements) {
        float[] result = new float[elements.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) elements[i];
        }
        return result;
    }

    /** Runs one operation on a batch of the largest size; afterwards {@link #get} returns what every value holds. */
    private void execute(Operation operation, Run run, int maxBatch) {
        Map<Value, Memory> places = new LinkedHashMap<>();
        floats.forEach((value, elements) -> {
            Memory memory = backend.allocate("value", ElementType.FLOAT32, elements.length + 2L * GAP);
            memory.fill(0, memory.elements(), CANARY);
            memory.write(GAP, elements, 0, elements.length);
            placement.put(value, memory, GAP);
            places.put(value, memory);
        });
        try (Executable executable = backend.prepare(new Graph(List.of(operation)), placement, maxBatch)) {
            executable.run(run);
        }
        places.forEach((value, memory) -> {
            float[] all = new float[(int) memory.elements()];
            memory.read(0, all, 0, all.length);
            for (int i = 0; i < GAP; i++) {
                assertCanary(all[i], value);
                assertCanary(all[all.length - 1 - i], value);
            }
            floats.put(value, Arrays.copyOfRange(all, GAP, all.length - GAP));
        });
    }

    private static void assertCanary(float element, Value value) {
        assertEquals(Float.floatToRawIntBits(CANARY), Float.floatToRawIntBits(element), "beside " + value);
    }

    private void assertHolds(Value value, double... expected) {
        assertArrayEquals(toFloats(expected), floats.get(value), 1e-6f, value.name());
    }

    private static Run step(double c0, double c1, double c2, double c3) {
        return new Run(1, 0, 0, 0, (float) c0, (float) c1, (float) c2, (float) c3);
    }

    private static Update.Rule rule(Update.Kind kind, double beta1, double beta2, boolean variant) {
        return new Update.Rule(kind, (float) beta1, (float) beta2, 0.5f, variant, false, 0, Float.POSITIVE_INFINITY);
    }

    private Value update(Update.Rule rule, Run run, Value gradients, Value... slots) {
        Value w = state("w", 1, 1);
        execute(new Update(rule, w, gradients, List.of(slots)), run, 1);
        return w;
    }

    @Test
    void descentByHand() {
        Value w = update(rule(Update.Kind.SGD, 0, 0, false), step(0.1, 9, 9, 9), state("g", 0.5, -2));
        assertHolds(w, 0.95, 1.2);
    }

    @Test
    void momentumByHand() {
        Value m = state("m", 0.2, 0);
        Value w = update(rule(Update.Kind.SGD, 0.5, 0, false), step(0.1, 9, 9, 9), state("g", 0.5, -2), m);
        assertHolds(m, 0.05, 0.2);
        assertHolds(w, 1.05, 1.2);
    }

    @Test
    void nesterovByHand() {
        Value m = state("m", 0.2, 0);
        Value w = update(rule(Update.Kind.SGD, 0.5, 0, true), step(0.1, 9, 9, 9), state("g", 0.5, -2), m);
        assertHolds(m, 0.05, 0.2);
        assertHolds(w, 1 + 0.025 - 0.05, 1 + 0.1 + 0.2);
    }

    /** Half of a tenth of the weight decays, and the gradient of 0.5 counts as 0.25. */
    @Test
    void decayAndClippingByHand() {
        Update.Rule rule = new Update.Rule(Update.Kind.SGD, 0, 0, 0, false, false, 0.5f, 0.25f);
        Value w = update(rule, step(0.1, 9, 9, 9), state("g", 0.5, -2));
        assertHolds(w, 0.95 - 0.025, 0.95 + 0.025);
    }

    /** w = 4 loses half of a tenth of itself. */
    @Test
    void aLargeWeightDecaysByItsShare() {
        Update.Rule rule = new Update.Rule(Update.Kind.SGD, 0, 0, 0, false, false, 0.5f, 1);
        Value w = state("w", 4, -8);
        execute(new Update(rule, w, state("g", 0, 0), List.of()), step(0.1, 9, 9, 9), 1);
        assertHolds(w, 3.8, -7.6);
    }

    @Test
    void aGradientThatIsNotANumberIsNotClippedAway() {
        Update.Rule rule = new Update.Rule(Update.Kind.SGD, 0, 0, 0, false, false, 0, 0.25f);
        Value w = update(rule, step(0.1, 9, 9, 9), state("g", Double.NaN, Double.NEGATIVE_INFINITY));
        assertHolds(w, Double.NaN, 1.025);
    }

    /** v = 0.75 * 4 + 0.25 * 16 = 7; d = 0.1 * 4 / sqrt(7 + 2). */
    @Test
    void meanSquaresByHand() {
        Value v = state("v", 4, 0);
        Value w = update(rule(Update.Kind.RMSPROP, 0, 0.75, false), step(0.1, 9, 2, 9), state("g", 4, 0), v);
        assertHolds(v, 7, 0);
        assertHolds(w, 1 - 0.4 / 3, 1);
    }

    /** v = 0.75 * 0 + 0.25 * 64 = 16; d = 0.1 * 8 / (sqrt(16) + 1). */
    @Test
    void epsilonMayBeOutsideTheRoot() {
        Update.Rule outside =
                new Update.Rule(Update.Kind.RMSPROP, 0, 0.75f, 0.5f, false, true, 0, Float.POSITIVE_INFINITY);
        Value w = update(outside, step(0.1, 9, 1, 9), state("g", 8, 0), state("v", 0, 1));
        assertHolds(w, 1 - 0.16, 1);
    }

    /** v = 0.75 * 4 + 0.25 * 16 = 7; a = 0.75 * 2 + 0.25 * 4 = 2.5; d = 0.1 * 4 / sqrt(7 - 6.25 + 0.25); m = 0.5 * 0.2 + d. */
    @Test
    void centeredMeanSquaresWithMomentumByHand() {
        Value v = state("v", 4, 0);
        Value a = state("a", 2, 0);
        Value m = state("m", 0.2, 0);
        Value w = update(rule(Update.Kind.RMSPROP, 0.5, 0.75, true), step(0.1, 9, 0.25, 9), state("g", 4, 0), v, a, m);
        assertHolds(v, 7, 0);
        assertHolds(a, 2.5, 0);
        assertHolds(m, 0.5, 0);
        assertHolds(w, 0.5, 1);
    }

    /** m = 0.5 * 1 + 0.5 * 2 = 1.5; v = 0.75 * 4 + 0.25 * 4 = 4; 0.1 * 1.5 / (2 + 0.5). */
    @Test
    void adamByHand() {
        Value m = state("m", 1, 0);
        Value v = state("v", 4, 0);
        Value w = update(rule(Update.Kind.ADAM, 0.5, 0.75, false), step(9, 0.1, 0.5, 9), state("g", 2, 0), m, v);
        assertHolds(m, 1.5, 0);
        assertHolds(v, 4, 0);
        assertHolds(w, 1 - 0.06, 1);
    }

    /** The largest mean square so far is 9 in one place, the new one of 4 in the other. */
    @Test
    void amsgradKeepsTheLargest() {
        Value largest = state("largest", 9, 1);
        Value w = update(
                rule(Update.Kind.ADAM, 0.5, 0.75, true),
                step(9, 0.1, 0.5, 9),
                state("g", 2, 2),
                state("m", 1, 1),
                state("v", 4, 4),
                largest);
        assertHolds(largest, 9, 4);
        assertHolds(w, 1 - 0.15 / 3.5, 1 - 0.15 / 2.5);
    }

    /** u = max(0.75 * 4, |g|): 3 in one place, 5 in the other. */
    @Test
    void adamaxByHand() {
        Value u = state("u", 4, 4);
        Value w = update(
                rule(Update.Kind.ADAMAX, 0.5, 0.75, false), step(9, 0.1, 1, 9), state("g", 2, -5), state("m", 1, 1), u);
        assertHolds(u, 3, 5);
        assertHolds(w, 1 - 0.15 / 4, 1 + 0.2 / 6);
    }

    /** m = 1.5, v = 4: (0.1 * 1.5 + 0.2 * 2) / (sqrt(4 * 0.25) + 0.5). */
    @Test
    void nadamByHand() {
        Value w = update(
                rule(Update.Kind.NADAM, 0.5, 0.75, false),
                step(9, 0.1, 0.2, 0.25),
                state("g", 2, 0),
                state("m", 1, 0),
                state("v", 4, 0));
        assertHolds(w, 1 - 0.55 / 1.5, 1);
    }

    private Value data(ElementType type, int items, int[] elements) {
        Memory memory = backend.allocate("data", type, elements.length + 2L);
        if (type == ElementType.UINT8) {
            byte[] bytes = new byte[elements.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) elements[i];
            }
            memory.write(2, bytes, 0, bytes.length);
        } else if (type == ElementType.INT32) {
            memory.write(2, elements, 0, elements.length);
        } else {
            memory.write(2, toFloats(Arrays.stream(elements).asDoubleStream().toArray()), 0, elements.length);
        }
        int size = elements.length / items;
        Value value = Value.data("data", type, size == 1 ? Shape.SCALAR : Shape.of(2, size / 2));
        placement.put(value, memory, 2);
        return value;
    }

    /** Items of (2, 2); the batch of two begins at place 1 of the order 0, 2, 1. */
    @ParameterizedTest
    @CsvSource({"UINT8, 255", "FLOAT32, 1000"})
    void gatheringByHand(ElementType type, int last) {
        Value items = data(type, 3, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, last});
        Value order = data(ElementType.INT32, 3, new int[] {0, 2, 1});
        Value y = put(Value.activation("y", Shape.of(2, 2)), 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1);
        Gather operation = new Gather(items, order, state("scale", 0.5, 2), state("shift", 100, 200), y);
        execute(operation, Run.inference(2, 1), 3);
        assertHolds(y, 104.5, 220, 105.5, 200 + 2 * last, 102.5, 212, 103.5, 216, -1, -1, -1, -1);
    }

    @Test
    void gatheringWithoutNormalization() {
        Value items = data(ElementType.UINT8, 2, new int[] {1, 2, 3, 200});
        Value order = data(ElementType.INT32, 2, new int[] {1, 0});
        Value y = put(Value.activation("y", Shape.of(2, 1)), 0, 0, 0, 0);
        execute(new Gather(items, order, null, null, y), Run.inference(2, 0), 2);
        assertHolds(y, 3, 200, 1, 2);
    }

    private Value total(double... total) {
        return state("total", total);
    }

    private Value perItem(double... items) {
        return put(Value.activation("per item", Shape.SCALAR), items);
    }

    @Test
    void totalsKeepWhatRoundingTook() {
        Value total = total(10, 0.25, 0);
        execute(new Accumulate(perItem(1, 2, Double.NaN), total), Run.inference(2, 0), 3);
        assertHolds(total, 12.75, 0, 0);
        Value large = total(16777216, 0, 0);
        execute(new Accumulate(perItem(1), large), Run.inference(1, 0), 1);
        assertHolds(large, 16777216, -1, 0);
    }

    @ParameterizedTest
    @CsvSource({"NaN, 0, 7", "Infinity, 0, 7", "1, 0, 0", "NaN, 3, 3"})
    void theFirstStepThatIsNotFiniteIsRemembered(float item, float before, float after) {
        Value total = total(0, 0, before);
        execute(new Accumulate(perItem(item), total), new Run(1, 6, 0, 0, 0, 0, 0, 0), 1);
        assertEquals(after, floats.get(total)[2]);
    }

    private double score(Metric.Kind kind, int k, double[] prediction, double... target) {
        floats.clear();
        Value p = put(Value.input("p", Shape.of(prediction.length)), prediction);
        Shape shape = target.length == 1 ? Shape.SCALAR : Shape.of(target.length);
        Value t = put(Value.input("t", shape), target);
        Value score = perItem(-1);
        execute(new Metric(p, t, score, kind, k), Run.inference(1, 0), 1);
        return floats.get(score)[0];
    }

    private static final double NAN = Double.NaN;

    @Test
    void theFirstLargestPredictionCounts() {
        Metric.Kind kind = Metric.Kind.CATEGORICAL_ACCURACY;
        assertEquals(1, score(kind, 0, new double[] {1, 3, 2}, 0, 1, 0));
        assertEquals(0, score(kind, 0, new double[] {1, 2, 3}, 0, 1, 0));
        assertEquals(1, score(kind, 0, new double[] {3, 3, 2}, 1, 0, 0), "the first of equals");
        assertEquals(0, score(kind, 0, new double[] {3, 3, 2}, 0, 1, 0), "not the second of equals");
        assertEquals(1, score(kind, 0, new double[] {NAN, -1, -2}, 0, 1, 0), "NaN is never the largest");
        assertEquals(1, score(kind, 0, new double[] {-1, NAN, -2}, 1, 0, 0), "NaN is never the largest");
        assertEquals(0, score(kind, 0, new double[] {NAN, NAN}, 1, 0), "nothing but NaN is never right");
        assertEquals(0, score(kind, 0, new double[] {NAN, NAN}, NAN, NAN), "nothing but NaN is never right");
    }

    @Test
    void classIndicesCountAsTheClassTheyName() {
        Metric.Kind kind = Metric.Kind.SPARSE_CATEGORICAL_ACCURACY;
        assertEquals(1, score(kind, 0, new double[] {1, 3, 2}, 1));
        assertEquals(0, score(kind, 0, new double[] {1, 3, 2}, 2));
        assertEquals(1, score(kind, 0, new double[] {3, 1, 2}, 0));
        assertEquals(0, score(kind, 0, new double[] {NAN, NAN, NAN}, -1), "no class is no class");
    }

    @Test
    void halvesAreNotAbove() {
        Metric.Kind kind = Metric.Kind.BINARY_ACCURACY;
        assertEquals(1, score(kind, 0, new double[] {0.6, 0.4, 0.5, 0.5}, 1, 0, 0, 0.5));
        assertEquals(0, score(kind, 0, new double[] {0.6, 0.4, 0.5, NAN}, 0, 1, 1, 0));
        assertEquals(0.75, score(kind, 0, new double[] {0.6, 0.4, 0.6, 0.4}, 1, 0, 1, 1));
    }

    @Test
    void fewerThanKMayBeLarger() {
        for (boolean sparse : new boolean[] {true, false}) {
            Metric.Kind kind = sparse ? Metric.Kind.SPARSE_TOP_K : Metric.Kind.TOP_K;
            double[] first = sparse ? new double[] {0} : new double[] {1, 0, 0};
            double[] third = sparse ? new double[] {2} : new double[] {0, 0, 1};
            assertEquals(0, score(kind, 1, new double[] {1, 3, 2}, first));
            assertEquals(0, score(kind, 2, new double[] {1, 3, 2}, first));
            assertEquals(1, score(kind, 3, new double[] {1, 3, 2}, first));
            assertEquals(1, score(kind, 2, new double[] {1, 3, 2}, third));
            assertEquals(1, score(kind, 1, new double[] {3, 3, 3}, third), "equals are not larger");
            assertEquals(0, score(kind, 3, new double[] {1, 3, NAN}, third), "NaN is never right");
        }
        assertEquals(0, score(Metric.Kind.SPARSE_TOP_K, 3, new double[] {1, 3, 2}, 3));
        assertEquals(0, score(Metric.Kind.SPARSE_TOP_K, 3, new double[] {1, 3, 2}, -1));
        assertEquals(0, score(Metric.Kind.SPARSE_TOP_K, 3, new double[] {1, 3, 2}, NAN));
        assertEquals(0, score(Metric.Kind.TOP_K, 3, new double[] {1, 3, 2}, NAN, NAN, NAN));
    }

    /** Two items of three rows each, in a memory for three items. */
    @Test
    void scoresAreMeansOverTheRowsOfAnItem() {
        Value p =
                put(Value.input("p", Shape.of(3, 2)), 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, NAN, NAN, NAN, NAN, NAN, NAN);
        Value t = put(Value.input("t", Shape.of(3)), 0, 0, 1, 1, 1, 1, 0, 0, 0);
        Value score = perItem(-1, -1, -1);
        execute(new Metric(p, t, score, Metric.Kind.SPARSE_CATEGORICAL_ACCURACY, 0), Run.inference(2, 0), 3);
        assertHolds(score, 2 / 3.0, 2 / 3.0, -1);
    }

    /** Word i mod 4 of block i / 4 under (seed; block, 0, step, stream) decides; what is kept grows by 1 / (1 - rate). */
    @Test
    void masksAreThoseOfPhilox() {
        double[] elements = new double[64];
        Arrays.fill(elements, 3);
        Value x = put(Value.input("x", Shape.of(8)), elements);
        Value y = put(Value.activation("y", Shape.of(8)), elements);
        long seed = 0x0000000700000005L;
        execute(new Dropout(x, y, 0.25f, 9), new Run(7, 11, seed, 0, 0, 0, 0, 0), 8);
        int[] words = new int[4];
        int dropped = 0;
        for (int i = 0; i < 56; i++) {
            Philox.block(5, 7, i / 4, 0, 11, 9, words);
            boolean kept = Integer.toUnsignedLong(words[i % 4]) >= 1L << 30;
            assertEquals(kept ? 4f : 0f, floats.get(y)[i], "element " + i);
            dropped += kept ? 0 : 1;
        }
        assertTrue(dropped > 5 && dropped < 25, "dropped " + dropped);
        assertEquals(3f, floats.get(y)[56], "beyond the batch");
    }
}
