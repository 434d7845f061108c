package conv4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import conv4j.backend.opencl.TestDevice;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command selftest. */
class SelftestCommandTest {

    private static final Path VECTORS =
            Path.of("src", "test", "resources", "vectors", "pytorch").toAbsolutePath();

    @TempDir
    Path folder;

    private CommandLineProcess conv4j;

    @BeforeEach
    void aProcess() {
        conv4j = new CommandLineProcess(folder, Map.of());
    }

    @Test
    void aTableTellsOfEveryOperation() throws Exception {
        CommandResult result = conv4j.run("selftest", "--tiny", "--only", "pooling", "--markdown", "table.md");
        assertEquals(ExitCode.OK, result.exitCode(), result.err());
        List<String> lines = result.out().lines().toList();
        assertTrue(lines.get(0).matches("Operation +Cases +Worst/bound +Time"), lines.get(0));
        assertTrue(lines.stream().anyMatch(line -> line.matches("MaxPool2d\\.Gradient +\\d+ +exact +\\d+\\.\\d\\ds")));
        assertTrue(lines.get(lines.size() - 1).matches("passed: \\d+ checks with \\d+ cases, 0 failed, .* s"));
        List<String> table = Files.readAllLines(folder.resolve("table.md"));
        assertTrue(table.contains("| operation | reference |"), table::toString);
        assertTrue(table.stream().anyMatch(line -> line.matches("\\| MaxPool2d \\| \\d+, exact \\|")), table::toString);
    }

    @Test
    void thePlaceOfTheTableInAPageIsWrittenAnew() throws Exception {
        Path page = folder.resolve("page.md");
        Files.writeString(page, "before\n<!-- selftest -->\nold\n<!-- end of selftest -->\nafter\n");
        assertEquals(
                ExitCode.OK,
                conv4j.run("selftest", "--tiny", "--only", "softmax", "--markdown", "page.md")
                        .exitCode());
        String written = Files.readString(page);
        assertTrue(written.startsWith("before\n<!-- selftest -->\nSeed "), written);
        assertTrue(written.endsWith(" |\n<!-- end of selftest -->\nafter\n"), written);
        assertTrue(!written.contains("old") && written.contains("| Softmax.Gradient |"), written);
    }

    @Test
    void oneObjectHasEveryDevice() throws Exception {
        JsonObject json = conv4j.run(
                        "selftest", "--tiny", "--only", "softmax", "--device", "cpu", "--variant", "java", "--json")
                .json();
        assertTrue(json.get("passed").getAsBoolean());
        JsonObject device = json.getAsJsonArray("devices").get(0).getAsJsonObject();
        assertEquals("cpu", device.get("device").getAsString());
        assertEquals("java", device.get("variant").getAsString());
        assertEquals(4, device.get("checks").getAsInt());
        assertEquals(0, device.getAsJsonArray("failures").size());
    }

    @Test
    void checksAreListed() throws Exception {
        CommandResult result = Commands.run("selftest", "--list");
        assertTrue(result.out().lines().toList().contains("convolution: kernel gradient is exact on integers"));
    }

    @Test
    void casesOfOthersAreRunAndDamagedOnesFail() throws Exception {
        Path cases = Files.createDirectories(folder.resolve("cases").resolve("below"));
        Files.copy(VECTORS.resolve("dense_001.safetensors"), cases.resolve("good.safetensors"));
        byte[] bytes = Files.readAllBytes(VECTORS.resolve("dense_001.safetensors"));
        bytes[bytes.length - 2] ^= 0x40;
        Files.write(cases.resolve("wrong.safetensors"), bytes);
        Files.write(cases.resolve("cut.safetensors"), new byte[] {1, 2, 3});
        CommandResult result = conv4j.run("selftest", "--vectors", "cases");
        assertEquals(ExitCode.DEVICE, result.exitCode(), result.err());
        List<String> lines = result.out().lines().toList();
        assertTrue(lines.contains("passed  " + Path.of("below", "good.safetensors")), result.out());
        assertTrue(lines.get(0).startsWith("failed  " + Path.of("below", "cut.safetensors") + ": "), result.out());
        assertEquals("1 passed, 2 failed", lines.get(lines.size() - 1));
        JsonObject json = conv4j.run("selftest", "--vectors", "cases", "--json").json();
        assertEquals(2, json.get("failed").getAsInt());
    }

    @Test
    void whatCannotBeRunIsRefused() throws Exception {
        refuses(ExitCode.USAGE, "--vectors", Files.createDirectories(folder.resolve("empty")));
        refuses(ExitCode.DATA, "--vectors", folder.resolve("nowhere"));
        refuses(ExitCode.USAGE, "--only", "no such words");
        refuses(ExitCode.USAGE, "--except", "memory", "--except", "no such words");
        refuses(ExitCode.USAGE, "--variant", "tiles-64x64");
        refuses(ExitCode.USAGE, "--tiny", "--long");
        refuses(ExitCode.USAGE, "--case", "-5");
    }

    private static void refuses(int exitCode, Object... options) {
        List<Object> command = new ArrayList<>(List.of("selftest", "--device", "reference"));
        command.addAll(List.of(options));
        CommandResult result = Commands.run(command);
        assertEquals(exitCode, result.exitCode(), result.err());
    }

    /** A device whose kernels are wrong: here because a changed file lies before the real one on the class path. */
    @Test
    void aWrongKernelEndsWithExitCode4AndTheCommandThatRepeatsIt() throws Exception {
        TestDevice.require();
        changeKernel("functions.cl", "threshold ? x : below", "threshold ? x + 1.0f : below");
        Process process = conv4j.start(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                "conv4j.cli.Main",
                "selftest",
                "--device",
                "opencl:0",
                "--only",
                "elementwise: activations"));
        CommandResult result = conv4j.finish(process);
        assertEquals(ExitCode.DEVICE, result.exitCode(), result.err());
        assertTrue(result.out().contains("FAILED elementwise: activations cover any size"), result.out());
        assertTrue(
                result.out().contains("./conv4j selftest --device opencl:0 --only \"elementwise: activations"),
                result.out());
    }

    private void changeKernel(String name, String from, String to) throws IOException {
        Path changed = Files.createDirectories(folder.resolve("kernels")).resolve(name);
        String source = Files.readString(Path.of("src", "main", "resources", "kernels", name));
        assertTrue(source.contains(from), () -> name + " does not contain " + from);
        Files.writeString(changed, source.replace(from, to));
    }
}
