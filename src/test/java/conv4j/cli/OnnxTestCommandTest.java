package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import conv4j.onnx.NodeCases;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTestCommandTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... options) {
        String[] all = new String[options.length + 4];
        all[0] = "onnx-test";
        all[1] = "--device";
        all[2] = "reference";
        all[3] = folder.toString();
        System.arraycopy(options, 0, all, 4, options.length);
        return new Main(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(all);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyCaseIsListedByNameAndOneThatFailsEndsWithAnError() throws IOException {
        NodeCases.write(folder, "test_good", "Relu", new float[] {-1, 2}, new float[] {0, 2});
        NodeCases.write(folder, "test_strange", "StrangeOperator", new float[] {-1}, new float[] {0});
        assertEquals(ExitCode.OK, run());
        assertTrue(printed().contains("passed       test_good"), printed());
        assertTrue(printed().contains("unsupported  test_strange: operator StrangeOperator"), printed());
        assertTrue(printed().contains("1 passed, 0 failed, 1 unsupported"), printed());
        NodeCases.write(folder, "test_bad", "Relu", new float[] {-1, 2}, new float[] {0, 3});
        assertEquals(ExitCode.DEVICE, run());
        assertTrue(printed().contains("failed       test_bad: output 'y' is 2.0 at 1, but should be 3.0"), printed());
    }

    @Test
    void jsonHasCountsAndNames() throws IOException {
        NodeCases.write(folder, "test_good", "Relu", new float[] {-1, 2}, new float[] {0, 2});
        NodeCases.write(folder, "test_bad", "Relu", new float[] {-1, 2}, new float[] {0, 3});
        assertEquals(ExitCode.DEVICE, run("--json"));
        JsonObject json = JsonParser.parseString(printed()).getAsJsonObject();
        assertEquals(1, json.get("passed").getAsInt());
        assertEquals(1, json.get("failed").getAsInt());
        assertEquals(0, json.get("unsupported").getAsInt());
        assertEquals("test_good", json.getAsJsonArray("passedCases").get(0).getAsString());
        assertTrue(json.getAsJsonObject("failedCases").has("test_bad"));
    }

    @Test
    void aFolderWithoutCasesIsAMistakeInTheCommand() {
        assertEquals(ExitCode.USAGE, run());
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("model.onnx"));
    }
}
