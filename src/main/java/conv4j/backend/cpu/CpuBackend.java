package conv4j.backend.cpu;

import com.sun.management.OperatingSystemMXBean;
import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.MemoryMeter;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Peak;
import conv4j.backend.Placement;
import conv4j.backend.Profile;
import conv4j.backend.Step;
import conv4j.graph.Conv2d;
import conv4j.graph.ElementType;
import conv4j.graph.Fusion;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import conv4j.graph.Value;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CPU, on all cores: convolutions and matrix products by oneDNN where it is on the class path and loads, everything
 * else and all without it by Java loops.
 *
 * <p>Results depend neither on the number of threads nor on the run: work is cut by sizes alone and sums are added in a
 * fixed order. They differ in rounding between oneDNN and Java, and between processors on which oneDNN takes other
 * instructions.
 */
public final class CpuBackend implements Backend {

    /** The environment variable that sets the number of threads. */
    public static final String THREADS_VARIABLE = "CONV4J_THREADS";

    private static final String ONE_DNN = "onednn";
    private static final String JAVA = "java";
    private static final Logger LOG = LoggerFactory.getLogger(CpuBackend.class);

    private final Workers workers;
    private final MemoryMeter meter;
    private final OneDnn oneDnn;
    private final DeviceInfo device;
    private final Set<AutoCloseable> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private Profile profile;

    /**
     * The ways to multiply matrices: by oneDNN where it loads, or by Java's loops.
     *
     * @return their names
     */
    public static List<String> variants() {
        return List.of(ONE_DNN, JAVA);
    }

    /**
     * Opens the backend with one of its {@link #variants}, to test or to measure it.
     *
     * @param variant its name
     * @return the backend; the caller closes it
     * @throws IllegalArgumentException when there is no such variant
     * @throws BackendException when oneDNN was asked for and does not load
     */
    public static CpuBackend open(String variant) {
        if (!variants().contains(variant)) {
            throw new IllegalArgumentException("cpu has no variant '" + variant + "'; it has " + variants());
        }
        CpuBackend backend = new CpuBackend(threadsFromEnvironment(), variant.equals(ONE_DNN));
        if (variant.equals(ONE_DNN) && backend.oneDnn == null) {
            backend.close();
            throw new BackendException("oneDNN is not on the class path or does not load; use --variant " + JAVA);
        }
        return backend;
    }

    /** A backend on all cores, or as many threads as {@value #THREADS_VARIABLE} says, with oneDNN where it loads. */
    public CpuBackend() {
        this(threadsFromEnvironment(), true);
    }

    /**
     * A backend on some threads.
     *
     * @param threads how many threads compute, the calling one included
     * @param withOneDnn whether to use oneDNN where it loads
     * @throws IllegalArgumentException when there would be no thread
     */
    public CpuBackend(int threads, boolean withOneDnn) {
        if (threads < 1) {
            throw new IllegalArgumentException(
                    "the cpu backend needs 1 or more threads, but was given " + threads + "; see " + THREADS_VARIABLE);
        }
        // Off the heap all of the machine's memory may be used, in the heap what -Xmx allows.
        long machine = machineMemory();
        OneDnn library = withOneDnn ? load(new MemoryMeter("the cpu", machine), threads) : null;
        this.oneDnn = library;
        this.meter = library == null
                ? new MemoryMeter("the Java heap", Runtime.getRuntime().maxMemory())
                : library.meter();
        this.workers = new Workers(threads);
        this.device = describe(library == null ? Runtime.getRuntime().maxMemory() : machine, threads);
    }

    private static OneDnn load(MemoryMeter meter, int threads) {
        try {
            return new OneDnn(meter, threads);
        } catch (LinkageError | RuntimeException e) {
            LOG.debug("oneDNN is not used: {}", e.toString());
            return null;
        }
    }

    private static int threadsFromEnvironment() {
        String text = System.getenv(THREADS_VARIABLE);
        if (text == null || text.isBlank()) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    THREADS_VARIABLE + " must be a number of threads, but is '" + text + "'", e);
        }
    }

    private static long machineMemory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : Runtime.getRuntime().maxMemory();
    }

    private DeviceInfo describe(long memory, int threads) {
        String platform = oneDnn == null ? "Java" : oneDnn.version();
        String driver = System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
        return new DeviceInfo(
                "cpu",
                processorName(),
                "CPU",
                platform,
                driver,
                memory,
                Math.min(memory, Integer.MAX_VALUE),
                threads,
                0,
                1);
    }

    private static String processorName() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("model name")) {
                    return line.substring(line.indexOf(':') + 1).strip();
                }
            }
        } catch (IOException e) {
            LOG.debug("the processor's name is unknown: {}", e.toString());
        }
        return System.getProperty("os.arch");
    }

    @Override
    public DeviceInfo device() {
        return device;
    }

    @Override
    public Memory allocate(String purpose, ElementType type, long elements) {
        long bytes = Math.multiplyExact(elements, type.bytes());
        if (bytes > Integer.MAX_VALUE) {
            throw new OutOfMemoryException(purpose + " in one piece", device.describe(), bytes, Integer.MAX_VALUE);
        }
        meter.take(purpose, bytes);
        try {
            CpuMemory[] self = new CpuMemory[1];
            self[0] = oneDnn == null
                    ? new CpuMemory(type, (int) elements, () -> forget(self[0], bytes))
                    : outsideTheHeap(self, purpose, type, (int) bytes);
            open.add(self[0]);
            return self[0];
        } catch (OutOfMemoryError e) {
            meter.give(bytes);
            Runtime heap = Runtime.getRuntime();
            long left = heap.maxMemory() - heap.totalMemory() + heap.freeMemory();
            throw new OutOfMemoryException(
                    purpose + " need " + bytes + " bytes, but the Java heap has about " + left
                            + " bytes left; raise it with -Xmx, use a smaller batch or a smaller network, or put oneDNN"
                            + " on the class path, with which memory is taken outside the heap",
                    bytes,
                    left);
        }
    }

    private CpuMemory outsideTheHeap(CpuMemory[] self, String purpose, ElementType type, int bytes) {
        OneDnn.Allocation allocation = OneDnn.allocate(bytes);
        if (allocation == null) {
            meter.give(bytes);
            throw new OutOfMemoryException(purpose, device.describe(), bytes, 0);
        }
        return new CpuMemory(type, allocation.buffer(), () -> {
            allocation.free();
            forget(self[0], bytes);
        });
    }

    private void forget(CpuMemory memory, long bytes) {
        open.remove(memory);
        meter.give(bytes);
    }

    /** {@inheritDoc} What is pooled then stays in a thread's cache. */
    @Override
    public Graph suited(Graph graph, int maxBatch) {
        return Fusion.noted(graph);
    }

    @Override
    public long scratch(Operation operation, Precision precision, int maxBatch) {
        if (!(operation instanceof Conv2d.KernelGradient gradient)) {
            return 0;
        }
        int size = gradient.kernelGradient().shape().size();
        long plain = (long) Parts.count(maxBatch, size) * size;
        if (oneDnn == null) {
            return plain;
        }
        try {
            return Math.max(plain, OneDnnSteps.scratch(oneDnn, gradient, maxBatch));
        } catch (OneDnn.Refusal e) {
            return plain;
        }
    }

    @Override
    public Executable prepare(Graph graph, Placement placement, int maxBatch) {
        List<ItemChain> chains = ItemChains.of(graph, placement, maxBatch);
        long ofThread = chains.stream().mapToLong(ItemChain::elements).max().orElse(0);
        List<CpuMemory> lanes = ofThread == 0 ? List.of() : ofThreads(ofThread);
        Map<Value, Place> places = new IdentityHashMap<>();
        chains.forEach(chain -> chain.place(lanes, places));
        Blocks blocks = new Blocks(workers, placement, places);
        OneDnnSteps nativeSteps = oneDnn == null ? null : new OneDnnSteps(oneDnn, blocks, maxBatch);
        CpuOperations operations = new CpuOperations(blocks, nativeSteps, maxBatch);
        List<Step> steps = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (ItemChain chain : chains) {
            List<Step> ofChain = new ArrayList<>();
            for (Operation operation : chain.operations()) {
                ofChain.add(operation.accept(operations));
                names.add(operation.name());
            }
            steps.add(chain.join(ofChain, workers, profile));
        }
        if (nativeSteps == null) {
            return new Executable(steps, names, maxBatch, () -> lanes.forEach(Memory::close));
        }
        open.add(nativeSteps);
        return new Executable(steps, names, maxBatch, () -> {
            open.remove(nativeSteps);
            nativeSteps.close();
            lanes.forEach(Memory::close);
            if (open.stream().noneMatch(OneDnnSteps.class::isInstance)) {
                oneDnn.releaseScratchpads();
            }
        });
    }

    /** Memory of so many elements for every thread; all of it or none. */
    private List<CpuMemory> ofThreads(long elements) {
        List<CpuMemory> lanes = new ArrayList<>();
        try {
            for (int i = 0; i < workers.count(); i++) {
                lanes.add((CpuMemory) allocate("working memory of a thread", ElementType.FLOAT32, elements));
            }
        } catch (OutOfMemoryException e) {
            lanes.forEach(Memory::close);
            throw e;
        }
        return lanes;
    }

    @Override
    public Peak peak() {
        return CpuPeak.measure(workers);
    }

    @Override
    public void profile(Profile into) {
        profile = into;
    }

    @Override
    public void finish() {
        // Every step has ended when it returns.
    }

    @Override
    public long allocatedBytes() {
        return meter.allocated();
    }

    @Override
    public long peakBytes() {
        return meter.peak();
    }

    @Override
    public void close() {
        for (AutoCloseable closeable : List.copyOf(open)) {
            try {
                closeable.close();
            } catch (Exception e) {
                LOG.debug("while closing the cpu backend: {}", e.toString());
            }
        }
        workers.close();
        if (oneDnn != null) {
            oneDnn.close();
        }
    }
}
