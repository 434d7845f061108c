package conv4j.files;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How one element of a tensor is stored in a safetensors file, little endian. */
public enum ElementFormat {
    /** A double, IEEE 754 binary64. */
    F64(8),
    /** A float, IEEE 754 binary32. */
    F32(4),
    /** Half precision, IEEE 754 binary16. */
    F16(2),
    /** The upper half of a float. */
    BF16(2),
    /** Signed, eight bytes. */
    I64(8),
    /** Signed, four bytes. */
    I32(4),
    /** Signed, two bytes. */
    I16(2),
    /** Signed, one byte. */
    I8(1),
    /** Unsigned, eight bytes; its size is known, its values are not read. */
    U64(8),
    /** Unsigned, four bytes. */
    U32(4),
    /** Unsigned, two bytes. */
    U16(2),
    /** Unsigned, one byte. */
    U8(1),
    /** One byte, 0 for false. */
    BOOL(1),
    /** Eight bits with five of exponent; its size is known, its values are not read. */
    F8_E5M2(1),
    /** Eight bits with four of exponent; its size is known, its values are not read. */
    F8_E4M3(1);

    private static final int HALF_MANTISSA = 10;
    private static final int HALF_SUBNORMAL_EXPONENT = -24;

    private final int bytes;

    ElementFormat(int bytes) {
        this.bytes = bytes;
    }

    /** {@return the size of one element in bytes} */
    public int bytes() {
        return bytes;
    }

    /** {@return whether elements can be read as integers without losing a part} */
    public boolean integral() {
        return switch (this) {
            case I64, I32, I16, I8, U32, U16, U8, BOOL -> true;
            default -> false;
        };
    }

    /** {@return whether elements can be read as floats} */
    public boolean numeric() {
        return integral() || this == F64 || this == F32 || this == F16 || this == BF16;
    }

    /** The names of all formats, for messages. */
    static String names() {
        return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    }

    /** Takes one element; doubles and large integers are rounded to the nearest float. */
    float nextFloat(ByteBuffer in) {
        return switch (this) {
            case F32 -> in.getFloat();
            case F64 -> (float) in.getDouble();
            case F16 -> half(in.getShort());
            case BF16 -> Float.intBitsToFloat(in.getShort() << Short.SIZE);
            default -> nextLong(in);
        };
    }

    /** Takes one element of an integral format. */
    long nextLong(ByteBuffer in) {
        return switch (this) {
            case I64 -> in.getLong();
            case I32 -> in.getInt();
            case I16 -> in.getShort();
            case I8 -> in.get();
            case U32 -> Integer.toUnsignedLong(in.getInt());
            case U16 -> Short.toUnsignedInt(in.getShort());
            case U8, BOOL -> Byte.toUnsignedInt(in.get());
            default -> throw new IllegalStateException(this + " is not integral");
        };
    }

    /** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 mantissa bits. */
    static float half(short bits) {
        int exponent = bits >>> HALF_MANTISSA & 0x1F;
        int mantissa = bits & 0x3FF;
        float magnitude;
        if (exponent == 0) {
            magnitude = Math.scalb((float) mantissa, HALF_SUBNORMAL_EXPONENT);
        } else if (exponent == 0x1F) {
            magnitude = mantissa == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
        } else {
            magnitude = Float.intBitsToFloat(exponent + 127 - 15 << 23 | mantissa << 23 - HALF_MANTISSA);
        }
        return bits < 0 ? -magnitude : magnitude;
    }
}
