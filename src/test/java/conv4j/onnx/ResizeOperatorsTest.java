package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static conv4j.onnx.OneNode.spread;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images are enlarged and reduced as ONNX Runtime does it, by every rule. */
class ResizeOperatorsTest {

    private static final int[] IMAGE = {1, 2, 4, 6};

    private static OneNode byScales(float rows, float columns) {
        return new OneNode("Resize").data(IMAGE, spread(48)).none().constant(dims(4), 1, 1, rows, columns);
    }

    private static OneNode bySizes(long rows, long columns) {
        return new OneNode("Resize").data(IMAGE, spread(48)).none().none().longs(1, 2, rows, columns);
    }

    @ParameterizedTest
    @CsvSource({
        "asymmetric, floor", "asymmetric, ceil", "asymmetric, round_prefer_ceil", "asymmetric, round_prefer_floor",
        "half_pixel, floor", "half_pixel, ceil", "half_pixel, round_prefer_ceil", "half_pixel, round_prefer_floor",
        "align_corners, floor", "align_corners, ceil", "align_corners, round_prefer_floor", "pytorch_half_pixel, floor"
    })
    void theNearestPositionIsFoundByEveryRule(String positions, String rounding) {
        for (float[] scales : scales(positions)) {
            byScales(scales[0], scales[1])
                    .with("mode", "nearest")
                    .with("coordinate_transformation_mode", positions)
                    .with("nearest_mode", rounding)
                    .isAsElsewhere();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "linear, asymmetric", "linear, half_pixel", "linear, align_corners", "linear, pytorch_half_pixel",
        "cubic, asymmetric", "cubic, half_pixel", "cubic, align_corners", "cubic, pytorch_half_pixel"
    })
    void positionsBetweenOthersAreInterpolated(String mode, String positions) {
        for (float[] scales : scales(positions)) {
            byScales(scales[0], scales[1])
                    .with("mode", mode)
                    .with("coordinate_transformation_mode", positions)
                    .isAsElsewhere();
        }
        for (long[] sizes : new long[][] {{5, 6}, {1, 2}, {3, 4}, {1, 1}}) {
            bySizes(sizes[0], sizes[1])
                    .with("mode", mode)
                    .with("coordinate_transformation_mode", positions)
                    .isAsElsewhere();
        }
    }

    /** Where the output's length counts, ONNX' own suite takes the fractional one, but ONNX Runtime the whole one. */
    private static float[][] scales(String positions) {
        boolean length = positions.equals("align_corners") || positions.equals("pytorch_half_pixel");
        return length
                ? new float[][] {{2, 3}, {0.5f, 0.5f}, {0.25f, 1.5f}}
                : new float[][] {{2, 3}, {0.7f, 0.75f}, {1.7f, 0.3f}};
    }

    @Test
    void theLengthOfTheOutputIsTheFractionalOne() {
        // ONNX' case downsample_scales_linear_align_corners: 2.4 columns, so that column 1 is at 1 * 3 / 1.4.
        new OneNode("Resize")
                .data(dims(1, 1, 2, 4), counted(8))
                .none()
                .constant(dims(4), 1, 1, 0.6f, 0.6f)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "align_corners")
                .gives(dims(1, 1, 1, 2), 1, 1 + 3 / 1.4);
        // 1.5 positions are more than one, of which the first is at 0.5 / 0.5 - 0.5.
        new OneNode("Resize")
                .data(dims(3), 2, 4, 6)
                .none()
                .constant(dims(1), 0.5f)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "pytorch_half_pixel")
                .gives(dims(1), 3);
    }

    @Test
    void theDefaultsAreTheNearestPositionByCentresOfPixels() {
        byScales(2, 1.5f).isAsElsewhere();
        bySizes(4, 9).isAsElsewhere();
    }

    @Test
    void theCubicsCoefficientIsAskedForAndWhatLiesOutsideIsLeftOut() {
        byScales(2, 2).with("mode", "cubic").with("cubic_coeff_a", -0.5f).isAsElsewhere();
        byScales(1.6f, 2.5f).with("mode", "cubic").with("exclude_outside", 1L).isAsElsewhere();
        byScales(0.7f, 0.6f).with("mode", "cubic").with("exclude_outside", 1L).isAsElsewhere();
    }

    @Test
    void aRegionIsCutOutAndEnlarged() {
        OneNode cut = new OneNode("Resize")
                .data(IMAGE, spread(48))
                .constant(dims(8), 0, 0, 0.25f, 0.1f, 1, 1, 0.8f, 0.9f)
                .none()
                .longs(1, 2, 3, 5)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "tf_crop_and_resize");
        cut.isAsElsewhere();
    }

    @Test
    void aRegionOfTheWholeImageAtItsOwnSizeIsTheImage() {
        new OneNode("Resize")
                .data(dims(1, 1, 1, 3), 4, 5, 6)
                .constant(dims(8), 0, 0, 0, 0, 1, 1, 1, 1)
                .constant(dims(4), 1, 1, 1, 1)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "tf_crop_and_resize")
                .gives(dims(1, 1, 1, 3), 4, 5, 6);
    }

    @Test
    void outsideTheImageARegionIsZero() {
        // Positions -1, 0.5 and 2 of (4, 6, 8).
        OneNode beyond = new OneNode("Resize")
                .data(dims(1, 1, 1, 3), 4, 6, 8)
                .constant(dims(8), 0, 0, 0, -0.5f, 1, 1, 1, 1)
                .none()
                .longs(1, 1, 1, 3)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "tf_crop_and_resize");
        beyond.gives(dims(1, 1, 1, 3), 0, 5, 8);
        beyond.with("extrapolation_value", 3f);
        String message = assertThrows(Unsupported.class, beyond::run).getMessage();
        assertTrue(message.contains("extrapolation value other than 0"), message);
    }

    @Test
    void aRegionMayBeginAtTheEdgeAndEndBeyondTheOther() {
        // Positions 0, 1.5 and 3 of (4, 6, 8).
        new OneNode("Resize")
                .data(dims(3), 4, 6, 8)
                .constant(dims(2), 0, 1.5f)
                .none()
                .longs(3)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "tf_crop_and_resize")
                .gives(dims(3), 4, 7, 0);
    }

    @Test
    void aRegionOfOnePositionIsItsMiddle() {
        // The middle of 0.5 to 1 of (4, 6, 8) is position 1.5; of 1 to 2 position 3, which is outside.
        OneNode one = new OneNode("Resize")
                .data(dims(3), 4, 6, 8)
                .constant(dims(2), 0.5f, 1)
                .none()
                .longs(1)
                .with("mode", "linear")
                .with("coordinate_transformation_mode", "tf_crop_and_resize");
        one.gives(dims(1), 7);
    }

    @Test
    void tensorFlowsHalfPixelCountsFromTheLeftEdge() {
        // Positions 0.25, 0.75, 1.25 and 1.75: with "floor" the positions 0, 0, 1, 1; with "ceil" 1, 1, 1, 1.
        OneNode twice = new OneNode("Resize")
                .data(dims(2), 3, 4)
                .none()
                .constant(dims(1), 2)
                .with("coordinate_transformation_mode", "tf_half_pixel_for_nn");
        twice.with("nearest_mode", "floor").gives(dims(4), 3, 3, 4, 4);
        twice.with("nearest_mode", "ceil").gives(dims(4), 4, 4, 4, 4);
    }

    @Test
    void everyAxisCanBeResized() {
        new OneNode("Resize")
                .data(dims(2, 2), 1, 2, 3, 4)
                .none()
                .constant(dims(2), 2, 1)
                .gives(dims(4, 2), 1, 2, 1, 2, 3, 4, 3, 4);
        new OneNode("Resize")
                .data(dims(3, 1, 2), counted(6))
                .none()
                .none()
                .longs(1, 2, 4)
                .with("coordinate_transformation_mode", "asymmetric")
                .with("nearest_mode", "floor")
                .gives(dims(1, 2, 4), 1, 1, 2, 2, 1, 1, 2, 2);
    }

    @Test
    void beforeVersion11PositionsAreCountedFromTheEdgeAndRoundedDown() {
        new OneNode("Resize")
                .opset(10)
                .data(dims(5), counted(5))
                .constant(dims(1), 0.6f)
                .gives(dims(3), 1, 2, 4);
        new OneNode("Resize")
                .opset(11)
                .data(dims(5), counted(5))
                .none()
                .constant(dims(1), 0.6f)
                .gives(dims(3), 1, 3, 5);
        new OneNode("Upsample")
                .opset(9)
                .data(dims(2), 1, 2)
                .constant(dims(1), 2.5f)
                .gives(dims(5), 1, 1, 1, 2, 2);
        new OneNode("Upsample")
                .opset(7)
                .with("scales", new float[] {2})
                .with("mode", "linear")
                .data(dims(2), 1, 2)
                .gives(dims(4), 1, 1.5, 2, 2);
    }

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    @Test
    void whatIsNotSupportedIsNamed() {
        String[][] settings = {
            {"mode", "lanczos"},
            {"nearest_mode", "round_away"},
            {"coordinate_transformation_mode", "half_pixel_symmetric"},
        };
        for (String[] setting : settings) {
            String message = refusal(byScales(2, 2).with(setting[0], setting[1]), Unsupported.class);
            assertTrue(message.contains("Resize 'it': " + setting[0] + " '" + setting[1] + "'"), message);
        }
        for (OneNode node : new OneNode[] {
            byScales(2, 2).with("axes", new long[] {2, 3}),
            byScales(2, 2).with("antialias", 1L),
            byScales(2, 2).with("keep_aspect_ratio_policy", "not_larger")
        }) {
            String message = refusal(node, Unsupported.class);
            assertTrue(message.contains("axes, antialias or keep_aspect_ratio_policy"), message);
        }
        assertTrue(refusal(byScales(0.1f, 1), Unsupported.class).contains("an output without elements"));
        byScales(2, 2).opset(18).with("keep_aspect_ratio_policy", "stretch").isAsElsewhere();
    }

    @Test
    void scalesAndSizesMustBeForAllAxes() {
        OneNode base = new OneNode("Resize").data(IMAGE, spread(48)).none();
        String message = refusal(base, FileFormatException.class);
        assertTrue(message.contains("Resize 'it' needs scales or sizes for each of 4 axes"), message);
        OneNode few = new OneNode("Resize").data(IMAGE, spread(48)).none().constant(dims(2), 2, 2);
        assertTrue(refusal(few, FileFormatException.class).contains("for each of 4 axes"));
        OneNode fewSizes =
                new OneNode("Resize").data(IMAGE, spread(48)).none().none().longs(2, 2);
        assertTrue(refusal(fewSizes, FileFormatException.class).contains("for each of 4 axes"));
        String positions = "coordinate_transformation_mode";
        OneNode noRegion = byScales(2, 2).with(positions, "tf_crop_and_resize");
        assertTrue(refusal(noRegion, FileFormatException.class).contains("for each of 4 axes"));
        OneNode shortRegion = new OneNode("Resize")
                .data(IMAGE, spread(48))
                .constant(dims(4), 0, 0, 1, 1)
                .constant(dims(4), 1, 1, 2, 2)
                .with(positions, "tf_crop_and_resize");
        assertTrue(refusal(shortRegion, FileFormatException.class).contains("for each of 4 axes"));
    }
}
