package conv4j.backend.opencl;

import conv4j.backend.Run;
import conv4j.backend.Step;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;
import org.jocl.cl_mem;

/**
 * The small buffer from which all other kernels read what changes from run to run, and the kernel that writes it: its
 * argument is the only one that ever changes. Words: 0 batch, 1 step, 2 and 3 seed (low, high), 4 cursor, 8 to 11 the
 * optimizer's coefficients as float bits.
 */
final class Control implements Step, AutoCloseable {

    private static final int WORDS = 16;
    private static final long BYTES = 4L * WORDS;
    private static final long[] ONE = {1};

    private final OpenClBackend backend;
    private final cl_mem buffer;
    private final cl_kernel kernel;
    private final int[] words = new int[WORDS];
    private final Pointer argument = Pointer.to(words);
    private Run written;

    Control(OpenClBackend backend) {
        this.backend = backend;
        buffer = CL.clCreateBuffer(backend.context(), CL.CL_MEM_READ_WRITE, BYTES, null, null);
        kernel = backend.programs().kernel("control", backend.style().options(), "write_control");
        CL.clSetKernelArg(kernel, 0, Sizeof.cl_mem, Pointer.to(buffer));
    }

    cl_mem buffer() {
        return buffer;
    }

    @Override
    public void run(Run run) {
        if (run.equals(written)) {
            return;
        }
        words[0] = run.batch();
        words[1] = run.step();
        words[2] = (int) run.seed();
        words[3] = (int) (run.seed() >>> 32);
        words[4] = run.cursor();
        words[8] = Float.floatToRawIntBits(run.c0());
        words[9] = Float.floatToRawIntBits(run.c1());
        words[10] = Float.floatToRawIntBits(run.c2());
        words[11] = Float.floatToRawIntBits(run.c3());
        try {
            CL.clSetKernelArg(kernel, 1, BYTES, argument);
            CL.clEnqueueNDRangeKernel(backend.queue(), kernel, 1, null, ONE, ONE, 0, null, null);
        } catch (CLException e) {
            throw backend.failure("starting a run", 0, e);
        }
        written = run;
    }

    @Override
    public void close() {
        CL.clReleaseKernel(kernel);
        CL.clReleaseMemObject(buffer);
    }
}
