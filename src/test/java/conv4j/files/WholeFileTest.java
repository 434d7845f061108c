package conv4j.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

    private static final byte[] NEW = "new content".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void replacesTheOldFileAndLeavesNothingElse() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        WholeFile.write(file, out -> out.write(ByteBuffer.wrap(NEW)));
        assertEquals("new content", Files.readString(file));
        assertEquals(List.of("x"), names());
    }

    @Test
    void aFailureHalfWayLeavesTheOldFile() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        UncheckedIOException failed = assertThrows(
                UncheckedIOException.class,
                () -> WholeFile.write(file, out -> {
                    out.write(ByteBuffer.wrap(NEW));
                    throw new IOException("No space left on device");
                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("x"), names());
        assertEquals(
                file
                        + " could not be saved: No space left on device; free some space or give another place; the file that"
                        + " was there before is unchanged",
                failed.getMessage());
    }

    /** /dev/full answers every write with the error of a full disk. */
    @Test
    void aFullDiskLeavesTheOldFile() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no /dev/full");
        Path file = Files.writeString(folder.resolve("x"), "old");
        UncheckedIOException failed = assertThrows(
                UncheckedIOException.class,
                () -> WholeFile.write(file, out -> out.write(ByteBuffer.wrap(NEW)), temporary -> {
                    Files.createFile(temporary);
                    return FileChannel.open(full, StandardOpenOption.WRITE);
                }));
        assertTrue(failed.getMessage().contains("free some space"), failed.getMessage());
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("x"), names());
    }

    @Test
    void aFailureInTheProgramLeavesTheOldFileToo() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        assertThrows(
                IllegalStateException.class,
                () -> WholeFile.write(file, out -> {
                    throw new IllegalStateException();
                }));
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("x"), names());
    }

    @Test
    void aLinkIsFollowed() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        Path link = folder.resolve("link");
        try {
            Files.createSymbolicLink(link, file);
        } catch (IOException | UnsupportedOperationException none) {
            assumeTrue(false, "this system makes no links");
        }
        WholeFile.write(link, out -> out.write(ByteBuffer.wrap(NEW)));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals("new content", Files.readString(file));
    }

    @Test
    void foldersDevicesAndFoldersThatCannotBeMadeAreRefusedBeforehand() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "old");
        for (Path wrong : List.of(folder, file.resolve("below/a/file"), Path.of("/dev/null"))) {
            UncheckedIOException failed = assertThrows(UncheckedIOException.class, () -> WholeFile.check(wrong));
            assertTrue(failed.getMessage().startsWith(wrong + " could not be saved: "), failed.getMessage());
        }
        WholeFile.check(file);
        assertEquals("old", Files.readString(file));
        assertEquals(List.of("x"), names());
    }
}
