package conv4j.onnx;

import static conv4j.onnx.OneNode.assertSame;
import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Operators that cut, pad, repeat and pick elements, with the numbers counted through. */
class MoveOperatorsTest {

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    @Test
    void aTensorIsSplitIntoEvenPartsOrAsAsked() {
        List<OnnxTensor> even = new OneNode("Split")
                .opset(13)
                .data(dims(2, 5), counted(10))
                .with("axis", 1L)
                .outputs(2)
                .run();
        assertSame(even.get(0), dims(2, 3), new double[] {1, 2, 3, 6, 7, 8}, 0);
        assertSame(even.get(1), dims(2, 2), new double[] {4, 5, 9, 10}, 0);
        OneNode asked = new OneNode("Split")
                .data(dims(2, 5), counted(10))
                .longs(1, 3, 1)
                .with("axis", -1L)
                .outputs(3);
        assertSame(asked.run().get(1), dims(2, 3), new double[] {2, 3, 4, 7, 8, 9}, 0);
        asked.isAsElsewhere();
        List<OnnxTensor> old = new OneNode("Split")
                .opset(11)
                .data(dims(3, 1), counted(3))
                .with("split", new long[] {1, 2})
                .outputs(2)
                .run();
        assertSame(old.get(0), dims(1, 1), new double[] {1}, 0);
        assertSame(old.get(1), dims(2, 1), new double[] {2, 3}, 0);
    }

    @Test
    void partsWithoutElementsAreRefused() {
        OneNode empty =
                new OneNode("Split").data(dims(2), counted(2)).longs(2, 0).outputs(2);
        assertTrue(refusal(empty, Unsupported.class).contains("Split 'it': parts without elements"));
    }

    private static OneNode slice(int[] dims, long[] starts, long[] ends, long[] axes, long[] steps) {
        int size = 1;
        for (int dim : dims) {
            size *= dim;
        }
        OneNode node =
                new OneNode("Slice").data(dims, counted(size)).longs(starts).longs(ends);
        return steps == null
                ? axes == null ? node : node.longs(axes)
                : node.longs(axes).longs(steps);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 4, 1", "-3, -1, 1", "0, 100, 1", "-100, 2, 1", "0, 5, 2", "1, 5, 2", "4, 0, -1", "-1, -100, -1",
        "100, 1, -2", "3, 4, 7", "0, 4, 3", "4, -6, -3", "2, 1000, 1", "1, 2, 1", "0, -1, 2", "5, 0, -1"
    })
    void slicesCountFromBothEndsAndInBothDirections(long start, long end, long step) {
        slice(dims(2, 5), new long[] {start}, new long[] {end}, new long[] {1}, new long[] {step})
                .isAsElsewhere();
    }

    @Test
    void slicesOfSeveralAxes() {
        slice(dims(3, 4), new long[] {1, 0}, new long[] {3, 3}, null, null).gives(dims(2, 3), 5, 6, 7, 9, 10, 11);
        slice(dims(3, 4), new long[] {2, 0}, new long[] {4, 2}, new long[] {-1, 0}, null)
                .gives(dims(2, 2), 3, 4, 7, 8);
        new OneNode("Slice")
                .opset(9)
                .with("starts", new long[] {1})
                .with("ends", new long[] {3})
                .with("axes", new long[] {1})
                .data(dims(1, 4), counted(4))
                .gives(dims(1, 2), 2, 3);
    }

    @Test
    void aSliceWithoutElementsOrStepIsRefused() {
        OneNode none = slice(dims(5), new long[] {3}, new long[] {3}, null, null);
        assertTrue(refusal(none, Unsupported.class).contains("a slice without elements"));
        OneNode standing = slice(dims(5), new long[] {0}, new long[] {3}, new long[] {0}, new long[] {0});
        assertTrue(refusal(standing, Unsupported.class).contains("a slice without elements"));
        OneNode behind = slice(dims(5), new long[] {5}, new long[] {100}, null, null);
        assertTrue(refusal(behind, Unsupported.class).contains("a slice without elements"));
        slice(dims(5), new long[] {1}, new long[] {3}, new long[] {0}, new long[] {1L << 40})
                .gives(dims(1), 2);
        OneNode noAxis = slice(dims(5), new long[] {0}, new long[] {3}, new long[] {1}, null);
        assertTrue(refusal(noAxis, FileFormatException.class).contains("Slice 'it': there is no axis 1 of 1"));
    }

    @ParameterizedTest
    @CsvSource({"constant", "edge", "reflect"})
    void imagesArePaddedInEveryMode(String mode) {
        new OneNode("Pad")
                .data(dims(1, 1, 3, 4), counted(12))
                .longs(0, 0, 1, 2, 0, 0, 2, 1)
                .with("mode", mode)
                .isAsElsewhere();
    }

    @Test
    void paddingTakesAValueAndNegativeNumbersAndAxes() {
        new OneNode("Pad")
                .data(dims(3), 1, 2, 3)
                .longs(2, 1)
                .constant(dims(), 9)
                .gives(dims(6), 9, 9, 1, 2, 3, 9);
        new OneNode("Pad").data(dims(4), 1, 2, 3, 4).longs(-1, 1).gives(dims(4), 2, 3, 4, 0);
        new OneNode("Pad")
                .opset(18)
                .data(dims(2, 2), 1, 2, 3, 4)
                .longs(1, 0)
                .none()
                .longs(-1)
                .gives(dims(2, 3), 0, 1, 2, 0, 3, 4);
        new OneNode("Pad")
                .opset(2)
                .with("pads", new long[] {0, 1})
                .with("value", 7f)
                .data(dims(2), 1, 2)
                .gives(dims(3), 1, 2, 7);
        new OneNode("Pad")
                .opset(1)
                .with("paddings", new long[] {1, 0})
                .data(dims(2), 1, 2)
                .gives(dims(3), 0, 1, 2);
    }

    @Test
    void paddingThatIsIncompleteOrUnknownIsRefused() {
        OneNode few = new OneNode("Pad").data(dims(2, 2), counted(4)).longs(1, 1);
        assertTrue(refusal(few, FileFormatException.class)
                .contains("Pad 'it' needs two numbers for each of 2 axes, but has [1, 1]"));
        OneNode none = new OneNode("Pad").data(dims(2), counted(2));
        assertTrue(refusal(none, FileFormatException.class).contains("two numbers for each of 1 axes, but has null"));
        OneNode wrap = new OneNode("Pad").data(dims(2), counted(2)).longs(1, 1).with("mode", "wrap");
        assertTrue(refusal(wrap, Unsupported.class).contains("Pad 'it': padding mode 'wrap'"));
    }

    @Test
    void tilesRepeatEveryAxis() {
        new OneNode("Tile").data(dims(2, 2), 1, 2, 3, 4).longs(2, 1).gives(dims(4, 2), 1, 2, 3, 4, 1, 2, 3, 4);
        new OneNode("Tile")
                .data(dims(2, 2), 1, 2, 3, 4)
                .longs(1, 3)
                .gives(dims(2, 6), 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4);
        new OneNode("Tile").data(dims(2, 1, 3), counted(6)).longs(2, 3, 2).isAsElsewhere();
        OneNode few = new OneNode("Tile").data(dims(2, 2), counted(4)).longs(2);
        assertTrue(refusal(few, FileFormatException.class).contains("Tile 'it' needs one number for each of 2 axes"));
    }

    @Test
    void positionsAreGatheredInTheOrderAndShapeOfTheIndices() {
        new OneNode("Gather").data(dims(3, 2), counted(6)).longs(2, 0, -1).gives(dims(3, 2), 5, 6, 1, 2, 5, 6);
        new OneNode("Gather")
                .data(dims(2, 3), counted(6))
                .constant(OnnxTensor.of("", new long[] {2, 0}, 1, 2))
                .with("axis", 1L)
                .gives(dims(2, 1, 2), 3, 1, 6, 4);
        new OneNode("Gather")
                .data(dims(2, 3, 2), counted(12))
                .constant(OnnxTensor.of("", new long[] {1}))
                .with("axis", -2L)
                .gives(dims(2, 2), 3, 4, 9, 10);
        OneNode beyond = new OneNode("Gather").data(dims(2), counted(2)).longs(2);
        assertTrue(refusal(beyond, FileFormatException.class).contains("Gather 'it': there is no axis 2 of 2"));
    }

    @Test
    void aTensorIsExpandedAsItBroadcasts() {
        new OneNode("Expand").data(dims(2, 1), 1, 2).longs(2, 3).gives(dims(2, 3), 1, 1, 1, 2, 2, 2);
        new OneNode("Expand").data(dims(2), 1, 2).longs(2, 1, 1).gives(dims(2, 1, 2), 1, 2, 1, 2);
        new OneNode("Expand").data(dims(3), 1, 2, 3).longs(1).gives(dims(3), 1, 2, 3);
    }

    @ParameterizedTest
    @CsvSource({"DCR", "CRD"})
    void depthBecomesSpace(String mode) {
        new OneNode("DepthToSpace")
                .data(dims(2, 12, 2, 3), counted(144))
                .with("blocksize", 2L)
                .with("mode", mode)
                .isAsElsewhere();
    }

    @Test
    void spaceBecomesDepth() {
        new OneNode("SpaceToDepth")
                .data(dims(2, 3, 4, 6), counted(144))
                .with("blocksize", 2L)
                .isAsElsewhere();
        OneNode other = new OneNode("SpaceToDepth")
                .data(dims(1, 1, 2, 2), counted(4))
                .with("blocksize", 2L)
                .with("mode", "CRD");
        assertTrue(refusal(other, Unsupported.class).contains("SpaceToDepth 'it': mode 'CRD'"));
        new OneNode("SpaceToDepth").data(dims(1, 1, 2, 2), counted(4)).gives(dims(1, 1, 2, 2), 1, 2, 3, 4);
    }

    @Test
    void blocksMustDivideTheImage() {
        OneNode depth =
                new OneNode("DepthToSpace").data(dims(1, 3, 1, 1), counted(3)).with("blocksize", 2L);
        assertTrue(refusal(depth, FileFormatException.class).contains("3 positions do not divide by 4"));
        OneNode space =
                new OneNode("SpaceToDepth").data(dims(1, 1, 2, 3), counted(6)).with("blocksize", 2L);
        assertTrue(refusal(space, FileFormatException.class).contains("3 positions do not divide by 2"));
        OneNode zero =
                new OneNode("SpaceToDepth").data(dims(1, 1, 2, 2), counted(4)).with("blocksize", 0L);
        assertTrue(refusal(zero, FileFormatException.class).contains("2 positions do not divide by 0"));
        OneNode row =
                new OneNode("DepthToSpace").data(dims(1, 4, 2), counted(8)).with("blocksize", 2L);
        assertTrue(refusal(row, Unsupported.class).contains("1 spatial axes"));
    }
}
