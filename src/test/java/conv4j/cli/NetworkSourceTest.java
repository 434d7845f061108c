package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.applications.Application;
import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class NetworkSourceTest {

    private static final Shape IMAGES = Shape.of(32, 32, 3);

    @TempDir
    Path folder;

    private NetworkSource file(String text) throws IOException {
        Path file = folder.resolve("net.conv");
        Files.writeString(file, text);
        return NetworkSource.of(file.toString());
    }

    /** Every use of a layer: what it is, and the numbers of its inputs. */
    private static List<Object> structure(Model model) {
        List<Object> structure = new ArrayList<>();
        List<Tensor> uses = model.tensors();
        for (Tensor use : uses) {
            Layer layer = use.layer();
            structure.add(List.of(
                    layer.className(),
                    layer.config().toString(),
                    use.inputs().stream().map(uses::indexOf).toList()));
        }
        return structure;
    }

    @ParameterizedTest
    @EnumSource
    void aPresetThatIsWrittenAndReadAgainIsTheSameNetwork(Application preset) throws IOException {
        NetworkSource known = new NetworkSource(preset, null);
        try (Model first = known.build(IMAGES, 7)) {
            String text = ConfigText.of(first, known);
            NetworkSource read = file(text);
            try (Model second = read.build(IMAGES, 7)) {
                assertEquals(structure(first), structure(second));
                assertEquals(first.getClass(), second.getClass());
                assertEquals(first.name(), second.name());
                assertEquals(text, ConfigText.of(second, read), "written again");
            }
            try (Model other = read.build(IMAGES, 3)) {
                assertEquals(Shape.of(3), other.outputShape());
            }
            assertEquals(
                    TrainingSettings.options(preset).size(),
                    read.file().settings("training", ConfigDefaults.TRAINING).size());
        }
    }

    @Test
    void aFileMayNameAPreset() throws IOException {
        NetworkSource source = file("[network]\npreset = vgg-11\n");
        assertEquals(Application.VGG_11, source.preset());
        IllegalArgumentException unknown =
                assertThrows(IllegalArgumentException.class, () -> file("\n[network]\npreset = vgg12\n"));
        assertTrue(unknown.getMessage().contains("net.conv:3: there is no preset 'vgg12'"), unknown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> file("[network]\npreset = lenet\nflatten\n"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> NetworkSource.of("resnet"))
                .getMessage()
                .contains("first-cnn, lenet, resnet18, vgg11"));
    }

    /** The settings of a section's table in docs/configuration.md. */
    private static List<String> listed(String section) throws IOException {
        String text = Files.readString(Path.of("docs", "configuration.md"));
        return Pattern.compile("(?m)^\\| `(\\w+)` \\| .* \\|$")
                .matcher(text.split("### \\[" + section + "]")[1].split("### ")[0])
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    @Test
    void thePageListsTheSettingsThatThereAre() throws IOException {
        assertEquals(ConfigDefaults.TRAINING, listed("training"));
        assertEquals(ConfigDefaults.DATA, listed("data"));
    }

    @Test
    void theFilesOfThePageBuildNetworksAndEverySettingIsAnOption() throws IOException {
        List<String> files = Pattern.compile("(?m)^```conv\\n(.*?)^```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("docs", "configuration.md")))
                .results()
                .map(result -> result.group(1))
                .toList();
        assertEquals(1, files.size());
        for (String text : files) {
            NetworkSource source = file(text);
            try (Model model = source.build(IMAGES, 10)) {
                assertEquals(Shape.of(10), model.outputShape());
                assertEquals(1, model.augmentation().size());
            }
            assertEquals(
                    5,
                    source.file().settings("training", ConfigDefaults.TRAINING).size());
        }
        CommandLine.Model.CommandSpec train = new Main(System.out, System.err)
                .configured()
                .getSubcommands()
                .get("train")
                .getCommandSpec();
        List<String> settings = new ArrayList<>(ConfigDefaults.TRAINING);
        settings.addAll(ConfigDefaults.DATA);
        settings.forEach(setting -> assertNotNull(train.findOption(ConfigDefaults.option(setting)), setting));
    }
}
