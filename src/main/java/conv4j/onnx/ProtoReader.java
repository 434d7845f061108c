package conv4j.onnx;

import conv4j.files.FileFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads one message of a protocol-buffers file field by field, without copying it. ONNX needs four of the encoding's kinds
 * of field, which are less code than the classes that a library would bring for them.
 */
final class ProtoReader {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;
    private static final int VARINT_BITS = 64;

    private final ByteBuffer buffer;
    private int field;
    private int kind;

    ProtoReader(ByteBuffer message) {
        this.buffer = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Goes to the next field; false at the end of the message. */
    boolean next() {
        if (!buffer.hasRemaining()) {
            return false;
        }
        long tag = readVarint();
        field = (int) Math.min(tag >>> 3, Integer.MAX_VALUE);
        kind = (int) (tag & 7);
        if (field == 0) {
            throw damaged("a field without a number");
        }
        return true;
    }

    int field() {
        return field;
    }

    /** The field's whole number. */
    long number() {
        expect(VARINT);
        return readVarint();
    }

    /** The field's floating-point number of 32 bits. */
    float real() {
        expect(FIXED32);
        return need(4).getFloat();
    }

    /** The field's bytes. */
    ByteBuffer bytes() {
        expect(BYTES);
        long length = readVarint();
        if (length < 0 || length > buffer.remaining()) {
            throw damaged("a field of " + Long.toUnsignedString(length) + " bytes where " + buffer.remaining()
                    + " bytes are left");
        }
        ByteBuffer part = buffer.slice().order(ByteOrder.LITTLE_ENDIAN);
        part.limit((int) length);
        buffer.position(buffer.position() + (int) length);
        return part.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    ProtoReader message() {
        return new ProtoReader(bytes());
    }

    String text() {
        return StandardCharsets.UTF_8.decode(bytes()).toString();
    }

    /** Adds the field's whole number, or all of them where they are packed. */
    void numbers(List<Long> into) {
        if (kind == VARINT) {
            into.add(readVarint());
            return;
        }
        ProtoReader packed = message();
        while (packed.buffer.hasRemaining()) {
            into.add(packed.readVarint());
        }
    }

    /** Adds the field's floating-point number of 32 bits, or all of them where they are packed. */
    void reals(List<Float> into) {
        if (kind == FIXED32) {
            into.add(need(4).getFloat());
            return;
        }
        ByteBuffer packed = bytes();
        while (packed.remaining() >= 4) {
            into.add(packed.getFloat());
        }
        if (packed.hasRemaining()) {
            throw damaged("a list of numbers that ends within a number");
        }
    }

    /** Adds the field's floating-point number of 64 bits, or all of them where they are packed. */
    void doubles(List<Float> into) {
        if (kind == FIXED64) {
            into.add((float) need(8).getDouble());
            return;
        }
        ByteBuffer packed = bytes();
        while (packed.remaining() >= 8) {
            into.add((float) packed.getDouble());
        }
        if (packed.hasRemaining()) {
            throw damaged("a list of numbers that ends within a number");
        }
    }

    /** Leaves the field out. */
    void skip() {
        switch (kind) {
            case VARINT -> readVarint();
            case FIXED64 -> need(8).position(buffer.position() + 8);
            case BYTES -> bytes();
            case FIXED32 -> need(4).position(buffer.position() + 4);
            default -> throw damaged("a field of kind " + kind);
        }
    }

    private void expect(int needed) {
        if (kind != needed) {
            throw damaged("field " + field + " of kind " + kind + " where kind " + needed + " is needed");
        }
    }

    private ByteBuffer need(int count) {
        if (buffer.remaining() < count) {
            throw damaged("a number that goes beyond the end");
        }
        return buffer;
    }

    private long readVarint() {
        long value = 0;
        for (int shift = 0; shift < VARINT_BITS; shift += 7) {
            byte next = need(1).get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw damaged("a number of more than 64 bits");
    }

    private static FileFormatException damaged(String what) {
        return new FileFormatException("not an ONNX file, or a damaged one: it has " + what);
    }
}
