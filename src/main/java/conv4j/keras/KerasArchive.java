package conv4j.keras;

import conv4j.files.FileFormatException;
import conv4j.files.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A {@code .keras} file: a zip archive of three entries. Sizes are checked as declared before anything is unpacked, sums
 * afterwards.
 *
 * @param metadata {@code metadata.json}, or {@code {}}
 * @param config {@code config.json}
 * @param weights {@code model.weights.h5}
 */
record KerasArchive(String metadata, String config, byte[] weights) {

    private static final String METADATA = "metadata.json";
    private static final String CONFIG = "config.json";
    private static final String WEIGHTS = "model.weights.h5";

    /** More text than any configuration has. */
    private static final long TEXT_BYTES = 64L << 20;

    /** Java's arrays end here. */
    private static final long LARGEST_BYTES = Integer.MAX_VALUE - 8L;

    /** Entries below this size are unpacked whatever they expand to; larger ones by no more than the factor. */
    private static final long HARMLESS_BYTES = 64L << 20;

    private static final long EXPANSION = 100;

    static KerasArchive read(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            String metadata = zip.getEntry(METADATA) == null ? "{}" : text(zip, METADATA, file);
            return new KerasArchive(metadata, text(zip, CONFIG, file), entry(zip, WEIGHTS, LARGEST_BYTES, file));
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException("there is no file " + file + "; check the name", missing);
        } catch (IOException | IllegalArgumentException damaged) {
            throw new FileFormatException(
                    file + " is no whole .keras archive: " + damaged.getMessage() + "; use another copy of it",
                    damaged);
        }
    }

    private static String text(ZipFile zip, String name, Path file) throws IOException {
        return new String(entry(zip, name, TEXT_BYTES, file), StandardCharsets.UTF_8);
    }

    private static byte[] entry(ZipFile zip, String name, long largest, Path file) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new FileFormatException(
                    file + " has no " + name + " in it; save the model in Keras 3 as one .keras file");
        }
        long size = entry.getSize();
        boolean bomb = size > HARMLESS_BYTES && size > EXPANSION * entry.getCompressedSize();
        if (size < 0 || size > largest || bomb) {
            throw new FileFormatException(file + ": " + name + " declares " + size + " bytes, packed into "
                    + entry.getCompressedSize() + "; at most " + largest + " and " + EXPANSION
                    + " times the packed size are unpacked");
        }
        byte[] content;
        try (InputStream in = zip.getInputStream(entry)) {
            content = in.readNBytes(Math.toIntExact(size));
        }
        CRC32 sum = new CRC32();
        sum.update(content);
        if (content.length != size || sum.getValue() != entry.getCrc()) {
            throw new FileFormatException(file + ": " + name + " is damaged, its checksum is wrong; use another copy");
        }
        return content;
    }

    void write(Path file) {
        WholeFile.write(file, channel -> write(Channels.newOutputStream(channel)));
    }

    void write(OutputStream out) throws IOException {
        ZipOutputStream zip = new ZipOutputStream(out);
        store(zip, METADATA, metadata.getBytes(StandardCharsets.UTF_8));
        store(zip, CONFIG, config.getBytes(StandardCharsets.UTF_8));
        store(zip, WEIGHTS, weights);
        zip.finish();
        zip.flush();
    }

    /** Without compression, as Keras does it. */
    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        entry.setTimeLocal(LocalDateTime.of(1980, 1, 1, 0, 0)); // the same model is the same file
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
