package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern OUTPUT = Pattern.compile("It prints:\\s+```\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void theProgramCompilesAndPrintsWhatTheReadmeSays() throws IOException, InterruptedException {
        String readme = Files.readString(Path.of("README.md"));
        Path source = folder.resolve("Digits.java");
        Files.writeString(source, part(PROGRAM, readme));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertNotNull(compiler, "tests need a JDK, not a Java runtime only");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        String classPath = System.getProperty("java.class.path");
        int result = compiler.run(
                null, errors, errors, "-proc:none", "-cp", classPath, "-d", folder.toString(), source.toString());
        assertEquals(0, result, errors::toString);
        assertEquals(part(OUTPUT, readme), output(classPath));
    }

    private String output(String classPath) throws IOException, InterruptedException {
        File printed = folder.resolve("printed").toFile();
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-DuniqueLibraryNames=true",
                        "-cp",
                        folder + File.pathSeparator + classPath,
                        "Digits")
                .redirectOutput(printed)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals(0, program.waitFor(), "exit code of the README's program");
        return Files.readString(printed.toPath(), StandardCharsets.UTF_8);
    }

    private static String part(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertEquals(true, matcher.find(), "the README has lost its program or its output");
        return matcher.group(1);
    }
}
