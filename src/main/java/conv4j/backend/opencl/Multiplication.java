package conv4j.backend.opencl;

import conv4j.graph.Precision;
import java.util.Arrays;
import java.util.List;

/**
 * What a tiled product multiplies with: fused multiply-add, or NVIDIA's tensor cores, see tensor.cl.
 *
 * @param precision what operands are rounded to
 * @param emulated whether the tensor cores are played by ordinary arithmetic, to prove the layout on any device
 */
record Multiplication(Precision precision, boolean emulated) {

    /** Float32. */
    static final Multiplication PLAIN = new Multiplication(Precision.FLOAT32, false);

    // Slabs of two instructions in float32, of one in 16 bits.
    private static final int DEPTH = 16;

    private static final int ITEM_ROWS = 8;

    /** Everything that tensor cores can do. */
    static List<Multiplication> tensor() {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision != Precision.FLOAT32)
                .map(precision -> new Multiplication(precision, false))
                .toList();
    }

    boolean plain() {
        return precision == Precision.FLOAT32;
    }

    /** Whether it keeps what Winograd's transforms give exact enough, whose differences rounded operands would drown. */
    boolean takesTransforms() {
        return precision == Precision.FLOAT32 || precision == Precision.TF32_X3;
    }

    /** The same, played. */
    Multiplication emulation() {
        return new Multiplication(precision, !plain());
    }

    /** What the names of variants and programs end with. */
    String suffix() {
        return plain() ? "" : "-" + precision + (emulated ? "-emulated" : "");
    }

    /** The tile itself, or one that gives a warp of tensor cores a square part and registers enough. */
    Tile suited(Tile tile) {
        if (plain()) {
            return tile;
        }
        if (tile.equals(Tile.NINEFOLD)) {
            return with(Tile.NARROW, Tile.NARROW.itemColumns(), DEPTH);
        }
        if (!tile.equals(Tile.LARGE) && !tile.equals(Tile.MIDDLE)) {
            return with(tile, tile.itemColumns(), DEPTH);
        }
        // A warp has 64 x 64 results, 64 x 32 in the smaller tile. 3xTF32 holds both parts of an operand, and
        // multiplies thrice between two slabs.
        return with(tile, tile.columns() / 8, precision == Precision.TF32_X3 ? DEPTH / 2 : DEPTH);
    }

    private static Tile with(Tile tile, int itemColumns, int depth) {
        int itemRows = Math.min(ITEM_ROWS, tile.itemRows());
        return new Tile(tile.rows(), tile.columns(), itemRows, itemColumns, depth);
    }

    /** The build options. */
    String options() {
        return plain() ? "" : " -D TENSOR=" + kernelName() + (emulated ? " -D EMULATED" : "");
    }

    private String kernelName() {
        return switch (precision) {
            case FLOAT32 -> throw new IllegalStateException("float32 needs no tensor cores");
            case TF32_X3 -> "TF32X3";
            case TF32 -> "TF32";
            case MIXED -> "BFLOAT16";
            case MIXED_FLOAT16 -> "FLOAT16";
        };
    }
}
