package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code conv4j show} and {@code conv4j report}: what they write, and what they say when they cannot. */
class ShowCommandTest {

    @TempDir
    static Path folder;

    private static Path model;

    private static CommandResult show(String... args) {
        String[] common = {"show", "--device", "cpu", "--limit", "8", "--steps", "2"};
        String[] all = Arrays.copyOf(common, common.length + args.length);
        System.arraycopy(args, 0, all, common.length, args.length);
        return Commands.run(all);
    }

    @BeforeAll
    static void trainATinyModel() {
        model = folder.resolve("tiny");
        CommandResult result = Commands.run(
                "train",
                "--limit",
                "32",
                "--image-size",
                "12x12",
                "--network",
                "lenet",
                "--epochs",
                "2",
                "--device",
                "cpu",
                "--save",
                model.toString());
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
    }

    @ParameterizedTest
    @EnumSource(Shown.class)
    void everythingThatCanBeShownIsWritten(Shown shown) throws Exception {
        Path file = folder.resolve("pictures").resolve(shown.title() + ".png");
        CommandResult result = show(shown.title(), model.toString(), "--out", file.toString());
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertTrue(result.err().contains("Wrote " + file), result.err());
        BufferedImage image = ImageIO.read(file.toFile());
        assertTrue(image.getWidth() >= 300 && image.getHeight() >= 150, image.toString());
    }

    @Test
    void jsonNamesTheFile() {
        Path file = folder.resolve("graph.png");
        CommandResult result = show("graph", model.toString(), "--out", file.toString(), "--json");
        assertTrue(result.out().contains("\"what\":\"graph\""), result.out());
        assertTrue(result.out().contains(file.toString()), result.out());
    }

    @Test
    void aReportIsWrittenAndItsTablePrinted() throws Exception {
        Path file = folder.resolve("page.html");
        CommandResult result =
                Commands.run("report", model.toString(), "--limit", "8", "--device", "cpu", "--out", file.toString());
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertTrue(result.out().contains("precision     recall   f1-score    support"), result.out());
        assertTrue(Files.readString(file).startsWith("<!DOCTYPE html>"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2 | choose one of [conv2d, conv2d_1] | show filters MODEL --layer conv9 --device cpu",
                "2 | has none of the activations | show activations MODEL --layer dense --device cpu",
                "2 | it has [conv2d, | show stimuli MODEL --layer conv9 --device cpu",
                "2 | 'everything' cannot be shown; choose one of samples, | show everything MODEL",
                "2 | name ends in .png | show graph MODEL --out graph.gif",
                "2 | --count must be 1 or more | show samples MODEL --count 0",
                "2 | --layer is for filters | show history MODEL --layer conv2d",
                "2 | --image is for activations | show filters MODEL --image x.png",
                "2 | name ends in .html | report MODEL --out report.pdf",
                "3 | there is no model file | show graph MODEL-that-is-not-there",
                "3 | there is no folder | show samples MODEL --data cifar10 --data-dir no-such-folder",
            })
    void whatCannotBeShownIsSaid(int code, String message, String words) {
        String[] args = words.replace("MODEL", model.toString()).split(" ");
        CommandResult result = Commands.run(args);
        assertEquals(code, result.exitCode(), result.err());
        assertTrue(result.err().contains(message), result.err());
        assertEquals("", result.out());
    }
}
