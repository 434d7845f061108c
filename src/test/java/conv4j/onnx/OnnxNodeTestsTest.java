package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.onnx.OnnxNodeTests.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX' own cases on every device. */
class OnnxNodeTestsTest {

    private static final double THIRD = 1.0 / 3;

    @TempDir
    private Path folder;

    @Test
    void aCaseIsRightWithinTheTolerancesOfOnnx() throws IOException {
        NodeCases.write(folder, "test_right", "Reciprocal", new float[] {3, 1}, new float[] {(float) THIRD, 1.0009f});
        NodeCases.write(folder, "test_wrong", "Reciprocal", new float[] {3, 1}, new float[] {(float) THIRD, 1.0011f});
        NodeCases.write(folder, "test_shape", "Reciprocal", new float[] {3, 1}, new float[] {(float) THIRD});
        NodeCases.write(folder, "test_strange", "StrangeOperator", new float[] {3}, new float[] {1});
        List<OnnxNodeTests.Result> results = new ArrayList<>();
        try (Backend backend = Backends.open("reference")) {
            for (Path one : OnnxNodeTests.cases(folder)) {
                results.add(OnnxNodeTests.run(one, backend));
            }
        }
        assertEquals(
                List.of(Outcome.PASSED, Outcome.FAILED, Outcome.UNSUPPORTED, Outcome.FAILED),
                results.stream().map(OnnxNodeTests.Result::outcome).toList());
        assertTrue(results.get(1).message().contains("[2]"), results.get(1).message());
        assertTrue(
                results.get(2).message().contains("StrangeOperator"),
                results.get(2).message());
        assertTrue(results.get(3).message().contains("1.00109"), results.get(3).message());
    }

    @Test
    void aDamagedCaseHasFailedAndSaysWhy() throws IOException {
        NodeCases.write(folder, "test_cut", "Relu", new float[] {3, 1}, new float[] {3, 1});
        Path input = folder.resolve("test_cut/test_data_set_0/input_0.pb");
        byte[] bytes = Files.readAllBytes(input);
        Files.write(input, java.util.Arrays.copyOf(bytes, bytes.length - 3));
        try (Backend backend = Backends.open("reference")) {
            OnnxNodeTests.Result result = OnnxNodeTests.run(folder.resolve("test_cut"), backend);
            assertEquals(Outcome.FAILED, result.outcome());
            assertTrue(result.message().contains("damaged"), result.message());
        }
    }
}
