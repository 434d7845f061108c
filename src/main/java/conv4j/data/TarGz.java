package conv4j.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks the plain files and folders of a {@code .tar.gz} (POSIX.1-1988 ustar; names of at most 255 bytes). Links, devices and
 * names that lead out of the target folder are refused; extended headers are skipped.
 */
final class TarGz {

    private static final int BLOCK = 512;
    private static final int BUFFER = 1 << 16;

    private final Path folder;
    private final InputStream in;
    private final byte[] header = new byte[BLOCK];

    private TarGz(Path folder, InputStream in) {
        this.folder = folder;
        this.in = in;
    }

    /** Unpacks an archive into a folder, which is made when it is not there. */
    static void unpack(Path archive, Path folder) throws IOException {
        Path target = folder.toAbsolutePath().normalize();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), BUFFER);
                InputStream in = new GZIPInputStream(file, BUFFER)) {
            TarGz tar = new TarGz(target, in);
            while (tar.nextHeader()) {
                tar.unpackEntry();
            }
        }
    }

    /** Reads the next header; false at the end, which is a block of zeros. */
    private boolean nextHeader() throws IOException {
        readFully(header, BLOCK);
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean checksumField = i >= 148 && i < 156;
            sum += checksumField ? ' ' : header[i] & 0xFF;
        }
        if (sum == 8 * ' ') {
            return false;
        }
        if (sum != octal(148, 8)) {
            throw new IOException("a tar header has a wrong checksum");
        }
        return true;
    }

    private void unpackEntry() throws IOException {
        long size = octal(124, 12);
        char type = (char) header[156];
        switch (type) {
            case '0', '\0' -> writeFile(target(), size);
            case '5' -> Files.createDirectories(target());
            case 'x', 'g' -> skip(size);
            default -> throw new IOException(
                    "entry '" + name() + "' is neither a file nor a folder (type " + type + ")");
        }
        skip((BLOCK - size % BLOCK) % BLOCK);
    }

    private void writeFile(Path target, long size) throws IOException {
        Files.createDirectories(target.getParent());
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out = Files.newOutputStream(target)) {
            for (long left = size; left > 0; ) {
                int part = (int) Math.min(left, buffer.length);
                readFully(buffer, part);
                out.write(buffer, 0, part);
                left -= part;
            }
        }
    }

    private Path target() throws IOException {
        Path target = folder.resolve(name()).normalize();
        if (!target.startsWith(folder) || name().startsWith("/") || name().contains("\\")) {
            throw new IOException("entry '" + name() + "' leads out of the folder");
        }
        return target;
    }

    private String name() {
        String name = text(0, 100);
        boolean ustar = text(257, 5).equals("ustar");
        String prefix = ustar ? text(345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private String text(int start, int length) {
        int end = start;
        while (end < start + length && header[end] != 0) {
            end++;
        }
        return new String(header, start, end - start, StandardCharsets.UTF_8);
    }

    private long octal(int start, int length) throws IOException {
        String digits = text(start, length).strip();
        try {
            long value = digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException notOctal) {
            // Reported below together with negative numbers.
        }
        throw new IOException("a tar header holds '" + digits + "' where an octal number is needed");
    }

    private void skip(long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            int part = (int) Math.min(left, BLOCK);
            readFully(header, part);
            left -= part;
        }
    }

    private void readFully(byte[] to, int count) throws IOException {
        if (in.readNBytes(to, 0, count) != count) {
            throw new EOFException("the archive ends too early");
        }
    }
}
