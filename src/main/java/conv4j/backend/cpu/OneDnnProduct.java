package conv4j.backend.cpu;

import conv4j.graph.MatMul;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** A matrix product by oneDNN, the result cut into rectangles by its size alone. */
final class OneDnnProduct {

    /** Rectangles are not made smaller than this in either direction ... */
    private static final int LEAST = 64;

    /** ... and about so many are made. */
    private static final int RECTANGLES = 16;

    private final OneDnn library;
    private final MatMul operation;
    private final Floats a;
    private final Floats b;
    private final Floats bias;
    private final Floats c;
    private final float[] slope;

    OneDnnProduct(OneDnn library, Blocks blocks, MatMul operation, float[] slope) {
        this.library = library;
        this.operation = operation;
        this.a = blocks.floats(operation.a());
        this.b = blocks.floats(operation.b());
        this.bias = operation.bias() == null ? null : blocks.floats(operation.bias());
        this.c = blocks.floats(operation.output());
        this.slope = slope;
    }

    OneDnnSteps.Calls calls(int batch) {
        int m = Math.toIntExact(operation.m(batch));
        int n = operation.n();
        int across = across(m, n);
        int down = down(across, m);
        OneDnnSteps.Owned mine = new OneDnnSteps.Owned();
        OneDnnCall[] calls = new OneDnnCall[across * down];
        for (int i = 0; i < calls.length; i++) {
            int row = Parts.start(i / across, down, m);
            int rows = Parts.start(i / across + 1, down, m) - row;
            int column = Parts.start(i % across, across, n);
            int columns = Parts.start(i % across + 1, across, n) - column;
            calls[i] = mine.add(call(row, rows, column, columns, Math.toIntExact(operation.k(batch))));
        }
        return new OneDnnSteps.Calls(mine, calls);
    }

    /**
     * How many rectangles are next to each other: of the choices with most rectangles the one that reads least, since every
     * rectangle reads its rows of A and its columns of B.
     */
    private static int across(int m, int n) {
        int best = 1;
        for (int across = 2; across <= Math.min(RECTANGLES, n / LEAST); across *= 2) {
            int more = Integer.compare(across * down(across, m), best * down(best, m));
            if (more > 0 || more == 0 && read(across, m, n) < read(best, m, n)) {
                best = across;
            }
        }
        return best;
    }

    private static int down(int across, int m) {
        return Math.max(1, Math.min(RECTANGLES / across, m / LEAST));
    }

    private static long read(int across, int m, int n) {
        return (long) m * across + (long) n * down(across, m);
    }

    private OneDnnCall call(int row, int rows, int column, int columns, int k) {
        long aWidth = operation.a().columns();
        long bWidth = operation.b().columns();
        try (OneDnnSteps.Owned temporary = new OneDnnSteps.Owned()) {
            dnnl_memory_desc left = matrix(temporary, rows, k, aWidth, operation.transposeA());
            dnnl_memory_desc right = matrix(temporary, k, columns, bWidth, operation.transposeB());
            dnnl_memory_desc result = matrix(temporary, rows, columns, operation.n(), false);
            dnnl_memory_desc level = bias == null ? null : matrix(temporary, 1, columns, columns, false);
            dnnl_primitive_attr settings = OneDnnCall.settings(slope);
            temporary.add(() -> dnnl.dnnl_primitive_attr_destroy(settings));
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            OneDnn.check(
                    dnnl.dnnl_matmul_primitive_desc_create(
                            description, library.engine(), left, right, level, result, settings),
                    "describe a matrix product");
            temporary.add(() -> dnnl.dnnl_primitive_desc_destroy(description));
            OneDnnCall call = new OneDnnCall(library, description)
                    .with(dnnl.DNNL_ARG_SRC, left, OneDnnCall.pointer(a, operation.transposeA() ? row : row * aWidth))
                    .with(
                            dnnl.DNNL_ARG_WEIGHTS,
                            right,
                            OneDnnCall.pointer(b, operation.transposeB() ? column * bWidth : column))
                    .with(dnnl.DNNL_ARG_DST, result, OneDnnCall.pointer(c, (long) row * operation.n() + column));
            return bias == null ? call : call.with(dnnl.DNNL_ARG_BIAS, level, OneDnnCall.pointer(bias, column));
        }
    }

    /** A part of a matrix that is stored in rows of {@code width}, or transposed in such rows. */
    private static dnnl_memory_desc matrix(
            OneDnnSteps.Owned owner, int rows, int columns, long width, boolean transposed) {
        dnnl_memory_desc layout = OneDnnCall.strided(
                new long[] {rows, columns}, transposed ? new long[] {1, width} : new long[] {width, 1});
        owner.add(() -> dnnl.dnnl_memory_desc_destroy(layout));
        return layout;
    }
}
