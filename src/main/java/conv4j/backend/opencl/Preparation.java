package conv4j.backend.opencl;

import conv4j.backend.Memory;
import conv4j.backend.Placement;
import conv4j.backend.Step;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jocl.CL;
import org.jocl.CLException;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_kernel;

/** What the steps of one executable are made with, and everything on the device that they hold. */
final class Preparation implements AutoCloseable {

    private final OpenClBackend backend;
    private final Placement placement;
    private final int maxBatch;
    private final KernelStep.Launch launch;
    private final Style style;
    private final TileSearch.Choice tiles;
    private final List<cl_kernel> kernels = new ArrayList<>();
    private final Set<OpenClMemory> memories = new LinkedHashSet<>();
    private OpenClMemory[] used;
    private boolean closed;

    /** With a way to start kernels. */
    Preparation(
            OpenClBackend backend,
            Placement placement,
            int maxBatch,
            Multiplication multiplication,
            TileSearch.Choice tiles,
            KernelStep.Launch launch) {
        this.backend = backend;
        this.placement = placement;
        this.maxBatch = maxBatch;
        this.style = backend.style().with(multiplication);
        this.tiles = tiles;
        this.launch = launch;
    }

    OpenClBackend backend() {
        return backend;
    }

    /** The backend's, with the multiplication of this graph. */
    Style style() {
        return style;
    }

    /** Whether each work-item should do as little as it can, whatever that costs. */
    boolean smallPieces() {
        return Style.endsLongLoops(backend.device());
    }

    Placement placement() {
        return placement;
    }

    int maxBatch() {
        return maxBatch;
    }

    KernelStep.Launch launch() {
        return launch;
    }

    /** A new kernel object of a file, built with the style's options. */
    KernelCall kernel(String file, String name) {
        return kernel(file, "", name);
    }

    /** A new kernel object of a file, built with the style's options and more. */
    KernelCall kernel(String file, String more, String name) {
        String all = String.join(" ", style().options(), more).strip();
        cl_kernel kernel = backend.programs().kernel(file, all, name);
        kernels.add(kernel);
        return new KernelCall(this, name, kernel);
    }

    /** A new kernel object of a tiled product, in a tile that suits it. */
    KernelCall kernel(TileProgram program, Tile tile) {
        return kernel(program.file(), program.options(tile, program.suited(style.multiplication())), program.file());
    }

    /** The tile of a product of some shape: what was found to be fastest, else the usual one; as its program wants it. */
    Tile tile(TileProgram program, String shape, Tile usual) {
        return program.suited(style.multiplication())
                .suited(tiles.tile(shape + style.multiplication().suffix(), usual));
    }

    /** Memory of this backend, noted as used by the executable. */
    OpenClMemory memory(Memory memory) {
        if (!(memory instanceof OpenClMemory ours) || !ours.belongsTo(backend)) {
            throw new IllegalArgumentException("memory of another backend cannot be used on "
                    + backend.device().describe() + "; allocate it with the backend that runs the graph");
        }
        memories.add(ours);
        return ours;
    }

    /** The most work-items of a group that the device allows a kernel. */
    long largestGroup(cl_kernel kernel) {
        long[] most = new long[1];
        CL.clGetKernelWorkGroupInfo(
                kernel, backend.deviceId(), CL.CL_KERNEL_WORK_GROUP_SIZE, Sizeof.size_t, Pointer.to(most), null);
        return most[0];
    }

    /** Refuses to run on memory that was closed meanwhile, which would end the process. */
    void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the backend of this executable is closed");
        }
        if (used == null) {
            used = memories.toArray(OpenClMemory[]::new);
        }
        for (OpenClMemory memory : used) {
            memory.checkOpen();
        }
    }

    /** Several steps as one. */
    static Step inOrder(Step... steps) {
        return run -> {
            for (Step step : steps) {
                step.run(run);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
        try {
            kernels.forEach(CL::clReleaseKernel);
        } catch (CLException e) {
            throw backend.failure("closing an executable", 0, e);
        }
        kernels.clear();
    }
}
