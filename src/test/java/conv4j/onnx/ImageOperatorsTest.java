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
import org.junit.jupiter.params.provider.ValueSource;

/** Convolution and pooling with every attribute, on images of one and two spatial axes. */
class ImageOperatorsTest {

    private static String refusal(OneNode node, Class<? extends RuntimeException> kind) {
        return assertThrows(kind, node::run).getMessage();
    }

    private static OneNode conv(int groups) {
        return new OneNode("Conv")
                .data(dims(2, 4, 5, 6), spread(240))
                .data(dims(6, 4 / groups, 2, 3), spread(6 * 4 / groups * 6))
                .with("group", (long) groups);
    }

    @Test
    void convolutionsTakeTheirAttributes() {
        conv(1).isAsElsewhere();
        conv(2).data(dims(6), counted(6)).isAsElsewhere();
        conv(1).with("strides", new long[] {2, 3})
                .with("pads", new long[] {1, 2, 0, 1})
                .isAsElsewhere();
        conv(1).with("dilations", new long[] {3, 2})
                .with("pads", new long[] {0, 1, 2, 0})
                .isAsElsewhere();
        for (String rule : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            conv(1).with("strides", new long[] {2, 2}).with("auto_pad", rule).isAsElsewhere();
        }
    }

    @Test
    void convolutionsOfOneSpatialAxis() {
        new OneNode("Conv")
                .data(dims(2, 2, 7), spread(28))
                .data(dims(3, 2, 3), spread(18))
                .data(dims(3), counted(3))
                .with("kernel_shape", new long[] {3})
                .with("strides", new long[] {2})
                .with("dilations", new long[] {2})
                .with("pads", new long[] {2, 1})
                .isAsElsewhere();
        new OneNode("Conv")
                .data(dims(1, 2, 7), spread(14))
                .data(dims(3, 2, 3), spread(18))
                .isAsElsewhere();
        OneNode twoNumbers = new OneNode("Conv")
                .data(dims(1, 2, 7), spread(14))
                .data(dims(3, 2, 3), spread(18))
                .with("strides", new long[] {1, 1});
        assertTrue(refusal(twoNumbers, FileFormatException.class)
                .contains("an operator on one spatial axis has attributes for 2"));
        OneNode fourPads = new OneNode("Conv")
                .data(dims(1, 2, 7), spread(14))
                .data(dims(3, 2, 3), spread(18))
                .with("pads", new long[] {1, 1, 1});
        assertTrue(
                refusal(fourPads, FileFormatException.class).contains("attribute 'pads' has 3 numbers, but needs 4"));
        OneNode cube = new OneNode("Conv").data(dims(1, 1, 2, 2, 2), counted(8)).data(dims(1, 1, 1, 1, 1), 1);
        assertTrue(refusal(cube, Unsupported.class).contains("Conv 'it': 3 spatial axes"));
    }

    @Test
    void attributesThatContradictAreRefused() {
        OneNode few = conv(1).with("strides", new long[] {2});
        assertTrue(refusal(few, FileFormatException.class).contains("attribute 'strides' has 1 numbers, but needs 2"));
        OneNode zero = conv(1).with("strides", new long[] {0, 1});
        assertTrue(refusal(zero, FileFormatException.class)
                .contains("Conv 'it': attribute 'strides' has 0, but needs 1 or more"));
        OneNode still = conv(1).with("dilations", new long[] {1, 0});
        assertTrue(refusal(still, FileFormatException.class).contains("attribute 'dilations' has 0, but needs 1"));
        OneNode negative = conv(1).with("pads", new long[] {0, -1, 0, 0});
        assertTrue(refusal(negative, Unsupported.class).contains("negative padding [0, -1, 0, 0]"));
    }

    private static OneNode up(int groups) {
        return new OneNode("ConvTranspose")
                .data(dims(2, 4, 3, 2), spread(48))
                .data(dims(4, 3, 3, 2), spread(72))
                .with("group", (long) groups);
    }

    @Test
    void transposedConvolutionsTakeTheirAttributes() {
        up(1).isAsElsewhere();
        up(2).data(dims(6), counted(6)).isAsElsewhere();
        up(1).with("strides", new long[] {2, 3}).isAsElsewhere();
        up(1).with("strides", new long[] {2, 3})
                .with("pads", new long[] {1, 0, 0, 1})
                .isAsElsewhere();
        up(1).with("strides", new long[] {2, 3})
                .with("output_padding", new long[] {1, 2})
                .isAsElsewhere();
        up(1).with("dilations", new long[] {2, 1}).isAsElsewhere();
        up(1).with("strides", new long[] {2, 2})
                .with("pads", new long[] {1, 1, 1, 1})
                .with("output_padding", new long[] {1, 0})
                .isAsElsewhere();
    }

    @Test
    void transposedConvolutionsReachTheSizeThatIsAskedFor() {
        // One row: an input (1, 2), a kernel of three ones, stride 2: (1, 1, 3, 2, 2) in full.
        OneNode four = row().with("output_shape", new long[] {4});
        four.gives(dims(1, 1, 4), 1, 3, 2, 2);
        row().with("output_shape", new long[] {4})
                .with("auto_pad", "SAME_UPPER")
                .gives(dims(1, 1, 4), 1, 1, 3, 2);
        row().with("auto_pad", "SAME_UPPER").gives(dims(1, 1, 4), 1, 1, 3, 2);
        row().with("auto_pad", "SAME_LOWER").gives(dims(1, 1, 4), 1, 3, 2, 2);
        row().with("auto_pad", "VALID").gives(dims(1, 1, 5), 1, 1, 3, 2, 2);
        row().with("output_padding", new long[] {1}).gives(dims(1, 1, 6), 1, 1, 3, 2, 2, 0);
        row().with("output_shape", new long[] {2}).gives(dims(1, 1, 2), 3, 2);
        row().with("output_shape", new long[] {4})
                .with("output_padding", new long[] {1})
                .with("auto_pad", "SAME_UPPER")
                .gives(dims(1, 1, 4), 1, 3, 2, 2);
        OneNode long7 = row().with("output_padding", new long[] {2});
        assertTrue(refusal(long7, Unsupported.class).contains("longer than the stretched input by a stride or more"));
    }

    private static OneNode row() {
        return new OneNode("ConvTranspose")
                .data(dims(1, 1, 2), 1, 2)
                .data(dims(1, 1, 3), 1, 1, 1)
                .with("strides", new long[] {2});
    }

    private static OneNode pool(String operator) {
        return new OneNode(operator).data(dims(2, 2, 5, 6), spread(120)).with("kernel_shape", new long[] {2, 3});
    }

    @ParameterizedTest
    @ValueSource(strings = {"MaxPool", "AveragePool"})
    void poolingTakesItsAttributes(String operator) {
        pool(operator).isAsElsewhere();
        pool(operator)
                .with("strides", new long[] {2, 2})
                .with("pads", new long[] {1, 2, 0, 1})
                .isAsElsewhere();
        pool(operator).with("strides", new long[] {3, 2}).with("ceil_mode", 1L).isAsElsewhere();
        for (String rule : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            pool(operator)
                    .with("strides", new long[] {2, 2})
                    .with("auto_pad", rule)
                    .isAsElsewhere();
        }
        new OneNode(operator)
                .data(dims(2, 2, 7), spread(28))
                .with("kernel_shape", new long[] {3})
                .with("strides", new long[] {2})
                .with("pads", new long[] {1, 0})
                .isAsElsewhere();
        OneNode none = new OneNode(operator).data(dims(1, 1, 2, 2), counted(4));
        assertTrue(
                refusal(none, FileFormatException.class).contains(operator + " 'it' has no attribute 'kernel_shape'"));
    }

    @Test
    void theLastWindowMayReachBeyondTheEnd() {
        for (int input = 4; input < 10; input++) {
            for (long[] rule : new long[][] {{2, 2, 0, 0}, {3, 2, 0, 0}, {2, 3, 1, 0}, {3, 2, 1, 1}, {3, 3, 1, 2}}) {
                new OneNode("MaxPool")
                        .data(dims(1, 1, input), spread(input))
                        .with("kernel_shape", new long[] {rule[0]})
                        .with("strides", new long[] {rule[1]})
                        .with("pads", new long[] {rule[2], rule[3]})
                        .with("ceil_mode", 1L)
                        .isAsElsewhere();
            }
        }
    }

    @Test
    void maximaOfWindowsWithDistances() {
        pool("MaxPool").with("dilations", new long[] {3, 2}).isAsElsewhere();
        pool("MaxPool")
                .with("dilations", new long[] {2, 1})
                .with("pads", new long[] {1, 1, 1, 1})
                .isAsElsewhere();
    }

    @Test
    void zerosCountInMeansWhereAsked() {
        pool("AveragePool")
                .with("count_include_pad", 1L)
                .with("pads", new long[] {1, 2, 0, 1})
                .with("strides", new long[] {2, 2})
                .isAsElsewhere();
        pool("AveragePool").with("count_include_pad", 1L).isAsElsewhere();
        pool("AveragePool")
                .with("count_include_pad", 1L)
                .with("pads", new long[] {1, 2, 1, 1})
                .isAsElsewhere();
        pool("AveragePool")
                .with("count_include_pad", 1L)
                .with("auto_pad", "SAME_LOWER")
                .isAsElsewhere();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 0", "0, 1", "1, 1"})
    void maximaTellTheirPlaces(long storageOrder, int padding) {
        OneNode node = pool("MaxPool")
                .outputs(2)
                .with("storage_order", storageOrder)
                .with("strides", new long[] {2, 1})
                .with("pads", new long[] {padding, padding, padding, 0});
        node.isAsElsewhere();
    }

    @Test
    void maximaFarApartTellTheirPlaces() {
        pool("MaxPool").outputs(2).with("dilations", new long[] {3, 2}).isAsElsewhere();
    }

    @Test
    void theFirstOfEqualMaximaIsThePlace() {
        OneNode row = new OneNode("MaxPool")
                .data(dims(1, 1, 5), 2, 2, 1, 3, 3)
                .with("kernel_shape", new long[] {2})
                .outputs(2);
        OneNode.assertSame(row.run().get(0), dims(1, 1, 4), new double[] {2, 2, 3, 3}, 0);
        OneNode.assertSame(row.run().get(1), dims(1, 1, 4), new double[] {0, 1, 3, 3}, 0);
    }

    @Test
    void wholeImagesArePooled() {
        for (String operator : new String[] {"GlobalAveragePool", "GlobalMaxPool"}) {
            new OneNode(operator).data(dims(2, 3, 2, 4), spread(48)).isAsElsewhere();
            new OneNode(operator).data(dims(2, 3, 4), spread(24)).isAsElsewhere();
        }
    }
}
