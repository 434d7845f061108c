package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static conv4j.onnx.OneNode.spread;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products, the softmax family and reductions. */
class MatrixOperatorsTest {

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 2, 3, 3, 4", "1, 0, 3, 2, 3, 4", "0, 1, 2, 3, 4, 3", "1, 1, 3, 2, 4, 3"})
    void generalProductsTransposeAndScale(long transA, long transB, int a0, int a1, int b0, int b1) {
        new OneNode("Gemm")
                .with("transA", transA)
                .with("transB", transB)
                .data(dims(a0, a1), spread(6))
                .data(dims(b0, b1), spread(12))
                .isAsElsewhere();
        new OneNode("Gemm")
                .with("transA", transA)
                .with("transB", transB)
                .with("alpha", 0.5f)
                .with("beta", 2f)
                .data(dims(a0, a1), spread(6))
                .data(dims(b0, b1), spread(12))
                .data(dims(4), counted(4))
                .isAsElsewhere();
    }

    @Test
    void generalProductsAreOfMatrices() {
        OneNode cube = new OneNode("Gemm").data(dims(1, 2, 2), counted(4)).data(dims(2, 2), counted(4));
        assertTrue(
                refusal(cube, FileFormatException.class).contains("Gemm 'it' needs matrices, but was given (1, 2, 2)"));
    }

    @Test
    void productsAreThoseOfNumPy() {
        int[][][] shapes = {
            {{2, 3}, {3, 4}},
            {{3}, {3, 4}},
            {{2, 3}, {3}},
            {{3}, {3}},
            {{2, 2, 3}, {3, 4}},
            {{2, 2, 3}, {2, 3, 4}},
            {{2, 1, 2, 3}, {5, 3, 2}},
            {{3}, {2, 3, 4}},
            {{2, 2, 3}, {3}},
        };
        for (int[][] pair : shapes) {
            new OneNode("MatMul")
                    .data(pair[0], spread(Sizes.product(pair[0], "a")))
                    .data(pair[1], spread(Sizes.product(pair[1], "b")))
                    .isAsElsewhere();
        }
        for (int i = 0; i < 2; i++) {
            OneNode number =
                    new OneNode("MatMul").data(i == 0 ? dims() : dims(1), 2).data(i == 0 ? dims(1) : dims(), 2);
            assertTrue(refusal(number, FileFormatException.class)
                    .contains("MatMul 'it' needs matrices, but was given a number"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Softmax", "LogSoftmax", "Hardmax"})
    void softmaxIsTakenAlongAnyAxis(String operator) {
        new OneNode(operator).data(dims(2, 3, 4), spread(24)).isAsElsewhere();
        for (long axis = 0; axis < 3; axis++) {
            new OneNode(operator)
                    .data(dims(2, 3, 4), spread(24))
                    .with("axis", axis)
                    .isAsElsewhere();
            new OneNode(operator)
                    .opset(11)
                    .data(dims(2, 3, 4), spread(24))
                    .with("axis", axis)
                    .isAsElsewhere();
        }
        new OneNode(operator).opset(11).data(dims(2, 3, 4), spread(24)).isAsElsewhere();
        new OneNode(operator).opset(13).data(dims(2, 3, 4), spread(24)).isAsElsewhere();
    }

    @Test
    void theLogarithmOfSoftmaxDoesNotOverflow() {
        double below = -Math.log1p(Math.exp(-1));
        new OneNode("LogSoftmax").data(dims(1, 2), 1001, 1000).gives(dims(1, 2), below, below - 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ReduceMean",
                "ReduceMax",
                "ReduceMin",
                "ReduceProd",
                "ReduceL1",
                "ReduceL2",
                "ReduceLogSum",
                "ReduceSumSquare",
                "ReduceLogSumExp"
            })
    void reductionsTakeAnyAxesAndKeepThemOrNot(String operator) {
        float[] positive = spread(24);
        for (int i = 0; i < positive.length; i++) {
            positive[i] = operator.equals("ReduceLogSum") ? Math.abs(positive[i]) : positive[i];
        }
        new OneNode(operator).data(dims(2, 3, 4), positive).isAsElsewhere();
        new OneNode(operator).data(dims(2, 3, 4), positive).with("keepdims", 0L).isAsElsewhere();
        for (long[] axes : new long[][] {{0}, {1}, {-1}, {0, 2}}) {
            new OneNode(operator)
                    .data(dims(2, 3, 4), positive)
                    .with("axes", axes)
                    .isAsElsewhere();
            new OneNode(operator)
                    .data(dims(2, 3, 4), positive)
                    .with("axes", axes)
                    .with("keepdims", 0L)
                    .isAsElsewhere();
        }
    }

    @Test
    void axesAsAnInputMayBeNone() {
        new OneNode("ReduceSum").data(dims(2, 2), 1, 2, 3, 4).longs(1).gives(dims(2, 1), 3, 7);
        new OneNode("ReduceSum").data(dims(2, 2), 1, 2, 3, 4).longs().gives(dims(1, 1), 10);
        new OneNode("ReduceSum").data(dims(2, 2), 1, 2, 3, 4).gives(dims(1, 1), 10);
        new OneNode("ReduceSum")
                .with("noop_with_empty_axes", 1L)
                .data(dims(2, 2), 1, 2, 3, 4)
                .gives(dims(2, 2), 1, 2, 3, 4);
        new OneNode("ReduceLogSumExp")
                .opset(18)
                .with("noop_with_empty_axes", 1L)
                .data(dims(2), 1, 2)
                .gives(dims(2), 1, 2);
        new OneNode("ReduceSumSquare")
                .opset(18)
                .with("noop_with_empty_axes", 1L)
                .data(dims(2), 3, -2)
                .gives(dims(2), 9, 4);
    }

    @Test
    void theSumOfExponentialsDoesNotOverflow() {
        new OneNode("ReduceLogSumExp").data(dims(2), 100, 100).gives(dims(1), 100 + Math.log(2));
    }

    @ParameterizedTest
    @CsvSource({"ArgMax, 0", "ArgMax, 1", "ArgMin, 0", "ArgMin, 1"})
    void placesAreThoseOfTheFirstOrTheLastOfEqualNumbers(String operator, long last) {
        float[] ties = {3, 1, 3, 1, 2, 2, 2, 2, 1, 3, 1, 3};
        for (long axis = -1; axis < 2; axis++) {
            new OneNode(operator)
                    .data(dims(3, 4), ties)
                    .with("axis", axis)
                    .with("select_last_index", last)
                    .isAsElsewhere();
        }
        OneNode flat = new OneNode(operator)
                .data(dims(3, 4), ties)
                .with("keepdims", 0L)
                .with("select_last_index", last);
        flat.isAsElsewhere();
        assertEquals(1, flat.run().get(0).dims().length);
    }
}
