package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/callbacks.md compile; what they print depends on the machine and is not compared. */
class CallbacksPageTest {

    private static final Pattern PROGRAM = Pattern.compile("```java\\n(.*?public class (\\w+).*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void itsProgramsCompile() throws IOException {
        Matcher programs = PROGRAM.matcher(Files.readString(Path.of("docs", "callbacks.md")));
        int count = 0;
        while (programs.find()) {
            Path source = folder.resolve(programs.group(2) + ".java");
            Files.writeString(source, programs.group(1));
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            int result = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            errors,
                            errors,
                            "-proc:none",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "-d",
                            folder.toString(),
                            source.toString());
            assertEquals(0, result, errors::toString);
            count++;
        }
        assertEquals(2, count, "programs");
    }
}
