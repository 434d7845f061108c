package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of {@code conv4j completion}, in the shells that they are for. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class CompletionTest {

    @TempDir
    Path folder;

    /**
     * What a shell answers that has read the script, when it is asked for the next word of four command lines.
     *
     * @param prepare commands before the script is read
     * @param surroundings what the shell's own completion sets before it calls a function
     */
    private List<String> answers(String shell, String prepare, String surroundings)
            throws IOException, InterruptedException {
        CommandResult script = Commands.run("completion", shell);
        assertEquals(ExitCode.OK, script.exitCode());
        Files.writeString(folder.resolve("completion"), script.out());
        String words = prepare + " source ./completion; ask() { " + surroundings
                + " COMPREPLY=(); COMP_WORDS=(\"$@\" \"\"); COMP_CWORD=$#;"
                + " _complete_conv4j; echo \"${COMPREPLY[@]}\"; };"
                + " ask conv4j; ask conv4j train --network; ask conv4j train --device; ask conv4j show";
        return output(shell, "-c", words);
    }

    private List<String> output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return printed.lines().toList();
    }

    private static void assertComplete(List<String> answers) {
        assertEquals(4, answers.size(), answers.toString());
        assertTrue(answers.get(0).startsWith("train evaluate predict summary show report"), answers.get(0));
        assertEquals("first-cnn lenet resnet18 vgg11", answers.get(1));
        assertEquals("auto cpu reference opencl:0", answers.get(2));
        assertTrue(answers.get(3).contains("confusion"), answers.get(3));
    }

    @Test
    void bashKnowsCommandsNetworksAndDevices() throws Exception {
        assertComplete(answers("bash", "compopt() { :; };", ""));
        assertTrue(output("bash", "-c", "source ./completion; complete -p ./conv4j conv4j")
                .contains("complete -o default -F _complete_conv4j ./conv4j"));
    }

    @Test
    void zshKnowsThemToo() throws Exception {
        boolean there = Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "zsh")));
        assumeTrue(there, "there is no zsh on the PATH (Debian: apt-get install zsh)");
        // As bashcompinit calls functions that were written for bash.
        assertComplete(answers("zsh", "autoload -U +X compinit && compinit -u -D;", "emulate -L sh;"));
    }

    @Test
    void otherShellsAreRefused() {
        assertEquals(ExitCode.USAGE, Commands.run("completion", "fish").exitCode());
    }
}
