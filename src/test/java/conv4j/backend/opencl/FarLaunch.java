package conv4j.backend.opencl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_command_queue;
import org.jocl.cl_kernel;

/**
 * Starts kernels over the last piece of a range that is a number of times as large as a plain one:
 *
 * <ul>
 *   <li>work numbered by the items of the batch: after the work-items of all items that come before;
 *   <li>sums cut into parts: the last of as many parts as the range is large;
 *   <li>flat arrays: the last work-items of an array so many times as large.
 * </ul>
 *
 * Everything else runs whole. What joins the parts of a sum does not run, because it would need all of them.
 */
final class FarLaunch implements KernelStep.Launch {

    /** What kernels must be built with so that groups know where they are, and arguments have names. */
    static final String OPTIONS = "-D GROUPS_AS_IN_THE_WHOLE -cl-kernel-arg-info";

    private static final Set<String> CUT_SUMS = Set.of(
            "convolution_kernel_gradient",
            "winograd_kernel_gradient",
            "winograd_kernel_gradient_by_windows",
            "line_kernel_gradient",
            "tile_kernel_gradient",
            "grouped_kernel_gradient",
            "gemm",
            "tile_product",
            "column_sums",
            "moments",
            "gradient_sums",
            "penalty_sums",
            "unscale");

    private static final Set<String> JOINS =
            Set.of("tile_sum", "gemm_sum", "sum_parts", "join_moments", "join_sums", "clip_factor");

    private static final Set<String> FLAT =
            Set.of("sgd", "rmsprop", "adam", "adamax", "nadam", "clip_scale", "penalty_gradient");

    /**
     * What to run.
     *
     * @param times how many times as large as a plain range the whole is, 2 or more
     * @param groups groups of a convolution whose kernel gradient is cut into parts, else 1
     * @param elements elements of a flat array in the plain range
     * @param only names of the kernels to run, none for all
     */
    record Piece(int times, int groups, long elements, Set<String> only) {}

    private final Set<String> started = new TreeSet<>();
    private final List<long[]> before = new ArrayList<>();
    private final List<long[]> whole = new ArrayList<>();
    private List<long[]> measured;
    private Piece piece;
    private int next;

    /** From now on nothing runs; ranges are noted as those of the items that come before the last ones. */
    void measureBefore() {
        before.clear();
        measured = before;
    }

    /** From now on nothing runs; ranges are noted as those of the whole batch. */
    void measureWhole() {
        whole.clear();
        measured = whole;
    }

    /** From now on kernels run, the ones that were measured, in the same order. */
    void run(Piece what) {
        measured = null;
        piece = what;
        next = 0;
    }

    /** The kernels of which the end of a large range was run. */
    Set<String> started() {
        return started;
    }

    @Override
    public void start(cl_command_queue queue, String name, cl_kernel kernel, long[] global, long[] local) {
        if (measured != null) {
            measured.add(global.clone());
            return;
        }
        long[] first = before.get(next);
        boolean byItems = !Arrays.equals(first, whole.get(next++));
        if ((!byItems && JOINS.contains(name)) || !(piece.only.isEmpty() || piece.only.contains(name))) {
            return;
        }
        if (byItems) {
            startLastItems(queue, kernel, first, global, local);
        } else if (CUT_SUMS.contains(name)) {
            startLastPart(queue, name, kernel, global, local);
        } else if (FLAT.contains(name)) {
            setSize(kernel);
            enqueue(queue, kernel, new long[] {(piece.times - 1) * global[0]}, global, local);
        } else {
            enqueue(queue, kernel, new long[global.length], global, local);
            return;
        }
        started.add(name);
    }

    private void startLastItems(
            cl_command_queue queue, cl_kernel kernel, long[] itemsBefore, long[] global, long[] local) {
        long[] first = new long[global.length];
        long[] size = global.clone();
        for (int i = 0; i < size.length; i++) {
            boolean grows = itemsBefore[i] != whole.get(next - 1)[i];
            first[i] = grows ? itemsBefore[i] : 0;
            size[i] -= first[i];
        }
        enqueue(queue, kernel, first, size, local);
    }

    /** The parts are counted along the last dimension, in which those of a group follow each other. */
    private void startLastPart(cl_command_queue queue, String name, cl_kernel kernel, long[] global, long[] local) {
        CL.clSetKernelArg(kernel, argument(kernel, "splits"), Sizeof.cl_int, Pointer.to(new int[] {piece.times}));
        if (name.equals("penalty_sums") || name.equals("unscale")) {
            setSize(kernel);
        }
        int along = global.length - 1;
        long[] size = global.clone();
        size[along] = local[along];
        for (long group = 0; group < piece.groups; group++) {
            long[] first = new long[global.length];
            first[along] = (group * piece.times + piece.times - 1) * local[along];
            enqueue(queue, kernel, first, size, local);
        }
    }

    private void setSize(cl_kernel kernel) {
        KernelCall.setLong(kernel, argument(kernel, "size"), piece.times * piece.elements);
    }

    private static void enqueue(cl_command_queue queue, cl_kernel kernel, long[] first, long[] size, long[] local) {
        CL.clEnqueueNDRangeKernel(queue, kernel, size.length, first, size, local, 0, null, null);
    }

    /** The place of a named argument. */
    private static int argument(cl_kernel kernel, String name) {
        int[] count = new int[1];
        CL.clGetKernelInfo(kernel, CL.CL_KERNEL_NUM_ARGS, Sizeof.cl_uint, Pointer.to(count), null);
        for (int i = 0; i < count[0]; i++) {
            long[] length = new long[1];
            CL.clGetKernelArgInfo(kernel, i, CL.CL_KERNEL_ARG_NAME, 0, null, length);
            byte[] text = new byte[(int) length[0]];
            CL.clGetKernelArgInfo(kernel, i, CL.CL_KERNEL_ARG_NAME, text.length, Pointer.to(text), null);
            if (OpenCl.text(text).equals(name)) {
                return i;
            }
        }
        throw new IllegalStateException("the kernel has no argument " + name);
    }
}
