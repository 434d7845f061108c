package conv4j.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.applications.Application;
import conv4j.augmentation.Augmentation;
import conv4j.augmentation.RandomFlip;
import conv4j.files.FileFormatException;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigFileTest {

    private static final Shape IMAGES = Shape.of(16, 16, 3);

    private static Model network(String... lines) {
        return ConfigFile.of("net.conv", "[network]\n" + String.join("\n", lines))
                .network()
                .build(IMAGES, 10);
    }

    private static Map<String, Object> config(String line) {
        try (Model model = network(line)) {
            Layer layer = model.layers().get(1);
            return layer.config();
        }
    }

    @Test
    void layersFollowEachOtherWithKerasNamesAndDefaults() {
        try (Model model = network(
                "name = small   # a comment",
                "",
                "conv2d 8 3 strides=2 padding=same activation=relu",
                "MaxPooling2D",
                "flatten",
                "dense classes activation=softmax")) {
            assertTrue(model instanceof Sequential);
            assertEquals("small", model.name());
            assertEquals(Shape.of(10), model.outputShape());
            assertEquals(
                    List.of("conv2d", "max_pooling2d", "flatten", "dense"),
                    model.layers().stream().skip(1).map(Layer::name).toList());
            assertEquals(List.of(2, 2), model.layers().get(1).config().get("strides"));
        }
    }

    @Test
    void valuesArePairsListsPartsAndTexts() {
        assertEquals(List.of(3, 5), config("conv2d 4 3x5").get("kernel_size"));
        assertEquals(List.of(3, 5), config("conv2d 4 kernel_size=(3, 5)").get("kernel_size"));
        assertEquals(
                List.of(List.of(1, 0), List.of(2, 3)),
                config("zero_padding2d ((1, 0), (2, 3))").get("padding"));
        assertEquals(List.of(256, 3), config("reshape 256x3").get("target_shape"));
        assertEquals(List.of(768), config("reshape 768").get("target_shape"));
        assertEquals(
                Map.of("class_name", "L2", "config", Map.of("l2", 0.001)),
                config("conv2d 4 3 kernel_regularizer=l2(0.001)").get("kernel_regularizer"));
        assertTrue(config("conv2d 4 3 kernel_initializer=random_normal(mean=0, stddev=0.01)")
                .get("kernel_initializer")
                .toString()
                .contains("stddev=0.01"));
        assertEquals(0.3, config("leaky_relu 0.3").get("negative_slope"));
        assertEquals(
                Map.of("class_name", "ELU", "config", Map.of("alpha", 0.5)),
                config("conv2d 4 3 activation=elu(alpha=0.5)").get("activation"));
        assertEquals("my layer", config("flatten name=\"my layer\"").get("name"));
        assertEquals(false, config("conv2d 4 3 trainable=false").get("trainable"));
    }

    @Test
    void namedLayersBranchAndJoin() {
        try (Model model = network(
                "conv2d 8 3 padding=same name=stem",
                "conv2d 8 3 padding=same",
                "relu name=block",
                "conv2d 8 1 name=shortcut from=stem",
                "add block shortcut name=sum",
                "concatenate input sum",
                "flatten",
                "dense classes")) {
            List<Tensor> uses = model.tensors();
            Tensor both = uses.get(uses.size() - 3);
            assertEquals("concatenate", both.layer().name());
            assertEquals(Shape.of(16, 16, 11), both.shape());
            assertEquals(
                    List.of("block", "shortcut"),
                    both.inputs().get(1).inputs().stream()
                            .map(input -> input.layer().name())
                            .toList());
        }
    }

    @Test
    void aLayerThatNothingUsesIsAMistake() {
        ConfigFileException unused =
                assertThrows(ConfigFileException.class, () -> network("conv2d 8 3", "flatten from=input", "dense 3")
                        .close());
        assertEquals(
                "net.conv:2: nothing uses this layer, conv2d; join it with add or concatenate, or leave it out",
                unused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv2 8 3 | net.conv:2: there is no layer 'conv2'; did you mean conv2d?",
                "conv2d 8 3 stride=2 | net.conv:2: conv2d has no option 'stride'; did you mean strides?",
                "conv2d 8 | net.conv:2: Conv2D needs the argument kernel_size",
                "conv2d 8 3 2 | net.conv:2: conv2d takes filters kernel_size without names, but here are 3",
                "conv2d 0 3 | net.conv:2: Conv2D needs filters of 1 or more, but was given 0",
                "conv2d 8 3 padding=sam | net.conv:2: ",
                "conv2d 8 3 filters=4 | net.conv:2: filters is given twice",
                "conv2d 8 17 | net.conv:2: conv2d (Conv2D, input (16, 16, 3)): a window of extent 17",
                "dense classes units | net.conv:2: dense takes units",
                "conv2d padding=same 8 3 | net.conv:2: '8' has no name",
                "conv2d 8 3 padding= same | net.conv:2: ",
                "add a | net.conv:2: add joins two layers or more",
                "add a b | net.conv:2: no layer above has the name 'a'; ",
                "conv2d 8 3 from=imput | net.conv:2: no layer above has the name 'imput'; did you mean input?",
                "conv2d 8 3 name=input | net.conv:2: the name input is taken",
                "conv2d 8 (3 | net.conv:2: parentheses do not match",
                "input = 32x32 | net.conv:2: the network has no layers",
                "inptu = 32 | net.conv:2: there is no setting 'inptu' here; did you mean input?",
                "dense 3 kernel_regularizer=l3(1) | net.conv:2: "
            })
    void everyMistakeIsNamedWithItsLine(String line, String message) {
        ConfigFileException wrong =
                assertThrows(ConfigFileException.class, () -> network(line).close());
        assertTrue(wrong.getMessage().startsWith(message.strip()), wrong.getMessage());
    }

    @Test
    void imagesAndClassesMustBeThoseOfTheFile() {
        ConfigFileException images =
                assertThrows(ConfigFileException.class, () -> network("flatten", "input = 8x8x1", "dense classes")
                        .close());
        assertTrue(images.getMessage().startsWith("net.conv:3: the network is for images of (8, 8, 1)"));
        ConfigFileException classes =
                assertThrows(ConfigFileException.class, () -> network("flatten", "dense classes", "classes = 2")
                        .close());
        assertTrue(classes.getMessage().startsWith("net.conv:4: the network is for 2 classes"));
    }

    @Test
    void sectionsAndSettingsAreChecked() {
        assertSays("dense 3", "net.conv:1: a section is needed first");
        assertSays("[netwrok]", "net.conv:1: there is no section 'netwrok'; did you mean network?");
        assertSays("[data]\n[data]", "net.conv:2: the section [data] is there twice");
        assertSays("[data", "net.conv:1: a section's name stands in brackets");
        ConfigFile file = ConfigFile.of("net.conv", "[training]\nepochs = 3\n # none\nseed=7\n");
        assertEquals(
                "3",
                file.settings("training", Set.of("epochs", "seed"))
                        .get("epochs")
                        .value());
        assertEquals(
                4,
                file.settings("training", Set.of("epochs", "seed"))
                        .get("seed")
                        .line()
                        .number());
        assertTrue(file.settings("data", Set.of("limit")).isEmpty());
        ConfigFileException unknown =
                assertThrows(ConfigFileException.class, () -> file.settings("training", List.of("epochs", "speed")));
        assertTrue(unknown.getMessage().startsWith("net.conv:4: there is no setting 'seed' here; did you mean speed?"));
        assertThrows(ConfigFileException.class, file::network);
    }

    @Test
    void commentsBeginWithASignAfterABlankAndOutsideOfTexts() {
        try (Model model =
                network("#first", "dense 3 name=\"a #1\" #the name", "flatten # the rest", "dense classes\t#")) {
            assertEquals(
                    List.of("a #1", "flatten", "dense"),
                    model.layers().stream().skip(1).map(Layer::name).toList());
        }
        String message = assertThrows(ConfigFileException.class, () -> network("dense 3# 4"))
                .getMessage();
        assertTrue(message.startsWith("net.conv:2: '3#' is no value"), message);
    }

    @Test
    void aLineBeforeTheFirstSectionIsShownAsFarAsItFits() {
        String message = "net.conv:1: a section is needed first, as in [network]; this file begins with '";
        assertSays("12345678901234567890", message + "12345678901234567890'");
        assertSays("123456789012345678901", message + "12345678901234567890...'");
    }

    @Test
    void settingsNeedANameAndAValueOnce() {
        assertSetting("epochs 3", "net.conv:2: [training] has settings, name = value, but this is 'epochs 3'");
        assertSetting("= 3", "net.conv:2: there is no setting '' here; there are epochs, seed");
        assertSetting("seed =", "net.conv:2: seed has no value; give one or leave the line out");
        assertSetting("seed = 1\nseed = 2", "net.conv:3: seed is set twice; leave one out");
    }

    private static void assertSetting(String line, String message) {
        ConfigFile file = ConfigFile.of("net.conv", "[training]\n" + line);
        assertEquals(
                message,
                assertThrows(ConfigFileException.class, () -> file.settings("training", List.of("epochs", "seed")))
                        .getMessage());
    }

    @Test
    void aFileIsReadAndCalledByItsPath(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("net.conv"), "[network]\nflatten\n");
        ConfigFile read = ConfigFile.read(file);
        assertEquals(file.toString(), read.name());
        try (Model model = read.network().build(IMAGES, 10)) {
            assertEquals("network", model.name());
            assertEquals(Shape.of(768), model.outputShape());
        }
    }

    @Test
    void whatIsNoReadableTextIsRefused(@TempDir Path folder) throws IOException {
        Path missing = folder.resolve("missing.conv");
        assertEquals(
                "there is no file " + missing + "; check the name",
                assertThrows(UncheckedIOException.class, () -> ConfigFile.read(missing))
                        .getMessage());
        assertEquals(
                folder + " cannot be read; check its permissions",
                assertThrows(UncheckedIOException.class, () -> ConfigFile.read(folder))
                        .getMessage());
        Path binary = Files.write(folder.resolve("binary.conv"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        String message = assertThrows(FileFormatException.class, () -> ConfigFile.read(binary))
                .getMessage();
        assertTrue(message.startsWith(binary + " is not a text file in UTF-8"), message);
    }

    @Test
    void imagesClassesAndPresetsOfTheNetworkAreChecked() {
        assertEquals(
                "net.conv:2: input is HEIGHTxWIDTHxCHANNELS, 32x32x3 for example, but here it is '32x32'",
                assertThrows(ConfigFileException.class, () -> network("input = 32x32", "flatten"))
                        .getMessage());
        assertEquals(
                "net.conv:3: classes is a number, 10 for example, but here it is 'ten'",
                assertThrows(ConfigFileException.class, () -> network("flatten", "classes = ten"))
                        .getMessage());
        assertEquals(
                "net.conv:2: there is no preset 'small'; there are first-cnn, lenet, resnet18, vgg11",
                assertThrows(ConfigFileException.class, () -> network("preset = small"))
                        .getMessage());
    }

    @Test
    void aPresetIsBuiltForImagesThatFitTheFileAndTheNetwork() {
        NetworkDescription vgg = ConfigFile.of("net.conv", "[network]\nclasses = 3\npreset = VGG-11\n")
                .network();
        assertEquals(Application.VGG_11, vgg.preset());
        try (Model model = vgg.build(Shape.of(32, 32, 1), 3)) {
            assertEquals("vgg11", model.name());
            assertEquals(Shape.of(3), model.outputShape());
        }
        String small = assertThrows(ConfigFileException.class, () -> vgg.build(Shape.of(28, 28, 1), 3))
                .getMessage();
        assertTrue(small.startsWith("net.conv:3: vgg11 takes images of 32 x 32 pixels and more"), small);
        String other = assertThrows(ConfigFileException.class, () -> vgg.build(Shape.of(32, 32, 1), 4))
                .getMessage();
        assertTrue(other.startsWith("net.conv:2: the network is for 3 classes, but the data has 4"), other);
    }

    private static void assertSays(String text, String message) {
        ConfigFileException wrong = assertThrows(ConfigFileException.class, () -> ConfigFile.of("net.conv", text));
        assertTrue(wrong.getMessage().startsWith(message), wrong.getMessage());
    }

    @Test
    void augmentationsAreReadInTheirOrder() {
        List<Augmentation> all = ConfigFile.of(
                        "net.conv", "[augmentation]\nrandom_flip horizontal\nrandom_translation 0.1 (-0.2, 0.1)\n")
                .augmentation();
        assertEquals(new RandomFlip(RandomFlip.Mode.HORIZONTAL), all.get(0));
        assertEquals(List.of(-0.2, 0.1), all.get(1).config().get("width_factor"));
        ConfigFile wrong = ConfigFile.of("net.conv", "[augmentation]\nrandom_flop\n");
        assertTrue(assertThrows(ConfigFileException.class, wrong::augmentation)
                .getMessage()
                .contains("did you mean random_flip?"));
    }

    static List<Kind> kinds() {
        return LayerKinds.ALL.all();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void everyLayerIsWrittenAndReadAgain(Kind kind) {
        if (LayerKinds.joins(kind)) {
            assertEquals(kind.title(), kind.line(kind.configure().apply(kind.least()), List.of()));
            return;
        }
        Layer layer = Layers.fromConfig(kind.className(), kind.least());
        LayerLine read = LayerLine.of(new ConfigLine("net.conv", 1, kind.line(layer.config(), List.of())));
        assertEquals(
                layer.config(),
                Layers.fromConfig(kind.className(), read.arguments()).config());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conv2d 8 3x5 strides=2 padding=same dilation_rate=1 activation=relu use_bias=false",
                "conv2d 8 3 kernel_initializer=constant(0.5) bias_initializer=he_normal kernel_regularizer=l1l2(l1=0.1, l2=0.2)",
                "conv2d 9 3 groups=3 padding=((1, 0), (0, 1))",
                "batch_normalization momentum=0.9 epsilon=1e-5 center=false",
                "dense 4 activation=leaky_relu(negative_slope=0.3) trainable=false name=\"a b\"",
                "reshape (-1, 12)",
                "reshape 16x16x3",
                "up_sampling2d 2x3 interpolation=bilinear",
                "dropout 0.25",
                "max_pooling2d 3 strides=2 padding=same"
            })
    void optionsThatAreNotDefaultsAreWrittenAndReadAgain(String line) {
        try (Model first = network(line)) {
            String text = NetworkText.of(first);
            try (Model second = ConfigFile.of("again", text)
                    .network()
                    .build(IMAGES, first.outputShape().dim(-1))) {
                assertEquals(
                        first.layers().get(1).config(), second.layers().get(1).config(), text);
            }
        }
    }
}
