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

    private static ProtoWriter longs(int type, long... values) {
        ProtoWriter tensor = new ProtoWriter().number(1, values.length).number(2, type);
        for (long value : values) {
            tensor.number(5, value);
        }
        return tensor;
    }

    private OnnxNodeTests.Result runWith(ProtoWriter output) throws IOException {
        NodeCases.write(folder, "test_it", "Relu", new float[] {3, 300}, new float[] {3, 300});
        Files.write(folder.resolve("test_it/test_data_set_0/output_0.pb"), output.toBytes());
        try (Backend backend = Backends.open("reference")) {
            return OnnxNodeTests.run(folder.resolve("test_it"), backend);
        }
    }

    @Test
    void wholeNumbersAreComparedAsTheirTypeHasThem() throws IOException {
        assertEquals(Outcome.PASSED, runWith(longs(OnnxTensor.INT64, 3, 300)).outcome());
        // 300 is 44 in eight bits.
        assertEquals(Outcome.PASSED, runWith(longs(OnnxTensor.UINT8, 3, 44)).outcome());
        OnnxNodeTests.Result wrong = runWith(longs(OnnxTensor.INT64, 3, 301));
        assertEquals("output 'y' is 300.0 at 1, but should be 301.0", wrong.message());
    }

    @Test
    void shortFloatsAreComparedAfterRounding() throws IOException {
        // 3 and 300 as the upper halves of their bits.
        assertEquals(
                Outcome.PASSED,
                runWith(longs(OnnxTensor.BFLOAT16, 0x4040, 0x4396)).outcome());
        assertEquals(
                Outcome.FAILED,
                runWith(longs(OnnxTensor.BFLOAT16, 0x4040, 0x4397)).outcome());
    }

    @Test
    void theToleranceGrowsWithTheNumber() throws IOException {
        NodeCases.write(folder, "test_near", "Relu", new float[] {100.09f}, new float[] {100});
        NodeCases.write(folder, "test_far", "Relu", new float[] {100.11f}, new float[] {100});
        // Short floats near 300 are two apart.
        NodeCases.write(folder, "test_short", "Relu", new float[] {300.9f}, new float[] {300});
        Path output = folder.resolve("test_short/test_data_set_0/output_0.pb");
        Files.write(output, longs(OnnxTensor.BFLOAT16, 0x4396).toBytes());
        try (Backend backend = Backends.open("reference")) {
            assertEquals(
                    List.of(Outcome.FAILED, Outcome.PASSED, Outcome.PASSED),
                    OnnxNodeTests.cases(folder).stream()
                            .map(one -> OnnxNodeTests.run(one, backend).outcome())
                            .toList());
        }
    }

    @Test
    void aFolderMayBeACaseItself() throws IOException {
        NodeCases.write(folder, "test_b", "Relu", new float[] {1}, new float[] {1});
        NodeCases.write(folder, "test_a", "Relu", new float[] {1}, new float[] {1});
        Files.createDirectories(folder.resolve("test_empty"));
        assertEquals(List.of(folder.resolve("test_a"), folder.resolve("test_b")), OnnxNodeTests.cases(folder));
        Path one = folder.resolve("test_a");
        assertEquals(List.of(one), OnnxNodeTests.cases(one));
    }

    @Test
    void setsOfDataAreTakenByTheirNumbers() throws IOException {
        NodeCases.write(folder, "test_it", "Relu", new float[] {1}, new float[] {1});
        Path one = folder.resolve("test_it");
        // The second set is wrong as the tenth one is, but comes first.
        for (int number : new int[] {2, 10}) {
            Path set = Files.createDirectories(one.resolve("test_data_set_" + number));
            Files.copy(one.resolve("test_data_set_0/input_0.pb"), set.resolve("input_0.pb"));
            Files.write(
                    set.resolve("output_0.pb"), longs(OnnxTensor.INT64, number).toBytes());
        }
        try (Backend backend = Backends.open("reference")) {
            OnnxNodeTests.Result result = OnnxNodeTests.run(one, backend);
            assertEquals("output 'y' is 1.0 at 0, but should be 2.0", result.message());
            assertEquals("test_it", result.name());
        }
    }

    @Test
    void aCaseWithoutDataHasFailed() throws IOException {
        NodeCases.write(folder, "test_it", "Relu", new float[] {1}, new float[] {1});
        Path one = folder.resolve("test_it");
        Files.move(one.resolve("test_data_set_0"), one.resolve("elsewhere"));
        try (Backend backend = Backends.open("reference")) {
            OnnxNodeTests.Result result = OnnxNodeTests.run(one, backend);
            assertEquals(Outcome.FAILED, result.outcome());
            assertEquals("the case has no test_data_set_*", result.message());
        }
    }

    @Test
    void aCaseThatPassedHasNothingToSay() throws IOException {
        OnnxNodeTests.Result result = runWith(longs(OnnxTensor.INT64, 3, 300));
        assertEquals("", result.message());
        NodeCases.write(folder, "test_nan", "Log", new float[] {-1}, new float[] {Float.NaN});
        NodeCases.write(folder, "test_no_nan", "Log", new float[] {-1}, new float[] {1});
        NodeCases.write(folder, "test_infinite", "Log", new float[] {0}, new float[] {Float.NEGATIVE_INFINITY});
        try (Backend backend = Backends.open("reference")) {
            assertEquals(
                    Outcome.PASSED,
                    OnnxNodeTests.run(folder.resolve("test_nan"), backend).outcome());
            assertEquals(
                    Outcome.FAILED,
                    OnnxNodeTests.run(folder.resolve("test_no_nan"), backend).outcome());
            assertEquals(
                    Outcome.PASSED,
                    OnnxNodeTests.run(folder.resolve("test_infinite"), backend).outcome());
        }
    }
}
