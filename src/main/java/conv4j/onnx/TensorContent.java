package conv4j.onnx;

import conv4j.files.FileFormatException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The fields of a tensor while they are read, and what they mean together. */
final class TensorContent {

    String name = "";
    int type;
    final List<Long> dims = new ArrayList<>();
    final List<Float> floats = new ArrayList<>();
    final List<Long> numbers = new ArrayList<>();
    ByteBuffer raw;

    OnnxTensor tensor() {
        String what = "tensor '" + name + "'";
        int[] extents = Sizes.checked(dims.stream().mapToLong(Long::longValue).toArray(), what);
        int size = Sizes.product(extents, what);
        int width = width();
        if (width == 0) {
            throw new Unsupported(what + " of " + OnnxTensor.typeName(type));
        }
        boolean listed = type == OnnxTensor.FLOAT || type == OnnxTensor.DOUBLE;
        long given = raw != null ? raw.remaining() / width : listed ? floats.size() : numbers.size();
        if (given != size || raw != null && raw.remaining() % width != 0) {
            throw new FileFormatException(what + " has the extents " + dims + ", which need " + size
                    + " elements, but the file has " + given + "; it is damaged or incomplete");
        }
        return OnnxTensor.isFloating(type)
                ? new OnnxTensor(name, type, extents, real(size), null)
                : new OnnxTensor(name, type, extents, null, whole(size));
    }

    private int width() {
        return switch (type) {
            case OnnxTensor.UINT8, OnnxTensor.INT8, OnnxTensor.BOOL -> 1;
            case OnnxTensor.UINT16, OnnxTensor.INT16, OnnxTensor.FLOAT16, OnnxTensor.BFLOAT16 -> 2;
            case OnnxTensor.FLOAT, OnnxTensor.INT32, OnnxTensor.UINT32 -> 4;
            case OnnxTensor.DOUBLE, OnnxTensor.INT64, OnnxTensor.UINT64 -> 8;
            default -> 0;
        };
    }

    private float[] real(int size) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = switch (type) {
                case OnnxTensor.FLOAT -> raw == null ? floats.get(i) : raw.getFloat(4 * i);
                case OnnxTensor.DOUBLE -> raw == null ? floats.get(i) : (float) raw.getDouble(8 * i);
                default -> half(raw == null ? numbers.get(i).shortValue() : raw.getShort(2 * i));
            };
        }
        return values;
    }

    private float half(short bits) {
        if (type == OnnxTensor.BFLOAT16) {
            return Float.intBitsToFloat(bits << 16);
        }
        int exponent = bits >> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        float size = exponent == 0
                ? fraction * 0x1p-24f
                : exponent == 0x1F
                        ? (fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN)
                        : Math.scalb(1 + fraction / 1024f, exponent - 15);
        return bits < 0 ? -size : size;
    }

    private long[] whole(int size) {
        long[] values = new long[size];
        for (int i = 0; i < size; i++) {
            values[i] = raw == null
                    ? numbers.get(i)
                    : switch (width()) {
                        case 1 -> raw.get(i);
                        case 2 -> raw.getShort(2 * i);
                        case 4 -> raw.getInt(4 * i);
                        default -> raw.getLong(8 * i);
                    };
            values[i] = OnnxTensor.wrapped(values[i], type);
        }
        return values;
    }
}
