package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static conv4j.onnx.OneNode.spread;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Resizing, blocks of pixels and local response normalization as layers. */
class PixelLayersTest {

    private static final int[] IMAGE = {2, 2, 3, 4};

    private static OneNode scaled(float... scales) {
        return new OneNode("Resize").data(IMAGE, spread(48)).none().constant(dims(scales.length), scales);
    }

    @ParameterizedTest
    @CsvSource({
        "nearest, asymmetric, floor", "nearest, half_pixel, round_prefer_floor",
                "nearest, half_pixel, round_prefer_ceil",
        "nearest, pytorch_half_pixel, round_prefer_floor", "linear, half_pixel, floor",
                "linear, pytorch_half_pixel, floor"
    })
    void wholeFactorsAreALayer(String mode, String positions, String rounding) {
        scaled(1, 1, 2, 3)
                .with("mode", mode)
                .with("coordinate_transformation_mode", positions)
                .with("nearest_mode", rounding)
                .becomes("UpSampling2D");
    }

    @Test
    void theDefaultsAreThoseOfTheVersion() {
        scaled(1, 1, 2, 2).becomes("UpSampling2D");
        scaled(1, 1, 1, 2).becomes("UpSampling2D");
        scaled(1, 1, 2, 1).becomes("UpSampling2D");
        new OneNode("Resize")
                .data(IMAGE, spread(48))
                .none()
                .none()
                .longs(2, 2, 6, 4)
                .becomes("UpSampling2D");
        int[] two = {1, 1, 1, 2};
        int[] four = {1, 1, 1, 4};
        double[] twice = {5, 5, 7, 7};
        new OneNode("Resize")
                .opset(10)
                .data(two, 5, 7)
                .constant(dims(4), 1, 1, 1, 2)
                .becomesAndGives(four, twice, "UpSampling2D");
        new OneNode("Upsample")
                .opset(9)
                .data(two, 5, 7)
                .constant(dims(4), 1, 1, 1, 2)
                .becomesAndGives(four, twice, "UpSampling2D");
        new OneNode("Upsample")
                .opset(7)
                .with("scales", new float[] {1, 1, 1, 2})
                .data(two, 5, 7)
                .becomesAndGives(four, twice, "UpSampling2D");
    }

    @Test
    void otherResizingIsRefusedWithItsAttributes() {
        for (OneNode node : new OneNode[] {
            scaled(1, 1, 1.5f, 2),
            scaled(1, 1, 2, 1.5f),
            scaled(1, 1, 0.5f, 2),
            scaled(1, 1, 2, 0),
            scaled(1, 1, 2, 2).with("mode", "cubic"),
            scaled(1, 1, 2, 2).with("coordinate_transformation_mode", "align_corners"),
            scaled(1, 1, 2, 2).with("coordinate_transformation_mode", "asymmetric"),
            scaled(1, 1, 2, 2).with("nearest_mode", "floor"),
            scaled(1, 1, 2, 2).with("mode", "linear").with("coordinate_transformation_mode", "asymmetric")
        }) {
            String message = node.refusedLayers();
            assertTrue(
                    message.contains("there is no layer for Resize 'it': resizing by other than whole factors"),
                    message);
        }
        String mode = scaled(1, 1, 2, 2).with("mode", "cubic").refusedLayers();
        assertTrue(
                mode.contains(
                        "mode 'cubic', coordinate_transformation_mode 'half_pixel', nearest_mode 'round_prefer_floor'"),
                mode);
        for (OneNode node : new OneNode[] {
            scaled(1, 2, 2, 2),
            scaled(2, 1, 2, 2),
            scaled(2, 2),
            new OneNode("Resize").data(IMAGE, spread(48)).none(),
            new OneNode("Resize").data(IMAGE, spread(48)).none().none().longs(2, 4, 6, 8),
            new OneNode("Resize").data(IMAGE, spread(48)).none().none().longs(6, 8),
        }) {
            String message = node.refusedLayers();
            assertTrue(message.contains("resizing of other axes than height and width"), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"DCR", "CRD"})
    void depthBecomesSpace(String mode) {
        new OneNode("DepthToSpace")
                .data(dims(2, 12, 2, 3), counted(144))
                .with("blocksize", 2L)
                .with("mode", mode)
                .becomes("Reshape", "Permute", "Reshape");
    }

    @Test
    void spaceBecomesDepth() {
        new OneNode("SpaceToDepth")
                .data(dims(2, 3, 4, 6), counted(144))
                .with("blocksize", 2L)
                .becomes("Reshape", "Permute", "Reshape");
        // Blocks of one leave everything where it is.
        new OneNode("SpaceToDepth")
                .data(dims(1, 2, 1, 2), counted(4))
                .becomesAndGives(dims(1, 2, 1, 2), new double[] {1, 2, 3, 4}, "Reshape", "Permute", "Reshape");
        new OneNode("DepthToSpace")
                .data(dims(1, 2, 1, 2), counted(4))
                .becomesAndGives(dims(1, 2, 1, 2), new double[] {1, 2, 3, 4}, "Reshape", "Permute", "Reshape");
    }

    @Test
    void blocksMustDivideTheImage() {
        String depth = new OneNode("DepthToSpace")
                .data(dims(1, 6, 1, 1), counted(6))
                .with("blocksize", 2L)
                .refusedLayers();
        assertTrue(depth.contains("DepthToSpace 'it': 6 channels do not divide by 2 x 2"), depth);
        String rows = new OneNode("SpaceToDepth")
                .data(dims(1, 1, 3, 4), counted(12))
                .with("blocksize", 2L)
                .refusedLayers();
        assertTrue(rows.contains("SpaceToDepth 'it': 3 x 4 positions do not divide by 2"), rows);
        String columns = new OneNode("SpaceToDepth")
                .data(dims(1, 1, 4, 3), counted(12))
                .with("blocksize", 2L)
                .refusedLayers();
        assertTrue(columns.contains("4 x 3 positions do not divide by 2"), columns);
        for (String operator : new String[] {"DepthToSpace", "SpaceToDepth"}) {
            String zero = new OneNode(operator)
                    .data(dims(1, 4, 2, 2), counted(16))
                    .with("blocksize", 0L)
                    .refusedLayers();
            assertTrue(zero.contains("do not divide by 0"), zero);
        }
    }

    @Test
    void neighbouringChannelsDampEachOther() {
        new OneNode("LRN")
                .data(dims(2, 4, 1, 2), spread(16))
                .with("size", 3L)
                .with("alpha", 0.9f)
                .with("beta", 0.6f)
                .with("bias", 1.5f)
                .becomes("Multiply", "Conv2D", "Elementwise", "Weighted", "Divide");
        new OneNode("LRN")
                .data(dims(1, 2, 1, 1), 30, 40)
                .with("size", 3L)
                .becomes("Multiply", "Conv2D", "Elementwise", "Weighted", "Divide");
    }
}
