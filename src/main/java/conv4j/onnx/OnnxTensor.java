package conv4j.onnx;

import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An array of an ONNX file: either floats (all floating-point types) or whole numbers (all integer types and booleans).
 *
 * @param name its name, may be empty
 * @param type ONNX' number of the element type
 * @param dims the extents, outermost first; an extent may be 0
 * @param floats the elements, or null
 * @param longs the elements, or null
 */
record OnnxTensor(String name, int type, int[] dims, float[] floats, long[] longs) {

    static final int FLOAT = 1;
    static final int UINT8 = 2;
    static final int INT8 = 3;
    static final int UINT16 = 4;
    static final int INT16 = 5;
    static final int INT32 = 6;
    static final int INT64 = 7;
    static final int STRING = 8;
    static final int BOOL = 9;
    static final int FLOAT16 = 10;
    static final int DOUBLE = 11;
    static final int UINT32 = 12;
    static final int UINT64 = 13;
    static final int BFLOAT16 = 16;

    private static final long LARGEST_EXACT = 1 << 24;

    static OnnxTensor of(String name, float[] values, int... dims) {
        return new OnnxTensor(name, FLOAT, dims, values, null);
    }

    static OnnxTensor of(String name, long[] values, int... dims) {
        return new OnnxTensor(name, INT64, dims, null, values);
    }

    static boolean isFloating(int type) {
        return type == FLOAT || type == DOUBLE || type == FLOAT16 || type == BFLOAT16;
    }

    static String typeName(int type) {
        return switch (type) {
            case FLOAT -> "float";
            case UINT8 -> "uint8";
            case INT8 -> "int8";
            case UINT16 -> "uint16";
            case INT16 -> "int16";
            case INT32 -> "int32";
            case INT64 -> "int64";
            case STRING -> "string";
            case BOOL -> "bool";
            case FLOAT16 -> "float16";
            case DOUBLE -> "double";
            case UINT32 -> "uint32";
            case UINT64 -> "uint64";
            case BFLOAT16 -> "bfloat16";
            default -> "type " + type;
        };
    }

    int size() {
        return floats == null ? longs.length : floats.length;
    }

    boolean isFloating() {
        return floats != null;
    }

    Shape shape() {
        return Shape.of(dims);
    }

    /** The elements as floats; fails where a whole number would be changed by that. */
    float[] toFloats() {
        if (floats != null) {
            return floats;
        }
        float[] values = new float[longs.length];
        for (int i = 0; i < values.length; i++) {
            if (Math.abs(longs[i]) > LARGEST_EXACT) {
                throw new Unsupported("whole numbers beyond 2^24, such as " + longs[i] + " in '" + name + "'");
            }
            values[i] = longs[i];
        }
        return values;
    }

    OnnxTensor renamed(String newName) {
        return new OnnxTensor(newName, type, dims, floats, longs);
    }

    OnnxTensor reshaped(int... newDims) {
        return new OnnxTensor(name, type, newDims, floats, longs);
    }

    /** What an integer type makes of a number: its lowest bits. */
    static long wrapped(long value, int type) {
        return switch (type) {
            case UINT8 -> value & 0xFF;
            case INT8 -> (byte) value;
            case UINT16 -> value & 0xFFFF;
            case INT16 -> (short) value;
            case INT32 -> (int) value;
            case UINT32 -> value & 0xFFFFFFFFL;
            case BOOL -> value == 0 ? 0 : 1;
            default -> value;
        };
    }

    /** The nearest number of 16 bits, of two the even one. */
    static float toBfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
        return Float.isNaN(value) ? value : Float.intBitsToFloat(rounded & 0xFFFF0000);
    }

    @Override
    public String toString() {
        String extents = Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", "));
        return typeName(type) + " (" + extents + ")";
    }
}
