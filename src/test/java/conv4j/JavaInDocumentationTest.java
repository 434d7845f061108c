package conv4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every block of Java in README.md and docs compiles: whole programs as they are; fragments as a method's body, with the
 * imports of {@link #IMPORTS} and the variables of {@link #VARIABLES}. What programs print is not compared here. The pieces of
 * {@link #WALK} are methods of one program, which {@link FirstCnnTest} compiles, runs and compares with them.
 */
class JavaInDocumentationTest {

    private static final Pattern BLOCK = Pattern.compile("(?m)^```java\\n(.*?)^```", Pattern.DOTALL);
    private static final Pattern FENCED = Pattern.compile("(?m)^```\\w*\\n(.*?)^```", Pattern.DOTALL);
    private static final Pattern INDENTED_JAVA = Pattern.compile("(?m)^ {4}.*(?:;|\\{|\\})$");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^(?:public |final )*(?:class|record|interface|enum) (\\w+)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import [\\w.*]+;\\n");

    private static final String WALK = "first-cnn.md";

    private static final List<String> IMPORTS = List.of(
            "conv4j",
            "conv4j.applications",
            "conv4j.augmentation",
            "conv4j.backend",
            "conv4j.callbacks",
            "conv4j.configfile",
            "conv4j.data",
            "conv4j.evaluation",
            "conv4j.keras",
            "conv4j.layers",
            "conv4j.losses",
            "conv4j.metrics",
            "conv4j.model",
            "conv4j.onnx",
            "conv4j.optimizers",
            "conv4j.pictures",
            "conv4j.report",
            "conv4j.schedules",
            "conv4j.shape",
            "java.nio.file",
            "java.util");

    /** What fragments may use without saying where it comes from. */
    private static final String VARIABLES =
            "conv4j.data.Dataset data, conv4j.data.Dataset train, conv4j.data.Dataset test, float[] pixels";

    @TempDir
    Path folder;

    /**
     * A block of Java.
     *
     * @param page the file
     * @param line where it begins
     * @param code its text
     */
    record Block(String page, long line, String code) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(Path.of("README.md")));
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    static List<Block> blocks() throws IOException {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            if (page.endsWith(WALK)) {
                continue;
            }
            String text = Files.readString(page);
            Matcher matcher = BLOCK.matcher(text);
            while (matcher.find()) {
                long line = text.substring(0, matcher.start()).lines().count() + 1;
                blocks.add(new Block(page.toString(), line, matcher.group(1)));
            }
        }
        return blocks;
    }

    @Test
    void thereAreBlocks() throws IOException {
        assertTrue(blocks().size() >= 4, blocks().toString());
    }

    /** Other ways to write a block of code would not be compiled. */
    @Test
    void noJavaStandsOutsideOfBlocks() throws IOException {
        List<String> outside = new ArrayList<>();
        for (Path page : pages()) {
            INDENTED_JAVA
                    .matcher(FENCED.matcher(Files.readString(page)).replaceAll(""))
                    .results()
                    .forEach(line -> outside.add(page + ":" + line.group()));
        }
        assertTrue(outside.isEmpty(), () -> String.join("\n", outside));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void itCompiles(Block block) throws IOException {
        Matcher type = TYPE.matcher(block.code());
        boolean program = type.find();
        Path source = folder.resolve(program ? type.group(1) + ".java" : "Fragment.java");
        Files.writeString(source, program ? block.code() : method(block.code()));
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
    }

    private static String method(String fragment) {
        String own =
                IMPORT.matcher(fragment).results().map(found -> found.group()).collect(Collectors.joining());
        String wide = IMPORTS.stream().map(name -> "import " + name + ".*;\n").collect(Collectors.joining());
        return wide + own + "class Fragment {\nvoid run(" + VARIABLES + ") throws Exception {\n"
                + IMPORT.matcher(fragment).replaceAll("") + "}\n}\n";
    }
}
