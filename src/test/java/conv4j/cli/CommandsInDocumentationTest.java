package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;

/** Every command line that README.md, docs and the commands' own help show has options that there are. */
class CommandsInDocumentationTest {

    private static final Pattern SHOWN =
            Pattern.compile("(?m)^\\s*(?:\\$ )?(?:[A-Z][A-Z0-9_]*=\\S* )*\\./conv4j (.*)$");
    private static final Pattern MENTIONED = Pattern.compile("`(?:\\./)?conv4j ([a-z][^`]*)`");
    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|'[^']*'|\\S+");

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text.replaceAll("\\s*\\\\\\n\\s*", " "))
                .results()
                .map(result -> result.group(1))
                .map(CommandsInDocumentationTest::command)
                .toList();
    }

    /** Without the comment behind it, which two blanks or a # begin, and without what a shell does with the output. */
    private static String command(String line) {
        return line.strip().split("\\s{2,}|\\s#|\\s[|>&;]", 2)[0].replaceAll("[;.]$", "");
    }

    private static CommandLine commands() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new Main(nowhere, nowhere).configured();
    }

    /** What is wrong with a command line, null for nothing; words in capitals stand for values. */
    private static String problem(String command, boolean whole) {
        String[] words = WORD.matcher(command)
                .results()
                .map(MatchResult::group)
                .map(word -> word.replaceAll("^[\"']|[\"']$", ""))
                .toArray(String[]::new);
        if (words.length == 0 || words[0].matches("[A-Z]+")) {
            return null;
        }
        try {
            commands().parseArgs(words);
            return null;
        } catch (MissingParameterException incomplete) {
            return whole ? incomplete.getMessage() : null;
        } catch (ParameterException wrong) {
            boolean placeholder = Arrays.stream(words)
                    .filter(word -> word.matches("[A-Z]+"))
                    .anyMatch(word -> wrong.getMessage().contains("'" + word + "'"));
            return placeholder ? null : wrong.getMessage();
        }
    }

    @Test
    void pagesShowCommandsThatCanBeRead() throws IOException {
        List<String> problems = new ArrayList<>();
        int count = 0;
        for (Path page : pages()) {
            String text = Files.readString(page);
            for (boolean whole : new boolean[] {true, false}) {
                for (String command : found(whole ? SHOWN : MENTIONED, text)) {
                    count++;
                    String problem = problem(command, whole);
                    if (problem != null) {
                        problems.add(page + ": conv4j " + command + ": " + problem);
                    }
                }
            }
        }
        assertTrue(problems.isEmpty(), () -> String.join("\n", problems));
        assertTrue(count > 50, count + " commands were found");
    }

    @Test
    void everyCommandHasExamplesThatCanBeRead() {
        commands().getSubcommands().forEach((name, command) -> {
            String[] footer = command.getCommandSpec().usageMessage().footer();
            if (!name.equals("help")) {
                assertTrue(footer.length > 0, name + " has no examples");
                assertEquals(
                        "%nExamples:%n", command.getCommandSpec().usageMessage().footerHeading(), name);
            }
            for (String line : footer) {
                String example = line.replaceFirst("^ +(?:[A-Z0-9_]+=\\S+ )?conv4j ", "");
                assertNull(problem(command(example), true), line);
            }
        });
    }

    /** A line that help breaks in two cannot be copied. */
    @Test
    void examplesFitOnALineOfHelp() {
        commands().getSubcommands().forEach((name, command) -> {
            List<String> printed = command.getUsageMessage().lines().toList();
            for (String line : command.getCommandSpec().usageMessage().footer()) {
                assertTrue(printed.contains(line), () -> name + " breaks: " + line);
            }
        });
    }

    @Test
    void theCheckFindsWhatIsWrong() {
        assertNull(problem("train --epochs 3", true));
        assertNull(problem("train --epochs N", true));
        assertNotNull(problem("train --epoch 3", true));
        assertNotNull(problem("trian", true));
        assertNotNull(problem("train --epochs many", true));
        assertNotNull(problem("evaluate", true));
        assertNull(problem("train --save", false));
        assertEquals(
                List.of("bench --only \"a b\""), found(SHOWN, "    ./conv4j bench --only \\\n      \"a b\"   words"));
    }
}
