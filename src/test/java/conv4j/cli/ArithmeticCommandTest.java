package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The arithmetic command: what it says and draws, in this process; that it is there at all, in one of its own. */
class ArithmeticCommandTest {

    private static final Pattern COMMAND = Pattern.compile("^ {4}\\./conv4j (arithmetic .*)$", Pattern.MULTILINE);

    @TempDir
    Path folder;

    private static CommandResult arithmetic(String options) {
        return Commands.run(("arithmetic " + options).split(" "));
    }

    private static String[] lines(String options) {
        CommandResult result = arithmetic(options);
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        return result.out().lines().toArray(String[]::new);
    }

    private static JsonObject json(String options) {
        CommandResult result = arithmetic(options + " --json");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        return result.json();
    }

    private static void refused(String options, String... parts) {
        CommandResult result = arithmetic(options);
        assertEquals(ExitCode.USAGE, result.exitCode(), result.err());
        assertEquals("", result.out());
        assertFalse(result.err().contains("Exception"), result.err());
        for (String part : parts) {
            assertTrue(result.err().contains(part), () -> "'" + part + "' is not in: " + result.err());
        }
    }

    @Test
    void sizesComeWithTheirRelationship() {
        assertEquals(
                List.of(
                        "convolution, input 5x5, kernel 3x3: output 3x3",
                        "",
                        "height and width: i = 5, k = 3, s = 2, p = 1",
                        "relationship 6: any stride, any padding",
                        "    o = floor((i + 2*p - k) / s) + 1",
                        "      = floor((5 + 2*1 - 3) / 2) + 1",
                        "      = 3"),
                List.of(lines("--input 5 --kernel 3 --stride 2 --padding 1")));
    }

    @Test
    void axesThatDifferAreDescribedOneByOne() {
        String[] lines = lines("--input 3x4 --kernel 3 --stride 2 --padding 1 --transposed --output-padding 1x0");
        assertEquals("transposed convolution, input 3x4, kernel 3x3: output 6x7", lines[0]);
        assertEquals("height: i' = 3, k = 3, s = 2, p = 1, a = 1", lines[2]);
        assertEquals("       = 2*(3 - 1) + 1 + 3 - 2*1", lines[5]);
        assertEquals(
                "like a convolution of stride 1 over 8 positions: 1 zero between inputs, 1 before, 2 after", lines[7]);
        assertEquals("width: i' = 4, k = 3, s = 2, p = 1", lines[9]);
    }

    @Test
    void everyPaddingHasItsSizes() {
        assertEquals("[3,3] 1", output("--input 5 --kernel 3 --padding valid"));
        assertEquals("[5,5] 3", output("--input 5 --kernel 3 --padding half"));
        assertEquals("[7,7] 4", output("--input 5 --kernel 3 --padding FULL"));
        assertEquals("[5,7] 2", output("--input 5x7 --kernel 4 --padding same"));
        assertEquals("[5,7] 3", output("--input 5 --kernel 3 --padding 1x2"));
        assertEquals("[3,3] 15", output("--input 7 --kernel 3 --dilation 2"));
        assertEquals("[2,2] 7", output("--input 5 --kernel 3 --stride 2 --pooling max"));
        assertEquals("[6,6] 13", output("--input 3 --kernel 3 --stride 2 --padding same --transposed"));
        assertEquals("[5,5] 11", output("--input 7 --kernel 3 --padding full --transposed"));
        assertEquals("[5,5] 10", output("--input 5 --kernel 3 --padding half --transposed"));
        assertEquals("[7,7] 8", output("--input 5 --kernel 3 --padding valid --transposed"));
    }

    private static String output(String options) {
        JsonObject json = json(options);
        return json.get("output") + " "
                + json.getAsJsonArray("axes").get(0).getAsJsonObject().get("relationship");
    }

    @Test
    void oneObjectSaysEverything() {
        JsonObject json = json("--input 6 --kernel 2 --stride 2 --pooling average");
        assertEquals("average pooling", json.get("kind").getAsString());
        JsonObject axis = json.getAsJsonArray("axes").get(1).getAsJsonObject();
        assertEquals("o = floor((i - k) / s) + 1", axis.get("formula").getAsString());
        assertEquals("floor((6 - 2) / 2) + 1", axis.get("substituted").getAsString());
        assertEquals(3, axis.get("output").getAsInt());
        assertEquals("[]", json.get("files").toString());
    }

    @Test
    void drawingsAreWrittenWhereTheyAreWanted() throws IOException {
        Path gif = folder.resolve("new/a.gif");
        Path frames = folder.resolve("frames");
        JsonObject json = json("--input 4x5 --kernel 3 --numbers --out " + gif + " --frames " + frames);
        assertEquals(1 + 6, json.getAsJsonArray("files").size());
        assertTrue(new String(Files.readAllBytes(gif), StandardCharsets.ISO_8859_1).startsWith("GIF89a"));
        try (Stream<Path> written = Files.list(frames)) {
            assertEquals(6, written.count());
        }
        Path blocked = Files.createFile(folder.resolve("file"));
        CommandResult result = arithmetic("--input 4 --kernel 3 --out " + blocked + "/a.gif");
        assertEquals(ExitCode.DATA, result.exitCode());
        assertTrue(result.err().contains("could not be saved"), result.err());
    }

    @Test
    void theGalleryHasAFileForEveryCase() throws IOException {
        CommandResult result = arithmetic("--json --gallery " + folder);
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertEquals(15, result.json().getAsJsonArray("gallery").size());
        assertEquals(15, result.err().lines().count());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(
                            "arbitrary-padding.gif",
                            "dilated.gif",
                            "full-padding.gif",
                            "half-padding.gif",
                            "no-padding.gif",
                            "strided-padded-odd.gif",
                            "strided-padded.gif",
                            "strided.gif",
                            "transposed-arbitrary-padding.gif",
                            "transposed-full-padding.gif",
                            "transposed-half-padding.gif",
                            "transposed-no-padding.gif",
                            "transposed-strided-padded-odd.gif",
                            "transposed-strided-padded.gif",
                            "transposed-strided.gif"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void whatDoesNotFitEndsWith2() {
        refused("", "--input and --kernel are needed");
        refused("--input 3 --kernel 5", "a window of extent 5", "does not fit the padded input of 3", "use padding");
        refused("--input 3 --kernel 0", "--kernel must be 1 or more");
        refused("--input 0 --kernel 1", "input size must be 1 or more");
        refused("--input 5 --kernel 3 --stride 0", "stride must be 1 or more");
        refused("--input 5 --kernel 3 --stride 0 --transposed", "stride must be 1 or more");
        refused("--input 5 --kernel 3 --stride 0 --transposed --padding same", "must be 1 or more");
        refused("--input 5 --kernel 3 --dilation 0", "--dilation must be 1 or more");
        refused("--input 5x5x5 --kernel 3", "--input", "'5x5x5' is not a number");
        refused("--input 5 --kernel 3 --padding some", "--padding is a number", "'some'");
        refused("--input 5 --kernel 4 --padding half", "odd extent", "4 positions", "--padding same");
        refused("--input 5 --kernel 3 --pooling median", "max or average", "'median'");
        refused("--input 5 --kernel 3 --pooling max --transposed", "contradict each other");
        refused("--input 5 --kernel 3 --pooling max --dilation 2", "pooling has no dilation");
        refused("--input 5 --kernel 2 --pooling max --padding 2 --numbers --out a.gif", "padding alone");
        refused("--input 5 --kernel 3 --output-padding 1", "belongs to --transposed");
        refused("--input 5 --kernel 3 --output-padding 1 --transposed", "smaller than the stride");
        refused("--input 5 --kernel 3 --stride 2 --output-padding 1 --transposed --padding same", "--padding same");
        refused("--input 5 --kernel 3 --padding 3 --transposed", "is not below the extent", "less padding");
        refused("--input 5 --kernel 3 --out a.png", "ends in .gif", "--frames DIR");
        refused("--input 5 --kernel 3 --numbers", "needs --out FILE.gif or --frames DIR");
        refused("--input 500 --kernel 3 --out a.gif", "500x500 cells", "at most 64 cells");
        refused("--input 9999 --kernel 9999 --stride 9999 --transposed --out a.gif", "at most 64 cells");
        refused("--gallery a --input 5 --kernel 3", "cases of its own");
    }

    @Test
    void largeSizesAreExplainedWithoutADrawing() {
        assertEquals("[224,224] 3", output("--input 224 --kernel 7 --padding half"));
        assertEquals("[99980001,99980001] 12", output("--input 9999 --kernel 9999 --stride 9999 --transposed"));
    }

    @Test
    void everyCommandOfTheDocumentRuns() throws IOException {
        String document = Files.readString(Path.of("docs", "convolution-arithmetic.md"));
        Matcher commands = COMMAND.matcher(document);
        int count = 0;
        while (commands.find()) {
            String command = commands.group(1).replaceAll("(--out|--frames|--gallery) ", "$1 " + folder + "/");
            CommandResult result = Commands.run(command.split(" "));
            assertEquals(ExitCode.OK, result.exitCode(), () -> command + ": " + result.err());
            count++;
        }
        assertTrue(count >= 5, "commands in the document");
    }

    @Test
    void theProgramHasTheCommandAndDrawsWithoutAScreen() throws Exception {
        CommandLineProcess conv4j = new CommandLineProcess(folder, Map.of());
        CommandResult result =
                conv4j.run("arithmetic", "--input", "4", "--kernel", "3", "--numbers", "--out", "a.gif", "--json");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertEquals("[2,2]", result.json().get("output").toString());
        assertTrue(Files.size(folder.resolve("a.gif")) > 1000);
    }
}
