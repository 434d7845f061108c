package conv4j.onnx;

import static conv4j.onnx.OneNode.dims;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shapes, constants and the arithmetic of whole numbers are worked out while a graph is built. */
class KnownOperatorsTest {

    private static final int[] LIST = {3};

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    private static OnnxTensor result(OneNode node) {
        return node.run().get(0);
    }

    private static void gives(OneNode node, int type, int[] dims, long... numbers) {
        OnnxTensor y = result(node);
        assertEquals(type, y.type());
        assertArrayEquals(dims, y.dims());
        assertArrayEquals(numbers, y.longs());
        assertEquals("y0", y.name());
    }

    @ParameterizedTest
    @CsvSource({"Add, 9, 5, 11", "Sub, 5, -1, -13", "Mul, 14, 6, -12", "Div, 3, 0, -12"})
    void wholeNumbersAreAddedSubtractedMultipliedAndDividedTowardsZero(String operator, long a, long b, long c) {
        OneNode node = new OneNode(operator).longs(7, 2, operator.equals("Div") ? -12 : -1);
        long[] second = operator.equals("Div") ? new long[] {2, 3, 1} : new long[] {2, 3, 12};
        gives(node.longs(second), OnnxTensor.INT64, LIST, a, b, c);
    }

    @Test
    void aQuotientOfWholeNumbersLosesItsFractionOnBothSidesOfZero() {
        gives(new OneNode("Div").longs(7, -7, 7).longs(2, 2, -2), OnnxTensor.INT64, LIST, 3, -3, -3);
    }

    @Test
    void oneNumberMeetsAllOfAList() {
        OnnxTensor one = OnnxTensor.of("", new long[] {10});
        gives(new OneNode("Sub").constant(one).longs(1, 2, 3), OnnxTensor.INT64, LIST, 9, 8, 7);
        gives(new OneNode("Sub").longs(1, 2, 3).constant(one), OnnxTensor.INT64, LIST, -9, -8, -7);
        gives(new OneNode("Mul").constant(one).constant(one), OnnxTensor.INT64, dims(), 100);
    }

    @Test
    void resultsKeepToTheirType() {
        OnnxTensor bytes = new OnnxTensor("", OnnxTensor.UINT8, LIST, null, new long[] {200, 100, 1});
        gives(new OneNode("Add").constant(bytes).constant(bytes), OnnxTensor.UINT8, LIST, 144, 200, 2);
        gives(new OneNode("Gather").constant(bytes).longs(1), OnnxTensor.UINT8, dims(1), 100);
        gives(
                new OneNode("Concat").constant(bytes).constant(bytes).with("axis", 0L),
                OnnxTensor.UINT8,
                dims(6),
                200,
                100,
                1,
                200,
                100,
                1);
        gives(new OneNode("Slice").constant(bytes).longs(1).longs(2), OnnxTensor.UINT8, dims(1), 100);
    }

    @Test
    void arithmeticThatIsNotDoneHereIsRefused() {
        assertTrue(refusal(new OneNode("Div").longs(1).longs(0), FileFormatException.class)
                .contains("a shape is divided by 0"));
        assertTrue(refusal(new OneNode("Add").longs(1, 2).longs(1, 2, 3), Unsupported.class)
                .contains("Add 'it': arithmetic of int64 (2) and int64 (3) on the host"));
        OnnxTensor matrix = OnnxTensor.of("", new long[] {1, 2, 3, 4}, 2, 2);
        assertTrue(refusal(new OneNode("Add").constant(matrix).constant(matrix), Unsupported.class)
                .contains("arithmetic of int64 (2, 2) and int64 (2, 2) on the host"));
        assertTrue(refusal(new OneNode("Gather").constant(matrix).longs(0), Unsupported.class)
                .contains("Gather of int64 (2, 2) on the host"));
        assertTrue(refusal(new OneNode("ReduceProd").constant(matrix), Unsupported.class)
                .contains("ReduceProd of int64 (2, 2) on the host"));
        assertTrue(refusal(new OneNode("Concat").constant(matrix).longs(0), Unsupported.class)
                .contains("Concat of int64 (2, 2) on the host"));
        assertTrue(refusal(new OneNode("Slice").constant(matrix).longs(0).longs(1), Unsupported.class)
                .contains("Slice of int64 (2, 2) on the host"));
    }

    @Test
    void elementsOfShapesArePickedFromBothEnds() {
        gives(new OneNode("Gather").longs(5, 6, 7).longs(-1, 0, -3), OnnxTensor.INT64, LIST, 7, 5, 5);
        OnnxTensor scalar = OnnxTensor.of("", new long[] {1});
        gives(new OneNode("Gather").longs(5, 6, 7).constant(scalar), OnnxTensor.INT64, dims(), 6);
        assertTrue(refusal(new OneNode("Gather").longs(5, 6).longs(2), FileFormatException.class)
                .contains("Gather 'it': there is no axis 2 of 2"));
    }

    @Test
    void shapesAreJoinedAndCut() {
        gives(new OneNode("Concat").longs(1, 2).longs().longs(3), OnnxTensor.INT64, LIST, 1, 2, 3);
        gives(new OneNode("Slice").longs(1, 2, 3, 4).longs(1).longs(-1), OnnxTensor.INT64, dims(2), 2, 3);
        gives(new OneNode("Slice").longs(1, 2, 3, 4).longs(-2).longs(100), OnnxTensor.INT64, dims(2), 3, 4);
        gives(new OneNode("Slice").longs(1, 2, 3, 4).longs(-100).longs(1), OnnxTensor.INT64, dims(1), 1);
        gives(new OneNode("Slice").longs(1, 2, 3, 4).longs(3).longs(1), OnnxTensor.INT64, dims(0));
        gives(new OneNode("Slice").longs(1, 2, 3).longs(0).longs(2).longs(0).longs(1), OnnxTensor.INT64, dims(2), 1, 2);
        assertTrue(refusal(
                        new OneNode("Slice")
                                .longs(1, 2, 3)
                                .longs(0)
                                .longs(2)
                                .longs(0)
                                .longs(2),
                        Unsupported.class)
                .contains("a slice with steps of a shape"));
        assertTrue(refusal(new OneNode("Slice").longs(1, 2, 3).longs(0, 1).longs(2, 2), Unsupported.class)
                .contains("a slice with steps of a shape"));
    }

    @Test
    void axesAreAddedToAndTakenFromWholeNumbers() {
        OnnxTensor scalar = OnnxTensor.of("", new long[] {9});
        gives(new OneNode("Unsqueeze").constant(scalar).longs(0), OnnxTensor.INT64, dims(1), 9);
        gives(new OneNode("Squeeze").longs(9).longs(0), OnnxTensor.INT64, dims(), 9);
        gives(new OneNode("Squeeze").opset(11).with("axes", new long[] {0}).longs(9), OnnxTensor.INT64, dims(), 9);
        gives(new OneNode("Reshape").longs(1, 2, 3, 4).longs(2, -1), OnnxTensor.INT64, dims(2, 2), 1, 2, 3, 4);
        gives(new OneNode("ReduceProd").longs(2, 3, 4), OnnxTensor.INT64, dims(1), 24);
        gives(new OneNode("ReduceProd").longs(2, 3, 4).with("keepdims", 0L), OnnxTensor.INT64, dims(), 24);
    }

    @Test
    void theShapeOfATensorOrAPartOfIt() {
        float[] values = new float[24];
        gives(new OneNode("Shape").data(dims(2, 3, 4), values), OnnxTensor.INT64, LIST, 2, 3, 4);
        gives(new OneNode("Shape").data(dims(2, 3, 4), values).with("start", 1L), OnnxTensor.INT64, dims(2), 3, 4);
        gives(new OneNode("Shape").data(dims(2, 3, 4), values).with("start", -1L), OnnxTensor.INT64, dims(1), 4);
        gives(new OneNode("Shape").data(dims(2, 3, 4), values).with("end", -1L), OnnxTensor.INT64, dims(2), 2, 3);
        gives(
                new OneNode("Shape")
                        .data(dims(2, 3, 4), values)
                        .with("start", 2L)
                        .with("end", 1L),
                OnnxTensor.INT64,
                dims(0));
        gives(new OneNode("Size").data(dims(2, 3, 4), values), OnnxTensor.INT64, dims(), 24);
        gives(new OneNode("Size").constant(dims(5), new float[5]), OnnxTensor.INT64, dims(), 5);
    }

    @Test
    void constantsAreGivenInAnyOfFourWays() {
        new OneNode("Constant").with("value_float", 2.5f).gives(dims(), 2.5);
        new OneNode("Constant").with("value_floats", new float[] {1, 2}).gives(dims(2), 1, 2);
        gives(new OneNode("Constant").with("value_int", 7L), OnnxTensor.INT64, dims(), 7);
        gives(new OneNode("Constant").with("value_ints", new long[] {7, 8}), OnnxTensor.INT64, dims(2), 7, 8);
        new OneNode("Constant")
                .with("value", OnnxTensor.of("v", new float[] {1, 2, 3, 4}, 2, 2))
                .gives(dims(2, 2), 1, 2, 3, 4);
        assertTrue(refusal(new OneNode("Constant").with("value_string", "text"), Unsupported.class)
                .contains("Constant 'it': a constant that is no tensor of numbers"));
    }

    @Test
    void aConstantOfAShapeHasOneNumberEverywhere() {
        new OneNode("ConstantOfShape").longs(2, 2).gives(dims(2, 2), 0, 0, 0, 0);
        new OneNode("ConstantOfShape")
                .longs(2)
                .with("value", OnnxTensor.of("", new float[] {1.5f}, 1))
                .gives(dims(2), 1.5, 1.5);
        OnnxTensor seven = new OnnxTensor("", OnnxTensor.INT32, dims(1), null, new long[] {7});
        gives(new OneNode("ConstantOfShape").longs(3).with("value", seven), OnnxTensor.INT32, LIST, 7, 7, 7);
        OnnxTensor two = OnnxTensor.of("", new float[] {1, 2}, 2);
        assertTrue(refusal(new OneNode("ConstantOfShape").longs(3).with("value", two), FileFormatException.class)
                .contains("attribute 'value' must be one number, but is float (2)"));
        assertTrue(refusal(new OneNode("ConstantOfShape").longs(8193, 8192), Unsupported.class)
                .contains("a constant of 67117056 elements that is not in the file"));
        // 2^26 elements are the most that are allowed.
        assertEquals(1 << 26, KnownOperators.limited(1L << 26));
    }

    @Test
    void aCastWrapsWholeNumbersAndKeepsFloats() {
        gives(
                new OneNode("Cast").longs(257, -1, 3).with("to", (long) OnnxTensor.UINT8),
                OnnxTensor.UINT8,
                LIST,
                1,
                255,
                3);
        gives(new OneNode("Cast").longs(2, 0, 1).with("to", (long) OnnxTensor.BOOL), OnnxTensor.BOOL, LIST, 1, 0, 1);
        OnnxTensor doubles = result(new OneNode("Cast").longs(2, 3).with("to", (long) OnnxTensor.DOUBLE));
        assertEquals(OnnxTensor.DOUBLE, doubles.type());
        assertArrayEquals(new float[] {2, 3}, doubles.floats());
        new OneNode("Cast")
                .data(dims(2), 1.5f, 2)
                .with("to", (long) OnnxTensor.FLOAT)
                .gives(dims(2), 1.5, 2);
        assertTrue(
                refusal(new OneNode("Cast").data(dims(1), 1.5f).with("to", (long) OnnxTensor.INT64), Unsupported.class)
                        .contains("Cast 'it': a cast to int64"));
        OnnxTensor half = new OnnxTensor("", OnnxTensor.FLOAT16, dims(1), new float[] {1}, null);
        assertTrue(refusal(new OneNode("Cast").data(half), Unsupported.class).contains("a cast to float"));
    }

    private static OneNode range(long start, long limit, long delta) {
        return new OneNode("Range")
                .constant(OnnxTensor.of("", new long[] {start}))
                .constant(OnnxTensor.of("", new long[] {limit}))
                .constant(OnnxTensor.of("", new long[] {delta}));
    }

    @Test
    void aRangeEndsBeforeItsLimitInBothDirections() {
        gives(range(0, 6, 2), OnnxTensor.INT64, LIST, 0, 2, 4);
        gives(range(1, 6, 2), OnnxTensor.INT64, LIST, 1, 3, 5);
        gives(range(1, 7, 2), OnnxTensor.INT64, LIST, 1, 3, 5);
        gives(range(5, 0, -2), OnnxTensor.INT64, LIST, 5, 3, 1);
        gives(range(5, -1, -2), OnnxTensor.INT64, LIST, 5, 3, 1);
        gives(range(3, 3, 1), OnnxTensor.INT64, dims(0));
        gives(range(3, 0, 1), OnnxTensor.INT64, dims(0));
        assertTrue(
                refusal(range(0, 3, 0), FileFormatException.class).contains("Range 'it': a step of 0 leads nowhere"));
        OneNode real =
                new OneNode("Range").constant(dims(), 0).constant(dims(), 2).constant(dims(), 1);
        assertTrue(refusal(real, Unsupported.class).contains("a range of floating-point numbers"));
    }
}
