package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Padding, slices and splits as layers, compared with ONNX Runtime or by hand. */
class BorderLayersTest {

    private static final int[] IMAGE = {2, 2, 3, 4};

    private static OneNode image(String operator) {
        return new OneNode(operator).data(IMAGE, counted(48));
    }

    @Test
    void zerosAroundImagesAndRowsAndChannels() {
        image("Pad").longs(0, 0, 1, 2, 0, 0, 0, 1).becomes("ZeroPadding2D");
        image("Pad").longs(0, 0, 1, 2, 0, 0, -1, -1).becomes("ZeroPadding2D", "Cropping2D");
        image("Pad").longs(0, 0, -1, 0, 0, 0, 0, 0).becomes("Cropping2D");
        image("Pad").longs(0, 1, 0, 0, 0, 0, 0, 0).becomes("Reshape", "ZeroPadding2D", "Reshape");
        image("Pad").longs(0, 0, 0, 0, 0, 1, 0, 0).becomes("Reshape", "ZeroPadding2D", "Reshape");
        new OneNode("Pad")
                .data(dims(2, 3), counted(6))
                .longs(0, 1, 0, 2)
                .becomes("Reshape", "ZeroPadding2D", "Reshape");
        new OneNode("Pad")
                .data(dims(2, 3, 2), counted(12))
                .longs(0, 1, 0, 0, 0, 2)
                .becomes("Reshape", "ZeroPadding2D", "Reshape", "Reshape", "ZeroPadding2D", "Reshape");
    }

    @Test
    void paddingFromAttributesAndOfSomeAxes() {
        int[] wide = {1, 4};
        String[] kinds = {"Reshape", "ZeroPadding2D", "Reshape"};
        new OneNode("Pad")
                .opset(2)
                .with("pads", new long[] {0, 1, 0, 1})
                .data(dims(1, 2), 1, 2)
                .becomesAndGives(wide, new double[] {0, 1, 2, 0}, kinds);
        new OneNode("Pad")
                .opset(1)
                .with("paddings", new long[] {0, 2, 0, 0})
                .data(dims(1, 2), 1, 2)
                .becomesAndGives(wide, new double[] {0, 0, 1, 2}, kinds);
        new OneNode("Pad")
                .opset(18)
                .data(dims(1, 2), 1, 2)
                .longs(1, 1)
                .none()
                .longs(-1)
                .becomesAndGives(wide, new double[] {0, 1, 2, 0}, kinds);
        image("Pad").longs(0, 0, 1, 2, 0, 0, 0, 1).constant(dims(), 0).becomes("ZeroPadding2D");
    }

    @Test
    void paddingThatNoLayerDoesIsRefused() {
        String[] messages = {
            image("Pad").longs(1, 0, 0, 0, 0, 0, 0, 0).refusedLayers(),
            image("Pad").longs(0, 0, 0, 0, 1, 0, 0, 0).refusedLayers(),
            image("Pad").longs(0, 0, 1, 1, 0, 0, 0, 0).constant(dims(), 3).refusedLayers(),
            image("Pad")
                    .opset(2)
                    .with("pads", new long[] {0, 0, 1, 1, 0, 0, 0, 0})
                    .with("value", 3f)
                    .refusedLayers(),
            image("Pad").longs(1, 1).refusedLayers(),
            image("Pad").refusedLayers(),
            image("Pad").longs(0, 0, 1, 1, 0, 0, 0, 0).with("mode", "wrap").refusedLayers(),
            image("Pad").longs(0, 0, -1, 1, 0, 0, 0, 0).with("mode", "edge").refusedLayers(),
            image("Pad").longs(0, 0, 0, 0, 0, 0, -1, 0).with("mode", "edge").refusedLayers(),
            image("Pad").longs(0, 0, 0, 0, 0, 1, 0, 0).with("mode", "edge").refusedLayers(),
            new OneNode("Pad")
                    .data(dims(1, 2), 1, 2)
                    .longs(0, 1, 0, 0)
                    .with("mode", "edge")
                    .refusedLayers(),
            image("Pad").longs(0, 0, 3, 0, 0, 0, 0, 0).with("mode", "reflect").refusedLayers(),
            image("Pad").longs(0, 0, 0, 0, 0, 0, 0, 4).with("mode", "reflect").refusedLayers(),
        };
        String[] reasons = {
            "padding of the batch",
            "padding of the batch",
            "padding with 3.0 instead of zeros",
            "padding with 3.0 instead of zeros",
            "Pad 'it' needs two numbers for each of 4 axes, but has [1, 1]",
            "Pad 'it' needs two numbers for each of 4 axes, but has null",
            "padding in mode 'wrap' of other axes than height and width",
            "padding in mode 'edge' of other axes than height and width",
            "padding in mode 'edge' of other axes than height and width",
            "padding in mode 'edge' of other axes than height and width",
            "padding in mode 'edge' of other axes than height and width",
            "Pad 'it': 3 of 3 positions cannot be mirrored",
            "Pad 'it': 4 of 4 positions cannot be mirrored",
        };
        for (int i = 0; i < reasons.length; i++) {
            assertTrue(messages[i].contains(reasons[i]), messages[i]);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 0", "1, 0, 0, 0", "0, 1, 0, 0", "0, 0, 1, 0", "0, 0, 0, 1", "2, 2, 2, 2", "0, 0, 3, 3"})
    void bordersAreRepeatedAndMirrored(long top, long bottom, long left, long right) {
        for (String mode : new String[] {"edge", "reflect"}) {
            OneNode node =
                    image("Pad").longs(0, 0, top, left, 0, 0, bottom, right).with("mode", mode);
            if (top + bottom + left + right > 0) {
                node.becomes(node.layers().kinds().toArray(String[]::new));
            } else {
                node.becomes("Activation");
            }
        }
    }

    private static OneNode slice(long start, long end, long axis) {
        return image("Slice").longs(start).longs(end).longs(axis);
    }

    @Test
    void slicesAreCropped() {
        slice(1, 3, 2).becomes("Cropping2D");
        slice(-2, -1, 3).becomes("Cropping2D");
        slice(0, 2, -1).becomes("Cropping2D");
        slice(-100, 1, 2).becomes("Cropping2D");
        slice(1, 100, 3).becomes("Cropping2D");
        slice(1, 2, 1).becomes("Reshape", "Cropping2D", "Reshape");
        slice(0, 100, 2).becomes("Activation");
        image("Slice").longs(0, 0, 1).longs(Long.MAX_VALUE, 2, 2).becomes("Cropping2D");
        image("Slice").longs(1).longs(3).longs(2).longs(1).becomes("Cropping2D");
        new OneNode("Slice")
                .opset(9)
                .with("starts", new long[] {1})
                .with("ends", new long[] {3})
                .with("axes", new long[] {1})
                .data(dims(1, 4), 1, 2, 3, 4)
                .becomesAndGives(dims(1, 2), new double[] {2, 3}, "Reshape", "Cropping2D", "Reshape");
    }

    @Test
    void slicesOfTheBatchAndWithStepsAreRefused() {
        for (OneNode node : new OneNode[] {
            slice(0, 1, 0),
            slice(1, Integer.MAX_VALUE, 0),
            slice(-1, Integer.MAX_VALUE, 0),
            image("Slice").longs(0).longs(3).longs(2).longs(2)
        }) {
            String message = node.refusedLayers();
            assertTrue(message.contains("Slice 'it': a slice with steps, or of the batch"), message);
        }
        String message = slice(2, 2, 2).refusedLayers();
        assertTrue(message.contains("Slice 'it'"), message);
    }

    private static OneNode split(long axis, long... parts) {
        OneNode node = image("Split").with("axis", axis);
        return parts.length == 0 ? node : node.longs(parts);
    }

    @Test
    void aPartOfASplitIsCropped() {
        // Seven columns in three parts: three, three and one.
        OneNode even = new OneNode("Split").with("axis", 3L).outputs(3).data(dims(1, 1, 1, 7), counted(7));
        even.only(1).becomesAndGives(dims(1, 1, 1, 3), new double[] {4, 5, 6}, "Cropping2D");
        even.only(2).becomesAndGives(dims(1, 1, 1, 1), new double[] {7}, "Cropping2D");
        for (int part = 0; part < 3; part++) {
            split(3, 1, 2, 1).outputs(3).only(part).becomes("Cropping2D");
        }
        split(1, 1, 1).outputs(2).only(1).becomes("Reshape", "Cropping2D", "Reshape");
        new OneNode("Split")
                .opset(11)
                .with("axis", -1L)
                .with("split", new long[] {1, 2})
                .outputs(2)
                .only(1)
                .data(dims(1, 3), 1, 2, 3)
                .becomesAndGives(dims(1, 2), new double[] {2, 3}, "Reshape", "Cropping2D", "Reshape");
    }

    @Test
    void aSplitThatDoesNotAddUpIsRefused() {
        String batch = split(0, 1, 1).outputs(2).only(0).refusedLayers();
        assertTrue(batch.contains("splitting the batch"), batch);
        for (long[] parts : new long[][] {{3, 3}, {0, 4}}) {
            String message = split(3, parts).outputs(2).only(0).refusedLayers();
            assertTrue(message.contains("Split 'it': 4 positions cannot be split like that"), message);
        }
    }
}
