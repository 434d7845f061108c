package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import conv4j.callbacks.LearningRateScheduler;
import conv4j.data.Cifar10;
import conv4j.data.Cifar10Files;
import conv4j.keras.KerasFile;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The walk through the first CNN: what it quotes is in the program, and the program does what it says. */
class FirstCnnTest {

    private static final Path SOURCE = Path.of("examples", "FirstCnn.java");
    private static final Path WALK = Path.of("docs", "first-cnn.md");
    private static final Pattern CODE = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PICTURE = Pattern.compile("\\(images/first-cnn/([^)]+)\\)");
    private static final Pattern EPOCH_LOG = Pattern.compile(
            "  loss \\d+\\.\\d{4}, accuracy [01]\\.\\d{4}; on test images \\d+\\.\\d{4}, [01]\\.\\d{4}");
    private static final int EPOCHS = 4;

    @TempDir
    private static Path folder;

    private static String classPath;

    @BeforeAll
    static void compileAndMakeData() throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler, "tests need a JDK, not a Java runtime only");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        String library = System.getProperty("java.class.path");
        Path classes = Files.createDirectory(folder.resolve("classes"));
        int result = compiler.run(
                null,
                errors,
                errors,
                "-proc:none",
                "-Xlint:all,-path",
                "-Werror",
                "-cp",
                library,
                "-d",
                classes.toString(),
                SOURCE.toString());
        assertEquals(0, result, errors::toString);
        classPath = classes + File.pathSeparator + library;
        Cifar10Files.write(data());
    }

    private static Path data() throws IOException {
        return Files.createDirectories(folder.resolve("data"));
    }

    @Test
    void everyPieceOfCodeOfTheWalkIsInTheProgram() throws IOException {
        List<String> source = Files.readAllLines(SOURCE);
        List<String> pieces = CODE.matcher(Files.readString(WALK))
                .results()
                .map(piece -> piece.group(1))
                .toList();
        assertTrue(pieces.size() >= 10, pieces.size() + " pieces");
        for (String piece : pieces) {
            assertTrue(contains(source, piece.lines().toList()), () -> "not in " + SOURCE + ":\n" + piece);
        }
    }

    @Test
    void theWalkQuotesEveryStepOfTheProgram() throws IOException {
        String walk = Files.readString(WALK);
        List<String> steps = Pattern.compile("(?m)^    (?:static )?[\\w\\[\\]]+ (\\w+)\\(.*\\{$")
                .matcher(Files.readString(SOURCE))
                .results()
                .map(step -> step.group().strip())
                .toList();
        assertTrue(steps.size() >= 10, steps.toString());
        steps.forEach(step -> assertTrue(walk.contains(step), step));
    }

    /** Whether lines stand in a text one after the other, all moved by the same number of spaces. */
    private static boolean contains(List<String> text, List<String> lines) {
        for (int start = 0; start + lines.size() <= text.size(); start++) {
            String first = text.get(start);
            if (first.endsWith(lines.get(0))
                    && first.substring(0, first.length() - lines.get(0).length())
                            .isBlank()) {
                String indent = first.substring(0, first.length() - lines.get(0).length());
                List<String> moved = lines.stream()
                        .map(line -> line.isEmpty() ? line : indent + line)
                        .toList();
                if (text.subList(start, start + lines.size()).equals(moved)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    void aPieceThatDiffersInOneSpaceIsNotThere() {
        List<String> text = List.of("    a {", "        b", "", "    }");
        assertTrue(contains(text, List.of("a {", "    b", "", "}")));
        assertFalse(contains(text, List.of("a {", "   b", "", "}")));
        assertFalse(contains(text, List.of("a {", "    b", "}")));
    }

    /** Killed after its first epoch it goes on, and ends with the weights of a training that nothing happened to. */
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theProgramTrainsThroughAKillAndLeavesEveryFileOfTheWalk() throws Exception {
        Path out = folder.resolve("out");
        killAfterAnEpoch(out);
        List<String> printed = run(out);
        assertTrue(printed.get(2).matches("going on after epoch [1-3]"), printed.toString());
        checkPrinted(printed);
        assertEquals("", text(folder.resolve("errors.txt")), "what a program prints that only does what the walk does");
        checkFiles(out);
        checkWeights(out.resolve("weights.safetensors"));
    }

    private static void checkWeights(Path file) throws Exception {
        Method network = Class.forName("FirstCnn", true, new URLClassLoader(new URL[] {
                    folder.resolve("classes").toUri().toURL()
                }))
                .getDeclaredMethod("network");
        network.setAccessible(true);
        try (Backend device = Backends.open("cpu");
                Model model = ((Model) network.invoke(null)).on(device)) {
            model.fit(
                    Cifar10.train(data()),
                    new FitOptions().epochs(EPOCHS).callbacks(new LearningRateScheduler(FirstCnnTest::rate)));
            Path whole = folder.resolve("whole");
            model.saveWeights(whole);
            assertEquals(-1, Files.mismatch(whole, file), "weights of a training that was not killed");
        }
    }

    private static double rate(int epoch) {
        return 0.005 * Math.pow(0.9, epoch);
    }

    private static void checkPrinted(List<String> printed) throws IOException {
        assertTrue(
                printed.get(0).startsWith("160 images to train on, 40 to test with, each (32, 32, 3)"), printed.get(0));
        String set = "Epoch " + EPOCHS + ": LearningRateScheduler setting learning rate to " + rate(EPOCHS - 1) + ".";
        int epoch = printed.indexOf(set);
        assertNotEquals(-1, epoch, set);
        assertTrue(EPOCH_LOG.matcher(printed.get(epoch + 1)).matches(), printed.get(epoch + 1));
        List<String> before = Files.readAllLines(folder.resolve("killed.txt"));
        assertTrue(before.stream().anyMatch(text -> text.contains("Trainable params: 1,084,234")), before.toString());
        assertTrue(before.contains("Epoch 1: LearningRateScheduler setting learning rate to 0.005."));
        assertTrue(printed.contains("another model with these weights predicts the same: true"));
        for (String pattern : List.of(
                "[\\d.]+ % of the test images are right",
                "image 2 is a \\w+:(  \\w+ [\\d.]+ %){3}",
                "  conv2d_3\\[3\\] is -?[\\d.]+ after 50 steps",
                "  logit\\[9\\] is -?[\\d.]+ after 50 steps",
                "first-cnn.keras: Adamax after 20 steps, accuracy [01]\\.\\d{4}",
                "first-cnn.onnx: accuracy [01]\\.\\d{4}")) {
            assertEquals(
                    1, printed.stream().filter(line -> line.matches(pattern)).count(), pattern);
        }
    }

    private static void checkFiles(Path out) throws IOException {
        List<String> promised = PICTURE.matcher(Files.readString(WALK))
                .results()
                .map((MatchResult picture) -> picture.group(1))
                .toList();
        List<String> written;
        try (Stream<Path> files = Files.list(out)) {
            written = files.map(file -> file.getFileName().toString()).toList();
        }
        List<String> pictures =
                written.stream().filter(name -> name.endsWith(".png")).toList();
        assertEquals(new TreeSet<>(promised), new TreeSet<>(pictures));
        for (String picture : pictures) {
            assertTrue(ImageIO.read(out.resolve(picture).toFile()).getWidth() > 100, picture);
            assertTrue(Files.exists(Path.of("docs", "images", "first-cnn", picture)), picture);
        }
        List<String> others = new ArrayList<>(written);
        others.removeAll(pictures);
        assertEquals(
                new TreeSet<>(List.of("first-cnn", "first-cnn.keras", "first-cnn.onnx", "weights.safetensors")),
                new TreeSet<>(others));
        try (Model model = KerasFile.load(out.resolve("first-cnn.keras"))) {
            assertEquals(20, model.trainedSteps());
        }
    }

    private static void killAfterAnEpoch(Path out) throws IOException, InterruptedException {
        Path printed = folder.resolve("killed.txt");
        Process program = start(out, printed, 1000);
        Path checkpoint = out.resolve("first-cnn");
        while (program.isAlive() && !Files.exists(checkpoint)) {
            Thread.sleep(20);
        }
        assertTrue(program.isAlive(), () -> "the program ended by itself:\n" + text(printed));
        program.destroyForcibly();
        assertNotEquals(0, program.waitFor());
    }

    private static List<String> run(Path out) throws IOException, InterruptedException {
        Path printed = folder.resolve("printed.txt");
        Process program = start(out, printed, EPOCHS);
        assertEquals(0, program.waitFor(), () -> text(folder.resolve("errors.txt")));
        return Files.readAllLines(printed);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException missing) {
            return missing.toString();
        }
    }

    private static Process start(Path out, Path printed, int epochs) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djava.awt.headless=true",
                        "-Dstdout.encoding=" + StandardCharsets.UTF_8,
                        "-Duser.language=en",
                        "-cp",
                        classPath,
                        "FirstCnn",
                        data().toString(),
                        out.toString(),
                        Integer.toString(epochs),
                        "cpu")
                .redirectOutput(printed.toFile())
                .redirectError(folder.resolve("errors.txt").toFile())
                .start();
    }
}
