package conv4j.files;

import com.google.gson.stream.JsonWriter;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Writes a safetensors file: tensors and strings are added, then all is written. The arrays are not copied, and their bytes
 * go through a small buffer.
 */
public final class SafetensorsWriter {

    private static final int BUFFER_BYTES = 1 << 16;
    private static final int HEADER_ALIGNMENT = 8;

    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** The elements of one tensor, float[] or int[]. */
    private record Tensor(Shape shape, ElementFormat format, float[] floats, int[] ints) {

        void put(int index, ByteBuffer out) {
            if (floats != null) {
                out.putFloat(floats[index]);
            } else {
                out.putInt(ints[index]);
            }
        }

        int length() {
            return floats != null ? floats.length : ints.length;
        }
    }

    /** A file without tensors. */
    public SafetensorsWriter() {}

    /**
     * Adds a string to the file's metadata.
     *
     * @param key its name
     * @param value any text
     * @return this
     * @throws NullPointerException when the value is null, which the format does not have
     */
    public SafetensorsWriter metadata(String key, String value) {
        metadata.put(key, Objects.requireNonNull(value, "metadata need a text"));
        return this;
    }

    /**
     * Adds a tensor of floats, F32.
     *
     * @param name its name
     * @param shape its shape
     * @param values shape.size() elements, the last axis running fastest; kept, not copied
     * @return this
     * @throws IllegalArgumentException when the name is taken, the number of elements is another one, or the shape has
     *     more than 32 axes
     */
    public SafetensorsWriter floats(String name, Shape shape, float[] values) {
        return add(name, new Tensor(shape, ElementFormat.F32, values, null));
    }

    /**
     * Adds a tensor of integers, I32.
     *
     * @param name its name
     * @param shape its shape
     * @param values shape.size() elements, the last axis running fastest; kept, not copied
     * @return this
     * @throws IllegalArgumentException when the name is taken, the number of elements is another one, or the shape has
     *     more than 32 axes
     */
    public SafetensorsWriter ints(String name, Shape shape, int[] values) {
        return add(name, new Tensor(shape, ElementFormat.I32, null, values));
    }

    private SafetensorsWriter add(String name, Tensor tensor) {
        if (tensor.length() != tensor.shape().size()) {
            throw new IllegalArgumentException("tensor " + name + " of shape " + tensor.shape() + " needs "
                    + tensor.shape().size() + " elements, but " + tensor.length() + " were given");
        }
        if (tensor.shape().rank() > SafetensorsHeader.MAX_RANK) {
            throw new IllegalArgumentException(
                    "tensor " + name + " has " + tensor.shape().rank() + " axes; a file is read with up to "
                            + SafetensorsHeader.MAX_RANK + ": join some");
        }
        if (name.equals(SafetensorsHeader.METADATA) || tensors.putIfAbsent(name, tensor) != null) {
            throw new IllegalArgumentException("the name " + name + " of a tensor is taken; give every tensor its own");
        }
        return this;
    }

    /**
     * Writes the file under a temporary name in the same folder and renames it when it is complete. On failure the file
     * that was there before is unchanged and nothing else is left.
     *
     * @param file the file
     * @throws IllegalArgumentException when its names and strings need more than {@link Safetensors#MAX_HEADER_BYTES}
     * @throws java.io.UncheckedIOException when it cannot be written
     */
    public void write(Path file) {
        WholeFile.write(file, this::write);
    }

    /**
     * Writes everything to a channel.
     *
     * @param out gets all bytes; stays open
     * @throws IllegalArgumentException when its names and strings need more than {@link Safetensors#MAX_HEADER_BYTES}
     * @throws IOException when the channel fails
     */
    public void write(WritableByteChannel out) throws IOException {
        byte[] header = header().getBytes(StandardCharsets.UTF_8);
        int padding = -header.length & HEADER_ALIGNMENT - 1;
        requireReadable(header.length + (long) padding);
        ByteBuffer start =
                ByteBuffer.allocate(Long.BYTES + header.length + padding).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length + padding)
                .put(header)
                .put(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
        drain(start.flip(), out);
        for (Tensor tensor : tensors.values()) {
            elements(tensor, buffer -> drain(buffer, out));
        }
    }

    /** Refuses to write a header that no reader would take. */
    static void requireReadable(long headerBytes) {
        if (headerBytes > Safetensors.MAX_HEADER_BYTES) {
            throw new IllegalArgumentException("the header of a safetensors file may have "
                    + Safetensors.MAX_HEADER_BYTES + " bytes, but this one needs " + headerBytes
                    + "; use fewer tensors, shorter names or less metadata");
        }
    }

    private static void drain(ByteBuffer buffer, WritableByteChannel out) throws IOException {
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    /** Takes bytes of a tensor. */
    interface Sink {
        void accept(ByteBuffer bytes) throws IOException;
    }

    /** Hands over all bytes of a tensor as they will be stored, piece by piece. */
    void raw(String name, Sink sink) throws IOException {
        elements(tensors.get(name), sink);
    }

    private static void elements(Tensor tensor, Sink sink) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.put(i, buffer);
            if (!buffer.hasRemaining() || i == tensor.length() - 1) {
                sink.accept(buffer.flip());
                buffer.clear();
            }
        }
    }

    private String header() throws IOException {
        StringWriter text = new StringWriter();
        JsonWriter json = new JsonWriter(text);
        json.beginObject();
        if (!metadata.isEmpty()) {
            json.name(SafetensorsHeader.METADATA).beginObject();
            for (Map.Entry<String, String> entry : metadata.entrySet()) {
                json.name(entry.getKey()).value(entry.getValue());
            }
            json.endObject();
        }
        long at = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            long end = at + (long) tensor.length() * tensor.format().bytes();
            json.name(entry.getKey()).beginObject();
            json.name("dtype").value(tensor.format().name()).name("shape").beginArray();
            for (int extent : tensor.shape().toArray()) {
                json.value(extent);
            }
            json.endArray()
                    .name("data_offsets")
                    .beginArray()
                    .value(at)
                    .value(end)
                    .endArray()
                    .endObject();
            at = end;
        }
        json.endObject().flush();
        return text.toString();
    }
}
