package conv4j.backend.opencl;

import conv4j.backend.DeviceInfo;
import conv4j.backend.MemoryMeter;
import conv4j.backend.OutOfMemoryException;
import conv4j.graph.ElementType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/** The device memory of a backend: makes buffers, fills and counts them, and releases what is left at the end. */
final class Buffers implements AutoCloseable {

    /** Floats after the end of every buffer that kernels may read, but not use, so that whole vectors can be loaded. */
    static final int SLACK = 64;

    private final OpenClBackend backend;
    private final DeviceInfo device;
    private final MemoryMeter meter;
    private final cl_kernel fill;
    private final Set<OpenClMemory> memories = new LinkedHashSet<>();

    /** Of a backend that has its programs and its queue. */
    Buffers(OpenClBackend backend) {
        this.backend = backend;
        device = backend.device();
        meter = new MemoryMeter(device.describe(), device.memoryBytes());
        fill = backend.programs().kernel("control", backend.style().options(), "fill");
    }

    /**
     * A buffer of zeros.
     *
     * @param purpose what it is for, in the plural, for messages
     * @throws OutOfMemoryException when the device has no room for it
     */
    OpenClMemory allocate(String purpose, ElementType type, long elements) {
        long bytes = Math.multiplyExact(elements, (long) type.bytes());
        if (bytes > device.largestAllocation()) {
            throw new OutOfMemoryException(
                    purpose + " need " + bytes + " bytes in one piece, but "
                            + device.describe()
                            + " allows " + device.largestAllocation()
                            + "; use a smaller batch or a smaller network",
                    bytes,
                    device.largestAllocation());
        }
        meter.take(purpose, bytes);
        try {
            OpenClMemory memory = new OpenClMemory(backend, buffer(bytes), type, elements);
            memories.add(memory);
            return memory;
        } catch (CLException e) {
            meter.give(bytes);
            throw backend.failure("memory for " + purpose, bytes, e);
        }
    }

    /** A buffer of zeros, with {@link #SLACK}; drivers that allocate late are made to do it now. */
    private cl_mem buffer(long bytes) {
        long words = (bytes + 3) / 4 + SLACK;
        cl_mem buffer = CL.clCreateBuffer(backend.context(), CL.CL_MEM_READ_WRITE, 4 * words, null, null);
        try {
            if (isInterpreted()) {
                // A kernel would take it a thousand times longer.
                write(buffer, new byte[Math.toIntExact(4 * words)]);
            } else {
                fill(buffer, 0, words, 0);
                CL.clFinish(backend.queue());
            }
            return buffer;
        } catch (CLException e) {
            CL.clReleaseMemObject(buffer);
            throw e;
        }
    }

    private boolean isInterpreted() {
        return device.platform().equals("Oclgrind");
    }

    private void write(cl_mem buffer, byte[] bytes) {
        CL.clEnqueueWriteBuffer(backend.queue(), buffer, true, 0, bytes.length, Pointer.to(bytes), 0, null, null);
    }

    /**
     * Called when the host has written to a buffer. Oclgrind (21.10) takes a buffer for as long as the last such write, or as
     * a released one before it, and everything behind that for uninitialized; so it is written once more, whole.
     */
    void written(cl_mem buffer) {
        if (!isInterpreted()) {
            return;
        }
        long[] size = new long[1];
        CL.clGetMemObjectInfo(buffer, CL.CL_MEM_SIZE, Sizeof.size_t, Pointer.to(size), null);
        byte[] bytes = new byte[Math.toIntExact(size[0])];
        CL.clEnqueueReadBuffer(backend.queue(), buffer, true, 0, size[0], Pointer.to(bytes), 0, null, null);
        write(buffer, bytes);
    }

    void fill(cl_mem buffer, long offset, long count, float value) {
        int argument = KernelCall.setArray(fill, 0, buffer, offset);
        argument = KernelCall.setLong(fill, argument, count);
        KernelCall.setFloat(fill, argument, value);
        long[] local = {backend.style().groupSize()};
        long items = backend.style().vectors() ? KernelCall.divideUp(count, Style.CHUNK) : count;
        long[] global = {KernelCall.divideUp(items, local[0]) * local[0]};
        CL.clEnqueueNDRangeKernel(backend.queue(), fill, 1, null, global, local, 0, null, null);
    }

    /** Called by memory that was closed. */
    void freed(OpenClMemory memory) {
        memories.remove(memory);
        meter.give(memory.bytes());
    }

    /** Bytes in use. */
    long allocated() {
        return meter.allocated();
    }

    /** The most that were in use at once. */
    long peak() {
        return meter.peak();
    }

    @Override
    public void close() {
        List.copyOf(memories).forEach(OpenClMemory::close);
        CL.clReleaseKernel(fill);
    }
}
