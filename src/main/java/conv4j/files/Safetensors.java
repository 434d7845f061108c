package conv4j.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, open for reading: an eight-byte header length, a JSON header, then the tensors' elements, all little
 * endian. Only the header is read at once; each tensor is read when it is asked for, through a small buffer, so a file may
 * be larger than the memory. Files that contradict themselves are refused with {@link FileFormatException}.
 */
public final class Safetensors implements Closeable {

    /** The longest header that is read, in bytes, as the format's own library has it. */
    public static final int MAX_HEADER_BYTES = 100_000_000;

    private static final int BUFFER_BYTES = 1 << 16;

    private final Path file;
    private final FileChannel channel;
    private final SafetensorsHeader header;
    private final long dataStart;

    private Safetensors(Path file, FileChannel channel, SafetensorsHeader header, long dataStart) {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.dataStart = dataStart;
    }

    /**
     * Opens a file and checks its header.
     *
     * @param file the file
     * @return the open file; the caller closes it
     * @throws FileFormatException when it is not a safetensors file or contradicts itself
     * @throws NoSuchFileException when there is no such file
     * @throws IOException when it cannot be read
     */
    public static Safetensors open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileFormatException(file + " is a folder; a safetensors file is needed");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            int length = headerLength(file, channel);
            String json = text(file, bytes(file, channel, Long.BYTES, length));
            long start = Long.BYTES + (long) length;
            SafetensorsHeader header = SafetensorsHeader.parse(file.toString(), json, channel.size() - start);
            return new Safetensors(file, channel, header, start);
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    private static int headerLength(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size < Long.BYTES + 2) {
            throw new FileFormatException(file + " has " + size
                    + " bytes, too few for a safetensors file; it is empty, truncated or of another format");
        }
        ByteBuffer start = bytes(file, channel, 0, Long.BYTES + 1);
        long length = start.getLong();
        if (length < 0 || length > MAX_HEADER_BYTES || start.get() != '{') {
            throw new FileFormatException(file + " is not a safetensors file: it does not begin with a header of up to "
                    + MAX_HEADER_BYTES + " bytes");
        }
        if (length > size - Long.BYTES) {
            throw new FileFormatException(file + " is truncated: its header alone needs " + length + " bytes, but only "
                    + (size - Long.BYTES) + " follow");
        }
        return (int) length;
    }

    private static String text(Path file, ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException notText) {
            throw new FileFormatException(
                    file + " is not a readable safetensors file: its header is not UTF-8 text", notText);
        }
    }

    private static ByteBuffer bytes(Path file, FileChannel channel, long from, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        fill(file, channel, from, buffer);
        return buffer;
    }

    private static void fill(Path file, FileChannel channel, long from, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new FileFormatException(file + " became shorter while it was read");
            }
        }
        buffer.flip();
    }

    /** {@return the strings that the file says of itself; empty when it has none} */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * One of the strings that the file says of itself.
     *
     * @param key its name
     * @return the string
     * @throws FileFormatException when there is none of that name
     */
    public String metadata(String key) {
        String value = metadata().get(key);
        if (value == null) {
            throw new FileFormatException(file + " has no metadata " + SafetensorsHeader.shown(key) + "; it has "
                    + metadata().keySet());
        }
        return value;
    }

    /** {@return the names of all tensors, in the order of their data} */
    public Set<String> names() {
        return header.entries().keySet();
    }

    /**
     * What is known of one tensor.
     *
     * @param name its name
     * @return type, shape and place
     * @throws FileFormatException when there is no such tensor
     */
    public TensorEntry entry(String name) {
        TensorEntry entry = header.entries().get(name);
        if (entry == null) {
            throw new FileFormatException(file + " has no tensor " + SafetensorsHeader.shown(name) + "; it has "
                    + SafetensorsHeader.listed(names()));
        }
        return entry;
    }

    /**
     * Reads a tensor as floats. Doubles, and integers beyond 2^24, are rounded to the nearest float.
     *
     * @param name its name
     * @return its elements, the last axis running fastest
     * @throws FileFormatException when there is no such tensor, its type is not numeric, or it is too large for an array
     * @throws UncheckedIOException when the file cannot be read
     */
    public float[] floats(String name) {
        TensorEntry entry = entry(name);
        require(entry, entry.format().numeric(), "floats");
        float[] values = new float[length(entry)];
        forEachElement(entry, (in, i) -> values[i] = entry.format().nextFloat(in));
        return values;
    }

    /**
     * Reads a tensor of integers.
     *
     * @param name its name
     * @return its elements, the last axis running fastest; true is 1
     * @throws FileFormatException when there is no such tensor, it is not of integers, a value does not fit an
     *     {@code int}, or it is too large for an array
     * @throws UncheckedIOException when the file cannot be read
     */
    public int[] ints(String name) {
        TensorEntry entry = entry(name);
        require(entry, entry.format().integral(), "integers");
        int[] values = new int[length(entry)];
        forEachElement(entry, (in, i) -> {
            long value = entry.format().nextLong(in);
            if (value != (int) value) {
                throw new FileFormatException(
                        file + ": element " + i + " of " + entry + " is " + value + ", which does not fit 32 bits");
            }
            values[i] = (int) value;
        });
        return values;
    }

    private void require(TensorEntry entry, boolean holds, String wanted) {
        if (!holds) {
            throw new FileFormatException(file + ": " + entry + " cannot be read as " + wanted);
        }
    }

    private int length(TensorEntry entry) {
        if (entry.elements() > Integer.MAX_VALUE - Long.BYTES) {
            throw new FileFormatException(file + ": " + entry + " has more elements than one array can hold");
        }
        return (int) entry.elements();
    }

    /** Takes one element from the buffer. */
    private interface ElementReader {
        void take(ByteBuffer in, int index);
    }

    private void forEachElement(TensorEntry entry, ElementReader reader) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int index = 0;
        for (long at = entry.begin(); at < entry.end(); at += buffer.limit()) {
            load(buffer, at, entry.end());
            while (buffer.hasRemaining()) {
                reader.take(buffer, index++);
            }
        }
    }

    /** Fills the buffer with the bytes of a tensor from one place on, as many as fit. */
    private void load(ByteBuffer buffer, long from, long end) {
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - from));
        try {
            fill(file, channel, dataStart + from, buffer);
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " cannot be read: " + failed.getMessage(), failed);
        }
    }

    /** Hands over all bytes of a tensor as they are stored, piece by piece. */
    void raw(String name, java.util.function.Consumer<ByteBuffer> consumer) {
        TensorEntry entry = entry(name);
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (long at = entry.begin(); at < entry.end(); at += buffer.limit()) {
            load(buffer, at, entry.end());
            consumer.accept(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
