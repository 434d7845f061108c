package conv4j.backend.opencl;

import conv4j.backend.BackendException;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Run;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.MemoryPlan;
import conv4j.graph.Operation;
import conv4j.graph.Value;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the fastest tile for the products of a graph by running each operation alone, on random numbers, with every tile
 * that the device can run. All of them must return the same bits as the usual one. A search ends when its time is up;
 * what it did not get to keeps its usual tile.
 */
final class TileSearch {

    /** Asked for the tile of a product: its shape, and the tile that is usual. */
    @FunctionalInterface
    interface Choice {
        Tile tile(String shape, Tile usual);
    }

    private record Asked(String shape, Tile usual) {}

    private static final Logger LOG = LoggerFactory.getLogger(TileSearch.class);
    private static final int RUNS = 3;
    private static final int BLOCK = 1 << 18;

    // Another tile must be clearly faster: what lies closer is noise.
    private static final double GAIN = 0.97;

    private final OpenClBackend backend;
    private final TileTable table;
    private final Multiplication multiplication;
    private final long end;

    /**
     * A search.
     *
     * @param backend the device
     * @param table where it puts what it finds
     * @param multiplication what the graph's products multiply with
     * @param end when its time is up, as {@link System#nanoTime()}
     */
    TileSearch(OpenClBackend backend, TileTable table, Multiplication multiplication, long end) {
        this.backend = backend;
        this.table = table;
        this.multiplication = multiplication;
        this.end = end;
    }

    /** Searches for all products of a graph whose shapes are new; for the others nothing is allocated and nothing runs. */
    void look(Graph graph, Placement placement, int maxBatch) {
        for (Operation operation : graph.operations()) {
            if (System.nanoTime() > end) {
                return;
            }
            Asked asked = hasTiles(operation) ? ask(operation, placement, maxBatch) : null;
            if (asked != null && table.get(asked.shape()) == null) {
                look(operation, asked, maxBatch);
            }
        }
    }

    /** The shape and the usual tile of an operation's product; null when it has none. */
    private Asked ask(Operation operation, Placement placement, int maxBatch) {
        AtomicReference<Asked> asked = new AtomicReference<>();
        Choice noted = (shape, usual) -> {
            asked.set(new Asked(shape, usual));
            return usual;
        };
        backend.prepare(new Graph(List.of(operation)), placement, maxBatch, multiplication, noted)
                .close();
        return asked.get();
    }

    private void look(Operation operation, Asked asked, int maxBatch) {
        Set<Value> values = new LinkedHashSet<>();
        operation.inputs().forEach(value -> values.add(value.root()));
        operation.outputs().forEach(value -> values.add(value.root()));
        long scratch = backend.scratch(operation, multiplication.precision(), maxBatch);
        long elements = values.stream()
                        .mapToLong(value -> MemoryPlan.aligned(value.elements(maxBatch)))
                        .sum()
                + scratch;
        if (4 * elements
                > Math.min(
                        backend.device().largestAllocation(), backend.device().memoryBytes() / 4)) {
            return;
        }
        try (Memory memory = backend.allocate("a search for tiles", ElementType.FLOAT32, elements)) {
            fill(memory);
            Placement placement = new Placement();
            long offset = 0;
            for (Value value : values) {
                placement.put(value, memory, offset);
                offset += MemoryPlan.aligned(value.elements(maxBatch));
            }
            placement.put(operation, memory, offset);
            look(operation, asked, placement, maxBatch);
        } catch (BackendException e) {
            LOG.debug("no search for {}: {}", operation.name(), e.getMessage());
        }
    }

    private static boolean hasTiles(Operation operation) {
        return operation instanceof conv4j.graph.MatMul
                || operation instanceof conv4j.graph.Conv2d
                || operation instanceof conv4j.graph.Conv2d.InputGradient
                || operation instanceof conv4j.graph.Conv2d.KernelGradient;
    }

    private static void fill(Memory memory) {
        Random random = new Random(1);
        float[] block = new float[(int) Math.min(BLOCK, memory.elements())];
        for (int i = 0; i < block.length; i++) {
            block[i] = random.nextFloat() - 0.5f;
        }
        for (long at = 0; at < memory.elements(); at += block.length) {
            memory.write(at, block, 0, (int) Math.min(block.length, memory.elements() - at));
        }
    }

    private void look(Operation operation, Asked asked, Placement placement, int maxBatch) {
        Memory memory = placement.of(operation.outputs().get(0)).memory();
        long at = placement.of(operation.outputs().get(0)).offset();
        int count = (int) Math.min(operation.outputs().get(0).elements(maxBatch), 1 << 22);
        float[] want = new float[count];
        double usualTime = time(operation, placement, maxBatch, asked.usual(), Double.MAX_VALUE);
        memory.read(at, want, 0, count);
        Tile best = asked.usual();
        double bestTime = usualTime;
        for (Tile tile : candidates(asked.usual())) {
            if (System.nanoTime() > end) {
                return;
            }
            double time = time(operation, placement, maxBatch, tile, bestTime);
            float[] got = new float[count];
            memory.read(at, got, 0, count);
            if (!Arrays.equals(want, got)) {
                LOG.warn(
                        "tile {} is wrong for {} and not used; please report it with the output of ./conv4j selftest --variant tiles-{}",
                        tile.name(),
                        asked.shape(),
                        tile.name());
            } else if (time < bestTime) {
                best = tile;
                bestTime = time;
            }
        }
        boolean keeps = bestTime > GAIN * usualTime;
        TileTable.Found found =
                new TileTable.Found(keeps ? asked.usual() : best, keeps ? usualTime : bestTime, usualTime);
        table.put(asked.shape(), found);
        LOG.info("{}: {}", asked.shape(), found);
    }

    private List<Tile> candidates(Tile usual) {
        return Tile.ALL.stream()
                .filter(tile -> !tile.equals(usual) && backend.style().has(tile))
                .toList();
    }

    /** The shortest of some runs in milliseconds, after one that is not counted; one that is far too slow runs no more. */
    private double time(Operation operation, Placement placement, int maxBatch, Tile tile, double best) {
        Graph graph = new Graph(List.of(operation));
        try (Executable executable =
                backend.prepare(graph, placement, maxBatch, multiplication, (shape, usual) -> tile)) {
            Run run = Run.inference(maxBatch, 0);
            executable.run(run);
            backend.finish();
            double shortest = Double.MAX_VALUE;
            for (int i = 0; i < RUNS && (i == 0 || shortest < 3 * best); i++) {
                long begin = System.nanoTime();
                executable.run(run);
                backend.finish();
                shortest = Math.min(shortest, (System.nanoTime() - begin) / 1e6);
            }
            return shortest;
        }
    }
}
