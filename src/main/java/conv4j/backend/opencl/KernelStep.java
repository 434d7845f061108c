package conv4j.backend.opencl;

import conv4j.backend.Run;
import conv4j.backend.Step;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_kernel;

/** A kernel whose arguments are set, with its range. Nothing is allocated while batches keep their size. */
final class KernelStep implements Step {

    /** How many work-items a batch needs, per dimension; rounded up to whole groups afterwards. */
    @FunctionalInterface
    interface Range {

        /**
         * The work-items.
         *
         * @param batch items in this batch
         * @return one to three numbers, 1 or more each
         */
        long[] items(int batch);
    }

    private final OpenClBackend backend;
    private final String name;
    private final cl_kernel kernel;
    private final Range range;
    private final long[] local;
    private long[] global;
    private int batch;

    KernelStep(OpenClBackend backend, String name, cl_kernel kernel, Range range, long[] local) {
        this.backend = backend;
        this.name = name;
        this.kernel = kernel;
        this.range = range;
        this.local = local;
    }

    @Override
    public void run(Run run) {
        if (run.batch() != batch) {
            global = wholeGroups(range.items(run.batch()));
            batch = run.batch();
        }
        try {
            CL.clEnqueueNDRangeKernel(backend.queue(), kernel, global.length, null, global, local, 0, null, null);
        } catch (CLException e) {
            throw backend.failure("kernel " + name, 0, e);
        }
    }

    private long[] wholeGroups(long[] items) {
        long[] whole = new long[items.length];
        for (int i = 0; i < items.length; i++) {
            whole[i] = KernelCall.divideUp(items[i], local[i]) * local[i];
        }
        return whole;
    }
}
