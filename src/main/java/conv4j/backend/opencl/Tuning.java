package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

/**
 * The one place that picks variants and sizes of the matrix and convolution kernels. Whatever decides the order of a sum
 * depends on shapes, the largest batch and the style only, never on the number of a device's threads.
 */
final class Tuning {

    /** Register tiles that one work-item computes one after the other while its panel of weights stays in the cache. */
    static final int TILES_PER_ITEM = 16;

    /** Work-items of a group over the channels of a convolution with small groups, in the tile style. */
    static final int GROUPED_ITEMS = 64;

    // Partial sums of at most 16 MiB.
    private static final long PARTIAL_LIMIT = 1 << 22;

    private static final int ITEM = 4;

    private Tuning() {}

    /** Columns of a register tile or of a work-group's tile. */
    static int tileColumns(Style style) {
        return style.vectors() ? 2 * style.vectorWidth() : tile(style);
    }

    /** Rows that one work-item (vectors) or one work-group (tiles) computes. */
    static int tileRows(Style style) {
        return style.vectors() ? style.tileRows() * TILES_PER_ITEM : tile(style);
    }

    /** Work-items of a group in a matrix or convolution kernel: every one of them computes 4 x 4 results of a tile. */
    static int groupItems(Style style) {
        return style.vectors() ? 1 : tile(style) / ITEM * (tile(style) / ITEM);
    }

    private static int tile(Style style) {
        return style.groupSize() >= 256 ? 64 : 32;
    }

    /** The build options of the tiled kernels, see tiles.cl. */
    static String tileOptions(Style style) {
        return "-D TILE=" + tile(style) + " -D ITEM=" + ITEM + " -D DEPTH=16";
    }

    /** Parts into which the sums of a matrix product are cut, so that few results with long sums keep a device busy. */
    static int splits(Style style, long rows, long columns, long inner) {
        long tiles = divideUp(rows, tileRows(style)) * divideUp(columns, tileColumns(style));
        long wanted = divideUp(style.vectors() ? 16 : 256, tiles);
        return parts(wanted, inner / (style.vectors() ? 256 : 128), rows * columns);
    }

    /** Parts into which the target positions of a kernel gradient are cut. */
    static int splits(Style style, GatherGeometry g, int maxBatch) {
        long positions = maxBatch * g.positions();
        if (style.vectors()) {
            return parts(16, positions / 256, g.weights());
        }
        long tiles = divideUp(g.tapRows(), tile(style)) * divideUp(g.targets(), tile(style)) * g.groups();
        return parts(divideUp(512, tiles), positions / 256, g.weights());
    }

    private static int parts(long wanted, long useful, long results) {
        long most = Math.min(128, Math.max(1, PARTIAL_LIMIT / results));
        return (int) Math.max(1, Math.min(Math.min(wanted, useful), most));
    }

    /** Target rows that a kernel gradient takes in at once: what stays in the first cache. */
    static int blockRows(GatherGeometry g) {
        return Math.max(1, 256 / g.columns().target());
    }

    /** Whether groups are so small that vectors should run across them. */
    static boolean acrossGroups(Style style, GatherGeometry g) {
        return g.groups() > 1 && g.targets() <= (style.vectors() ? style.vectorWidth() / 2 : 8);
    }

    /** The same for a kernel gradient. */
    static boolean gradientAcrossGroups(Style style, GatherGeometry g) {
        return g.groups() > 1 && g.sources() * g.targets() < (style.vectors() ? style.vectorWidth() : 64);
    }
}
