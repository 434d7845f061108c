package conv4j.backend.opencl;

import conv4j.backend.Peak;
import conv4j.graph.ElementType;
import java.util.function.DoubleSupplier;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/** Measures a device's peak with the two kernels of peak.cl: multiply-adds in registers, and a copy. */
final class PeakKernels {

    /** Chains of multiply-adds of a work-item, as in peak.cl. */
    static final int CHAINS = 10;

    private static final String FILE = "peak";
    private static final double LONG_ENOUGH = 0.005;

    /** Seconds in which the best run is looked for: many short runs, so that one is not disturbed by other programs. */
    private static final double SEARCH = 0.5;

    private static final int MOST_ROUNDS = 1 << 22;
    private static final int GROUPS_PER_UNIT = 64;
    private static final long COPIED_ON_GPU = 64L << 20;
    private static final long COPIED_ON_CPU = 16L << 20;

    private final OpenClBackend backend;
    private final Style style;

    PeakKernels(OpenClBackend backend) {
        this.backend = backend;
        this.style = backend.style();
    }

    Peak measure() {
        return new Peak(flops(), bytes());
    }

    /** Rounds are doubled until a run takes long enough for its start not to count. */
    private double flops() {
        long items = (long) backend.device().computeUnits() * GROUPS_PER_UNIT * style.groupSize();
        try (OpenClMemory output = backend.allocateMemory("results of a measurement", ElementType.FLOAT32, items)) {
            int rounds = 256;
            double seconds = multiplyAdd(output, items, rounds);
            while (seconds < LONG_ENOUGH && rounds < MOST_ROUNDS) {
                rounds *= 2;
                seconds = multiplyAdd(output, items, rounds);
            }
            int enough = rounds;
            return flops(items, rounds) / least(() -> multiplyAdd(output, items, enough));
        }
    }

    private double flops(long items, int rounds) {
        return 2.0 * CHAINS * style.vectorWidth() * items * rounds;
    }

    /** Seconds of so many rounds of {@code x = x * 0.5 + 1} in every chain, which go towards 2. */
    double multiplyAdd(OpenClMemory output, long items, int rounds) {
        cl_kernel kernel = backend.programs().kernel(FILE, style.options(), "multiply_add");
        try {
            int next = KernelCall.setArray(kernel, 0, output.buffer(), 0);
            CL.clSetKernelArg(kernel, next, Sizeof.cl_int, Pointer.to(new int[] {rounds}));
            next = KernelCall.setFloat(kernel, next + 1, 0.5f);
            KernelCall.setFloat(kernel, next, 1);
            return seconds(kernel, items);
        } finally {
            CL.clReleaseKernel(kernel);
        }
    }

    private double bytes() {
        long wanted = backend.device().kind().equals("CPU") ? COPIED_ON_CPU : COPIED_ON_GPU;
        long allowed = backend.device().largestAllocation() / ElementType.FLOAT32.bytes() / 4;
        long count = Math.min(wanted, allowed) / Style.CHUNK * Style.CHUNK;
        try (OpenClMemory from = backend.allocateMemory("a copy's source", ElementType.FLOAT32, count);
                OpenClMemory to = backend.allocateMemory("a copy", ElementType.FLOAT32, count)) {
            return 2.0 * ElementType.FLOAT32.bytes() * count / least(() -> copy(from, to, count));
        }
    }

    private static double least(DoubleSupplier run) {
        long begin = System.nanoTime();
        double seconds = run.getAsDouble();
        while ((System.nanoTime() - begin) * 1e-9 < SEARCH) {
            seconds = Math.min(seconds, run.getAsDouble());
        }
        return seconds;
    }

    /** Seconds of a copy of so many floats, a multiple of {@link Style#CHUNK}. */
    double copy(OpenClMemory from, OpenClMemory to, long count) {
        cl_kernel kernel = backend.programs().kernel(FILE, style.options(), "copy");
        try {
            int next = KernelCall.setArray(kernel, 0, from.buffer(), 0);
            KernelCall.setArray(kernel, next, to.buffer(), 0);
            return seconds(kernel, style.vectors() ? count / Style.CHUNK : count / 4);
        } finally {
            CL.clReleaseKernel(kernel);
        }
    }

    private double seconds(cl_kernel kernel, long items) {
        long[] local = {style.groupSize()};
        long[] global = {KernelCall.divideUp(items, local[0]) * local[0]};
        backend.finish();
        long begin = System.nanoTime();
        CL.clEnqueueNDRangeKernel(backend.queue(), kernel, 1, null, global, local, 0, null, null);
        backend.finish();
        return (System.nanoTime() - begin) * 1e-9;
    }
}
