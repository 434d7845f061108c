package conv4j.backend.opencl;

import conv4j.backend.DeviceInfo;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The two ways in which kernels are written. Vectors: one work-item does a large contiguous piece with explicit vectors,
 * without local memory or barriers, which is what CPU devices want. Tiles: neighbouring work-items do neighbouring
 * elements and share local memory, which is what GPUs want.
 *
 * @param vectors which of the two
 * @param vectorWidth floats of a vector, 4, 8 or 16; 1 for tiles
 * @param tileRows rows of the register tile of a matrix product; with tiles unused
 * @param groupSize the most work-items of a group, a power of two
 * @param localMemory the most bytes of local memory of a group
 * @param tile the tile of all matrix products and convolutions; null where each has the one that suits its shape
 * @param multiplication what tiles multiply with in every graph, whatever precision it allows
 * @param convolutions the method of every convolution that it can do; null where each has the one that suits it
 * @param partFloats floats of working memory for a part of the batch, see {@link BatchParts}; with vectors unused
 */
record Style(
        boolean vectors,
        int vectorWidth,
        int tileRows,
        int groupSize,
        long localMemory,
        Tile tile,
        Multiplication multiplication,
        Convolutions convolutions,
        long partFloats) {

    /** Methods of convolving; what one of them cannot do, the direct one does. */
    enum Convolutions {
        /** Register tiles over the image as it is. */
        DIRECT,
        /** Winograd's, {@link WinogradSteps} and {@link WinogradTileSteps}. */
        WINOGRAD,
        /** Over copied lines, {@link LineSteps}, with vectors only. */
        LINES,
        /** Input gradients in columns, {@link Col2ImSteps}, with tiles only. */
        COL2IM
    }

    /** Elements that one work-item does of an element-wise operation in the vector style. */
    static final int CHUNK = 4096;

    /** The same in the tile style: one vector, which neighbouring work-items read side by side. */
    static final int FLAT = 4;

    /** The build option for kernels whose rows are made of vectors of four. */
    static final String WIDE = "-D VECTOR_WIDTH=" + FLAT;

    // Much, because large parts keep a GPU busy. Little where there is one method of convolving, which is for tests:
    // their
    // small batches have several parts then.
    private static final long MUCH = 1 << 27;
    private static final long LITTLE = 1 << 12;

    /** Work-items that together sum up a column or a row in the tile style; every known device allows 64. */
    static final int LANES = 64;

    /** Explicit vectors of so many floats. */
    static Style vectors(int width) {
        return new Style(true, width, width == 16 ? 12 : 6, 1, 0, null, Multiplication.PLAIN, null, 0);
    }

    /** The same with one method of convolving wherever it can be used. */
    private Style with(Convolutions method) {
        return new Style(vectors, vectorWidth, tileRows, groupSize, localMemory, tile, multiplication, method, LITTLE);
    }

    /** Whether a convolution that a method can do is done by it: where that is the style's one, or where there is none and it pays. */
    boolean takes(Convolutions method, boolean pays) {
        return convolutions == null ? pays : convolutions == method;
    }

    /** Work-groups with local memory. */
    static Style tiles(int maxWorkGroup) {
        int groupSize = Math.min(256, Integer.highestOneBit(maxWorkGroup));
        return new Style(false, 1, 0, groupSize, Long.MAX_VALUE, null, Multiplication.PLAIN, null, MUCH);
    }

    /** The same with no more local memory than a device has, and no more for parts than a quarter of an allocation. */
    private Style within(DeviceInfo device) {
        long local = Math.min(localMemory, device.localMemoryBytes());
        long part = Math.min(partFloats, device.largestAllocation() / 4 / Float.BYTES);
        return new Style(vectors, vectorWidth, tileRows, groupSize, local, tile, multiplication, convolutions, part);
    }

    /** Whether groups and local memory are large enough for a tile, in the form that suits the multiplication. */
    boolean has(Tile one) {
        Tile used = multiplication.suited(one);
        return used.items() <= groupSize && used.localBytes() <= localMemory;
    }

    /** Work-groups with local memory and one tile for everything; groups are those of a device that just has room for it. */
    private static Style tiles(Tile tile) {
        int groupSize = Integer.highestOneBit(2 * tile.items() - 1);
        return new Style(false, 1, 0, groupSize, Long.MAX_VALUE, tile, Multiplication.PLAIN, null, MUCH);
    }

    /** The same style with another multiplication. */
    Style with(Multiplication other) {
        return new Style(vectors, vectorWidth, tileRows, groupSize, localMemory, tile, other, convolutions, partFloats);
    }

    /** Every style; others differ from these in the size of their groups only. */
    static List<Style> all() {
        List<Style> vectors = Stream.of(4, 8, 16).map(Style::vectors).toList();
        Stream<Style> methods = Stream.of(Convolutions.DIRECT, Convolutions.WINOGRAD, Convolutions.LINES)
                .flatMap(method -> vectors.stream().map(style -> style.with(method)));
        Stream<Style> tiles = Stream.concat(
                Stream.of(
                        tiles(256),
                        tiles(256).with(Convolutions.WINOGRAD),
                        tiles(256).with(Convolutions.COL2IM)),
                Tile.ALL.stream().map(Style::tiles));
        Stream<Style> tensors = Multiplication.tensor().stream()
                .flatMap(tensor ->
                        Stream.of(tiles(256).with(tensor), tiles(Tile.LARGE).with(tensor)));
        return Stream.of(vectors.stream(), methods, tiles, tensors)
                .flatMap(styles -> styles)
                .toList();
    }

    /** Every style that a device can run, whether it suits it or not. */
    static List<Style> all(DeviceInfo device) {
        return all().stream()
                .filter(style -> style.groupSize() <= device.maxWorkGroup())
                .map(style -> style.within(device))
                .filter(style -> style.tile() == null || style.has(style.tile()))
                .toList();
    }

    /**
     * What users call it: {@code vectors-8} for vectors of 8 floats, {@code vectors-8-winograd} for the same with
     * Winograd's method wherever it can be used, {@code -lines} with copied lines, {@code -direct} with neither, {@code tiles} for tiles that suit each shape,
     * {@code tiles-winograd} and {@code tiles-col2im} for the same with one method of convolving, {@code tiles-64x64} for tiles of 64 x 64 results, {@code
     * tiles-tf32} for such that multiply with tensor cores.
     */
    String name() {
        String kind = vectors ? "vectors-" + vectorWidth : tile == null ? "tiles" : "tiles-" + tile.name();
        String method = convolutions == null ? "" : "-" + convolutions.name().toLowerCase(Locale.ROOT);
        return kind + method + multiplication.suffix();
    }

    /**
     * Floats that a work-item takes at once of rows of so many. With tiles four, where all rows then begin at multiples of
     * 16 bytes, as all arrays do; else one.
     */
    int width(int columns) {
        return vectors ? vectorWidth : columns % FLAT == 0 ? FLAT : 1;
    }

    /** The build option that tells kernels with tiles the width for rows of so many; nothing where it is the usual one. */
    String widthOption(int columns) {
        return vectors || width(columns) == 1 ? "" : WIDE;
    }

    /** The build options that kernels of rows may be given beside the style's. */
    List<String> widthOptions() {
        return vectors ? List.of("") : List.of("", WIDE);
    }

    /** What suits a device. */
    static Style of(DeviceInfo device, int nativeVectorWidth) {
        return device.kind().equals("CPU")
                ? vectors(nativeVectorWidth >= 16 ? 16 : nativeVectorWidth >= 8 ? 8 : 4)
                : tiles(device.maxWorkGroup()).within(device);
    }

    /**
     * Whether a device stops the loops of a work-item after 65,535 turns in all and goes on with what was computed by then, as
     * Mesa's llvmpipe does: large pieces of work for each item come out wrong there.
     */
    static boolean endsLongLoops(DeviceInfo device) {
        return device.name().startsWith("llvmpipe");
    }

    /** The build options that tell the kernels. */
    String options() {
        return vectors
                ? "-D STYLE_VECTORS -D VECTOR_WIDTH=" + vectorWidth + " -D TILE_ROWS=" + tileRows
                : "-D STYLE_TILES";
    }
}
