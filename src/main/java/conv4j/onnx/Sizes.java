package conv4j.onnx;

import conv4j.files.FileFormatException;
import java.util.Arrays;

/** Whole numbers of a file that become extents, axes and positions here. */
final class Sizes {

    private Sizes() {}

    static int checked(long value, String what) {
        if (value != (int) value) {
            throw new FileFormatException(what + " is " + value + ", which is beyond what any size may be");
        }
        return (int) value;
    }

    static int[] checked(long[] values, String what) {
        int[] sizes = new int[values.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = checked(values[i], what);
        }
        return sizes;
    }

    /** The product of extents, which must be one that an array can have. */
    static int product(int[] dims, String what) {
        long product = 1;
        for (int dim : dims) {
            if (dim < 0 || (product *= dim) > Integer.MAX_VALUE) {
                throw new FileFormatException(what + " has the extents " + Arrays.toString(dims)
                        + ", which no array here can have (0 to 2147483647 elements)");
            }
        }
        return (int) product;
    }

    /** An axis counted from the front. */
    static int axis(long axis, int rank, String what) {
        long counted = axis < 0 ? axis + rank : axis;
        if (counted < 0 || counted >= Math.max(rank, 1)) {
            throw new FileFormatException(what + ": there is no axis " + axis + " of " + rank);
        }
        return (int) counted;
    }
}
