package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

/**
 * What a work-item of a matrix product with vectors computes. Every result is summed in the same order in all of them, so that
 * the device's compute units may decide.
 *
 * @param tiles tiles, one below the other, at most {@link #MOST_TILES}
 * @param panels panels of columns side by side, at most {@link #MOST_PANELS}
 */
record VectorBlock(int tiles, int panels) {

    /** Panels of a work-item at most, for which it has memory of its own. */
    static final int MOST_PANELS = 8;

    /** Tiles of a work-item at most: bringing panels together is nothing beside as many, and small batches have several. */
    static final int MOST_TILES = 256;

    /** The file of products with vectors. */
    static final String FILE = "gemm_vectors";

    /** Build options of {@link #FILE} besides those of the style. */
    static final String OPTIONS = "-D PANELS=" + MOST_PANELS;

    /** As little as possible. */
    static final VectorBlock LEAST = new VectorBlock(1, 1);

    // What it takes to bring a panel together and to copy the rows of a tile, as shares of multiplying the two by each
    // other, when they come from the last cache: with pocl on an AMD EPYC of 512-bit vectors.
    private static final double PANEL = 1.5;
    private static final double TILE = 0.4;

    // Work-items for each compute unit beyond which a device is not kept busier.
    private static final int ENOUGH = 4;

    /** The block that suits a product of so many rows and columns, its sums or its groups in so many parts. */
    static VectorBlock of(Preparation preparation, long rows, long columns, int parts) {
        if (preparation.smallPieces()) {
            return LEAST;
        }
        Style style = preparation.style();
        long tiles = divideUp(rows, style.tileRows());
        long panels = divideUp(columns, Tuning.vectorColumns(style));
        return of(tiles, panels, parts, preparation.backend().device().computeUnits());
    }

    /**
     * The block with which a product is done first, by the units that have most to do.
     *
     * @param tiles tiles below each other that cover the product
     * @param panels panels beside each other that cover it
     * @param splits parts into which its sums are cut
     * @param units compute units of the device
     */
    static VectorBlock of(long tiles, long panels, int splits, int units) {
        VectorBlock best = null;
        double least = Double.POSITIVE_INFINITY;
        long fewest = divideUp(tiles, MOST_TILES);
        long most = Math.min(tiles, fewest + (long) ENOUGH * units);
        for (int width = (int) Math.min(MOST_PANELS, panels); width >= 1; width--) {
            for (long rows = fewest; rows <= most; rows++) {
                VectorBlock block = new VectorBlock(Math.toIntExact(divideUp(tiles, rows)), width);
                double time = block.time(tiles, panels, splits, units);
                if (time < least) {
                    least = time;
                    best = block;
                }
            }
        }
        return best;
    }

    /** Multiplications of a tile by a panel that the unit with most work-items does, and what takes as long. */
    private double time(long allTiles, long allPanels, int splits, int units) {
        long items = divideUp(allTiles, tiles) * divideUp(allPanels, panels) * splits;
        return divideUp(items, units) * ((double) tiles * panels + PANEL * panels + TILE * tiles);
    }
}
