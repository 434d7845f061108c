package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line: what it does, prints and ends with. */
class CommandLineTest {

    private static final String[] TINY = {
        "--limit", "32", "--image-size", "12x12", "--network", "lenet", "--batch-size", "16"
    };

    @TempDir
    static Path folder;

    private static CommandLineProcess conv4j;
    private static CommandResult training;

    @BeforeAll
    static void trainATinyModel() throws Exception {
        conv4j = new CommandLineProcess(folder, Map.of());
        training = conv4j.run(with(TINY, "train", "--epochs", "2", "--save", "tiny", "--json"));
        assertEquals(ExitCode.OK, training.exitCode(), training.err());
    }

    private static String[] with(String[] common, String... more) {
        List<String> all = new ArrayList<>(List.of(more));
        all.addAll(List.of(common));
        return all.toArray(String[]::new);
    }

    /** The same in this process, on the reference backend where nothing else is said. */
    private static CommandResult run(String... args) {
        boolean named = List.of(args).contains("--device");
        return Commands.run(named ? args : with(args, "--device", "reference"));
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    /** Runs a command that must fail with this code, in one clear message without a stack trace. */
    private static String failure(int code, String... args) {
        return message(code, run(args));
    }

    private static String message(int code, CommandResult result) {
        assertEquals(code, result.exitCode(), result.err());
        assertEquals("", result.out());
        assertFalse(result.err().contains("\tat "), result.err());
        assertFalse(result.err().contains("Exception"), result.err());
        return result.err()
                .lines()
                .filter(line -> line.startsWith("conv4j: "))
                .reduce((first, second) -> {
                    throw new AssertionError("two messages: " + first + " / " + second);
                })
                .orElseThrow(() -> new AssertionError("no message: " + result.err()));
    }

    private static void assertSays(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
        }
    }

    @Test
    void trainingTellsEverythingInOneObjectOnStdout() {
        JsonObject json = training.json();
        for (String key : List.of(
                "device",
                "seed",
                "epochs",
                "loss",
                "accuracy",
                "images_per_second",
                "first_step_seconds",
                "peak_device_bytes",
                "val_loss",
                "val_accuracy",
                "test_accuracy")) {
            assertTrue(json.has(key) && !json.get(key).isJsonNull(), key + " in " + json);
        }
        assertEquals("reference", json.get("device").getAsString());
        assertEquals(2, json.get("epochs").getAsInt());
        assertEquals(2, json.getAsJsonArray("history").size());
        assertEquals(1, training.out().lines().count());
    }

    @Test
    void progressWithoutATerminalIsOneLineAnEpochOnStderr() {
        List<String> lines = training.err().lines().toList();
        assertTrue(lines.get(0).startsWith("Device: reference"), lines.get(0));
        assertTrue(
                lines.get(1)
                        .startsWith(
                                "Data: built-in digits, 32 training images, 32 test images of (12, 12, 3), 10 classes"),
                lines.get(1));
        assertEquals(
                2,
                lines.stream()
                        .filter(line -> line.matches("Epoch \\d/2: 2/2 - \\d+s - .*val_loss: .*"))
                        .count());
        assertFalse(training.err().contains("\r"), "a redrawn line");
        assertFalse(training.err().contains("\u001b"), "colours");
    }

    @Test
    void evaluationAgreesWithTraining() throws Exception {
        CommandResult result = conv4j.run("evaluate", "tiny", "--limit", "32", "--json");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        JsonObject json = result.json();
        for (String key : List.of(
                "device",
                "seed",
                "epochs",
                "loss",
                "accuracy",
                "images_per_second",
                "first_step_seconds",
                "peak_device_bytes")) {
            assertTrue(json.has(key) && !json.get(key).isJsonNull(), key + " in " + json);
        }
        assertEquals(
                training.json().get("test_loss").getAsDouble(), json.get("loss").getAsDouble(), 1e-6);
        assertEquals(
                training.json().get("test_accuracy").getAsDouble(),
                json.get("accuracy").getAsDouble(),
                1e-9);
    }

    @Test
    void aResumedTrainingEqualsOneThatNeverStopped() throws Exception {
        Files.copy(folder.resolve("tiny"), folder.resolve("resumed"));
        assertEquals(
                ExitCode.OK,
                conv4j.run("train", "--resume", "resumed", "--limit", "32", "--batch-size", "16", "--epochs", "3", "-q")
                        .exitCode());
        CommandResult straight = conv4j.run(with(TINY, "train", "--epochs", "3", "--save", "straight", "--quiet"));
        assertTrue(straight.out().startsWith("Test accuracy: "), straight.out());
        assertEquals("", straight.err());
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("straight")), Files.readAllBytes(folder.resolve("resumed")));
    }

    @Test
    void predictionsTakeImagesOfAnySize() throws Exception {
        picture(folder.resolve("wide.png"), 50, 20);
        picture(folder.resolve("tall.jpg"), 7, 90);
        CommandResult result = conv4j.run("predict", "tiny", "wide.png", "tall.jpg", "--json");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        JsonArray images = result.json().getAsJsonArray("images");
        assertEquals(2, images.size());
        JsonArray guesses = images.get(0).getAsJsonObject().getAsJsonArray("predictions");
        assertEquals(5, guesses.size());
        double[] probabilities = new double[5];
        for (int i = 0; i < 5; i++) {
            probabilities[i] =
                    guesses.get(i).getAsJsonObject().get("probability").getAsDouble();
            assertTrue(i == 0 || probabilities[i] <= probabilities[i - 1], guesses.toString());
            assertTrue(
                    guesses.get(i).getAsJsonObject().get("class").getAsString().matches("\\d"));
        }
        assertTrue(probabilities[0] > 0.1, "the best of ten has more than a tenth");
    }

    @Test
    void augmentationIsSavedAndGoesOnAfterAResume() throws Exception {
        String list = "flip,shift=2,rotate=10,cutout=4,brightness,contrast";
        String[] started = with(TINY, "train", "--augment", list);
        CommandResult result = conv4j.run(with(new String[] {"--epochs", "2", "--save", "whole"}, started));
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertSays(result.err(), "Augmentation: RandomFlip, RandomTranslation, RandomRotation, RandomCutout");
        assertEquals(
                ExitCode.OK,
                conv4j.run(with(new String[] {"--epochs", "1", "--save", "part"}, started))
                        .exitCode());
        String[] resumed = {"train", "--limit", "32", "--batch-size", "16", "--resume", "part", "--epochs", "2"};
        assertEquals(ExitCode.OK, conv4j.run(resumed).exitCode());
        byte[] whole = Files.readAllBytes(folder.resolve("whole"));
        assertArrayEquals(whole, Files.readAllBytes(folder.resolve("part")));
        assertFalse(java.util.Arrays.equals(whole, Files.readAllBytes(folder.resolve("tiny"))));
    }

    private static void picture(Path file, int width, int height) throws IOException {
        String name = file.getFileName().toString();
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(width / 2, height / 2, 0xFFFFFF);
        assertTrue(ImageIO.write(image, name.substring(name.length() - 3), file.toFile()));
    }

    @Test
    void summaryPrintsTheFirstCnnAsKerasDoes() throws Exception {
        CommandResult result = run("summary");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertSays(
                result.out(),
                "Model: \"first_cnn\"",
                "│ conv2d (Conv2D)                 │ (None, 32, 32, 16)     │           448 │",
                "Trainable params: 1,084,234 (4.14 MB)");
    }

    @Test
    void devicesAndBenchPrintObjects() throws Exception {
        CommandResult devices = run("--json", "devices");
        assertEquals(ExitCode.OK, devices.exitCode(), devices.err());
        List<String> ids = devices.json().getAsJsonArray("devices").asList().stream()
                .map(device -> device.getAsJsonObject().get("id").getAsString())
                .toList();
        assertTrue(ids.containsAll(List.of("cpu", "reference")), ids.toString());
        CommandResult bench =
                run("bench", "--network", "lenet", "--images", "16", "--batch-size", "8", "--runs", "1", "--json");
        assertEquals(ExitCode.OK, bench.exitCode(), bench.err());
        JsonObject row = bench.json().getAsJsonArray("results").get(0).getAsJsonObject();
        double perStep = row.get("train_ms_per_step").getAsDouble();
        assertEquals(8 / perStep * 1000, row.get("train_images_per_second").getAsDouble(), 1e-6 * 8 / perStep * 1000);
        JsonObject training = bench.json().getAsJsonArray("measurements").get(0).getAsJsonObject();
        assertEquals(perStep / 1000, training.get("seconds").getAsDouble(), 1e-9);
        assertTrue(training.get("share_of_peak").isJsonNull(), "the reference has no peak");
    }

    @Test
    void benchMeasuresTheOperationsThatAreNamed() throws Exception {
        CommandResult bench = run("bench", "gemm", "--only", "classes 128x10x256", "--runs", "2", "--json");
        assertEquals(ExitCode.OK, bench.exitCode(), bench.err());
        assertEquals(1, bench.json().getAsJsonArray("measurements").size());
        JsonObject row = bench.json().getAsJsonArray("measurements").get(0).getAsJsonObject();
        assertEquals(2.0 * 128 * 10 * 256, row.get("flops").getAsDouble());
        double seconds = row.get("seconds").getAsDouble();
        assertTrue(row.get("seconds_least").getAsDouble() <= seconds, row.toString());
        assertEquals(
                row.get("flops").getAsDouble() / seconds / 1e12,
                row.get("tflops").getAsDouble(),
                1e-9);
        CommandResult table = run("bench", "gemm", "--only", "square 8192", "--limit", "1e-9", "--runs", "1", "--list");
        assertSays(table.out(), "gemm         square 8192x8192x8192 nn");
        CommandResult two =
                run("bench", "gemm", "training", "--only", "square 512,first-cnn training batch 32", "--list");
        assertEquals(
                List.of("square 512x512x512 nn", "first-cnn training batch 32", "first-cnn inference batch 32"),
                two.out().lines().map(line -> line.substring(13)).toList());
        assertSays(failure(2, "bench", "gemm", "--only", "nothing is called this"), "nothing is called this", "--list");
        assertSays(failure(2, "bench", "gem"), "'gem'", "gemm, convolution");
        assertSays(failure(2, "bench", "--runs", "0"), "--runs");
        assertSays(failure(2, "bench", "--precision", "half"), "half", "3xtf32");
        assertSays(failure(2, "bench", "--device", "cpu", "--variant", "tiles"), "tiles", "onednn");
    }

    @Test
    void tuneSaysWhereThereIsNothingToChoose() throws Exception {
        CommandResult tune = run("tune");
        assertEquals(ExitCode.OK, tune.exitCode(), tune.err());
        assertSays(tune.out(), "reference", "have nothing to choose");
        CommandResult json = run("tune", "--json");
        assertFalse(json.json().get("has_choice").getAsBoolean());
        assertEquals(0, json.json().getAsJsonArray("found").size());
        assertSays(failure(2, "tune", "--seconds", "0"), "--seconds must be above 0");
        assertSays(failure(2, "tune", "--batch-size", "32,0"), "every --batch-size 1 or more");
    }

    @Test
    void aPrecisionIsNamedOrRefused() throws Exception {
        String[] train = {"train", "--limit", "20", "--epochs", "1", "--network", "lenet", "--precision"};
        for (String mixed : List.of("mixed", "mixed_float16")) {
            CommandResult result = run(with(train, mixed));
            assertEquals(ExitCode.OK, result.exitCode(), result.err());
        }
        assertSays(failure(2, with(train, "half")), "'half'", "float32, 3xtf32, tf32, mixed, mixed_float16");
    }

    private static String[] with(String[] words, String last) {
        String[] all = Arrays.copyOf(words, words.length + 1);
        all[words.length] = last;
        return all;
    }

    @Test
    void benchProfilesATrainingStep() throws Exception {
        CommandResult bench =
                run("bench", "--network", "lenet", "--images", "8", "--batch-size", "8", "--runs", "1", "--profile");
        assertEquals(ExitCode.OK, bench.exitCode(), bench.err());
        assertSays(bench.out(), "lenet, batch 8: training", "profile of lenet batch 8", "Conv2d.KernelGradient", " %");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "train",
                "evaluate",
                "predict",
                "summary",
                "show",
                "report",
                "devices",
                "bench",
                "arithmetic",
                "data",
                "completion"
            })
    void helpNamesTheExitCodesAndGivesExamples(String command) throws Exception {
        CommandResult result = command.isEmpty() ? run("--help") : run(command, "--help");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertSays(result.out(), "Examples:", "--device", "130 ", "5 ", "NaN");
    }

    @Test
    void wrongUsageEndsWith2() throws Exception {
        assertSays(message(2, conv4j.run()), "a command is needed");
        assertSays(failure(2, "trian"), "trian");
        assertSays(failure(2, "train", "--epochs", "many"), "--epochs", "many");
        assertSays(
                failure(2, "train", "--data", "imagenet"), "imagenet", "glyphs, cifar10, mnist, fashion-mnist, folder");
        assertSays(failure(2, "train", "--data", "folder"), "--data-dir");
        assertSays(failure(2, "train", "--image-size", "0x7"), "0x7");
        assertSays(failure(2, "train", "--augment", "zoom"), "--augment", "zoom", "flip, shift, rotate");
        assertSays(failure(2, "train", "--augment", "shift=33"), "33 pixels", "32 x 32");
        assertSays(failure(2, "train", "--augment", "flip", "--resume", file("tiny")), "--augment");
        assertSays(failure(2, "train", "--batch-size", "0"), "--batch-size must be 1 or more, but is 0");
        assertSays(failure(2, "--epochs", "3", "train"), "--epochs", "after the name of its command");
        assertSays(failure(2, "train", "--device", "gpu"), "'gpu'", "opencl:N");
    }

    @Test
    void aWindowLargerThanItsInputNamesTheLayer() throws Exception {
        Path network = folder.resolve("small.conv");
        Files.writeString(
                network,
                "[network]\nconv2d 6 5 padding=same\nmax_pooling2d 2\nconv2d 16 5\nflatten\n"
                        + "dense classes activation=softmax\n");
        assertSays(
                failure(2, "train", network.toString(), "--image-size", "8x8", "--limit", "8"),
                "small.conv:4",
                "conv2d_1 (Conv2D, input (4, 4, 6))",
                "a window of extent 5",
                "use padding");
    }

    @Test
    void imagesThatAreTooSmallForANetworkWithANameSayWhatItNeeds() throws Exception {
        assertSays(
                failure(2, "train", "--image-size", "8x8", "--limit", "8", "--network", "lenet"),
                "lenet takes images of 12 x 12 pixels and more",
                "8 x 8");
    }

    @Test
    void dataThatIsMissingOrDamagedEndsWith3() throws Exception {
        assertSays(message(3, conv4j.run("train", "--data", "cifar10")), "CIFAR-10", "--data-dir", "--download");
        assertSays(message(3, conv4j.run("train", "--data", "mnist", "--download")), "CONV4J_OFFLINE", "by hand");
        Path cifar = Files.createDirectories(folder.resolve("cifar"));
        byte[] images = new byte[3073 * 2];
        Files.write(cifar.resolve("test_batch.bin"), images);
        assertSays(
                failure(3, "evaluate", file("tiny"), "--data", "cifar10", "--data-dir", file("cifar")),
                "the model was trained for the classes",
                "airplane");
        images[3073] = 11;
        Files.write(cifar.resolve("test_batch.bin"), images);
        assertSays(
                failure(3, "evaluate", file("tiny"), "--data", "cifar10", "--data-dir", file("cifar")),
                "test_batch.bin",
                "11");
        Files.write(cifar.resolve("test_batch.bin"), new byte[3000]);
        assertSays(
                failure(3, "evaluate", file("tiny"), "--data", "cifar10", "--data-dir", file("cifar")),
                "test_batch.bin",
                "3000");
        Files.write(cifar.resolve("test_batch.bin"), new byte[0]);
        assertSays(
                failure(3, "evaluate", file("tiny"), "--data", "cifar10", "--data-dir", file("cifar")),
                "test_batch.bin",
                "empty");
        Path mnist = Files.createDirectories(folder.resolve("mnist"));
        Files.write(mnist.resolve("t10k-images-idx3-ubyte"), new byte[64]);
        Files.write(mnist.resolve("t10k-labels-idx1-ubyte"), new byte[64]);
        assertSays(
                failure(3, "evaluate", file("tiny"), "--data", "mnist", "--data-dir", file("mnist")),
                "idx3-ubyte",
                "begins with 00000000",
                "00000803");
    }

    @Test
    void anUnreadableImageIsNamedOrSkipped() throws Exception {
        Path pets = folder.resolve("pets");
        for (String kind : List.of("cat", "dog")) {
            Files.createDirectories(pets.resolve(kind));
            for (int i = 0; i < 6; i++) {
                picture(pets.resolve(kind).resolve(i + ".png"), 12, 12 + i);
            }
        }
        Files.writeString(pets.resolve("dog/broken.png"), "not a picture");
        String[] command = {
            "train",
            "--data",
            "folder",
            "--data-dir",
            "pets",
            "--image-size",
            "12x12",
            "--network",
            "lenet",
            "--epochs",
            "1"
        };
        assertSays(message(3, conv4j.run(command)), "broken.png", "--skip-unreadable");
        CommandResult skipped = conv4j.run(with(new String[] {"--skip-unreadable", "--json"}, command));
        assertEquals(ExitCode.OK, skipped.exitCode(), skipped.err());
        assertEquals(
                12,
                skipped.json().get("training_images").getAsInt()
                        + skipped.json().get("test_images").getAsInt());
        assertSays(skipped.err(), "broken.png");
    }

    @Test
    void modelFilesThatCannotBeUsedEndWith3() throws Exception {
        assertSays(failure(3, "evaluate", file("nothing")), "there is no model file " + file("nothing"));
        assertSays(failure(3, "predict", file("tiny"), file("nothing.png")), "nothing.png");
        Files.writeString(folder.resolve("text"), "this is a text and not a model");
        assertSays(failure(3, "summary", file("text")), "no model can be read from " + file("text"));
        byte[] damaged = Files.readAllBytes(folder.resolve("tiny"));
        damaged[damaged.length - 3] ^= 1;
        Files.write(folder.resolve("damaged"), damaged);
        assertSays(failure(3, "train", "--resume", file("damaged")), "damaged is damaged", "another copy");
        new conv4j.files.SafetensorsWriter()
                .metadata("format", "conv4j")
                .metadata("format_version", "99")
                .write(folder.resolve("newer"));
        assertSays(failure(3, "predict", file("newer"), "x.png"), "newer conv4j", "99");
        assertSays(failure(3, "train", "--save", file("tiny/below")), "tiny/below could not be saved");
    }

    @Test
    void aDeviceThatIsNotThereIsNeverReplaced() throws Exception {
        assertSays(failure(4, "train", "--device", "opencl:9999"), "opencl");
        CommandLineProcess named = new CommandLineProcess(folder, Map.of("CONV4J_DEVICE", "opencl:9999"));
        CommandResult result = named.run("evaluate", "tiny", "--limit", "1");
        assertEquals(ExitCode.DEVICE, result.exitCode(), result.err());
    }

    @Test
    void memoryThatIsTooSmallEndsWith4() throws Exception {
        assertSays(
                message(4, conv4j.run("train", "--image-size", "1024x1024", "--limit", "8", "--network", "lenet")),
                "bytes",
                "use a smaller batch");
    }

    @Test
    void divergenceEndsWith5AndNamesTheLastGoodCheckpoint() throws Exception {
        Files.copy(folder.resolve("tiny"), folder.resolve("diverging"));
        byte[] before = Files.readAllBytes(folder.resolve("diverging"));
        assertSays(
                failure(
                        5,
                        "train",
                        "--resume",
                        file("diverging"),
                        "--learning-rate",
                        "1e30",
                        "--limit",
                        "32",
                        "--batch-size",
                        "16",
                        "--epochs",
                        "4"),
                "not a finite number at step",
                "smaller learning rate",
                "the last good checkpoint is " + file("diverging"));
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("diverging")));
    }

    @Test
    void debugAddsTheStackTrace() throws Exception {
        CommandResult result = run("evaluate", "nothing", "--debug");
        assertEquals(ExitCode.DATA, result.exitCode());
        assertSays(result.err(), "conv4j: there is no model file", "\tat conv4j.");
    }
}
