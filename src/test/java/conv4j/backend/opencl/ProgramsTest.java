package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.BackendException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jocl.CL;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs are built once, kept on disk, and rebuilt when what is on disk is no use. */
class ProgramsTest {

    @TempDir
    Path folder;

    @BeforeEach
    void aDeviceIsThere() {
        TestDevice.require();
    }

    /** Builds two small programs with this folder as the cache; says how many were built from source. */
    private int builds() {
        try (OpenClBackend backend = OpenClBackend.open(0, null);
                Programs programs = new Programs(OpenCl.device(0), backend.context(), new ProgramCache(folder))) {
            programs.build("control", backend.style().options());
            CL.clReleaseKernel(programs.kernel("dropout", backend.style().options(), "dropout"));
            return programs.builds();
        }
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void whatWasBuiltIsTakenFromDiskTheNextTime() throws IOException {
        assertEquals(2, builds());
        assertEquals(2, kept().size(), "files: " + kept());
        assertEquals(0, builds());
    }

    /** Asked for programs, pocl compiles every kernel of theirs again: a first start took twice as long. */
    @Test
    void whatTheDriverKeepsItselfIsNotKeptAgain() throws IOException {
        try (OpenClBackend backend = OpenClBackend.open(0, folder)) {
            boolean pocl = backend.device().platform().equals("Portable Computing Language");
            assertEquals(pocl, kept().isEmpty(), "files: " + kept());
        }
    }

    @Test
    void aDamagedEntryIsRebuilt() throws IOException {
        builds();
        for (Path file : kept()) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        }
        assertEquals(2, builds());
        assertEquals(0, builds());
    }

    @Test
    void aTruncatedOrEmptyEntryIsRebuilt() throws IOException {
        builds();
        List<Path> files = kept();
        Files.write(files.get(0), new byte[0]);
        Files.write(files.get(1), new byte[40]);
        assertEquals(2, builds());
    }

    @Test
    void anEntryThatTheDriverRefusesIsRebuilt() throws IOException {
        builds();
        ProgramCache cache = new ProgramCache(folder);
        for (Path file : kept()) {
            String name = file.getFileName().toString();
            cache.write(name.substring(0, name.length() - ".bin".length()), "not a program".getBytes());
        }
        assertEquals(2, builds());
        assertEquals(0, builds());
    }

    @Test
    void aFolderThatCannotBeWrittenOnlyCostsTime() throws IOException {
        folder = Files.writeString(folder.resolve("a file"), "");
        assertEquals(2, builds());
        assertEquals(2, builds());
    }

    @Test
    void entriesAreKeyedByEverythingThatDecidesThem() {
        assertEquals(64, ProgramCache.key("source", "options").length());
        long different = Stream.of(
                        ProgramCache.key("a", "b"),
                        ProgramCache.key("a", "c"),
                        ProgramCache.key("ab", ""),
                        ProgramCache.key("a", "b", ""))
                .distinct()
                .count();
        assertEquals(4, different);
    }

    @Test
    void aKernelThatDoesNotBuildIsReportedWithFileOptionsDeviceAndLog() {
        try (OpenClBackend backend = OpenClBackend.open(0, null)) {
            BackendException e = assertThrows(BackendException.class, () -> backend.programs()
                    .program("broken.cl", "kernel void f() { nonsense; }", "-D WIDTH=3"));
            String device = backend.device().name();
            for (String part : List.of("broken.cl", "-D WIDTH=3", device, "opencl:0", "nonsense")) {
                assertTrue(e.getMessage().contains(part), part + " is missing in: " + e.getMessage());
            }
        }
    }
}
