package conv4j.selftest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.backend.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A device is tested at its first use, and after a pass never again. */
class FirstUseTest {

    @TempDir
    Path folder;

    @Test
    void aPassIsKept() {
        AtomicInteger runs = new AtomicInteger();
        try (Backend good = new FaultyBackend((graph, placement, run) -> runs.incrementAndGet())) {
            FirstUse firstUse = new FirstUse(folder.resolve("selftest"));
            assertEquals(Optional.empty(), firstUse.problem(good));
            int once = runs.get();
            assertTrue(once > 100, () -> once + " runs");
            assertEquals(Optional.empty(), firstUse.problem(good));
            assertEquals(once, runs.get(), "runs after a pass");
        }
    }

    @Test
    void aFailureIsDescribedAndNotKept() throws IOException {
        try (Backend faulty = FaultyBackend.wrongIn("Softmax")) {
            FirstUse firstUse = new FirstUse(folder);
            String problem = firstUse.problem(faulty).orElseThrow();
            assertTrue(problem.startsWith("'softmax: ") && problem.contains("other checks"), problem);
            try (Stream<Path> files = Files.list(folder)) {
                assertEquals(0, files.count());
            }
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNoFailure() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        try (Backend good = new FaultyBackend((graph, placement, run) -> {})) {
            assertEquals(Optional.empty(), new FirstUse(file).problem(good));
        }
    }
}
