package conv4j.backend.opencl;

import conv4j.backend.Memory;
import conv4j.graph.ElementType;
import java.util.Objects;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.cl_mem;

/** A buffer on an OpenCL device. */
final class OpenClMemory implements Memory {

    private final OpenClBackend backend;
    private final cl_mem buffer;
    private final ElementType type;
    private final long elements;
    private boolean closed;

    OpenClMemory(OpenClBackend backend, cl_mem buffer, ElementType type, long elements) {
        this.backend = backend;
        this.buffer = buffer;
        this.type = type;
        this.elements = elements;
    }

    /** The buffer, for a kernel's argument. */
    cl_mem buffer() {
        checkOpen();
        return buffer;
    }

    boolean belongsTo(OpenClBackend other) {
        return backend == other;
    }

    long bytes() {
        return elements * type.bytes();
    }

    @Override
    public ElementType type() {
        return type;
    }

    @Override
    public long elements() {
        return elements;
    }

    @Override
    public void write(long offset, float[] values, int from, int count) {
        check(ElementType.FLOAT32, offset, values.length, from, count);
        write(offset, Pointer.to(values), from, count);
    }

    @Override
    public void write(long offset, int[] values, int from, int count) {
        check(ElementType.INT32, offset, values.length, from, count);
        write(offset, Pointer.to(values), from, count);
    }

    @Override
    public void write(long offset, byte[] values, int from, int count) {
        check(ElementType.UINT8, offset, values.length, from, count);
        write(offset, Pointer.to(values), from, count);
    }

    private void write(long offset, Pointer values, int from, int count) {
        if (count == 0) {
            return;
        }
        long size = type.bytes();
        Pointer source = values.withByteOffset(from * size);
        try {
            CL.clEnqueueWriteBuffer(backend.queue(), buffer, true, offset * size, count * size, source, 0, null, null);
            backend.buffers().written(buffer);
        } catch (CLException e) {
            throw backend.failure("writing " + count + " elements", count * size, e);
        }
    }

    @Override
    public void read(long offset, float[] values, int from, int count) {
        check(ElementType.FLOAT32, offset, values.length, from, count);
        if (count == 0) {
            return;
        }
        Pointer target = Pointer.to(values).withByteOffset(4L * from);
        try {
            CL.clEnqueueReadBuffer(backend.queue(), buffer, true, 4 * offset, 4L * count, target, 0, null, null);
        } catch (CLException e) {
            throw backend.failure("reading " + count + " elements", 4L * count, e);
        }
    }

    @Override
    public void fill(long offset, long count, float value) {
        checkType(ElementType.FLOAT32);
        checkOpen();
        Objects.checkFromIndexSize(offset, count, elements);
        if (count == 0) {
            return;
        }
        try {
            backend.buffers().fill(buffer, offset, count, value);
        } catch (CLException e) {
            throw backend.failure("filling " + count + " elements", 4 * count, e);
        }
    }

    private void check(ElementType given, long offset, int length, int from, int count) {
        checkType(given);
        checkOpen();
        Objects.checkFromIndexSize(from, count, length);
        Objects.checkFromIndexSize(offset, (long) count, elements);
    }

    private void checkType(ElementType given) {
        if (given != type) {
            throw new IllegalArgumentException("this memory holds " + type + ", but was given or asked for " + given);
        }
    }

    /** Refuses memory that is closed, or whose backend is. */
    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this memory of " + elements + " " + type + " elements is closed");
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Commands that were started hold the buffer until they have ended.
            CL.clReleaseMemObject(buffer);
            backend.buffers().freed(this);
        }
    }
}
