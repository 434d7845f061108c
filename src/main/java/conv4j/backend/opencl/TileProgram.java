package conv4j.backend.opencl;

import java.util.ArrayList;
import java.util.List;

/**
 * A tiled kernel in the form that suits the arrays it reads.
 *
 * @param file tile_product, tile_convolution or tile_kernel_gradient, also the kernel's name
 * @param leftAlongK whether the left operand is contiguous along the inner axis
 * @param rightAlongK the same for the right operand
 * @param leftWidth floats of a read of the left operand, 1 or 4
 * @param rightWidth floats of a read of the right operand and of a write of the result, 1 or 4
 */
record TileProgram(String file, boolean leftAlongK, boolean rightAlongK, int leftWidth, int rightWidth) {

    static final String PRODUCT = "tile_product";
    static final String CONVOLUTION = "tile_convolution";
    static final String KERNEL_GRADIENT = "tile_kernel_gradient";

    /** All files of tiled kernels. */
    static final List<String> FILES = List.of(PRODUCT, CONVOLUTION, KERNEL_GRADIENT);

    /** {@code op(a) * op(b)}; rows of the arrays and of the product are read in fours where all of them allow it. */
    static TileProgram product(boolean transposeA, boolean transposeB, int leftRow, int rightRow, int columns) {
        int right = width(transposeB ? Math.floorMod(rightRow, 4) | Math.floorMod(columns, 4) : columns);
        return new TileProgram(PRODUCT, !transposeA, transposeB, width(leftRow), right);
    }

    /** A convolution, or with the kernel's taps met in reverse the gradient of an input. */
    static TileProgram convolution(GatherGeometry g, boolean reversed) {
        return new TileProgram(CONVOLUTION, true, reversed, width(g.sources()), width(g.targets()));
    }

    /** The gradient of a kernel. */
    static TileProgram kernelGradient(GatherGeometry g) {
        return new TileProgram(KERNEL_GRADIENT, false, false, width(g.sources()), width(g.targets()));
    }

    private static int width(int row) {
        return row % 4 == 0 ? 4 : 1;
    }

    /** Every form that there is. */
    static List<TileProgram> all() {
        List<TileProgram> all = new ArrayList<>();
        for (int left : new int[] {1, 4}) {
            for (int right : new int[] {1, 4}) {
                all.add(new TileProgram(CONVOLUTION, true, false, left, right));
                all.add(new TileProgram(CONVOLUTION, true, true, left, right));
                all.add(new TileProgram(KERNEL_GRADIENT, false, false, left, right));
                for (int transposed = 0; transposed < 4; transposed++) {
                    all.add(new TileProgram(PRODUCT, (transposed & 1) == 0, (transposed & 2) != 0, left, right));
                }
            }
        }
        return all;
    }

    /** What tells it from the file's other programs. */
    String name(Tile tile, Multiplication multiplication) {
        return tile.name() + multiplication.suffix() + "." + (leftAlongK ? "k" : "m") + leftWidth
                + (rightAlongK ? "k" : "n") + rightWidth;
    }

    /**
     * What to multiply with where a device may use something else than float32: tensor cores take rows of fours, as all but
     * first layers have.
     */
    Multiplication suited(Multiplication wanted) {
        return leftWidth == 4 && rightWidth == 4 ? wanted : Multiplication.PLAIN;
    }

    /** The build options in a tile that suits the multiplication. */
    String options(Tile tile, Multiplication multiplication) {
        return tile.options() + " -D LEFT_ALONG_K=" + (leftAlongK ? 1 : 0) + " -D RIGHT_ALONG_K="
                + (rightAlongK ? 1 : 0) + " -D LEFT_WIDTH=" + leftWidth + " -D RIGHT_WIDTH=" + rightWidth
                + multiplication.options();
    }
}
