package conv4j.onnx;

import static conv4j.onnx.OneNode.assertSame;
import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Operators that change shapes only: the elements stay in their order, or are moved as a whole. */
class ShapeOperatorsTest {

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    private static OneNode reshape(long... target) {
        return new OneNode("Reshape").data(dims(2, 3, 1), counted(6)).longs(target);
    }

    @Test
    void aShapeMayLeaveOneExtentOpenAndKeepOthers() {
        reshape(6).gives(dims(6), 1, 2, 3, 4, 5, 6);
        reshape(3, 2).gives(dims(3, 2), 1, 2, 3, 4, 5, 6);
        reshape(0, -1).gives(dims(2, 3), 1, 2, 3, 4, 5, 6);
        reshape(-1, 0, 0).gives(dims(2, 3, 1), 1, 2, 3, 4, 5, 6);
        reshape(1, 0, 2).gives(dims(1, 3, 2), 1, 2, 3, 4, 5, 6);
        new OneNode("Reshape")
                .opset(1)
                .with("shape", new long[] {3, 2})
                .data(dims(6), counted(6))
                .gives(dims(3, 2), 1, 2, 3, 4, 5, 6);
    }

    @Test
    void shapesThatCannotBeAreRefusedWithBothSides() {
        assertTrue(refusal(reshape(4), FileFormatException.class)
                .contains("Reshape 'it': 6 elements of [2, 3, 1] do not fill the shape [4]"));
        assertTrue(refusal(reshape(4, -1), FileFormatException.class)
                .contains("6 elements of [2, 3, 1] do not fill the shape [4, -1]"));
        assertTrue(refusal(reshape(-1, -1), FileFormatException.class).contains("there is no shape [-1, -1]"));
        assertTrue(refusal(reshape(6, -2), FileFormatException.class).contains("there is no shape [6, -2]"));
        assertTrue(refusal(reshape(2, 3, 1, 0), FileFormatException.class)
                .contains("axis 3 is to stay, but the input has only 3 axes"));
        assertTrue(refusal(reshape(6, 0).with("allowzero", 1L), FileFormatException.class)
                .contains("do not fill the shape [6, 0]"));
        assertTrue(
                refusal(reshape(1L << 31, 1L << 31), FileFormatException.class).contains("beyond what any size"));
        assertTrue(refusal(reshape(1L << 30, 1L << 30, 1L << 30), FileFormatException.class)
                .contains("do not fill the shape"));
    }

    @Test
    void flatteningMakesAMatrix() {
        int[] dims = {2, 3, 2};
        double[] all = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        new OneNode("Flatten").data(dims, counted(12)).gives(dims(2, 6), all);
        new OneNode("Flatten").data(dims, counted(12)).with("axis", 0L).gives(dims(1, 12), all);
        new OneNode("Flatten").data(dims, counted(12)).with("axis", 2L).gives(dims(6, 2), all);
        new OneNode("Flatten").data(dims, counted(12)).with("axis", 3L).gives(dims(12, 1), all);
        new OneNode("Flatten").data(dims, counted(12)).with("axis", -1L).gives(dims(6, 2), all);
        OneNode beyond = new OneNode("Flatten").data(dims, counted(12)).with("axis", 4L);
        assertTrue(refusal(beyond, FileFormatException.class).contains("Flatten 'it': there is no axis 4 of 3"));
    }

    @Test
    void axesOfOnePositionAreDropped() {
        new OneNode("Squeeze").data(dims(1, 2, 1), 1, 2).gives(dims(2), 1, 2);
        new OneNode("Squeeze").data(dims(1, 2, 1), 1, 2).longs(0).gives(dims(2, 1), 1, 2);
        new OneNode("Squeeze").data(dims(1, 2, 1), 1, 2).longs(-1).gives(dims(1, 2), 1, 2);
        OneNode two = new OneNode("Squeeze").data(dims(1, 2, 1), 1, 2).longs(1);
        assertTrue(refusal(two, FileFormatException.class)
                .contains("Squeeze 'it': axis 1 of [1, 2, 1] is not of extent 1"));
    }

    @Test
    void axesOfOnePositionAreAdded() {
        new OneNode("Unsqueeze").data(dims(2), 1, 2).longs(0).gives(dims(1, 2), 1, 2);
        new OneNode("Unsqueeze").data(dims(2), 1, 2).longs(0, -1).gives(dims(1, 2, 1), 1, 2);
        new OneNode("Unsqueeze").data(dims(2, 3), counted(6)).longs(3, 1).gives(dims(2, 1, 3, 1), 1, 2, 3, 4, 5, 6);
        new OneNode("Unsqueeze")
                .opset(11)
                .with("axes", new long[] {1})
                .data(dims(2), 1, 2)
                .gives(dims(2, 1), 1, 2);
        OneNode none = new OneNode("Unsqueeze").data(dims(2), 1, 2);
        assertTrue(refusal(none, FileFormatException.class).contains("Unsqueeze 'it' needs axes, which are missing"));
        OneNode twice = new OneNode("Unsqueeze").data(dims(2), 1, 2).longs(1, 1);
        assertTrue(refusal(twice, FileFormatException.class).contains("Unsqueeze 'it': axes [1, 1] name one twice"));
    }

    @Test
    void axesAreTransposedAsAskedOrTurnedAround() {
        new OneNode("Transpose").data(dims(2, 3), counted(6)).gives(dims(3, 2), 1, 4, 2, 5, 3, 6);
        new OneNode("Transpose")
                .data(dims(1, 2, 3), counted(6))
                .with("perm", new long[] {1, 0, 2})
                .gives(dims(2, 1, 3), 1, 2, 3, 4, 5, 6);
        new OneNode("Transpose")
                .data(dims(2, 3, 4), counted(24))
                .with("perm", new long[] {2, 0, 1})
                .isAsElsewhere();
        for (long[] perm : new long[][] {{0, 0}, {0}, {0, 1, 2}}) {
            OneNode wrong =
                    new OneNode("Transpose").data(dims(2, 3), counted(6)).with("perm", perm);
            assertTrue(refusal(wrong, FileFormatException.class).contains("is no order of 2 axes"));
        }
    }

    @Test
    void tensorsAreJoinedAlongAnAxis() {
        new OneNode("Concat")
                .data(dims(2, 1), 1, 2)
                .data(dims(2, 2), 3, 4, 5, 6)
                .with("axis", 1L)
                .gives(dims(2, 3), 1, 3, 4, 2, 5, 6);
        new OneNode("Concat")
                .data(dims(1, 2), 1, 2)
                .data(dims(1, 2), 3, 4)
                .with("axis", -2L)
                .gives(dims(2, 2), 1, 2, 3, 4);
        new OneNode("Concat").data(dims(2), 1, 2).with("axis", 0L).gives(dims(2), 1, 2);
    }

    @Test
    void dropoutIsTheIdentityWithAMaskOfOnes() {
        List<OnnxTensor> both = new OneNode("Dropout")
                .data(dims(2, 2), 1, 2, 3, 4)
                .constant(dims(), 0.25f)
                .outputs(2)
                .run();
        assertSame(both.get(0), dims(2, 2), new double[] {1, 2, 3, 4}, 0);
        assertSame(both.get(1), dims(2, 2), new double[] {1, 1, 1, 1}, 0);
        OnnxTensor yes = new OnnxTensor("", OnnxTensor.BOOL, dims(), null, new long[] {1});
        OnnxTensor no = new OnnxTensor("", OnnxTensor.BOOL, dims(), null, new long[] {0});
        new OneNode("Dropout")
                .data(dims(2), 1, 2)
                .constant(dims(), 0.5f)
                .constant(no)
                .gives(dims(2), 1, 2);
        new OneNode("Dropout")
                .data(dims(2), 1, 2)
                .constant(dims(), 0)
                .constant(yes)
                .gives(dims(2), 1, 2);
        OneNode random = new OneNode("Dropout")
                .data(dims(2), 1, 2)
                .constant(dims(), 0.5f)
                .constant(yes);
        assertTrue(refusal(random, Unsupported.class).contains("dropout in training"));
        OneNode usual = new OneNode("Dropout").data(dims(2), 1, 2).none().constant(yes);
        assertTrue(refusal(usual, Unsupported.class).contains("dropout in training"));
        OneNode several = new OneNode("Dropout")
                .data(dims(2), 1, 2)
                .constant(dims(2), 0, 0)
                .constant(yes);
        assertTrue(refusal(several, FileFormatException.class).contains("must be one number, but is float (2)"));
    }

    @Test
    void theIdentityHasItsInputsNumbers() {
        new OneNode("Identity").data(dims(2), 1, 2).gives(dims(2), 1, 2);
        OnnxTensor known = new OneNode("Identity").longs(4, 5).run().get(0);
        assertEquals(OnnxTensor.INT64, known.type());
        assertSame(known, dims(2), new double[] {4, 5}, 0);
    }

    @Test
    void inputsThatAreMissingOrUnknownOrNoNumbersAreNamed() {
        assertTrue(refusal(new OneNode("Relu").none(), FileFormatException.class)
                .contains("Relu 'it' needs an input 0, which is missing"));
        OneNode computed = new OneNode("Reshape").data(dims(2), 1, 2).data(OnnxTensor.of("", new long[] {2}, 1));
        computed.gives(dims(2), 1, 2);
        OneNode shape = new OneNode("Reshape").data(dims(2), 1, 2).constant(dims(1), 2);
        assertTrue(refusal(shape, FileFormatException.class)
                .contains("Reshape 'it': input 'in1' must be whole numbers, but is float (1)"));
        OneNode empty = new OneNode("Relu").data(dims(0));
        assertTrue(refusal(empty, Unsupported.class).contains("Relu 'it': an empty tensor, 'in0' float (0)"));
        OneNode strange = new OneNode("Strange").data(dims(1), 1);
        assertEquals("operator Strange 'it'", refusal(strange, Unsupported.class));
    }

    @Test
    void aShapeThatIsComputedFromDataIsRefused() {
        OnnxNode relu = new OnnxNode("Relu", "", "r", List.of("x"), List.of("z"), Map.of());
        OnnxNode reshape = new OnnxNode("Reshape", "", "s", List.of("x", "z"), List.of("y"), Map.of());
        OnnxModel.Port x = new OnnxModel.Port("x", OnnxTensor.FLOAT, null);
        OnnxModel.Port y = new OnnxModel.Port("y", 0, null);
        OnnxModel model = new OnnxModel(17, "g", List.of(relu, reshape), Map.of(), List.of(x), List.of(y), Map.of());
        Map<String, OnnxTensor> data = Map.of("x", OnnxTensor.of("x", new float[] {1}, 1));
        String message = assertThrows(Unsupported.class, () -> new Evaluation(model, data))
                .getMessage();
        assertEquals("Reshape 's': 'z' computed from data, which must be known when the graph is built", message);
        message = assertThrows(FileFormatException.class, () -> new Evaluation(model, Map.of()))
                .getMessage();
        assertEquals("the graph's input 'x' was given no numbers", message);
    }
}
