package conv4j.backend.opencl;

import conv4j.backend.Placement;
import conv4j.graph.Graph;
import java.nio.file.Path;
import java.util.Map;

/**
 * The tiles of a device's products: those that a search found, else the usual ones of {@link Tuning}. Searches happen when
 * a graph is prepared, until the time that all of them together may take is up.
 */
final class Tiling {

    /** Seconds for all searches of a process that was not told otherwise. */
    static final double USUAL_SECONDS = 20;

    /** {@code off} leaves searches out. */
    static final String VARIABLE = "CONV4J_TUNE";

    private final OpenClBackend backend;
    private final TileTable table;
    private long nanosLeft;

    /** The tiles of a device, with what was found before in a folder; null to find and to keep nothing. */
    Tiling(OpenClBackend backend, Path folder) {
        this.backend = backend;
        this.table = new TileTable(
                folder, backend.device().name(), backend.device().driver(), Programs.digest(TileProgram.FILES));
        boolean off = "off".equals(System.getenv(VARIABLE));
        nanosLeft = folder == null || off ? 0 : (long) (1e9 * USUAL_SECONDS);
    }

    /** Allows searches so many seconds from now on; false where there is nothing to choose. */
    boolean search(double seconds) {
        nanosLeft = (long) (1e9 * seconds);
        return hasChoice();
    }

    private boolean hasChoice() {
        return !backend.style().vectors() && backend.style().tile() == null;
    }

    /** What was found so far, by shape. */
    Map<String, TileTable.Found> found() {
        return table.all();
    }

    /** The tile of a product. */
    Tile tile(String shape, Tile usual) {
        TileTable.Found found = hasChoice() ? table.get(shape) : null;
        return found != null && backend.style().has(found.tile()) ? found.tile() : usual;
    }

    /** Searches for the shapes of a graph that are new. */
    void look(Graph graph, Placement placement, int maxBatch, Multiplication multiplication) {
        if (nanosLeft <= 0 || !hasChoice()) {
            return;
        }
        long begin = System.nanoTime();
        new TileSearch(backend, table, multiplication, begin + nanosLeft).look(graph, placement, maxBatch);
        nanosLeft -= System.nanoTime() - begin;
    }
}
