package conv4j.keras;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.shape.Shape;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.WritableGroup;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two containers of Keras' files, and what is said of those that are not whole. */
class KerasArchiveTest {

    @TempDir
    Path folder;

    private static final byte[] WEIGHTS = {1, 2, 3, -4};

    private Path zip(String... names) throws IOException {
        Path file = folder.resolve("model.keras");
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write(name.equals("model.weights.h5") ? WEIGHTS : name.getBytes(StandardCharsets.UTF_8));
                zip.closeEntry();
            }
        }
        return file;
    }

    private static String refusal(Path file) {
        return assertThrows(FileFormatException.class, () -> KerasArchive.read(file))
                .getMessage();
    }

    @Test
    void anArchiveHasThreeEntriesThatAreStoredAsTheyAre() throws IOException {
        Path file = folder.resolve("new.keras");
        new KerasArchive("{\"a\":1}", "{\"b\":2}", WEIGHTS).write(file);
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertEquals(
                    List.of("metadata.json", "config.json", "model.weights.h5"),
                    zip.stream().map(ZipEntry::getName).toList());
            zip.stream().forEach(entry -> {
                assertEquals(ZipEntry.STORED, entry.getMethod());
                assertEquals(1980, entry.getTimeLocal().getYear());
            });
        }
        KerasArchive read = KerasArchive.read(file);
        assertEquals("{\"a\":1}", read.metadata());
        assertEquals("{\"b\":2}", read.config());
        assertArrayEquals(WEIGHTS, read.weights());
        byte[] first = Files.readAllBytes(file);
        new KerasArchive("{\"a\":1}", "{\"b\":2}", WEIGHTS).write(file);
        assertArrayEquals(first, Files.readAllBytes(file));
    }

    @Test
    void metadataMayBeMissingAndNothingElse() throws IOException {
        KerasArchive read = KerasArchive.read(zip("config.json", "model.weights.h5"));
        assertEquals("{}", read.metadata());
        assertEquals("config.json", read.config());
        assertArrayEquals(WEIGHTS, read.weights());
        Path file = zip("metadata.json", "model.weights.h5");
        assertEquals(file + " has no config.json in it; save the model in Keras 3 as one .keras file", refusal(file));
        zip("config.json");
        assertEquals(
                file + " has no model.weights.h5 in it; save the model in Keras 3 as one .keras file", refusal(file));
    }

    @Test
    void filesThatAreMissingOrNoArchivesAreNamed() throws IOException {
        Path missing = folder.resolve("missing.keras");
        assertEquals(
                "there is no file " + missing + "; check the name",
                assertThrows(UncheckedIOException.class, () -> KerasArchive.read(missing))
                        .getMessage());
        Path text = Files.writeString(folder.resolve("text.keras"), "no archive");
        assertTrue(refusal(text).startsWith(text + " is no whole .keras archive: "), refusal(text));
        assertTrue(refusal(text).endsWith("; use another copy of it"), refusal(text));
    }

    @Test
    void anEntryWithAWrongSumIsDamaged() throws IOException {
        Path file = folder.resolve("stored.keras");
        new KerasArchive("{}", "{}", WEIGHTS).write(file);
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length - 3; i++) {
            if (Arrays.equals(Arrays.copyOfRange(bytes, i, i + 4), WEIGHTS)) {
                bytes[i + 1] ^= 1;
            }
        }
        Files.write(file, bytes);
        assertEquals(file + ": model.weights.h5 is damaged, its checksum is wrong; use another copy", refusal(file));
    }

    private H5File h5(H5Writer writer) throws IOException {
        return new H5File(writer.toBytes(), "weights");
    }

    @Test
    void arraysAreFoundByTheirPathWithTheirShape() throws IOException {
        H5Writer writer = new H5Writer();
        assertTrue(writer.isEmpty());
        writer.put("a/b/0", Shape.of(2, 3), new float[] {1, 2, 3, 4, 5, 6});
        writer.put("a/b/1", Shape.SCALAR, new float[] {7});
        writer.put("a/count", 8);
        writer.put("top", 0.5f);
        assertEquals(false, writer.isEmpty());
        try (H5File file = h5(writer)) {
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, file.floats("a/b/0", Shape.of(2, 3)));
            assertArrayEquals(new float[] {7}, file.floats("a/b/1", Shape.SCALAR));
            assertEquals(Shape.of(2, 3), file.shape("a/b/0"));
            assertEquals(8, file.number("a/count"));
            assertEquals(0.5, file.number("top"));
            assertEquals(2, file.count("a/b"));
            assertEquals(0, file.count("a/c"));
            assertEquals(0, file.count("top"));
            assertTrue(file.has("a/b") && file.has("top") && file.has(""));
            assertEquals(false, file.has("a/c/d"));
            assertNull(file.text("a", "none"));
            assertNull(file.texts("missing", "none"));
            assertRefused(
                    "weights: a/b/0 has the shape [2, 3], but the configuration asks for [3, 2]",
                    () -> file.floats("a/b/0", Shape.of(3, 2)));
            assertRefused("weights: a single number is expected at a/b/0", () -> file.number("a/b/0"));
            assertRefused(
                    "weights has no numbers at a/b; the file is not complete, use another copy",
                    () -> file.shape("a/b"));
        }
    }

    private static void assertRefused(String message, Runnable reading) {
        assertEquals(
                message, assertThrows(FileFormatException.class, reading::run).getMessage());
    }

    @Test
    void bytesThatAreNoHdf5AreNamed() {
        String message = assertThrows(FileFormatException.class, () -> new H5File(new byte[100], "weights").close())
                .getMessage();
        assertTrue(message.startsWith("weights is no HDF5 file, or damaged: "), message);
    }

    /** Keras splits long lists of names. */
    @Test
    void listsOfTextsMayBeSplit() throws IOException {
        Path path = folder.resolve("names.h5");
        try (WritableHdfFile file = HdfFile.write(path)) {
            WritableGroup group = file.putGroup("g");
            group.putDataset("unused", new float[] {1});
            group.putAttribute("whole", new String[] {"a", "b"});
            group.putAttribute("split0", new String[] {"c", "d"});
            group.putAttribute("split1", new String[] {"e", "f"});
            group.putAttribute("one", "text");
        }
        try (H5File file = new H5File(Files.readAllBytes(path), "names")) {
            assertEquals(List.of("a", "b"), file.texts("g", "whole"));
            assertEquals(List.of("c", "d", "e", "f"), file.texts("g", "split"));
            assertEquals("text", file.text("g", "one"));
            assertEquals("a", file.text("g", "whole"));
            assertNull(file.texts("g", "none"));
        }
    }
}
