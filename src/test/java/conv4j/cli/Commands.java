package conv4j.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs the command line in the process of the tests, which spares the start of another one; {@link CommandLineProcess} is
 * for what a process has of its own: its folder and environment, what it logs, signals and its end.
 */
final class Commands {

    private Commands() {}

    /** Runs a command to its end, with words that are texts, paths or anything else that has the right text. */
    static CommandResult run(List<?> words) {
        return run(words.stream().map(Object::toString).toArray(String[]::new));
    }

    /** Runs a command to its end. */
    static CommandResult run(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new Main(stream(out), stream(err)).run(words);
        return new CommandResult(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }
}
