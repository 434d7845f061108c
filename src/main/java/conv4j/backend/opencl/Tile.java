package conv4j.backend.opencl;

import java.util.List;

/**
 * The part of a matrix product that one work-group of a GPU computes, see tiles.cl.
 *
 * @param rows rows of the tile
 * @param columns columns of the tile
 * @param itemRows rows that one work-item computes, a multiple of 4
 * @param itemColumns columns that one work-item computes, a multiple of 4
 * @param depth values of the inner axis that are in local memory at a time, a multiple of 4
 */
record Tile(int rows, int columns, int itemRows, int itemColumns, int depth) {

    /** For large products: a work-item's 16 x 8 sums use each value from local memory 8 or 16 times. */
    static final Tile LARGE = new Tile(128, 128, 16, 8, 8);

    /** For products with up to 64 columns. */
    static final Tile HIGH = new Tile(128, 64, 8, 8, 8);

    /** The same with half as many work-items, each of which uses what it reads more often: for gradients of large kernels. */
    static final Tile TALL = new Tile(128, 64, 16, 8, 8);

    /** For products that have too few large tiles to keep a device busy. */
    static final Tile MIDDLE = new Tile(64, 64, 8, 4, 16);

    /** For products with up to 32 columns, as layers with few filters make. */
    static final Tile NARROW = new Tile(128, 32, 8, 4, 16);

    /** For kernel gradients with up to 32 columns: the nine taps of 3x3 with 16 channels, 32 or more fill its rows. */
    static final Tile NINEFOLD = new Tile(144, 32, 12, 4, 24);

    /** For products with up to 16 columns. */
    static final Tile SLIM = new Tile(64, 16, 8, 4, 8);

    /** For small products, and devices with small work-groups. */
    static final Tile SMALL = new Tile(32, 32, 4, 4, 16);

    /** All of them. */
    static final List<Tile> ALL = List.of(LARGE, HIGH, TALL, MIDDLE, NARROW, NINEFOLD, SLIM, SMALL);

    /**
     * The tile of a name.
     *
     * @throws IllegalArgumentException when there is none
     */
    static Tile named(String name) {
        return ALL.stream()
                .filter(tile -> tile.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no tile " + name));
    }

    /** Local memory of a group at most, for two slabs of each operand as tiles.cl lays them out, in rows of up to 8 floats more. */
    long localBytes() {
        return 8L * depth * (rows + columns + 16);
    }

    /** Work-items of a group. */
    int items() {
        return rows / itemRows * (columns / itemColumns);
    }

    /** For names of variants: its sides, and where another tile has the same ones, those of a work-item too. */
    String name() {
        String sides = rows + "x" + columns;
        return equals(TALL) ? sides + "-" + itemRows + "x" + itemColumns : sides;
    }

    /** The build options of its sizes. */
    String options() {
        return "-D TILE_ROWS=" + rows + " -D TILE_COLUMNS=" + columns + " -D ITEM_ROWS=" + itemRows
                + " -D ITEM_COLUMNS=" + itemColumns + " -D DEPTH=" + depth;
    }
}
