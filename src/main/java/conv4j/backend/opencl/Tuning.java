package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

/**
 * The one place that picks variants and sizes of the matrix and convolution kernels. Whatever decides the order of a sum
 * depends on shapes, the largest batch and the style only, never on the number of a device's threads.
 */
final class Tuning {

    /** Work-items of a group over the channels of a convolution with small groups, in the tile style. */
    static final int GROUPED_ITEMS = 64;

    // Partial sums of at most 16 MiB on processors, 64 MiB on GPUs.
    private static final long PARTIAL_LIMIT = 1 << 22;
    private static final long PARTIAL_LIMIT_OF_TILES = 1 << 24;

    // Pieces of a product, each of so many tiles below each other, that keep a processor busy. They decide into how
    // many
    // parts sums are cut, and so are of one size, unlike the work-items that VectorBlock finds for a device.
    private static final int ENOUGH_PIECES = 16;
    private static final int TILES_OF_A_PIECE = 16;

    // Tiles that keep most compute units of a large GPU busy.
    private static final long ENOUGH_TILES = 96;

    // Work-items that keep every compute unit of a large GPU busy, where sums can be cut into as many parts as one
    // likes.
    private static final long ENOUGH_ITEMS = 1 << 15;

    // Work-items with 16 x 8 sums that an H100 runs at once: 256 fill the registers of each of its 132 compute units. A
    // few groups more than that wait for all the others, and take as long again.
    private static final long ITEMS_AT_ONCE = 132 * 256;
    private static final double NEARLY_FULL = 0.95;

    // Fewer take longer to be written and added up than to be multiplied.
    private static final int POSITIONS_OF_A_PART = 64;

    // Pairs of channels for each channel of both sides from which on Winograd's method pays in tiles: transforms go
    // through
    // memory there once for each channel, and save multiplications for each pair.
    private static final int MANY_PAIRS = 40;
    private static final int MANY_PAIRS_OF_GRADIENTS = 60;

    // Rows of a kernel from which on a large tile pays for its gradient.
    private static final int MANY_TAP_ROWS = 1024;

    private static final int MOST_PARTS = 512;

    // Parts of which each work-item adds up some, see tile_sum.
    private static final int MANY_PARTS = 32;
    private static final int LANES_OF_MANY = 16;

    private Tuning() {}

    /** Columns of a register tile of the vector style. */
    static int vectorColumns(Style style) {
        return 2 * style.vectorWidth();
    }

    /** The tile of a product with so many rows and columns in so many groups. */
    static Tile tile(Style style, long rows, long columns, long groups) {
        if (style.tile() != null) {
            return style.tile();
        }
        Tile wanted = columns <= 16 ? Tile.SLIM : columns <= 32 ? Tile.NARROW : columns <= 64 ? Tile.HIGH : Tile.LARGE;
        if (columns > 32 && tiles(wanted, rows, columns) * groups < ENOUGH_TILES) {
            wanted = Tile.MIDDLE;
        }
        return style.has(wanted) ? wanted : Tile.SMALL;
    }

    /** Tiles that cover a product. */
    static long tiles(Tile tile, long rows, long columns) {
        return divideUp(rows, tile.rows()) * divideUp(columns, tile.columns());
    }

    /** Parts into which the sums of a matrix product are cut, so that few results with long sums keep a device busy. */
    static int splits(Style style, long rows, long columns, long inner) {
        if (style.vectors()) {
            long pieces = divideUp(rows, style.tileRows() * TILES_OF_A_PIECE) * divideUp(columns, vectorColumns(style));
            return parts(divideUp(ENOUGH_PIECES, pieces), inner / 256, PARTIAL_LIMIT / (rows * columns));
        }
        Tile tile = productTile(style, rows, columns, inner);
        return parts(wanted(tile, tiles(tile, rows, columns)), inner / 128, PARTIAL_LIMIT_OF_TILES / (rows * columns));
    }

    /** The tile of a matrix product, whose sums may be cut into parts to keep a device busy. */
    static Tile productTile(Style style, long rows, long columns, long inner) {
        return tile(style, rows, columns, parts(ENOUGH_TILES, inner / 128, PARTIAL_LIMIT_OF_TILES / (rows * columns)));
    }

    private static long wanted(Tile tile, long tiles) {
        return divideUp(ENOUGH_ITEMS, tiles * tile.items());
    }

    /** Parts into which the target positions of a kernel gradient are cut. */
    static int splits(Style style, GatherGeometry g, int maxBatch) {
        long positions = maxBatch * g.positions();
        if (style.vectors()) {
            return parts(16, positions / 256, PARTIAL_LIMIT / g.weights());
        }
        Tile tile = gradientTile(style, g);
        long tiles = tiles(tile, g.tapRowsInFours(), g.targets()) * g.groups();
        long useful = positions / POSITIONS_OF_A_PART;
        long fitting = PARTIAL_LIMIT_OF_TILES / g.weights();
        if (tile.equals(Tile.LARGE) || tile.equals(Tile.TALL)) {
            return wholeWaves(tiles * tile.items(), parts(MOST_PARTS, useful, fitting));
        }
        return parts(2 * wanted(tile, tiles), useful, fitting);
    }

    /** The fewest parts with which the work-items fill a device once, or several times, nearly; else those that do best. */
    private static int wholeWaves(long items, int most) {
        int best = 1;
        double fullest = 0;
        for (int parts = 1; parts <= most && fullest < NEARLY_FULL; parts++) {
            double waves = (double) parts * items / ITEMS_AT_ONCE;
            double full = waves / Math.ceil(waves);
            if (full > fullest) {
                best = parts;
                fullest = full;
            }
        }
        return best;
    }

    /** The tile of a kernel gradient: few results with long sums, which are cut into parts to keep a device busy. */
    static Tile gradientTile(Style style, GatherGeometry g) {
        int rows = g.tapRowsInFours();
        Tile tile = tile(style, rows, g.targets(), ENOUGH_TILES);
        if (style.tile() != null) {
            return tile;
        }
        if (tile.equals(Tile.HIGH) && rows <= Tile.MIDDLE.rows() && style.has(Tile.MIDDLE)) {
            return Tile.MIDDLE;
        }
        if (tile.equals(Tile.NARROW) && rows % Tile.NINEFOLD.rows() == 0 && style.has(Tile.NINEFOLD)) {
            return Tile.NINEFOLD;
        }
        boolean tall =
                tile.equals(Tile.LARGE) ? rows < MANY_TAP_ROWS : tile.equals(Tile.HIGH) && rows >= MANY_TAP_ROWS / 2;
        return tall ? Tile.TALL : tile;
    }

    private static int parts(long wanted, long useful, long fitting) {
        return (int) Math.max(1, Math.min(Math.min(wanted, useful), Math.min(MOST_PARTS, fitting)));
    }

    /** Work-items that together add up the parts of a result, in the tile style. */
    static int sumLanes(int splits) {
        return splits < MANY_PARTS ? 1 : LANES_OF_MANY;
    }

    /** Whether a convolution or input gradient is done by Winograd's method: where that saves more than transforms cost. */
    static boolean winograd(Style style, GatherGeometry g, int maxBatch) {
        boolean pays = style.vectors() ? winogradPays(g, maxBatch) : winogradPays(g, maxBatch, MANY_PAIRS);
        return winogradCan(style, g) && style.takes(Style.Convolutions.WINOGRAD, pays);
    }

    /** The same for a kernel gradient, whose transforms fewer than 512 pairs of channels do not pay for on processors. */
    static boolean winogradGradient(Style style, GatherGeometry g, int maxBatch) {
        boolean pays = style.vectors()
                ? winogradPays(g, maxBatch) && g.sources() * g.targets() >= 512
                : winogradPays(g, maxBatch, MANY_PAIRS_OF_GRADIENTS);
        return winogradCan(style, g) && style.takes(Style.Convolutions.WINOGRAD, pays);
    }

    private static boolean winogradCan(Style style, GatherGeometry g) {
        return style.multiplication().takesTransforms()
                && g.groups() == 1
                && g.rows().isPlainThree()
                && g.columns().isPlainThree();
    }

    /** In tiles, which multiply padding too: at least 1.4 times the 16 products of a patch, as on processors. */
    private static boolean winogradPays(GatherGeometry g, int maxBatch, long pairs) {
        boolean largeEnough = (long) g.sources() * g.targets() >= pairs * (g.sources() + g.targets())
                && maxBatch * g.patches() >= 256;
        return largeEnough && g.positions() * 9 * 5 >= g.patches() * 16 * 7;
    }

    /** The tile of a kernel gradient's products by Winograd's method. */
    static Tile winogradGradientTile(Style style, GatherGeometry g) {
        return tile(style, g.sources(), g.targets(), ENOUGH_TILES);
    }

    /** Parts into which a kernel gradient's products by Winograd's method cut the patches of a part of the batch. */
    static int winogradSplits(Style style, GatherGeometry g, BatchParts parts) {
        Tile tile = winogradGradientTile(style, g);
        long groups = 16 * tiles(tile, g.sources(), g.targets());
        long useful = parts.items() * g.patches() / POSITIONS_OF_A_PART;
        long fitting = 4 * PARTIAL_LIMIT_OF_TILES / (16L * g.sources() * g.targets() * parts.count());
        return wholeWaves(groups * tile.items(), parts(MOST_PARTS, useful, fitting));
    }

    /**
     * Transforms are paid for by many channels, a kernel's by many patches, and direct products must be at least 1.4 times
     * the 16 of each patch. On pocl that makes 1.8 to 2.3 times the direct speed from 32 to 256 channels at batch 32,
     * 1.6 to 2.6 times for kernel gradients.
     */
    private static boolean winogradPays(GatherGeometry g, int maxBatch) {
        boolean largeEnough = g.sources() >= 16 && g.targets() >= 16 && maxBatch * g.patches() >= 64;
        return largeEnough && g.rows().pairs() * g.columns().pairs() * 5 >= g.patches() * 16 * 7;
    }

    /**
     * Whether an input gradient is done in columns: where there are so few channels that most of a tile would be idle, but
     * enough of the output that writing and reading columns costs less.
     */
    static boolean col2im(Style style, GatherGeometry g) {
        boolean pays = g.targets() <= 4 && g.taps() > 1 && g.sources() >= 32;
        return !style.vectors() && Col2ImSteps.canDo(g) && style.takes(Style.Convolutions.COL2IM, pays);
    }

    /**
     * Whether a convolution is done over copied lines: where it can be, and where the source has so few channels that
     * looking for padding costs more than the products.
     */
    static boolean lines(Style style, GatherGeometry g) {
        return style.vectors() && LineSteps.canDo(style, g) && style.takes(Style.Convolutions.LINES, g.sources() <= 4);
    }

    /** The same for a kernel gradient, whose tiles are one vector wide: more channels fill the direct one's two. */
    static boolean linesGradient(Style style, GatherGeometry g) {
        return lines(style, g) && style.takes(Style.Convolutions.LINES, g.targets() <= style.vectorWidth());
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
