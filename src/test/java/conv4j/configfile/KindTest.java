package conv4j.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.augmentation.Augmentations;
import conv4j.layers.Layers;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as they are written: nothing that is a default, and one number where height and width are equal. */
class KindTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv2d 8 3 | conv2d 8 3",
                "Conv2D filters=8 kernel_size=(3, 3) strides=1x1 padding=valid | conv2d 8 3",
                "conv2d 8 3x5 strides=2x2 activation=relu | conv2d 8 3x5 strides=2 activation=relu",
                "conv2d 8 3 activation=relu padding=same | conv2d 8 3 padding=same activation=relu",
                "max_pooling2d | max_pooling2d 2",
                "max_pooling2d 3 | max_pooling2d 3",
                "max_pooling2d strides=1 | max_pooling2d 2 strides=1",
                "max_pooling2d (2, 3) | max_pooling2d 2x3",
                "relu max_value=none | relu",
                "relu 6 | relu 6",
                "relu negative_slope=0.5 | relu negative_slope=0.5",
                "leaky_relu 0.3 | leaky_relu",
                "dropout 0.5 | dropout 0.5",
                "dense 1 | dense 1",
                "reshape 4x4 | reshape 4x4",
                "reshape 16 | reshape (16)",
                "permute 2x1 | permute 2x1",
                "zero_padding2d (2, 2) | zero_padding2d (2x2, 2x2)",
                "global_max_pooling2d | global_max_pooling2d"
            })
    void onlyWhatIsNoDefaultIsWritten(String given, String written) {
        LayerLine line = LayerLine.of(new ConfigLine("net.conv", 1, given));
        Map<String, Object> config =
                Layers.fromConfig(line.kind().className(), line.arguments()).config();
        assertEquals(written, line.kind().line(config, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "random_contrast (0.5, 0.5) value_range=(0, 1)",
                "random_contrast (0.25, 0.5)",
                "random_flip vertical",
                "random_flip",
                "random_translation 0.25 0.5"
            })
    void augmentationsAreReadAsTheyAreWritten(String text) {
        ConfigLine line = new ConfigLine("net.conv", 1, text);
        Kind kind = AugmentationKinds.ALL.find(Element.of(line).name(), line);
        Map<String, Object> first = Augmentations.fromConfig(kind.className(), arguments(kind, text))
                .config();
        String written = kind.line(first, List.of());
        assertEquals(
                first,
                Augmentations.fromConfig(kind.className(), arguments(kind, written))
                        .config());
        assertTrue(written.startsWith(kind.title()), written);
    }

    private static Map<String, Object> arguments(Kind kind, String text) {
        ConfigLine line = new ConfigLine("net.conv", 1, text);
        return kind.arguments(line, Element.of(line), Set.of());
    }

    @Test
    void furtherWordsStandAtTheEnd() {
        Kind flatten = LayerKinds.ALL.find("flatten").orElseThrow();
        assertEquals(
                "flatten name=flat from=input",
                flatten.line(flatten.configure().apply(Map.of()), List.of("name=flat", "from=input")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "flatten 3 | flatten takes no value without names, but here are 1; write the others as option=value",
                "dense 3 4 | dense takes units without names, but here are 2; write the others as option=value",
                "dense 3 unit=4 | dense has no option 'unit'; did you mean units? There are units, ",
                "dense 3 xxxxxxxxxxxxx=4 | dense has no option 'xxxxxxxxxxxxx'; there are units, activation, use_bias, ",
                "dense 3 units=4 | units is given twice",
                "dense 3 use_bias=true use_bias=false | use_bias is given twice"
            })
    void optionsThatAreWrongAreRefused(String text, String message) {
        String said = assertThrows(ConfigFileException.class, () -> LayerLine.of(new ConfigLine("net.conv", 1, text)))
                .getMessage();
        assertTrue(said.startsWith("net.conv:1: " + message), said);
    }
}
