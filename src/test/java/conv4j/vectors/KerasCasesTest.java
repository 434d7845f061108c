package conv4j.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.backend.opencl.TestDevice;
import conv4j.files.FileFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Models that Keras saved in the middle of a training, on every backend: those of the project and those beside it. */
class KerasCasesTest {

    private static final Path COPIES = Path.of("src", "test", "resources", "keras");
    private static final Path FOLDER = Path.of("..", "shared", "vectors", "keras");

    @TempDir
    Path folder;

    private static Stream<DynamicTest> on(String device) throws IOException {
        Stream<DynamicTest> others = Files.isDirectory(FOLDER)
                ? KerasCases.files(FOLDER).stream().map(file -> test(device, file))
                : Stream.of(dynamicTest("vectors", () -> abort("no folder of Keras' models: there is no " + FOLDER)));
        return Stream.concat(KerasCases.files(COPIES).stream().map(file -> test(device, file)), others);
    }

    private static DynamicTest test(String device, Path file) {
        return dynamicTest(device + ": " + file.getFileName(), () -> {
            try (Backend backend = Backends.open(device)) {
                KerasCases.check(file, backend);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> theReferenceGoesOnAsKerasDid() throws IOException {
        return on("reference");
    }

    @TestFactory
    Stream<DynamicTest> theCpuGoesOnAsKerasDid() throws IOException {
        return on("cpu");
    }

    @TestFactory
    Stream<DynamicTest> theFirstOpenClDeviceGoesOnAsKerasDid() throws IOException {
        TestDevice.require();
        return on("opencl:0");
    }

    private Path copied() throws IOException {
        try (Stream<Path> files = Files.list(COPIES)) {
            for (Path each : files.toList()) {
                Files.copy(each, folder.resolve(each.getFileName()));
            }
        }
        return folder.resolve("tiny.h5");
    }

    @Test
    void aPredictionThatIsOffFails() throws IOException {
        Path model = copied();
        Path prediction = folder.resolve("tiny.y.npy");
        byte[] bytes = Files.readAllBytes(prediction);
        bytes[bytes.length - 2] ^= 0x10; // a mantissa's bit of the last number
        Files.write(prediction, bytes);
        try (Backend backend = Backends.open("reference")) {
            assertThrows(AssertionError.class, () -> KerasCases.check(model, backend));
        }
    }

    @Test
    void aLossThatIsOffFails() throws IOException {
        Path model = copied();
        Path losses = folder.resolve("tiny.losses.npy");
        byte[] bytes = Files.readAllBytes(losses);
        bytes[bytes.length - 2] ^= 0x10;
        Files.write(losses, bytes);
        try (Backend backend = Backends.open("reference")) {
            String message = assertThrows(AssertionError.class, () -> KerasCases.check(model, backend))
                    .getMessage();
            assertTrue(message.contains("the loss of step 3"), message);
        }
    }

    @Test
    void aShortenedArrayIsRefused() throws IOException {
        copied();
        byte[] bytes = Files.readAllBytes(folder.resolve("tiny.x.npy"));
        for (int length = 0; length < bytes.length; length += 7) {
            Path cut = folder.resolve("cut.npy");
            Files.write(cut, Arrays.copyOf(bytes, length));
            assertThrows(FileFormatException.class, () -> NpyFile.read(cut));
        }
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        Path model = copied();
        assertThrows(NotDirectoryException.class, () -> KerasCases.files(model));
        assertEquals(1, KerasCases.files(folder).stream().filter(model::equals).count());
    }
}
