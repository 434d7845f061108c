package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in doc comments compile, all at once: each is the body of a method, or a value that a method returns. */
class JavaInDocCommentsTest {

    private static final Pattern EXAMPLE = Pattern.compile("<pre>\\{@code\\s(.*?)\\}</pre>", Pattern.DOTALL);
    private static final Pattern MARGIN = Pattern.compile("(?m)^ *\\* ?");
    private static final Pattern STATEMENTS = Pattern.compile("[;}]\\s*\\z");

    /** What examples may use without saying where it comes from; their own variables hide these. */
    private static final String FIELDS =
            "Dataset data, dataset, train; ImageSet test; Model model; Path path; long seed;\n";

    @TempDir
    Path folder;

    private static List<String> examples() throws IOException {
        try (Stream<Path> all = Files.walk(Path.of("src", "main", "java"))) {
            List<String> examples = new ArrayList<>();
            for (Path source : all.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList()) {
                EXAMPLE.matcher(Files.readString(source))
                        .results()
                        .map(example ->
                                MARGIN.matcher(example.group(1)).replaceAll("").strip())
                        .filter(example -> example.contains("("))
                        .map(example -> "// " + source + "\n" + example)
                        .forEach(examples::add);
            }
            return examples;
        }
    }

    private static String method(int number, String example) {
        boolean statements = STATEMENTS.matcher(example).find();
        return (statements ? "void" : "Object") + " example" + number + "() throws Exception {\n"
                + (statements ? example : example.replaceFirst("\n", "\nreturn ") + ";") + "\n}\n";
    }

    @Test
    void theyCompile() throws IOException {
        List<String> examples = examples();
        assertTrue(examples.size() > 10, examples.toString());
        StringBuilder source = new StringBuilder(Stream.concat(Stream.of("java.nio.file"), packages())
                .map(name -> "import " + name + ".*;\n")
                .collect(Collectors.joining()));
        source.append("class Examples {\n" + FIELDS);
        for (int i = 0; i < examples.size(); i++) {
            source.append(method(i, examples.get(i)));
        }
        Path file = Files.writeString(folder.resolve("Examples.java"), source.append("}\n"));
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        String classPath = System.getProperty("java.class.path");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, errors, errors, "-proc:none", "-cp", classPath, "-d", folder.toString(), file.toString());
        assertEquals(0, result, errors::toString);
    }

    /** The packages that users write against. */
    private static Stream<String> packages() {
        return Stream.of(
                        "applications",
                        "augmentation",
                        "callbacks",
                        "dashboard",
                        "data",
                        "evaluation",
                        "keras",
                        "layers",
                        "losses",
                        "metrics",
                        "model",
                        "optimizers",
                        "schedules",
                        "shape")
                .map(name -> "conv4j." + name);
    }
}
