package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.data.Cifar10Files;
import conv4j.model.Model;
import conv4j.onnx.OnnxFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The way of a newcomer from a clone to an exported model: the lines of README.md, one after the other as they stand there, on
 * a small set in CIFAR-10's files, and the pictures that the comments behind them name.
 */
class ReadmeCommandsTest {

    private static final Pattern SECTION = Pattern.compile("(?ms)^## CIFAR-10 from clone to export\\n(.*?)^## ");
    private static final Pattern LINE = Pattern.compile("(?m)^ {4}\\./conv4j ([^#\\n]*?) *(?:#(.*))?$");
    private static final Pattern ALSO = Pattern.compile("also ([a-z, ]+)$");
    private static final String SHOW = "show ";

    @TempDir
    static Path folder;

    private static List<String> commands;
    private static String printed;

    @BeforeAll
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    static void runEveryLine() throws IOException, InterruptedException {
        Cifar10Files.write(folder.resolve("cache/datasets/cifar-10-batches-bin"));
        commands = commands(Files.readString(Path.of("README.md")));
        CommandLineProcess process = new CommandLineProcess(folder, Map.of("CONV4J_DEVICE", "cpu"));
        List<String> java = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                "-cp",
                absolute(System.getProperty("java.class.path")),
                CommandSequence.class.getName()));
        java.addAll(commands);
        CommandResult result = process.finish(process.start(java));
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        printed = result.out();
    }

    private static String absolute(String classPath) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .map(path -> Path.of(path).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The lines, and for pictures those that the comment adds. */
    private static List<String> commands(String readme) {
        MatchResult section = SECTION.matcher(readme)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError("the README has lost its section"));
        List<String> found = new ArrayList<>();
        LINE.matcher(section.group(1)).results().forEach(line -> {
            String command = line.group(1);
            found.add(command);
            if (command.startsWith(SHOW) && line.group(2) != null) {
                String shown = command.split(" ")[1];
                ALSO.matcher(line.group(2))
                        .results()
                        .flatMap(also -> Arrays.stream(also.group(1).split(", *")))
                        .forEach(other -> found.add(command.replaceFirst(shown, other.strip())));
            }
        });
        return found;
    }

    @Test
    void aModelIsTrainedEvaluatedLookedAtAndExported() {
        List<String> names = commands.stream()
                .map(command -> command.split(" ")[0])
                .distinct()
                .toList();
        assertEquals(List.of("train", "evaluate", "show", "predict", "report", "convert"), names);
        assertEquals(
                List.of("first-cnn.keras", "first-cnn.onnx"),
                commands.stream()
                        .filter(command -> command.startsWith("convert "))
                        .map(command -> command.split(" ")[2])
                        .toList());
    }

    @Test
    void theTrainingGoesOnWhereItStopped() {
        try (Model model = Model.load(folder.resolve("first-cnn"))) {
            assertEquals(12, model.trainedEpochs());
            assertEquals("airplane", model.classNames().get(0));
        }
    }

    @Test
    void allThatCanBeShownIsNamedAndWritten() throws IOException {
        TreeSet<String> shown = new TreeSet<>();
        for (Shown each : Shown.values()) {
            shown.add(each.title());
            File picture = folder.resolve(each.title() + ".png").toFile();
            assertTrue(picture.isFile() && ImageIO.read(picture).getWidth() > 100, picture.toString());
        }
        assertEquals(
                shown,
                commands.stream()
                        .filter(command -> command.startsWith(SHOW))
                        .map(command -> command.split(" ")[1])
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void theReportAndBothExportsAreThere() throws IOException {
        assertTrue(Files.readString(folder.resolve("report.html")).contains("first_cnn"));
        assertTrue(printed.contains("precision     recall   f1-score    support"), printed);
        assertTrue(printed.contains("stimuli.png\n"), printed);
        try (Model keras = ModelFiles.open(folder.resolve("first-cnn.keras"));
                Model onnx = OnnxFile.load(folder.resolve("first-cnn.onnx"))) {
            assertEquals(60, keras.trainedSteps());
            assertEquals(1_084_234, onnx.parameterCount());
        }
    }

    @Test
    void linesAndWhatTheirCommentsAddAreFound() {
        String readme = "## CIFAR-10 from clone to export\n\n    ./conv4j show a m --data d   # a.png; also b, c\n"
                + "    ./conv4j report m\n\n## Next\n\n    ./conv4j bench\n";
        assertEquals(
                List.of("show a m --data d", "show b m --data d", "show c m --data d", "report m"), commands(readme));
    }
}
