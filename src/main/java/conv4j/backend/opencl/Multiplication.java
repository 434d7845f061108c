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

    /** The same, played. */
    Multiplication emulation() {
        return new Multiplication(precision, !plain());
    }

    /** What the names of variants and programs end with. */
    String suffix() {
        return plain() ? "" : "-" + precision + (emulated ? "-emulated" : "");
    }

    /** The tile with slabs that suit, and with as many rows of a work-item as leave the part of a warp square. */
    Tile suited(Tile tile) {
        if (plain()) {
            return tile;
        }
        boolean large = tile.equals(Tile.LARGE);
        // 3xTF32 holds both parts of an operand, and multiplies thrice between two slabs.
        int depth = large && precision == Precision.TF32_X3 ? 8 : 16;
        return new Tile(
                tile.rows(),
                tile.columns(),
                large ? 8 : tile.itemRows(),
                large && precision == Precision.TF32_X3 ? 16 : large ? 8 : tile.itemColumns(),
                depth);
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
        };
    }
}
