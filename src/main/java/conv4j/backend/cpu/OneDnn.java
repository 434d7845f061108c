package conv4j.backend.cpu;

import conv4j.backend.BackendException;
import conv4j.backend.MemoryMeter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The native library, loaded once per process. Only this class and those named {@code OneDnn...} touch it, so that
 * everything else works where it is missing.
 *
 * <p>oneDNN would run on threads of its own (OpenMP), which wait in busy loops between two calls and so take the cores away
 * from Java's. It is told to use one thread, and our own threads each call it for a part of the work; this also makes
 * results independent of the number of threads.
 */
final class OneDnn implements AutoCloseable {

    private static final int ALIGNMENT = 64;

    /** Floats behind every allocation, for vector instructions that read over the end. */
    private static final int SLACK_BYTES = 256;

    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();
    private final MemoryMeter meter;
    private final Arena[] scratchpads;
    private boolean closed;

    /**
     * Loads the library and opens its CPU engine.
     *
     * @param meter counts working memory
     * @param threads how many threads will call
     * @throws LinkageError when the library is not on the class path or does not load
     */
    OneDnn(MemoryMeter meter, int threads) {
        Library.load();
        this.meter = meter;
        check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "create an engine");
        check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_in_order), "create a stream");
        this.scratchpads = new Arena[threads];
        for (int i = 0; i < threads; i++) {
            scratchpads[i] = new Arena("working memory of oneDNN");
        }
    }

    /** Loads once; a failure is remembered by the class loader as a {@link LinkageError}. */
    private static final class Library {

        static {
            // JavaCPP counts the whole process against limits that it derives from the heap; ours is the meter.
            System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxPhysicalBytes", "0");
            System.getProperties().putIfAbsent("org.bytedeco.javacpp.maxBytes", "0");
            try {
                OneThread.during(() -> Loader.load(dnnl.class));
            } catch (RuntimeException e) {
                throw (LinkageError) new UnsatisfiedLinkError("oneDNN does not load: " + e).initCause(e);
            }
        }

        private Library() {}

        static void load() {
            // The work is done by the static initializer.
        }
    }

    /**
     * Lets libraries that are loaded meanwhile see {@code OMP_NUM_THREADS=1}: OpenMP reads it when it is loaded, and Java
     * has no means to set a variable of its own process. Where the C library has no {@code environ} nothing is changed; it
     * is then only slower.
     */
    private static final class OneThread {

        private OneThread() {}

        static void during(Runnable load) {
            Pointer symbol = environment();
            if (symbol == null) {
                load.run();
                return;
            }
            PointerPointer<Pointer> variable = new PointerPointer<>(symbol);
            Pointer before = variable.get(0);
            variable.put(0, extended(new PointerPointer<>(before)));
            try {
                load.run();
            } finally {
                variable.put(0, before);
            }
        }

        private static Pointer environment() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return null;
            }
            Loader.load(Pointer.class);
            return Loader.addressof("environ");
        }

        /** The variables with ours before them; never freed, since a library may keep what it found there. */
        private static Pointer extended(PointerPointer<Pointer> variables) {
            int count = 0;
            while (variables.get(count) != null) {
                count++;
            }
            byte[] text = "OMP_NUM_THREADS=1\0".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            BytePointer first = new BytePointer(Pointer.malloc(text.length));
            first.put(text);
            PointerPointer<Pointer> extended =
                    new PointerPointer<>(Pointer.calloc(count + 2L, Loader.sizeof(Pointer.class)));
            extended.put(0, first);
            for (int i = 0; i < count; i++) {
                extended.put(i + 1L, variables.get(i));
            }
            return extended;
        }
    }

    /** Native memory that grows to the most that was asked for. */
    final class Arena implements AutoCloseable {
        private final String purpose;
        private Pointer pointer;
        private long bytes;

        private Arena(String purpose) {
            this.purpose = purpose;
        }

        synchronized Pointer atLeast(long needed) {
            if (needed > bytes || pointer == null) {
                close();
                synchronized (meter) {
                    meter.take(purpose, needed);
                }
                bytes = needed;
                pointer = Pointer.malloc(needed + ALIGNMENT + SLACK_BYTES);
                if (pointer == null) {
                    throw new BackendException("the operating system refused " + needed + " bytes for " + purpose);
                }
            }
            long misaligned = pointer.address() % ALIGNMENT;
            return new BytePointer(pointer).getPointer(misaligned == 0 ? 0 : ALIGNMENT - misaligned);
        }

        @Override
        public synchronized void close() {
            if (pointer != null) {
                Pointer.free(pointer);
                pointer = null;
                synchronized (meter) {
                    meter.give(bytes);
                }
                bytes = 0;
            }
        }
    }

    MemoryMeter meter() {
        return meter;
    }

    dnnl_engine engine() {
        return engine;
    }

    dnnl_stream stream() {
        return stream;
    }

    /** Working memory of one thread, valid until more is asked for. */
    Pointer scratchpad(Lane lane, long bytes) {
        return scratchpads[lane.number()].atLeast(bytes);
    }

    /** Memory that the caller closes. */
    Arena arena(String purpose) {
        return new Arena(purpose);
    }

    /**
     * The library's version.
     *
     * @return {@code oneDNN 3.11}
     */
    String version() {
        dnnl_version_t version = dnnl.dnnl_version();
        return "oneDNN " + version.major() + "." + version.minor();
    }

    /** Memory from the operating system, zeroed and aligned to a cache line. */
    static final class Allocation {
        private final Pointer pointer;
        private final ByteBuffer buffer;

        private Allocation(Pointer pointer, ByteBuffer buffer) {
            this.pointer = pointer;
            this.buffer = buffer;
        }

        ByteBuffer buffer() {
            return buffer;
        }

        void free() {
            Pointer.free(pointer);
        }
    }

    /**
     * Allocates memory outside the heap.
     *
     * @param bytes how much
     * @return zeros, or null when the operating system refuses
     */
    static Allocation allocate(int bytes) {
        long padded = (long) bytes + ALIGNMENT + SLACK_BYTES;
        Pointer pointer = Pointer.calloc(1, padded);
        if (pointer == null) {
            return null;
        }
        int misaligned = (int) (pointer.address() % ALIGNMENT);
        long from = misaligned == 0 ? 0 : ALIGNMENT - misaligned;
        BytePointer start = new BytePointer(pointer).getPointer(from);
        return new Allocation(pointer, start.capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder()));
    }

    /** oneDNN does not do what it was asked for; Java's loops can. */
    static final class Refusal extends BackendException {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    static void check(int status, String what) {
        if (status != dnnl.dnnl_success) {
            throw new Refusal("oneDNN cannot " + what + " (status " + status + ")");
        }
    }

    /** Frees working memory; it comes back when it is needed. */
    void releaseScratchpads() {
        for (Arena scratchpad : scratchpads) {
            scratchpad.close();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return; // the library would follow pointers to what is freed
        }
        closed = true;
        releaseScratchpads();
        dnnl.dnnl_stream_destroy(stream);
        dnnl.dnnl_engine_destroy(engine);
    }
}
