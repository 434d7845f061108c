package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.model.Sequential;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on files that Keras wrote. */
class KerasCommandsTest {

    private static final Path COPIES = Path.of("src", "test", "resources", "keras");

    @TempDir
    Path folder;

    private static CommandResult run(Object... words) {
        return Commands.run(List.of(words));
    }

    @Test
    void aModelGoesFromH5ToOurOwnFormatToKerasAndKeepsItsTraining() {
        Path own = folder.resolve("own");
        Path keras = folder.resolve("back.keras");
        assertEquals(ExitCode.OK, run("convert", COPIES.resolve("tiny.h5"), own).exitCode());
        CommandResult result = run("convert", own, keras, "--json");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertEquals(
                "back.keras",
                Path.of(result.json().get("to").getAsString()).getFileName().toString());
        assertTrue(result.json().get("compiled").getAsBoolean(), result.out());
        try (Model first = ModelFiles.open(COPIES.resolve("tiny.keras"));
                Model last = ModelFiles.open(keras)) {
            assertEquals(3, OptimizerMemory.of(last).steps());
            Map<String, float[]> slots = OptimizerMemory.of(last).slots();
            OptimizerMemory.of(first)
                    .slots()
                    .forEach((name, values) -> assertTrue(Arrays.equals(values, slots.get(name)), name));
        }
    }

    @Test
    void aModelGoesToOnnxAndBackAndPredictsTheSame() throws IOException {
        Path onnx = folder.resolve("tiny.onnx");
        Path own = folder.resolve("own");
        assertEquals(
                ExitCode.OK, run("convert", COPIES.resolve("tiny.keras"), onnx).exitCode());
        assertEquals(ExitCode.OK, run("convert", onnx, own).exitCode());
        try (ReferenceBackend device = new ReferenceBackend();
                Model first = ModelFiles.open(COPIES.resolve("tiny.keras"));
                Model last = ModelFiles.open(own)) {
            float[] item = new float[first.inputShape().size()];
            for (int i = 0; i < item.length; i++) {
                item[i] = i % 7 - 3;
            }
            first.on(device);
            last.on(device);
            assertArrayEquals(first.predict(item), last.predict(item), 1e-5f);
        }
        CommandResult measured = run("evaluate", onnx, "-q", "--device", "reference");
        assertEquals(ExitCode.DATA, measured.exitCode(), measured.err());
        assertTrue(measured.err().contains("OnnxFile.load"), measured.err());
    }

    @Test
    void aTrainingIsNotSavedWhereItCannotGoOn() {
        for (String name : List.of("new.onnx", "new.h5")) {
            CommandResult result = run("train", "--save", folder.resolve(name), "--device", "reference");
            assertEquals(ExitCode.USAGE, result.exitCode(), result.err());
            assertTrue(result.err().contains("conv4j convert"), result.err());
        }
    }

    @Test
    void h5IsReadAndNotWritten() {
        CommandResult result = run("convert", COPIES.resolve("tiny.keras"), folder.resolve("new.h5"));
        assertEquals(ExitCode.USAGE, result.exitCode());
        assertTrue(result.err().contains("ends in .keras"), result.err());
    }

    @Test
    void commandsTakeKerasFilesAsTheyAre() {
        CommandResult result = run("summary", COPIES.resolve("tiny.keras"), "--device", "reference", "--json");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        assertEquals(57, result.json().get("parameters").getAsInt());
    }

    @Test
    void aModelThatWasNotCompiledIsMeasuredByAReportOnly() throws IOException {
        Path file = folder.resolve("bare.keras");
        try (Model model = new Sequential("bare", new Input(8, 8, 3), new Flatten(), new Dense(2))) {
            ModelFiles.save(model, file);
        }
        for (List<Object> command : List.of(
                List.<Object>of("evaluate", file, "-q", "--device", "reference"),
                List.<Object>of("train", "--resume", file, "-q", "--device", "reference"))) {
            CommandResult result = Commands.run(command);
            assertEquals(ExitCode.DATA, result.exitCode(), result.err());
            assertTrue(result.err().contains("no compile settings"), result.err());
            assertTrue(result.err().contains("'conv4j report' tells its accuracy"), result.err());
        }
        Path page = folder.resolve("bare.html");
        CommandResult report = Commands.run(List.of(
                "report",
                file,
                "--data",
                "folder",
                "--data-dir",
                twoClasses(),
                "--out",
                page,
                "-q",
                "--json",
                "--device",
                "reference"));
        assertEquals(ExitCode.OK, report.exitCode(), report.err());
        assertTrue(report.json().get("accuracy").getAsDouble() <= 1);
        assertTrue(Files.exists(page));
    }

    private Path twoClasses() throws IOException {
        Path set = folder.resolve("set");
        for (String name : List.of("light", "dark")) {
            Files.createDirectories(set.resolve(name));
            for (int i = 0; i < 5; i++) {
                BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
                image.setRGB(i, i, name.equals("light") ? 0xFFFFFF : 0x000080);
                ImageIO.write(
                        image, "png", set.resolve(name).resolve(i + ".png").toFile());
            }
        }
        return set;
    }

    @Test
    void aTrainingCanBeSavedAsKerasAndGoOnThere() {
        Path keras = folder.resolve("glyphs.keras");
        String[] common = {
            "--limit", "32", "--image-size", "12x12", "--batch-size", "16", "--device", "cpu", "-q", "--json"
        };
        Object[] first = Stream.concat(
                        Stream.of("train", "--network", "lenet", "--epochs", "1", "--save", keras),
                        Arrays.stream(common))
                .toArray();
        assertEquals(ExitCode.OK, run(first).exitCode());
        Object[] second = Stream.concat(Stream.of("train", "--epochs", "2", "--resume", keras), Arrays.stream(common))
                .toArray();
        CommandResult result = run(second);
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        try (Model model = ModelFiles.open(keras)) {
            assertEquals(2, model.trainedEpochs());
            assertEquals(4, OptimizerMemory.of(model).steps());
            assertFalse(model.classNames().isEmpty(), "class names");
        }
    }

    private void copy() throws IOException {
        try (Stream<Path> files = Files.list(COPIES)) {
            for (Path each : files.toList()) {
                Files.copy(each, folder.resolve(each.getFileName()));
            }
        }
    }

    @Test
    void theModelsOfAFolderAreComparedWithKeras() throws IOException {
        copy();
        CommandResult result = run("keras-test", folder, "--device", "reference");
        assertEquals(ExitCode.OK, result.exitCode(), result.out() + result.err());
        assertTrue(result.out().startsWith("passed  tiny.h5: predictions within "), result.out());
        assertTrue(result.out().endsWith("2 passed, 0 failed\n"), result.out());
    }

    @Test
    void aModelThatComputesSomethingElseIsADevicesFault() throws IOException {
        copy();
        Path prediction = folder.resolve("tiny.y.npy");
        byte[] bytes = Files.readAllBytes(prediction);
        bytes[bytes.length - 1] ^= 0x40;
        Files.write(prediction, bytes);
        CommandResult result = run("keras-test", folder, "--device", "reference", "--json");
        assertEquals(ExitCode.DEVICE, result.exitCode());
        assertEquals(2, result.json().get("failed").getAsInt());
        JsonObject model = result.json().getAsJsonObject("models").getAsJsonObject("tiny.keras");
        assertTrue(model.get("problem").getAsString().contains("but Keras'"), model.toString());
    }

    @Test
    void aModelThatCannotBeReadIsAFilesFault() throws IOException {
        copy();
        Files.write(folder.resolve("tiny.keras"), new byte[] {'P', 'K', 3, 4});
        CommandResult result = run("keras-test", folder, "--device", "reference");
        assertEquals(ExitCode.DATA, result.exitCode());
        assertTrue(result.out().contains("failed  tiny.keras: "), result.out());
        assertTrue(result.out().endsWith("1 passed, 1 failed\n"), result.out());
    }

    @Test
    void aFolderWithoutModelsIsRefused() {
        assertEquals(ExitCode.USAGE, run("keras-test", folder).exitCode());
    }

    /** A library user without the optional library gets its name, not a class that was not found. */
    @Test
    void aMissingLibraryIsNamed() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("jhdf"))
                .collect(Collectors.joining(File.pathSeparator));
        CommandLineProcess conv4j = new CommandLineProcess(folder, Map.of());
        CommandResult result = conv4j.finish(conv4j.start(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "conv4j.cli.Main",
                "convert",
                COPIES.resolve("tiny.keras").toAbsolutePath().toString(),
                "out")));
        assertEquals(ExitCode.DATA, result.exitCode(), result.err());
        assertTrue(result.err().contains("io.jhdf:jhdf"), result.err());
        assertFalse(result.err().contains("Exception"), result.err());
    }
}
