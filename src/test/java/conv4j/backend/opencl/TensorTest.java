package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.graph.Graph;
import conv4j.graph.MatMul;
import conv4j.graph.Precision;
import conv4j.graph.Value;
import conv4j.selftest.GraphRun;
import conv4j.selftest.Selftest;
import conv4j.selftest.Settings;
import conv4j.selftest.Subject;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products with tensor cores, played where there are none: the layout of fragments, rounding, and when they are used. */
class TensorTest {

    private static final int ROWS = 36;
    private static final int INNER = 44;
    private static final int COLUMNS = 20;

    private final Value a = Value.unbatched("a", Shape.of(ROWS, INNER));
    private final Value b = Value.unbatched("b", Shape.of(INNER, COLUMNS));
    private final Value product = Value.unbatched("product", Shape.of(ROWS, COLUMNS));
    private final float[] left = reals(1, ROWS * INNER);
    private final float[] right = reals(2, INNER * COLUMNS);

    private static float[] reals(long seed, int size) {
        Random random = new Random(seed);
        float[] reals = new float[size];
        for (int i = 0; i < size; i++) {
            reals[i] = (float) random.nextGaussian();
        }
        return reals;
    }

    private float[] multiply(Backend backend, Precision precision) {
        Graph graph = new Graph(List.of(new MatMul(a, b, product)));
        graph.precision(precision);
        graph.retain(product);
        return new GraphRun(1).put(a, left).put(b, right).of(graph, backend).get(product);
    }

    /** The products in the order of k, in float. */
    private float[] expected(UnaryOperator<Float> rounding) {
        float[] sums = new float[ROWS * COLUMNS];
        for (int i = 0; i < sums.length; i++) {
            for (int k = 0; k < INNER; k++) {
                float x = rounding.apply(left[i / COLUMNS * INNER + k]);
                sums[i] = Math.fma(x, rounding.apply(right[k * COLUMNS + i % COLUMNS]), sums[i]);
            }
        }
        return sums;
    }

    /** To nearest, ties away from zero: 13 bits less. */
    private static float tf32(float x) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(x) + 0x1000 & ~0x1fff);
    }

    /** To nearest, ties to even: 16 bits less. */
    private static float bfloat16(float x) {
        int bits = Float.floatToRawIntBits(x);
        return Float.intBitsToFloat(bits + 0x7fff + (bits >> 16 & 1) & ~0xffff);
    }

    /** To nearest, ties to even: a multiple of 2^-10 of the largest power of two below, but of 2^-24 at least. */
    private static float binary16(float x) {
        double unit = Math.scalb(1.0, Math.max(Math.getExponent(x), -14) - 10);
        double rounded = Math.rint(x / unit) * unit;
        return (float) (Math.abs(rounded) > 65504 ? rounded * Double.POSITIVE_INFINITY : rounded);
    }

    /** The number of some bits, infinity's taken for 2^16. */
    private static double half(int bits) {
        int exponent = bits >> 10;
        int mantissa = bits & 0x3ff;
        return exponent == 0 ? mantissa * 0x1p-24 : Math.scalb(0x400 + mantissa, exponent - 25);
    }

    @Test
    void operandsAreRoundedToTf32() {
        try (OpenClBackend backend = TestDevice.open("tiles-tf32")) {
            assertEquals(Precision.TF32, backend.precision());
            assertArrayEquals(expected(TensorTest::tf32), multiply(backend, Precision.FLOAT32));
        }
    }

    @Test
    void operandsAreRoundedToBfloat16() {
        try (OpenClBackend backend = TestDevice.open("tiles-mixed")) {
            assertArrayEquals(expected(TensorTest::bfloat16), multiply(backend, Precision.FLOAT32));
        }
    }

    @Test
    void operandsAreRoundedToBinary16() {
        try (OpenClBackend backend = TestDevice.open("tiles-mixed_float16")) {
            assertArrayEquals(expected(TensorTest::binary16), multiply(backend, Precision.FLOAT32));
        }
    }

    /** Every third number of binary16, those between, and those beside them: subnormal numbers, ties, infinity. */
    @Test
    void everyKindOfNumberIsRoundedToBinary16() {
        List<Float> numbers = new ArrayList<>(List.of(0f, Float.MIN_VALUE, 65519.996f, 65520f, 1e38f, 0x1p-25f));
        for (int bits = 0; bits < 0x7c00; bits += 3) {
            float low = (float) half(bits);
            float middle = (float) (half(bits) / 2 + half(bits + 1) / 2);
            numbers.addAll(List.of(low, middle, Math.nextUp(middle), Math.nextDown(middle), -low, -middle));
        }
        float[] rows = new float[4 * numbers.size()]; // each a number and three zeros
        float[] wanted = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = i % 4 == 0 ? numbers.get(i / 4) : 0;
            wanted[i] = binary16(numbers.get(i / 4)) + 0f; // a sum that begins at 0 is never -0
        }
        Value x = Value.unbatched("x", Shape.of(numbers.size(), 4));
        Value first = Value.unbatched("first", Shape.of(4, 4));
        Value copies = x.like("copies");
        Graph graph = new Graph(List.of(new MatMul(x, first, copies)));
        graph.retain(copies);
        float[] ones = new float[16];
        Arrays.fill(ones, 0, 4, 1);
        try (OpenClBackend backend = TestDevice.open("tiles-mixed_float16")) {
            GraphRun run = new GraphRun(1).put(x, rows).put(first, ones);
            assertArrayEquals(wanted, run.of(graph, backend).get(copies));
        }
    }

    @Test
    void threeProductsAreAsAccurateAsFloat32() {
        try (OpenClBackend backend = TestDevice.open("tiles-3xtf32")) {
            float[] exact = expected(x -> x);
            float[] three = multiply(backend, Precision.FLOAT32);
            float[] one = expected(TensorTest::tf32);
            assertTrue(distance(three, exact) < 2e-5, "three: " + distance(three, exact));
            assertTrue(distance(one, exact) > 1e-3, "one: " + distance(one, exact));
        }
    }

    private static double distance(float[] some, float[] others) {
        double most = 0;
        for (int i = 0; i < some.length; i++) {
            most = Math.max(most, Math.abs(some[i] - others[i]));
        }
        return most;
    }

    /** A permission: a device without tensor cores computes what it always does. */
    @ParameterizedTest
    @ValueSource(strings = {"tiles", "vectors-8"})
    void aDeviceWithoutTensorCoresComputesInFloat32(String variant) {
        try (OpenClBackend backend = TestDevice.open(variant)) {
            if (!backend.device().platform().contains("NVIDIA")) {
                assertArrayEquals(multiply(backend, Precision.FLOAT32), multiply(backend, Precision.MIXED));
            }
            assertEquals(Precision.FLOAT32, backend.precision());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiles-3xtf32", "tiles-tf32", "tiles-mixed", "tiles-mixed_float16"})
    void aFewOfAllGeometriesKeepTheContract(String variant) {
        try (OpenClBackend backend = TestDevice.open(variant)) {
            for (String words : List.of("exact on integers", "bound of")) {
                Selftest selftest = new Selftest(new Subject(backend, variant, Settings.TINY));
                assertEquals(List.of(), selftest.run(words, (number, count, title) -> {}));
            }
        }
    }
}
