package conv4j.backend.opencl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every program that conv4j asks an OpenCL compiler for: a file of kernels with the options of a style. {@link Programs}
 * builds no other, so whatever goes through this list, on whatever compiler, has seen all kernels in all their forms.
 */
final class ProgramList {

    /**
     * A program.
     *
     * @param file its file of kernels, without {@code .cl}
     * @param variant the name of the style and of what else tells it from the file's other programs
     * @param options its build options, without those that all programs have
     */
    record Entry(String file, String variant, String options) {

        String name() {
            return file + "." + variant;
        }
    }

    private static final List<String> BOTH_STYLES =
            List.of("augmentation", "control", "dropout", "general", "input", "optimizer", "peak");
    private static final List<String> OF_ROWS =
            List.of("activation", "image", "normalization", PoolingSteps.AVERAGE, PoolingSteps.MAX, "reduction");
    private static final List<String> VECTORS_ONLY =
            List.of("grouped_vectors", LineSteps.FILE, WinogradSteps.KERNEL_GRADIENT);
    private static final List<String> TILES_ONLY = List.of(Col2ImSteps.FILE, "grouped_tiles", "tile_passes");

    /** Styles whose programs nobody asked for yet: a start is not to wait for the list of tiles on a device without them. */
    private static final Iterator<Style> UNLISTED = Style.all().iterator();

    /** By file and options: styles share programs. */
    private static final Map<String, Entry> LISTED = new LinkedHashMap<>();

    private ProgramList() {}

    /** All programs of all styles. */
    static synchronized List<Entry> all() {
        while (UNLISTED.hasNext()) {
            list(UNLISTED.next());
        }
        return List.copyOf(LISTED.values());
    }

    /** Refuses a program that is not in the list, which only a mistake in a step's code can ask for. */
    static synchronized void check(String file, String options) {
        String key = key(file, options);
        while (!LISTED.containsKey(key) && UNLISTED.hasNext()) {
            list(UNLISTED.next());
        }
        if (!LISTED.containsKey(key)) {
            throw new IllegalStateException(file + ".cl with the options '" + options
                    + "' is not in ProgramList; list it there, so that tools/gpu-compile compiles it too");
        }
    }

    private static void list(Style style) {
        for (Entry entry : of(style)) {
            LISTED.putIfAbsent(key(entry.file(), entry.options()), entry);
        }
    }

    private static String key(String file, String options) {
        return file + " " + options;
    }

    private static List<Entry> of(Style style) {
        List<Entry> entries = new ArrayList<>();
        Stream.concat(BOTH_STYLES.stream(), (style.vectors() ? VECTORS_ONLY : TILES_ONLY).stream())
                .forEach(file -> entries.add(new Entry(file, style.name(), style.options())));
        for (String width : style.widthOptions()) {
            String variant = style.name() + (width.isEmpty() ? "" : ".wide");
            String options = (style.options() + " " + width).strip();
            OF_ROWS.forEach(file -> entries.add(new Entry(file, variant, options)));
            if (!style.vectors()) {
                entries.add(new Entry(WinogradTileSteps.FILE, variant, options));
            }
        }
        for (String more : LossSteps.options(style)) {
            String variant = more.replace("-D LANES=", "lanes-").replace(" " + Style.WIDE, ".wide");
            entries.add(new Entry(LossSteps.FILE, style.name() + "." + variant, style.options() + " " + more));
        }
        if (style.vectors()) {
            Stream.of(VectorBlock.FILE, ConvolutionSteps.VECTORS, ConvolutionSteps.VECTORS_GRADIENT)
                    .forEach(file ->
                            entries.add(new Entry(file, style.name(), style.options() + " " + VectorBlock.OPTIONS)));
            String options = style.options() + " " + WinogradSteps.OPTIONS;
            entries.add(new Entry(WinogradSteps.CONVOLUTION, style.name(), options));
        } else {
            entries.addAll(tiled(style));
        }
        return entries;
    }

    private static List<Entry> tiled(Style style) {
        List<Tile> tiles = style.tile() == null ? Tile.ALL : List.of(style.tile());
        Multiplication tensor = style.multiplication();
        return tiles.stream()
                .flatMap(tile -> TileProgram.all().stream()
                        .flatMap(program -> Stream.of(program.suited(tensor), program.suited(tensor.emulation()))
                                .distinct()
                                .map(multiplication -> tiled(style, tile, program, multiplication))))
                .toList();
    }

    private static Entry tiled(Style style, Tile tile, TileProgram program, Multiplication multiplication) {
        return new Entry(
                program.file(),
                "tiles." + program.name(tile, multiplication),
                style.options() + " " + program.options(multiplication.suited(tile), multiplication));
    }

    /**
     * Writes every program's source, whole, into a folder as NAME.cl, and the names, each with a tab and its options, to
     * standard output.
     *
     * @param arguments the folder
     * @throws IOException when it cannot be written
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[0]));
        for (Entry entry : all()) {
            Files.writeString(folder.resolve(entry.name() + ".cl"), Programs.source(entry.file()));
            System.out.println(entry.name() + "\t" + Programs.options(entry.options()));
        }
    }
}
