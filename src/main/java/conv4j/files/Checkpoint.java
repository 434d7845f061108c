package conv4j.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The project's model file: a JSON document (architecture, settings, state of training) and named arrays of floats
 * (weights, states, optimizer slots). On disk it is one valid safetensors file, so any tool for those can read the arrays;
 * its metadata holds the format's name and version, the document, and a SHA-256 over document and arrays, by which damage
 * is found.
 */
public final class Checkpoint {

    /** The newest version of the format, the one that is written. */
    public static final int VERSION = 1;

    private static final String NAME = "conv4j";
    private static final String FORMAT_KEY = "format";
    private static final String VERSION_KEY = "format_version";
    private static final String DOCUMENT_KEY = "document";
    private static final String DIGEST_KEY = "sha256";

    private final JsonObject document;
    private final Map<String, Array> arrays = new LinkedHashMap<>();

    /** An array with its shape. */
    private record Array(Shape shape, float[] values) {}

    /**
     * A model file without arrays.
     *
     * @param document anything that is not an array of floats; kept, not copied
     */
    public Checkpoint(JsonObject document) {
        this.document = document;
    }

    /** {@return the document} */
    public JsonObject document() {
        return document;
    }

    /**
     * Adds an array.
     *
     * @param name its name
     * @param shape its shape
     * @param values shape.size() elements, the last axis running fastest; kept, not copied
     * @return this
     * @throws IllegalArgumentException when the name is taken or the number of elements is another one
     */
    public Checkpoint put(String name, Shape shape, float[] values) {
        if (values.length != shape.size()) {
            throw new IllegalArgumentException("array " + name + " of shape " + shape + " needs " + shape.size()
                    + " elements, but " + values.length + " were given");
        }
        if (arrays.putIfAbsent(name, new Array(shape, values)) != null) {
            throw new IllegalArgumentException("the name " + name + " of an array is taken; give every array its own");
        }
        return this;
    }

    /** {@return the names of all arrays, in the order of the file} */
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    /**
     * The shape of an array.
     *
     * @param name its name
     * @return its shape
     * @throws FileFormatException when there is no such array
     */
    public Shape shape(String name) {
        return array(name).shape();
    }

    /**
     * The elements of an array.
     *
     * @param name its name
     * @return its elements, not copied
     * @throws FileFormatException when there is no such array
     */
    public float[] floats(String name) {
        return array(name).values();
    }

    private Array array(String name) {
        Array array = arrays.get(name);
        if (array == null) {
            throw new FileFormatException("the model file has no array " + name + "; it has " + arrays.keySet());
        }
        return array;
    }

    /**
     * Writes the file under a temporary name in the same folder and renames it when it is complete. On failure, a full
     * disk for example, the file that was there before is unchanged and nothing else is left.
     *
     * @param file the file
     * @throws UncheckedIOException when it cannot be written; the message says why
     */
    public void write(Path file) {
        WholeFile.write(file, writer()::write);
    }

    /** Everything that the file will hold. */
    SafetensorsWriter writer() {
        String text = sorted(document).toString();
        SafetensorsWriter writer = new SafetensorsWriter();
        arrays.forEach((name, array) -> writer.floats(name, array.shape(), array.values()));
        Digest digest = new Digest(text);
        arrays.forEach((name, array) -> {
            digest.tensor(name, extents(array.shape()));
            try {
                writer.raw(name, digest::bytes);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        });
        return writer.metadata(FORMAT_KEY, NAME)
                .metadata(VERSION_KEY, Integer.toString(VERSION))
                .metadata(DOCUMENT_KEY, text)
                .metadata(DIGEST_KEY, digest.hex());
    }

    /** The same document with the keys of all objects in order, so that the same content always gives the same bytes. */
    private static JsonElement sorted(JsonElement element) {
        if (element.isJsonObject()) {
            JsonObject object = new JsonObject();
            new TreeMap<>(element.getAsJsonObject().asMap()).forEach((key, value) -> object.add(key, sorted(value)));
            return object;
        }
        if (element.isJsonArray()) {
            JsonArray array = new JsonArray();
            element.getAsJsonArray().forEach(value -> array.add(sorted(value)));
            return array;
        }
        return element;
    }

    private static long[] extents(Shape shape) {
        return IntStream.of(shape.toArray()).asLongStream().toArray();
    }

    /**
     * Reads a file and checks it.
     *
     * @param file the file
     * @return its document and arrays
     * @throws FileFormatException when it is not a model file of this project, is damaged, or is from a newer version
     * @throws UncheckedIOException when there is no such file or it cannot be read
     */
    public static Checkpoint read(Path file) {
        try (Safetensors in = open(file)) {
            checkFormat(file, in.metadata());
            String text = in.metadata().getOrDefault(DOCUMENT_KEY, "");
            Checkpoint checkpoint = new Checkpoint(document(file, text));
            Digest digest = new Digest(text);
            for (String name : in.names()) {
                digest.tensor(name, in.entry(name).shape());
                in.raw(name, digest::bytes);
            }
            if (!digest.hex().equals(in.metadata().get(DIGEST_KEY))) {
                throw damaged(file, "its content does not match its SHA-256 sum", null);
            }
            in.names().forEach(name -> checkpoint.put(name, shape(file, in.entry(name)), in.floats(name)));
            return checkpoint;
        } catch (NoSuchFileException missing) {
            throw new UncheckedIOException(
                    "there is no model file " + file + "; check the name, or make it with train --save " + file,
                    missing);
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " cannot be read: " + failed.getMessage(), failed);
        }
    }

    private static Safetensors open(Path file) throws IOException {
        try {
            return Safetensors.open(file);
        } catch (FileFormatException other) {
            throw new FileFormatException(
                    "no model can be read from " + file + ": " + other.getMessage()
                            + "; use another copy of it, or a file that train --save has written",
                    other);
        }
    }

    private static void checkFormat(Path file, Map<String, String> metadata) {
        if (!NAME.equals(metadata.get(FORMAT_KEY)) || !metadata.containsKey(VERSION_KEY)) {
            throw new FileFormatException(
                    file + " is a safetensors file, but not a model file of conv4j; give a file that"
                            + " train --save has written");
        }
        String version = metadata.get(VERSION_KEY);
        if (!version.matches("[1-9]\\d{0,8}")) {
            throw damaged(file, "its format version is " + SafetensorsHeader.shown(version), null);
        }
        if (Integer.parseInt(version) > VERSION) {
            throw new FileFormatException(file + " was written by a newer conv4j: its format version is " + version
                    + ", this one reads up to " + VERSION + "; use a newer conv4j");
        }
    }

    private static JsonObject document(Path file, String text) {
        try {
            JsonElement parsed = JsonParser.parseString(text);
            if (parsed.isJsonObject()) {
                return parsed.getAsJsonObject();
            }
            throw damaged(file, "its document is missing", null);
        } catch (JsonParseException notJson) {
            throw damaged(file, "its document is not JSON", notJson);
        }
    }

    private static Shape shape(Path file, TensorEntry entry) {
        int[] dims = new int[entry.shape().length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = (int) Math.min(entry.shape()[i], Integer.MAX_VALUE);
        }
        try {
            return Shape.of(dims);
        } catch (IllegalArgumentException unusable) {
            throw damaged(file, entry + " has a shape that no array of a model has", unusable);
        }
    }

    private static FileFormatException damaged(Path file, String how, Throwable cause) {
        return new FileFormatException(
                file + " is damaged: " + how + "; use another copy of it, or train the model again", cause);
    }

    /** SHA-256 over the document and, tensor after tensor, name, rank, extents and elements. */
    private static final class Digest {

        private final MessageDigest digest;

        Digest(String document) {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java runtime has SHA-256", impossible);
            }
            text(document);
        }

        private void text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            numbers(bytes.length);
            digest.update(bytes);
        }

        private void numbers(long... numbers) {
            ByteBuffer buffer = ByteBuffer.allocate(numbers.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            LongStream.of(numbers).forEach(buffer::putLong);
            digest.update(buffer.flip());
        }

        void tensor(String name, long[] shape) {
            text(name);
            numbers(shape.length);
            numbers(shape);
        }

        void bytes(ByteBuffer bytes) {
            digest.update(bytes);
        }

        String hex() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
