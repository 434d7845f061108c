package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is known of devices, and what is said where there is none. */
class OpenClDevicesTest {

    @TempDir
    Path folder;

    @Test
    void devicesAreNumberedInTheOrderOfThePlatforms() {
        TestDevice.require();
        List<DeviceInfo> devices = OpenClDevices.list();
        List<DeviceInfo> ofPlatforms = OpenClDevices.platforms().stream()
                .flatMap(p -> p.devices().stream())
                .toList();
        assertEquals(ofPlatforms, devices);
        for (int i = 0; i < devices.size(); i++) {
            DeviceInfo device = devices.get(i);
            assertEquals("opencl:" + i, device.id());
            assertTrue(device.memoryBytes() >= device.largestAllocation(), device.toString());
            assertTrue(device.largestAllocation() > 0 && device.computeUnits() > 0, device.toString());
            assertFalse(device.name().isBlank() || device.driver().isBlank(), device.toString());
        }
    }

    @Test
    void aNumberThatIsNotThereIsRefusedWithThoseThatAre() {
        TestDevice.require();
        for (int index : new int[] {-1, OpenClDevices.list().size(), 99}) {
            BackendException e = assertThrows(BackendException.class, () -> OpenClBackend.open(index, null));
            assertTrue(e.getMessage().contains("opencl:" + index + " was asked for"), e.getMessage());
            assertTrue(e.getMessage().contains(OpenClDevices.list().get(0).name()), e.getMessage());
        }
    }

    /** On a system that claims to be Windows the probe looks in folders that are not there. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutALibraryTheAdviceIsAllThatIsPrinted() throws Exception {
        List<String> lines =
                inAProcess(ListDevices.class, Map.of(), "-Dos.name=Windows 11", "-Djava.library.path=" + folder);
        assertEquals(2, lines.size(), String.join("\n", lines));
        assertTrue(lines.get(0).startsWith("there is no OpenCL library on this machine; install "), lines.get(0));
        assertEquals("refused: opencl:0 was asked for, but " + lines.get(0), lines.get(1));
    }

    /** pocl's compiler puts a handler of its own there, with which two threads at a safepoint end the process. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theJvmHandlesMemoryFaultsAgainOnceDevicesAreListedAndKernelsBuilt() throws Exception {
        TestDevice.require();
        List<String> lines = inAProcess(MemoryFaults.class, Map.of());
        assertEquals(2, lines.size(), String.join("\n", lines));
        for (String line : lines) {
            assertTrue(line.contains("SIGSEGV:") && line.contains("libjvm"), line);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLibraryWithoutPlatformsIsSaidToLackThem() throws Exception {
        TestDevice.require();
        // ocl-icd and the Khronos loader read their list of platforms from this folder.
        Map<String, String> none =
                Map.of("OCL_ICD_VENDORS", folder.toString(), "OPENCL_VENDOR_PATH", folder.toString());
        List<String> lines = inAProcess(ListDevices.class, none);
        assertEquals(2, lines.size(), String.join("\n", lines));
        assertTrue(lines.get(0).contains("no platform is installed; install"), lines.get(0));
        assertTrue(lines.get(1).startsWith("refused: opencl:0 was asked for, but "), lines.get(1));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theProbeLooksForFilesOnly() throws IOException {
        assertFalse(OpenClLoader.inAny(List.of(folder.toString()), "libOpenCL.so.1"));
        Files.createFile(folder.resolve("libOpenCL.so.1"));
        assertTrue(OpenClLoader.inAny(List.of("", folder.toString()), "libOpenCL.so.1", "libOpenCL.so"));
    }

    private static List<String> inAProcess(Class<?> program, Map<String, String> environment, String... options)
            throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED"); // without it Java 24 and newer print a warning
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), output);
        return output.lines().filter(line -> !line.startsWith("SLF4J")).toList();
    }
}
