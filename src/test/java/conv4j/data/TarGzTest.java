package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarGzTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    private void entry(String name, char type, byte... content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 124, String.format("%011o\0", content.length));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, "link target");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xFF;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        tar.writeBytes(header);
        tar.writeBytes(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }

    private Path archive() throws IOException {
        Path archive = folder.resolve("a.tar.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(archive))) {
            tar.writeTo(out);
            out.write(new byte[1024]);
        }
        return archive;
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
            tar.reset();
            entry(name, '0', (byte) 1);
            assertTrue(failure().contains("leads out of the folder"), name);
        }
        assertFalse(Files.exists(folder.resolve("evil")));
    }

    @Test
    void linksAndDevicesAreRefused() throws IOException {
        for (char type : "1234".toCharArray()) {
            tar.reset();
            entry("link", type);
            assertTrue(failure().contains("neither a file nor a folder (type " + type + ")"));
        }
    }

    @Test
    void damageIsReported() throws IOException {
        entry("file", '0', new byte[2000]);
        byte[] good = tar.toByteArray();
        tar.reset();
        tar.writeBytes(Arrays.copyOf(good, 1024));
        assertTrue(failure().contains("ends too early"));
        good[3]++;
        tar.reset();
        tar.writeBytes(good);
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
