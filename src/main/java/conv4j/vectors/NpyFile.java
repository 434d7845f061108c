package conv4j.vectors;

import conv4j.files.FileFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An array in NumPy's {@code .npy} format: a magic number, a version, the length of a text that names type, order and shape,
 * the text, the numbers.
 *
 * @param shape the extents, the first one counting items
 * @param values the numbers in row-major order
 */
record NpyFile(int[] shape, float[] values) {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([<>|=]?)([fiub])(\\d)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*False");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([\\d, ]*)\\)");

    /**
     * Reads a file of real numbers.
     *
     * @throws FileFormatException when it is no such file, or holds numbers of another kind
     */
    static NpyFile read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        for (byte expected : MAGIC) {
            if (!bytes.hasRemaining() || bytes.get() != expected) {
                throw wrong(file, "it does not begin as one");
            }
        }
        String header = header(file, bytes);
        Matcher type = TYPE.matcher(header);
        Matcher extents = SHAPE.matcher(header);
        if (!type.find() || !extents.find() || !ORDER.matcher(header).find()) {
            throw wrong(file, "its header is " + header.strip());
        }
        int[] shape = shape(extents.group(1));
        long size = 1;
        for (int extent : shape) {
            size *= extent;
        }
        int width = Integer.parseInt(type.group(3));
        if (size * width != bytes.remaining()) {
            throw wrong(file, "it has " + bytes.remaining() + " bytes of numbers, but needs " + size * width);
        }
        bytes.order(type.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[(int) size];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(file, bytes, type.group(2) + width);
        }
        return new NpyFile(shape, values);
    }

    private static String header(Path file, ByteBuffer bytes) {
        if (bytes.remaining() < 6) {
            throw wrong(file, "it ends too early");
        }
        int version = bytes.get();
        bytes.get();
        int length = version == 1 ? bytes.getShort() & 0xFFFF : bytes.getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw wrong(file, "it ends too early");
        }
        byte[] text = new byte[length];
        bytes.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static int[] shape(String text) {
        return Pattern.compile(",")
                .splitAsStream(text)
                .map(String::strip)
                .filter(extent -> !extent.isEmpty())
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static float number(Path file, ByteBuffer bytes, String type) {
        return switch (type) {
            case "f4" -> bytes.getFloat();
            case "f8" -> (float) bytes.getDouble();
            case "i1" -> bytes.get();
            case "u1", "b1" -> bytes.get() & 0xFF;
            case "i2" -> bytes.getShort();
            case "i4" -> bytes.getInt();
            case "i8" -> bytes.getLong();
            default -> throw wrong(file, "its numbers are of the type " + type);
        };
    }

    private static FileFormatException wrong(Path file, String what) {
        return new FileFormatException(file + " is no .npy file of real numbers: " + what);
    }
}
