package conv4j.backend.opencl;

import conv4j.backend.Run;
import conv4j.backend.Step;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.cl_command_queue;
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

    /** How a kernel is started; tests start kernels in the middle of ranges that are too large to run. */
    @FunctionalInterface
    interface Launch {

        /** Every work-item of the range. */
        Launch WHOLE = (queue, name, kernel, global, local) ->
                CL.clEnqueueNDRangeKernel(queue, kernel, global.length, null, global, local, 0, null, null);

        /**
         * Starts a kernel.
         *
         * @param queue where
         * @param name the kernel's name
         * @param kernel the kernel, its arguments set
         * @param global work-items per dimension, whole groups
         * @param local work-items of a group per dimension
         */
        void start(cl_command_queue queue, String name, cl_kernel kernel, long[] global, long[] local);
    }

    private final Preparation preparation;
    private final String name;
    private final cl_kernel kernel;
    private final Range range;
    private final long[] local;
    private long[] global;
    private int batch;

    KernelStep(Preparation preparation, String name, cl_kernel kernel, Range range, long[] local) {
        this.preparation = preparation;
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
            preparation.launch().start(preparation.backend().queue(), name, kernel, global, local);
        } catch (CLException e) {
            throw preparation.backend().failure("kernel " + name, 0, e);
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
