package conv4j.configfile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.layers.Layers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/configuration.md lists exactly what there is. */
class ConfigurationPageTest {

    private static String page() throws IOException {
        return Files.readString(Path.of("docs", "configuration.md"));
    }

    private static String rows(Kinds kinds) {
        return kinds.all().stream().map(ConfigurationPageTest::row).collect(Collectors.joining("\n"));
    }

    private static String row(Kind kind) {
        String places = LayerKinds.joins(kind) ? "names of layers" : code(String.join(" ", kind.places()));
        Set<String> options = kind.options();
        return "| `" + kind.title() + "` | " + places + " | "
                + options.stream().map(ConfigurationPageTest::code).collect(Collectors.joining(", ")) + " |";
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    @Test
    void everyLayerHasItsRow() throws IOException {
        String rows = rows(LayerKinds.ALL);
        assertTrue(page().contains("|---|---|---|\n" + rows + "\n\nEvery layer"), () -> "needed:\n" + rows);
    }

    @Test
    void everyAugmentationHasItsRow() throws IOException {
        String rows = rows(AugmentationKinds.ALL);
        assertTrue(page().contains("|---|---|---|\n" + rows + "\n\n## In Java"), () -> "needed:\n" + rows);
    }

    @Test
    void theSettingsOfTheNetworkAreThoseThatAreKnown() throws IOException {
        String section = page().split("### \\[network]")[1].split("### \\[training]")[0];
        List<String> listed = Pattern.compile("(?m)^\\| `(\\w+)` \\| [^|]* \\|$")
                .matcher(section)
                .results()
                .map(result -> result.group(1))
                .toList();
        assertEquals(NetworkDescription.SETTINGS, listed);
    }

    /** The kinds of layers and augmentations that the classes which make them know, from their sources. */
    @Test
    void noLayerOrAugmentationIsForgotten() throws IOException {
        Set<String> layers = new TreeSet<>(Layers.classNames());
        layers.remove("InputLayer");
        assertEquals(layers, classNames(LayerKinds.ALL));
        assertEquals(cases("augmentation/Augmentations.java"), classNames(AugmentationKinds.ALL));
        assertEquals("max_pooling2d", Layers.snakeCase("MaxPooling2D"));
    }

    private static Set<String> cases(String source) throws IOException {
        String text = Files.readString(Path.of("src/main/java/conv4j", source));
        return Pattern.compile("case \"(\\w+)\" ->")
                .matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> classNames(Kinds kinds) {
        return kinds.all().stream().map(Kind::className).collect(Collectors.toCollection(TreeSet::new));
    }
}
