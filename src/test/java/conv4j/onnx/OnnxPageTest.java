package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of operators in docs/onnx.md is what is supported. */
class OnnxPageTest {

    private static final Pattern ROW = Pattern.compile("\\| ([A-Z]\\w+) \\| ([^|]+) \\|.*");

    @Test
    void theTableHasEveryOperatorAndSaysWhichHaveLayers() throws IOException {
        Set<String> all = new TreeSet<>();
        Set<String> withLayers = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("docs", "onnx.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                all.add(row.group(1));
                if (!row.group(2).equals("-")) {
                    withLayers.add(row.group(1));
                }
            }
        }
        assertEquals(new TreeSet<>(Operators.ALL.keySet()), all);
        assertEquals(new TreeSet<>(LayerImport.operators()), withLayers);
    }
}
