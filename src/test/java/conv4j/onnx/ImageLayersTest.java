package conv4j.onnx;

import static conv4j.onnx.OneNode.counted;
import static conv4j.onnx.OneNode.dims;
import static conv4j.onnx.OneNode.spread;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Convolution, pooling and batch normalization as layers, compared with ONNX Runtime. */
class ImageLayersTest {

    private static OneNode conv(int groups) {
        return new OneNode("Conv")
                .data(dims(2, 4, 5, 6), spread(240))
                .constant(dims(6, 4 / groups, 2, 3), spread(6 * 4 / groups * 6))
                .with("group", (long) groups);
    }

    @Test
    void convolutionsKeepTheirAttributes() {
        conv(1).becomes("Conv2D");
        conv(2).constant(dims(6), counted(6)).becomes("Conv2D");
        conv(1).with("strides", new long[] {2, 3})
                .with("pads", new long[] {1, 2, 0, 1})
                .becomes("Conv2D");
        conv(1).with("dilations", new long[] {3, 2})
                .with("pads", new long[] {0, 1, 2, 0})
                .becomes("Conv2D");
        for (String rule : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            conv(1).with("strides", new long[] {2, 2}).with("auto_pad", rule).becomes("Conv2D");
        }
    }

    @Test
    void paddingHasANameWhereKerasHasOne() {
        assertEquals("valid", conv(1).setting("padding"));
        assertEquals("same", conv(1).with("auto_pad", "SAME_UPPER").setting("padding"));
        assertEquals("same", conv(1).with("pads", new long[] {0, 1, 1, 1}).setting("padding"));
        assertEquals(
                List.of(List.of(1, 0), List.of(1, 1)),
                conv(1).with("pads", new long[] {1, 1, 0, 1}).setting("padding"));
        assertEquals(
                List.of(List.of(0, 0), List.of(1, 1)),
                conv(1).with("pads", new long[] {0, 1, 0, 1}).setting("padding"));
        OneNode mean = pool("AveragePool").with("count_include_pad", 1L).with("pads", new long[] {1, 1, 1, 1});
        assertEquals("valid", mean.setting("padding"));
    }

    @Test
    void weightsForOtherChannelsAreRefused() {
        OneNode conv = new OneNode("Conv").data(dims(1, 3, 2, 2), counted(12)).constant(dims(1, 2, 1, 1), 1, 2);
        String message = conv.refusedLayers();
        assertTrue(message.contains("Conv 'it': its weights are for 2 channels, but its input has 3"), message);
        OneNode up =
                new OneNode("ConvTranspose").data(dims(1, 3, 2, 2), counted(12)).constant(dims(2, 1, 1, 1), 1, 2);
        message = up.refusedLayers();
        assertTrue(
                message.contains("ConvTranspose 'it': its weights are for 2 channels, but its input has 3"), message);
    }

    @Test
    void onlyImagesWithConstantWeightsAreConvolved() {
        String message = new OneNode("Conv")
                .data(dims(1, 1, 4), counted(4))
                .constant(dims(1, 1, 2), 1, 2)
                .refusedLayers();
        assertTrue(message.contains("it needs images, but its input is [1, 4] without the batch"), message);
        message = new OneNode("Conv")
                .data(dims(1, 1, 4, 4), counted(16))
                .constant(dims(1, 1, 2), 1, 2)
                .refusedLayers();
        assertTrue(message.contains("there is no layer for Conv 'it': 1 spatial axes"), message);
        message = new OneNode("Conv").data(dims(1, 1, 4, 4), counted(16)).none().refusedLayers();
        assertTrue(message.contains("its input 1 is computed from data, where weights are needed"), message);
    }

    private static OneNode up(int groups) {
        return new OneNode("ConvTranspose")
                .data(dims(2, 4, 3, 2), spread(48))
                .constant(dims(4, 3, 3, 2), spread(72))
                .with("group", (long) groups);
    }

    @Test
    void transposedConvolutionsKeepTheirAttributes() {
        up(1).becomes("Conv2DTranspose");
        up(2).constant(dims(6), counted(6)).becomes("Conv2DTranspose");
        up(1).with("strides", new long[] {2, 3})
                .with("pads", new long[] {1, 0, 0, 1})
                .becomes("Conv2DTranspose");
        up(1).with("strides", new long[] {2, 3})
                .with("output_padding", new long[] {1, 2})
                .becomes("Conv2DTranspose");
        up(1).with("dilations", new long[] {2, 1}).becomes("Conv2DTranspose");
        up(1).with("strides", new long[] {2, 2}).with("auto_pad", "SAME_UPPER").becomes("Conv2DTranspose");
    }

    private static OneNode pool(String operator) {
        return new OneNode(operator).data(dims(2, 2, 5, 6), spread(120)).with("kernel_shape", new long[] {2, 3});
    }

    @ParameterizedTest
    @ValueSource(strings = {"MaxPool", "AveragePool"})
    void poolingKeepsItsAttributes(String operator) {
        String kind = operator.replace("Pool", "Pooling2D");
        pool(operator).becomes(kind);
        pool(operator)
                .with("strides", new long[] {2, 2})
                .with("pads", new long[] {1, 2, 0, 1})
                .becomes(kind);
        pool(operator).with("strides", new long[] {3, 2}).with("ceil_mode", 1L).becomes(kind);
        for (String rule : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            pool(operator)
                    .with("strides", new long[] {2, 2})
                    .with("auto_pad", rule)
                    .becomes(kind);
        }
        String message =
                new OneNode(operator).data(dims(1, 1, 2, 2), counted(4)).refusedLayers();
        assertTrue(message.contains(operator + " 'it' has no attribute 'kernel_shape'"), message);
    }

    @Test
    void zerosThatCountInMeansAreALayerBefore() {
        OneNode counted = pool("AveragePool").with("count_include_pad", 1L);
        counted.becomes("AveragePooling2D");
        counted.with("pads", new long[] {1, 2, 0, 1}).becomes("ZeroPadding2D", "AveragePooling2D");
        counted.with("pads", new long[] {0, 0, 0, 1}).becomes("ZeroPadding2D", "AveragePooling2D");
        counted.with("pads", new long[] {1, 0, 1, 0}).becomes("ZeroPadding2D", "AveragePooling2D");
        // Of five rows and a zero three windows of three, one by two apart, the last on (row 4, row 5, nothing).
        new OneNode("AveragePool")
                .data(dims(1, 1, 5, 1), 1, 2, 3, 4, 5)
                .with("kernel_shape", new long[] {3, 1})
                .with("strides", new long[] {2, 1})
                .with("pads", new long[] {1, 0, 0, 0})
                .with("ceil_mode", 1L)
                .with("count_include_pad", 1L)
                .becomesAndGives(dims(1, 1, 3, 1), new double[] {1, 3, 4.5}, "ZeroPadding2D", "AveragePooling2D");
        new OneNode("AveragePool")
                .data(dims(1, 1, 1, 5), 1, 2, 3, 4, 5)
                .with("kernel_shape", new long[] {1, 3})
                .with("strides", new long[] {1, 2})
                .with("pads", new long[] {0, 1, 0, 0})
                .with("ceil_mode", 1L)
                .with("count_include_pad", 1L)
                .becomesAndGives(dims(1, 1, 1, 3), new double[] {1, 3, 4.5}, "ZeroPadding2D", "AveragePooling2D");
    }

    @Test
    void wholeImagesArePooledAndKeepTheirAxes() {
        float[] x = spread(48);
        new OneNode("GlobalAveragePool").data(dims(2, 3, 2, 4), x).becomes("GlobalAveragePooling2D");
        new OneNode("GlobalMaxPool").data(dims(2, 3, 2, 4), x).becomes("GlobalMaxPooling2D");
    }

    private static OneNode batch(int... dims) {
        return new OneNode("BatchNormalization")
                .data(dims, spread(24))
                .constant(dims(3), 1, 2, 3)
                .constant(dims(3), -1, 0, 1)
                .constant(dims(3), 0.1f, 0.2f, 0.3f)
                .constant(dims(3), 0.5f, 0.6f, 0.7f);
    }

    @Test
    void batchNormalizationOfImagesAndOfNumbers() {
        batch(2, 3, 2, 2).becomes("BatchNormalization");
        batch(2, 3, 2, 2).with("epsilon", 0.2f).becomes("BatchNormalization");
        batch(8, 3).becomes("BatchNormalization");
        batch(2, 3, 2, 2).opset(8).becomes("BatchNormalization");
        String rows = batch(2, 3, 4).refusedLayers();
        assertTrue(rows.contains("2 axes without the batch"), rows);
        for (OneNode node : new OneNode[] {
            batch(2, 3, 2, 2).with("training_mode", 1L),
            batch(2, 3, 2, 2).opset(8).with("spatial", 0L)
        }) {
            String message = node.refusedLayers();
            assertTrue(message.contains("training_mode or single positions; export the model for inference"), message);
        }
    }
}
