package conv4j.backend.opencl;

import conv4j.backend.Backend;
import conv4j.backend.BackendException;
import conv4j.backend.DeviceInfo;
import conv4j.backend.Executable;
import conv4j.backend.Memory;
import conv4j.backend.OutOfMemoryException;
import conv4j.backend.Peak;
import conv4j.backend.Placement;
import conv4j.backend.Profile;
import conv4j.backend.Step;
import conv4j.graph.ElementType;
import conv4j.graph.Graph;
import conv4j.graph.Operation;
import conv4j.graph.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_command_queue;
import org.jocl.cl_context;
import org.jocl.cl_device_id;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every operation on one OpenCL device, through one queue that works in order. Running an executable sets no kernel
 * argument but that of the control step; everything that changes from run to run is read from a small buffer.
 */
public final class OpenClBackend implements Backend {

    private static final Logger LOG = LoggerFactory.getLogger(OpenClBackend.class);

    private final OpenCl.Device device;
    private final Style style;
    private final DeviceContext shared;
    private cl_command_queue queue;
    private final Buffers buffers;
    private final Control control;
    private final Set<Preparation> preparations = new LinkedHashSet<>();
    private final Tiling tiling;
    private final Map<Multiplication, Boolean> tensorCores = new HashMap<>();
    private EventLog events;
    private boolean closed;

    private OpenClBackend(DeviceContext shared, Path cacheFolder, Style style) {
        this.shared = shared;
        device = shared.device();
        this.style = style;
        queue = createQueue(0);
        tiling = new Tiling(this, cacheFolder);
        buffers = new Buffers(this);
        control = new Control(this);
    }

    @SuppressWarnings("deprecation") // clCreateCommandQueueWithProperties needs OpenCL 2.0; conv4j asks for 1.2
    private cl_command_queue createQueue(long properties) {
        return CL.clCreateCommandQueue(context(), device.id(), properties, null);
    }

    /**
     * The variants of kernels that a device can run, whether they suit it or not. Those for tensor cores are left out where
     * there are none to be expected: such a device only plays them, a hundred times slower.
     *
     * @param index the N of {@code opencl:N}
     * @return their names
     * @throws BackendException when there is no such device
     */
    public static List<String> variants(int index) {
        DeviceInfo info = OpenCl.device(index).info();
        return Style.all(info).stream()
                .filter(style -> style.multiplication().plain() || TensorCores.expected(info))
                .map(Style::name)
                .toList();
    }

    /**
     * Opens a device with one of its {@link #variants}, or one that it plays, to test or to measure it.
     *
     * @param index the N of {@code opencl:N}
     * @param cacheFolder as in {@link #open(int, Path)}
     * @param variant its name
     * @return the backend; the caller closes it
     * @throws IllegalArgumentException when the device has no such variant
     * @throws BackendException when there is no such device, or it fails
     */
    public static OpenClBackend open(int index, Path cacheFolder, String variant) {
        Style style = Style.all(OpenCl.device(index).info()).stream()
                .filter(one -> one.name().equals(variant))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "opencl:" + index + " has no variant '" + variant + "'; it has " + variants(index)));
        return open(index, cacheFolder, playable(index, cacheFolder, style));
    }

    /**
     * Opens a device.
     *
     * @param index the N of {@code opencl:N}, see {@link OpenClDevices#list()}
     * @param cacheFolder where built kernels are kept from one start to the next, unless the driver keeps them itself as pocl
     *     does; null to keep none
     * @return the backend; the caller closes it
     * @throws BackendException when there is no OpenCL library, no device, no such device, or the device fails
     */
    public static OpenClBackend open(int index, Path cacheFolder) {
        OpenCl.Device device = OpenCl.device(index);
        if (Style.endsLongLoops(device.info())) {
            LOG.warn(
                    "{} ends the loops of a work-item after 65,535 turns, so that large networks may come out wrong;"
                            + " it is good for tests only",
                    device.info().describe());
        }
        int width = (int) OpenCl.number(device.id(), CL.CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
        return open(index, cacheFolder, Style.of(device.info(), width));
    }

    /** The style, with tensor cores played where the device has none. */
    private static Style playable(int index, Path cacheFolder, Style style) {
        Multiplication multiplication = style.multiplication();
        if (multiplication.plain()) {
            return style;
        }
        try (OpenClBackend plain = open(index, cacheFolder, style.with(Multiplication.PLAIN))) {
            return plain.hasTensorCores(multiplication) ? style : style.with(multiplication.emulation());
        }
    }

    /** Opens a device with a style of kernels that may not be its best one. */
    static OpenClBackend open(int index, Path cacheFolder, Style style) {
        OpenCl.Device device = OpenCl.device(index);
        try {
            return open(DeviceContext.enter(device, cacheFolder), cacheFolder, style);
        } catch (CLException e) {
            throw new BackendException(
                    device.info().describe() + " was found, but does not start: " + OpenCl.reason(e)
                            + "; check its driver",
                    e);
        }
    }

    private static OpenClBackend open(DeviceContext shared, Path cacheFolder, Style style) {
        try {
            return new OpenClBackend(shared, cacheFolder, style);
        } catch (RuntimeException e) {
            shared.forget();
            shared.leave();
            throw e;
        }
    }

    @Override
    public DeviceInfo device() {
        return device.info();
    }

    @Override
    public Memory allocate(String purpose, ElementType type, long elements) {
        return allocateMemory(purpose, type, elements);
    }

    OpenClMemory allocateMemory(String purpose, ElementType type, long elements) {
        checkOpen();
        return buffers.allocate(purpose, type, elements);
    }

    @Override
    public Graph suited(Graph graph, int maxBatch) {
        return SuitedGraph.of(graph, style, maxBatch);
    }

    @Override
    public long scratch(Operation operation, Precision precision, int maxBatch) {
        return OpenClScratch.of(operation, style.with(multiplication(precision)), maxBatch);
    }

    @Override
    public boolean usesWinograd(Operation operation, int maxBatch) {
        return ConvolutionSteps.usesWinograd(style, operation, maxBatch);
    }

    @Override
    public Executable prepare(Graph graph, Placement placement, int maxBatch) {
        Multiplication multiplication = multiplication(graph.precision());
        tiling.look(graph, placement, maxBatch, multiplication);
        return prepare(graph, placement, maxBatch, multiplication, tiling::tile);
    }

    @Override
    public boolean search(double seconds) {
        return tiling.search(seconds);
    }

    @Override
    public List<String> found() {
        return tiling.found().entrySet().stream()
                .map(one -> one.getKey() + ": " + one.getValue())
                .toList();
    }

    /** With a multiplication that the device can do, and tiles of its choice. */
    Executable prepare(
            Graph graph, Placement placement, int maxBatch, Multiplication multiplication, TileSearch.Choice tiles) {
        checkOpen();
        KernelStep.Launch launch = events == null ? KernelStep.Launch.WHOLE : events;
        Preparation preparation = new Preparation(this, placement, maxBatch, multiplication, tiles, launch);
        preparations.add(preparation);
        try {
            return executable(graph, preparation);
        } catch (CLException e) {
            release(preparation);
            throw failure("preparing " + graph.operations().size() + " operations", 0, e);
        } catch (RuntimeException e) {
            release(preparation);
            throw e;
        }
    }

    /** What the style says, else what the graph allows and the device does faster. */
    private Multiplication multiplication(Precision allowed) {
        if (!style.multiplication().plain()) {
            return style.multiplication();
        }
        Multiplication wanted = new Multiplication(allowed, false);
        return wanted.plain() || style.vectors() || !hasTensorCores(wanted) ? Multiplication.PLAIN : wanted;
    }

    private boolean hasTensorCores(Multiplication wanted) {
        return tensorCores.computeIfAbsent(wanted, tried -> TensorCores.work(this, tried));
    }

    @Override
    public Precision precision() {
        return style.multiplication().precision();
    }

    private Executable executable(Graph graph, Preparation preparation) {
        List<Step> steps = new ArrayList<>();
        List<String> names = new ArrayList<>();
        OpenClOperations operations = new OpenClOperations(preparation);
        for (Operation operation : graph.operations()) {
            Step step = operation.accept(operations);
            if (step != null) {
                steps.add(step);
                names.add(operation.name());
            }
        }
        frame(steps, preparation);
        return new Executable(steps, names, preparation.maxBatch(), () -> release(preparation));
    }

    /** What a run begins and ends with is made part of its first and last step, so that steps are operations. */
    private void frame(List<Step> steps, Preparation preparation) {
        if (steps.isEmpty()) {
            return;
        }
        steps.set(0, Preparation.inOrder(run -> preparation.checkOpen(), control, steps.get(0)));
        int last = steps.size() - 1;
        steps.set(
                last,
                Preparation.inOrder(
                        steps.get(last), new EndOfRun(this, style.vectors() ? EndOfRun.ON_CPU : EndOfRun.ON_GPU)));
    }

    private void release(Preparation preparation) {
        if (preparations.remove(preparation)) {
            preparation.close();
        }
    }

    /** What a failed call is reported as. */
    BackendException failure(String what, long bytes, CLException e) {
        String message = what + " failed on " + device.info().describe() + ": " + OpenCl.reason(e);
        int status = e.getStatus();
        boolean shortOfMemory = status == CL.CL_MEM_OBJECT_ALLOCATION_FAILURE
                || status == CL.CL_OUT_OF_RESOURCES
                || status == CL.CL_OUT_OF_HOST_MEMORY;
        if (status != CL.CL_MEM_OBJECT_ALLOCATION_FAILURE) {
            shared.forget();
        }
        return shortOfMemory
                ? new OutOfMemoryException(
                        message + " (" + bytes + " bytes needed, " + buffers.allocated() + " of "
                                + device.info().memoryBytes() + " in use); use a smaller batch or a smaller network",
                        bytes,
                        device.info().memoryBytes() - buffers.allocated())
                : new BackendException(message, e);
    }

    Style style() {
        return style;
    }

    Buffers buffers() {
        return buffers;
    }

    Programs programs() {
        return shared.programs();
    }

    cl_command_queue queue() {
        return queue;
    }

    cl_device_id deviceId() {
        return device.id();
    }

    cl_context context() {
        return shared.context();
    }

    Control control() {
        return control;
    }

    @Override
    public void finish() {
        checkOpen();
        try {
            CL.clFinish(queue);
            if (events != null) {
                events.collect();
            }
        } catch (CLException e) {
            throw failure("waiting for the device", 0, e);
        }
    }

    @Override
    public Peak peak() {
        checkOpen();
        try {
            return new PeakKernels(this).measure();
        } catch (CLException e) {
            throw failure("measuring the device's peak", 0, e);
        }
    }

    /** {@inheritDoc} Kernels record events on a queue of their own kind, which is opened only then. */
    @Override
    public void profile(Profile profile) {
        finish();
        try {
            cl_command_queue profiling = createQueue(CL.CL_QUEUE_PROFILING_ENABLE);
            CL.clReleaseCommandQueue(queue);
            queue = profiling;
        } catch (CLException e) {
            throw failure("opening a queue with profiling", 0, e);
        }
        events = new EventLog(profile);
    }

    @Override
    public long allocatedBytes() {
        return buffers.allocated();
    }

    @Override
    public long peakBytes() {
        return buffers.peak();
    }

    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this backend is closed");
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        finish();
        List.copyOf(preparations).forEach(this::release);
        buffers.close();
        control.close();
        CL.clReleaseCommandQueue(queue);
        shared.leave();
        closed = true;
    }
}
