package conv4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the command line as users do: as a process of its own, with the libraries of this test. */
final class CommandLineProcess {

    private static final long MOST_SECONDS = 120;

    private final Path folder;
    private final Map<String, String> environment;

    /**
     * A way to start processes.
     *
     * @param folder where they run; the cache folder is in it
     * @param environment variables besides those of this process; CONV4J_DEVICE is reference if it is not there
     */
    CommandLineProcess(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** Runs a command to its end. */
    CommandResult run(String... args) throws IOException, InterruptedException {
        return finish(start(args));
    }

    /** Starts a command; its output goes to files. */
    Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "conv4j.cli.Main"));
        command.addAll(List.of(args));
        return start(command);
    }

    /** Starts any command in the same surroundings. */
    Process start(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment()
                .putAll(Map.of(
                        "CONV4J_DEVICE",
                        "reference",
                        "CONV4J_HOME",
                        folder.resolve("cache").toString(),
                        "CONV4J_OFFLINE",
                        "1"));
        builder.environment().putAll(environment);
        return builder.redirectOutput(out().toFile())
                .redirectError(err().toFile())
                .start();
    }

    /** Waits for the end of a process. */
    CommandResult finish(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IllegalStateException("the command did not end in " + MOST_SECONDS + " s: " + errors());
        }
        return new CommandResult(process.exitValue(), Files.readString(out(), StandardCharsets.UTF_8), errors());
    }

    /** What was written to stderr so far. */
    String errors() throws IOException {
        return Files.readString(err(), StandardCharsets.UTF_8);
    }

    private Path out() {
        return folder.resolve("stdout.txt");
    }

    private Path err() {
        return folder.resolve("stderr.txt");
    }
}
