package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarGzTest {

    @TempDir
    private Path folder;

    private final TarBytes tar = new TarBytes();

    private void entry(String name, char type, byte... content) {
        tar.entry(name, type, content);
    }

    private Path archive() throws IOException {
        Path archive = folder.resolve("a.tar.gz");
        return Files.write(archive, tar.gzip());
    }

    private String failure() throws IOException {
        Path archive = archive();
        return assertThrows(IOException.class, () -> TarGz.unpack(archive, folder.resolve("out")))
                .getMessage();
    }

    @Test
    void filesAndFoldersAreUnpackedByteForByte() throws IOException {
        byte[] large = new byte[70_000];
        Arrays.fill(large, (byte) 7);
        entry("d/", '5');
        entry("d/empty", '0');
        entry("pax", 'x', (byte) 1, (byte) 2);
        entry("d/e/large", '\0', large);
        entry("last", '0', (byte) 3);
        TarGz.unpack(archive(), folder.resolve("out"));
        assertEquals(0, Files.size(folder.resolve("out/d/empty")));
        assertArrayEquals(large, Files.readAllBytes(folder.resolve("out/d/e/large")));
        assertArrayEquals(new byte[] {3}, Files.readAllBytes(folder.resolve("out/last")));
        assertFalse(Files.exists(folder.resolve("out/pax")));
    }

    @Test
    void namesThatLeadOutOfTheFolderAreRefused() throws IOException {
        for (String name : List.of("../evil", "d/../../evil", "/evil", "..\\evil")) {
            tar.replace(new byte[0]);
            entry(name, '0', (byte) 1);
            assertTrue(failure().contains("leads out of the folder"), name);
        }
        assertFalse(Files.exists(folder.resolve("evil")));
    }

    @Test
    void linksAndDevicesAreRefused() throws IOException {
        for (char type : "1234".toCharArray()) {
            tar.replace(new byte[0]);
            entry("link", type);
            assertTrue(failure().contains("neither a file nor a folder (type " + type + ")"));
        }
    }

    @Test
    void damageIsReported() throws IOException {
        entry("file", '0', new byte[2000]);
        byte[] good = tar.toByteArray();
        tar.replace(Arrays.copyOf(good, 1024));
        assertTrue(failure().contains("ends too early"));
        good[3]++;
        tar.replace(good);
        assertTrue(failure().contains("checksum"));
    }

    @Test
    void aFailedUnpackingLeavesNothingAndSaysWhatToDo() throws IOException {
        entry("set/file", '0', (byte) 1);
        entry("set/link", '2');
        Path archive = archive();
        Path unpacked = folder.resolve("set");
        String message = assertThrows(DataException.class, () -> Downloads.unpack(archive, unpacked))
                .getMessage();
        assertTrue(message.contains("delete it and download again"), message);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(archive), left.toList());
        }
    }

    @Test
    void aGoodArchiveBecomesTheFolderAtOnce() throws IOException {
        entry("set/file", '0', (byte) 1);
        Downloads.unpack(archive(), folder.resolve("set"));
        assertArrayEquals(new byte[] {1}, Files.readAllBytes(folder.resolve("set/file")));
    }
}
