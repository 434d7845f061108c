package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import conv4j.shape.Shape;
import conv4j.terminal.Terminal;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in this process: networks from files, predictions of folders, what is in data. */
class ProductTest {

    private static final String NETWORK =
            """
            [network]
            conv2d 4 3 padding=same activation=relu name=stem
            conv2d 4 3 padding=same
            add conv2d stem
            max_pooling2d 2
            flatten
            dense classes activation=softmax

            [training]
            epochs = 1
            batch_size = 16
            optimizer = sgd,momentum=0.5
            learning_rate = 0.01
            schedule = cosine,warmup=1
            seed = 5

            [data]
            limit = 32
            image_size = 8x8

            [augmentation]
            random_flip horizontal
            """;

    @TempDir
    static Path folder;

    private static CommandResult run(String... args) {
        List<Object> all = new ArrayList<>(List.of("--device", "reference"));
        all.addAll(List.of(args));
        return Commands.run(all);
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void write(String name, String text) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), text);
    }

    private static void picture(String name, int width, int height, int colour) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, colour);
        }
        assertTrue(ImageIO.write(image, "png", folder.resolve(name).toFile()));
    }

    @BeforeAll
    static void trainFromAFile() throws IOException {
        write("net.conv", NETWORK);
        CommandResult training = run("train", file("net.conv"), "--save", file("model"), "--json", "--quiet");
        assertEquals(ExitCode.OK, training.exitCode(), training.err());
        assertEquals("", training.err());
        JsonObject json = training.json();
        assertEquals(1, json.get("epochs").getAsInt());
        assertEquals(16, json.get("batch_size").getAsInt());
        assertEquals(32, json.get("training_images").getAsInt());
        assertEquals(5, json.get("seed").getAsLong());
    }

    @Test
    void theCommandLineComesBeforeTheFile() {
        CommandResult training = run("train", file("net.conv"), "--batch-size", "8", "--epochs", "2", "--json", "-q");
        assertEquals(ExitCode.OK, training.exitCode(), training.err());
        assertEquals(8, training.json().get("batch_size").getAsInt());
        assertEquals(2, training.json().get("epochs").getAsInt());
    }

    @Test
    void aTrainingFromAFileSaysWhatComesNext() {
        CommandResult training = run("train", file("net.conv"), "--save", file("next"), "--augment", "flip");
        assertEquals(ExitCode.OK, training.exitCode(), training.err());
        for (String next : List.of("predict", "evaluate", "show history", "report")) {
            assertTrue(training.err().contains("  conv4j " + next + " " + file("next")), training.err());
        }
        assertTrue(training.err().contains("Augmentation: RandomFlip\n"), training.err());
    }

    @Test
    void mistakesInTheFileAreNamedWithTheirLines() throws IOException {
        Map<String, String> mistakes = Map.of(
                "epochs = 1", "epochs = 0",
                "batch_size = 16", "batch_size = many",
                "optimizer = sgd,momentum=0.5", "optimizer = sgd,momentun=0.5",
                "learning_rate = 0.01", "learning_rte = 0.01",
                "limit = 32", "limit = -1",
                "max_pooling2d 2", "max_pooling2d 9",
                "random_flip horizontal", "random_flip sideways");
        for (Map.Entry<String, String> mistake : mistakes.entrySet()) {
            String text = NETWORK.replace(mistake.getKey(), mistake.getValue());
            write("wrong.conv", text);
            CommandResult result = run("train", file("wrong.conv"));
            assertEquals(ExitCode.USAGE, result.exitCode(), result.err());
            long line =
                    text.substring(0, text.indexOf(mistake.getValue())).lines().count() + 1;
            assertTrue(
                    result.err().contains("wrong.conv:" + line + ": "),
                    mistake + " line " + line + ": " + result.err());
        }
    }

    @Test
    void aNetworkMustEndWithProbabilities() throws IOException {
        write("open.conv", NETWORK.replace("dense classes activation=softmax", "dense classes"));
        CommandResult result = run("train", file("open.conv"));
        assertEquals(ExitCode.USAGE, result.exitCode());
        assertTrue(result.err().contains("end it with: dense classes activation=softmax"), result.err());
        assertTrue(run("train", "resnet").err().contains("first-cnn, lenet, resnet18, vgg11"));
        assertEquals(ExitCode.DATA, run("train", file("absent.conv")).exitCode());
        assertEquals(ExitCode.DATA, run("train", file("model")).exitCode());
        assertEquals(ExitCode.USAGE, run("train", "lenet", "--network", "lenet").exitCode());
        assertEquals(
                ExitCode.USAGE,
                run("train", "--resume", file("model"), "--optimizer", "adam").exitCode());
    }

    @Test
    void summariesTakeFilesAndPrintThem() throws IOException {
        CommandResult summary = run("summary", file("net.conv"), "--input", "8x8x3", "-q");
        assertEquals(ExitCode.OK, summary.exitCode(), summary.err());
        assertTrue(summary.out().contains("│ add (Add) "), summary.out());
        String saved = run("summary", file("model"), "--as-config").out();
        assertTrue(saved.contains("\ninput = 8x8x3\n") && saved.contains("add conv2d stem\n"), saved);
        assertTrue(saved.contains("\n[augmentation]\nrandom_flip horizontal\n"), saved);
        write("saved.conv", saved);
        assertEquals(
                saved.replace("input = 8x8x3\n", ""),
                run("summary", file("saved.conv"), "--as-config").out());
        assertEquals(ExitCode.USAGE, run("summary", "--as-config", "--json").exitCode());
        assertTrue(run("summary", "vgg-11", "--as-config").out().contains("optimizer = sgd,momentum=0.9"));
    }

    @Test
    void predictionsTakeFoldersAndNameWhatCannotBeRead() throws IOException {
        picture("pictures/b/tall.png", 9, 40, 0xFF0000);
        picture("pictures/a.png", 30, 20, 0x00FF00);
        write("pictures/notes.txt", "no image, and not taken");
        write("pictures/b/broken.png", "no image");
        CommandResult result =
                run("predict", file("model"), file("pictures"), file("absent.png"), "--top", "3", "--json");
        assertEquals(ExitCode.DATA, result.exitCode(), result.err());
        JsonArray images = result.json().getAsJsonArray("images");
        assertEquals(2, images.size());
        assertEquals(
                file("pictures/a.png"),
                images.get(0).getAsJsonObject().get("image").getAsString());
        assertEquals(
                3, images.get(0).getAsJsonObject().getAsJsonArray("predictions").size());
        assertEquals(2, result.json().getAsJsonArray("unreadable").size());
        assertTrue(result.err().contains("conv4j: 2 of 4 images could not be read:"), result.err());
        assertTrue(result.err().contains("broken.png") && result.err().contains("absent.png"), result.err());
        assertFalse(result.err().contains("\r"), "no progress without a terminal");
        CommandResult text = run("predict", file("model"), file("pictures/a.png"), "-q");
        assertEquals(ExitCode.OK, text.exitCode());
        assertEquals(6, text.out().lines().count(), text.out());
        assertEquals(
                ExitCode.DATA,
                run("predict", file("model"), folderWithoutImages()).exitCode());
    }

    private static String folderWithoutImages() throws IOException {
        return Files.createDirectories(folder.resolve("none")).toString();
    }

    @Test
    void outputsThatAreNoProbabilitiesBecomeThem() {
        double[] softmax = Predictions.softmax(new float[] {1000, 1000, -1000});
        assertEquals(0.5, softmax[0], 1e-12);
        assertEquals(0, softmax[2], 1e-12);
    }

    private static String drawn(Terminal terminal, Consumer<CountBar> work, LongSupplier clock) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (CountBar bar = new CountBar(new PrintStream(out), terminal, 100, clock)) {
            work.accept(bar);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aCountIsShownOnTerminalsOnly() {
        long[] now = {0};
        Consumer<CountBar> half = bar -> {
            now[0] += 2_000_000_000L;
            bar.show(50);
        };
        String text = drawn(new Terminal(true, false, 80), half, () -> now[0]);
        assertTrue(text.startsWith("\r 50/100 ") && text.contains(" - 25 images/s - 2s to go"), text);
        assertTrue(text.endsWith(" \r"), text);
        assertEquals("", drawn(Terminal.NONE, half, () -> now[0]));
    }

    @Test
    void aCountIsDrawnTenTimesASecondAtMost() {
        long[] now = {0};
        String text = drawn(
                new Terminal(true, false, 80),
                bar -> {
                    for (int done = 1; done <= 99; done++) {
                        now[0] += 40_000_000L;
                        bar.show(done);
                    }
                },
                () -> now[0]);
        assertEquals(33, text.lines().filter(line -> line.contains(" images/s")).count(), text);
    }

    @Test
    void everyImageThatIsReadIsCounted() throws IOException {
        picture("count/a.png", 5, 5, 0x00FF00);
        write("count/b.png", "no image");
        picture("count/c.png", 5, 5, 0x00FF00);
        List<Path> files = ImageList.of(List.of(folder.resolve("count")));
        Set<Integer> counts = ConcurrentHashMap.newKeySet();
        ImageList.Loaded loaded = ImageList.load(files, Shape.of(8, 8, 3), counts::add);
        assertEquals(Set.of(1, 2, 3), counts);
        assertEquals(2, loaded.files().size());
    }

    @Test
    void informationOnDataHasCountsMeansAndDeviations() throws IOException {
        for (int i = 0; i < 5; i++) {
            picture("pets/cat/" + i + ".png", 4, 4, 0xFF0000);
            picture("pets/dog/" + i + ".png", 4, 4, 0x0000FF);
        }
        JsonObject json = run("data", "info", file("pets"), "--json").json();
        JsonObject training = json.getAsJsonObject("training");
        JsonObject test = json.getAsJsonObject("test");
        assertEquals(10, training.get("images").getAsInt() + test.get("images").getAsInt());
        JsonArray classes = training.getAsJsonArray("classes");
        double cats = classes.get(0).getAsJsonObject().get("images").getAsInt();
        double share = cats / training.get("images").getAsInt();
        double[] means = numbers(training.getAsJsonArray("channel_means"));
        assertEquals(share, means[0], 1e-12);
        assertEquals(0, means[1], 0);
        assertEquals(1 - share, means[2], 1e-12);
        assertEquals(Math.sqrt(share * (1 - share)), numbers(training.getAsJsonArray("channel_deviations"))[0], 1e-9);
        String text = run("data", "info", file("pets")).out();
        assertTrue(text.contains(" of (4, 4, 3), 2 classes") && text.contains("  cat  "), text);
        assertEquals(ExitCode.DATA, run("data", "info", file("nowhere")).exitCode());
        assertEquals(ExitCode.USAGE, run("data", "fetch", "glyphs").exitCode());
        assertEquals(ExitCode.USAGE, run("data", "buy", "mnist").exitCode());
        assertEquals(
                ExitCode.USAGE,
                run("data", "info", "mnist", "--image-size", "9x9", "--data-dir", file("pets"))
                        .exitCode());
    }

    private static double[] numbers(JsonArray array) {
        return array.asList().stream().mapToDouble(one -> one.getAsDouble()).toArray();
    }

    @Test
    void fetchingWithoutANetworkSaysHowToGetTheFilesByHand() throws Exception {
        CommandLineProcess offline = new CommandLineProcess(folder, Map.of());
        CommandResult result = offline.run("data", "fetch", "fashion-mnist");
        assertEquals(ExitCode.DATA, result.exitCode());
        assertTrue(result.err().contains("CONV4J_OFFLINE") && result.err().contains("by hand"), result.err());
    }
}
