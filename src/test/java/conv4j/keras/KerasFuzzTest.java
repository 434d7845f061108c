package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.SGD;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged and hostile files are read or refused as files; nothing else happens. */
class KerasFuzzTest {

    private static final int FLIPS = 400;
    private static final Path KERAS_3_H5 = Path.of("src", "test", "resources", "keras", "tiny.h5");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model");
    }

    private static Model model() {
        Model model = new Sequential("tiny", new Input(3, 3, 1), new Conv2D(2, 2), new Flatten(), new Dense(2));
        model.compile(new SGD(0.1).momentum(0.5), new SparseCategoricalCrossentropy(true, 0));
        return model;
    }

    private byte[] written() throws IOException {
        try (Model model = model()) {
            KerasFile.save(model, file);
        }
        return Files.readAllBytes(file);
    }

    /** Loads it, or is refused; true when refused. */
    private boolean isRefused(byte[] content) throws IOException {
        Files.write(file, content);
        try {
            KerasFile.load(file).close();
            return false;
        } catch (FileFormatException refused) {
            return true;
        }
    }

    private boolean isRefused(KerasArchive archive) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        archive.write(bytes);
        return isRefused(bytes.toByteArray());
    }

    private void truncate(byte[] whole) throws IOException {
        for (int length = 0; length < whole.length; length += 1 + whole.length / 200) {
            assertTrue(
                    isRefused(Arrays.copyOf(whole, length)), "a file of " + length + " of " + whole.length + " bytes");
        }
    }

    private int flip(byte[] whole, int from) throws IOException {
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] damaged = whole.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                damaged[from + random.nextInt(whole.length - from)] ^= (byte) (1 << random.nextInt(8));
            }
            refused += isRefused(damaged) ? 1 : 0;
        }
        return refused;
    }

    @Test
    void aShortenedArchiveIsRefused() throws IOException {
        truncate(written());
    }

    @Test
    void aShortenedHdf5FileIsRefused() throws IOException {
        truncate(Files.readAllBytes(KERAS_3_H5));
    }

    @Test
    void anArchiveWithFlippedBitsIsRefusedByItsSums() throws IOException {
        int refused = flip(written(), 0);
        assertTrue(refused > 0.9 * FLIPS, "refused: " + refused);
    }

    @Test
    void anHdf5FileWithFlippedBitsIsReadOrRefused() throws IOException {
        int refused = flip(Files.readAllBytes(KERAS_3_H5), 0);
        assertTrue(refused > 0, "refused: " + refused);
    }

    /** The weights are damaged and packed anew, so that the archive's own sums are right. */
    @Test
    void weightsWithFlippedBitsAreReadOrRefused() throws IOException {
        written();
        KerasArchive archive = KerasArchive.read(file);
        Random random = new Random(9);
        int refused = 0;
        for (int i = 0; i < FLIPS; i++) {
            byte[] weights = archive.weights().clone();
            for (int flips = 0; flips < 3; flips++) {
                weights[random.nextInt(weights.length)] ^= (byte) (1 << random.nextInt(8));
            }
            refused += isRefused(new KerasArchive(archive.metadata(), archive.config(), weights)) ? 1 : 0;
        }
        assertTrue(refused > 0, "refused: " + refused);
    }

    /** Characters of the configuration are replaced in turn by one that has a meaning there. */
    @Test
    void aDamagedConfigurationIsReadOrRefused() throws IOException {
        written();
        KerasArchive archive = KerasArchive.read(file);
        String signs = "{}[]\",:-0ntf";
        int refused = 0;
        for (int i = 0; i < archive.config().length(); i += 5) {
            char sign = signs.charAt(i % signs.length());
            String config =
                    archive.config().substring(0, i) + sign + archive.config().substring(i + 1);
            refused += isRefused(new KerasArchive(archive.metadata(), config, archive.weights())) ? 1 : 0;
        }
        assertTrue(refused > 50, "refused: " + refused);
    }

    @Test
    void anArchiveThatUnpacksToFarMoreIsRefusedByWhatItDeclares() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("config.json"));
            zip.write("{}".getBytes(StandardCharsets.UTF_8));
            zip.putNextEntry(new ZipEntry("model.weights.h5"));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 100; i++) {
                zip.write(zeros);
            }
        }
        Files.write(file, bytes.toByteArray());
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(file))
                .getMessage();
        assertTrue(message.contains("declares 104857600 bytes"), message);
    }

    /** Files of some kilobytes, made by h5py, whose array declares 40000 x 40000 numbers: in pieces, and as a whole. */
    @ParameterizedTest
    @ValueSource(strings = {"pieces", "whole"})
    void anArrayThatDeclaresFarMoreThanTheFileHasIsRefused(String name) throws IOException {
        byte[] weights = Files.readAllBytes(KERAS_3_H5.resolveSibling(name + ".weights.h5"));
        String config =
                """
                {"class_name":"Sequential","config":{"name":"s","layers":[
                {"class_name":"InputLayer","config":{"batch_shape":[null,40000],"name":"in"}},
                {"class_name":"Dense","config":{"name":"d","units":40000,"use_bias":false}}]}}""";
        new KerasArchive("{}", config, weights).write(file);
        String message = assertThrows(FileFormatException.class, () -> KerasFile.load(file))
                .getMessage();
        assertTrue(message.contains("declares 6400000000 bytes"), message);
    }

    @Test
    void nestedListsWithoutEndAreRefused() throws IOException {
        new KerasArchive("{}", "[".repeat(100_000), new byte[] {1}).write(file);
        assertThrows(FileFormatException.class, () -> KerasFile.load(file));
    }
}
