package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.onnx.NodeCases;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxTestCommandTest {

    @TempDir
    private Path folder;

    private CommandResult run(String... options) {
        List<Object> words = new ArrayList<>(List.of("onnx-test", "--device", "reference", folder));
        words.addAll(List.of(options));
        return Commands.run(words);
    }

    @Test
    void everyCaseIsListedByNameAndOneThatFailsEndsWithAnError() throws IOException {
        NodeCases.write(folder, "test_good", "Relu", new float[] {-1, 2}, new float[] {0, 2});
        NodeCases.write(folder, "test_strange", "StrangeOperator", new float[] {-1}, new float[] {0});
        CommandResult good = run();
        assertEquals(ExitCode.OK, good.exitCode(), good.err());
        assertTrue(good.out().contains("passed       test_good"), good.out());
        assertTrue(good.out().contains("unsupported  test_strange: operator StrangeOperator"), good.out());
        assertTrue(good.out().contains("1 passed, 0 failed, 1 unsupported"), good.out());
        NodeCases.write(folder, "test_bad", "Relu", new float[] {-1, 2}, new float[] {0, 3});
        CommandResult bad = run();
        assertEquals(ExitCode.DEVICE, bad.exitCode(), bad.err());
        assertTrue(bad.out().contains("failed       test_bad: output 'y' is 2.0 at 1, but should be 3.0"), bad.out());
    }

    @Test
    void jsonHasCountsAndNames() throws IOException {
        NodeCases.write(folder, "test_good", "Relu", new float[] {-1, 2}, new float[] {0, 2});
        NodeCases.write(folder, "test_bad", "Relu", new float[] {-1, 2}, new float[] {0, 3});
        CommandResult result = run("--json");
        assertEquals(ExitCode.DEVICE, result.exitCode(), result.err());
        JsonObject json = result.json();
        assertEquals(1, json.get("passed").getAsInt());
        assertEquals(1, json.get("failed").getAsInt());
        assertEquals(0, json.get("unsupported").getAsInt());
        assertEquals("test_good", json.getAsJsonArray("passedCases").get(0).getAsString());
        assertTrue(json.getAsJsonObject("failedCases").has("test_bad"));
    }

    @Test
    void aFolderWithoutCasesIsAMistakeInTheCommand() {
        CommandResult result = run();
        assertEquals(ExitCode.USAGE, result.exitCode());
        assertTrue(result.err().contains("model.onnx"), result.err());
    }
}
