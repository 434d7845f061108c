package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import conv4j.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left when a training is cut off: by a signal, by a full disk. */
class InterruptionTest {

    private static final String[] LONG_TRAINING = {
        "train", "--limit", "256", "--image-size", "16x16", "--network", "lenet", "--batch-size", "8", "--save", "model"
    };
    private static final String[] RESUMED = {
        "train", "--limit", "256", "--batch-size", "8", "--resume", "model", "--quiet", "--epochs"
    };

    @TempDir
    Path folder;

    private CommandLineProcess conv4j;

    @BeforeEach
    void nameTheFolder() {
        conv4j = new CommandLineProcess(folder, Map.of());
        assumeTrue(Files.isDirectory(Path.of("/proc/self")), "signals and limits are tested on Linux only");
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new);
    }

    /** Waits until training has written something. */
    private void awaitErrors(Process process, String text) throws IOException, InterruptedException {
        for (int i = 0; i < 600 && process.isAlive() && !conv4j.errors().contains(text); i++) {
            Thread.sleep(100);
        }
        assertTrue(conv4j.errors().contains(text), conv4j.errors());
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }

    /** A shell that runs jobs in the background without job control makes them ignore Ctrl-C, and their children too. */
    private static boolean ignoresInterrupts(Process process) throws IOException {
        String line = Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(text -> text.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseUnsignedLong(line.substring(line.indexOf(':') + 1).strip(), 16) & 2) != 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void aSignalEndsTrainingAfterSavingAndResumingGivesTheSameModel(String name) throws Exception {
        Process process = conv4j.start(with(LONG_TRAINING, "--epochs", "400"));
        awaitErrors(process, "Epoch 1/400");
        boolean arrives = name.equals("TERM") || !ignoresInterrupts(process);
        if (!arrives) {
            process.destroyForcibly();
        }
        assumeTrue(arrives, "Ctrl-C is ignored here");
        signal(process, name);
        CommandResult result = conv4j.finish(process);
        assertEquals(ExitCode.INTERRUPTED, result.exitCode(), result.err());
        assertTrue(result.err().contains("Stopped and saved. Go on with: conv4j train"), result.err());
        int done = Model.load(folder.resolve("model")).trainedEpochs();
        String next = Integer.toString(done + 1);
        assertEquals(ExitCode.OK, conv4j.run(with(RESUMED, next)).exitCode());
        byte[] resumed = Files.readAllBytes(folder.resolve("model"));
        // The schedule of the learning rate does not depend on the number of epochs.
        assertEquals(
                ExitCode.OK, conv4j.run(with(LONG_TRAINING, "--epochs", next)).exitCode());
        assertArrayEquals(Files.readAllBytes(folder.resolve("model")), resumed);
    }

    @Test
    void aSignalLosesNothingOfWhatEarlyStoppingAndTheFallingRateHaveSeen() throws Exception {
        String[] comforts = {"--early-stopping", "90", "--reduce-lr", "1", "--epochs"};
        Process process = conv4j.start(with(with(LONG_TRAINING, comforts), "400"));
        awaitErrors(process, "Epoch 3/400");
        signal(process, "TERM");
        CommandResult result = conv4j.finish(process);
        assertEquals(ExitCode.INTERRUPTED, result.exitCode(), result.err());
        String next = Integer.toString(Model.load(folder.resolve("model")).trainedEpochs() + 1);
        CommandResult rest = conv4j.run(with(with(without(RESUMED, "--epochs"), comforts), next));
        assertEquals(ExitCode.OK, rest.exitCode(), rest.err());
        byte[] resumed = Files.readAllBytes(folder.resolve("model"));
        assertEquals(
                ExitCode.OK,
                conv4j.run(with(with(LONG_TRAINING, comforts), next)).exitCode());
        assertArrayEquals(Files.readAllBytes(folder.resolve("model")), resumed);
    }

    @Test
    void theCommandThatIsProposedGoesOnAsTheTrainingWas() throws Exception {
        String[] settings = {
            "--device", "cpu", "--precision", "mixed", "--csv", "my log.csv", "--class-weight", "0=2.0", "--epochs"
        };
        String[] training = with(LONG_TRAINING, settings);
        Process process = conv4j.start(with(training, "400"));
        awaitErrors(process, "Epoch 2/400");
        signal(process, "TERM");
        CommandResult result = conv4j.finish(process);
        assertEquals(ExitCode.INTERRUPTED, result.exitCode(), result.err());
        String proposed = result.err().replaceFirst("(?s).*Go on with: conv4j (.*?)\\R.*", "$1");
        assertEquals(
                "train --device cpu --precision mixed --limit 256 --batch-size 8 --epochs 400 --class-weight 0=2.0"
                        + " --csv 'my log.csv' --resume model",
                proposed);
        String next = Integer.toString(Model.load(folder.resolve("model")).trainedEpochs() + 1);
        String[] words = proposed.replace("400", next)
                .replace("my log.csv", "my_log.csv")
                .replace("'", "")
                .split(" ");
        CommandResult rest = conv4j.run(words);
        assertEquals(ExitCode.OK, rest.exitCode(), rest.err());
        byte[] resumed = Files.readAllBytes(folder.resolve("model"));
        assertEquals(ExitCode.OK, conv4j.run(with(training, next)).exitCode());
        assertArrayEquals(Files.readAllBytes(folder.resolve("model")), resumed);
    }

    private static String[] without(String[] command, String last) {
        assertEquals(last, command[command.length - 1]);
        return Arrays.copyOf(command, command.length - 1);
    }

    @Test
    void aSecondSignalEndsAtOnce() throws Exception {
        Process process = conv4j.start(with(LONG_TRAINING, "--epochs", "400"));
        awaitErrors(process, "Epoch 1/400");
        signal(process, "TERM");
        signal(process, "TERM");
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        assertEquals(ExitCode.INTERRUPTED, process.exitValue());
    }

    /** A limit of the file size answers writes as a full disk does. */
    @Test
    void aFullDiskEndsWith3AndLeavesTheOldModel() throws Exception {
        assertEquals(
                ExitCode.OK, conv4j.run(with(LONG_TRAINING, "--epochs", "1")).exitCode());
        byte[] before = Files.readAllBytes(folder.resolve("model"));
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                "ulimit -f 100; exec \"$@\"",
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "conv4j.cli.Main"));
        command.addAll(List.of(with(RESUMED, "2")));
        CommandResult result = conv4j.finish(conv4j.start(command));
        assertEquals(ExitCode.DATA, result.exitCode(), result.err());
        assertTrue(result.err().contains("model could not be saved"), result.err());
        assertTrue(result.err().contains("the file that was there before is unchanged"), result.err());
        assertArrayEquals(before, Files.readAllBytes(folder.resolve("model")));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of("model", "stderr.txt", "stdout.txt"),
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> !name.equals("cache"))
                            .sorted()
                            .toList());
        }
    }
}
