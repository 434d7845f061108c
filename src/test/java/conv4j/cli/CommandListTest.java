package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Which commands a start looks at. */
class CommandListTest {

    private static Map<String, CommandLine> all() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new Main(nowhere, nowhere).configured().getSubcommands();
    }

    @Test
    void namesAreThoseThatTheCommandsGiveThemselves() {
        assertEquals(CommandList.names(), List.copyOf(all().keySet()));
        all().forEach((name, command) -> assertEquals(
                name,
                command.getCommand().getClass().getAnnotation(Command.class).name()));
    }

    @Test
    void theFirstWordAloneDecides() {
        assertEquals(List.of("train"), CommandList.meant("train", "--limit", "32"));
        assertEquals(List.of("train"), CommandList.meant("train", "predict", "--help"));
        for (String[] args :
                new String[][] {{}, {"--device", "train"}, {"help", "train"}, {"--help", "train"}, {"trian"}}) {
            assertEquals(CommandList.names(), CommandList.meant(args), String.join(" ", args));
        }
    }

    /** Options of the program go to the command that is looked at alone, and its help is the same. */
    @Test
    void aCommandAloneIsWhatItIsAmongAll() {
        CommandResult alone = Commands.run("train", "--help");
        assertEquals(ExitCode.OK, alone.exitCode(), alone.err());
        assertEquals(all().get("train").getUsageMessage().strip(), alone.out().strip());
        assertTrue(alone.out().contains("--device"), alone.out());
        for (String wrong : List.of("--epoch", "predict")) {
            assertEquals(
                    ExitCode.USAGE, Commands.run("train", "--lmit", wrong, "3").exitCode());
        }
        assertTrue(Commands.run("trian").err().contains("train"));
        assertTrue(Commands.run("--help").out().contains("onnx-test"));
    }
}
