package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.Activation;
import conv4j.graph.MatMul;
import conv4j.graph.Operation;
import conv4j.graph.Value;

/** Steps of matrix products. Sums that are cut into parts leave partial products in scratch, which a second kernel adds. */
final class MatMulSteps {

    private MatMulSteps() {}

    /** Floats of scratch: the partial products, if there are any. */
    static long scratch(Style style, MatMul op, int maxBatch) {
        int splits = splits(style, op, maxBatch);
        return splits == 1 ? 0 : splits * op.m(maxBatch) * op.n();
    }

    /** The product. */
    static Step step(Preparation preparation, MatMul op) {
        int splits = splits(preparation.style(), op, preparation.maxBatch());
        if (splits == 1) {
            return product(preparation, op, 1);
        }
        Step partial = product(preparation, op, splits);
        return Preparation.inOrder(partial, sum(preparation, op, op.bias(), op.output(), splits, op.activation()));
    }

    private static int splits(Style style, MatMul op, int maxBatch) {
        return Tuning.splits(style, op.m(maxBatch), op.n(), op.k(maxBatch));
    }

    private static Step product(Preparation preparation, MatMul op, int splits) {
        return preparation.style().vectors() ? vectors(preparation, op, splits) : tiled(preparation, op, splits);
    }

    private static KernelCall arguments(KernelCall call, MatMul op, int splits) {
        boolean whole = splits == 1;
        call.control().array(op.a()).array(op.b()).arrayOr(op.bias(), op.a());
        KernelCall target = whole ? call.array(op.output()) : call.scratch(op, 0);
        return target.ints(sizes(op))
                .activation(whole ? op.activation() : Activation.LINEAR)
                .ints(whole && op.bias() != null ? 1 : 0)
                .ints(splits);
    }

    private static Step vectors(Preparation preparation, MatMul op, int splits) {
        KernelCall call = arguments(preparation.kernel(VectorBlock.FILE, VectorBlock.OPTIONS, "gemm"), op, splits);
        return call.overBlocks(op::m, op.n(), splits);
    }

    private static Step tiled(Preparation preparation, MatMul op, int splits) {
        int batch = preparation.maxBatch();
        TileProgram program = TileProgram.product(
                op.transposeA(), op.transposeB(), op.a().columns(), op.b().columns(), op.n());
        String shape = "product " + op.m(batch) + " x " + op.k(batch) + " x " + op.n()
                + (op.transposeA() ? ", left" : "") + (op.transposeB() ? ", right" : "")
                + (op.transposeA() || op.transposeB() ? " transposed" : "");
        Tile usual = Tuning.productTile(preparation.style(), op.m(batch), op.n(), op.k(batch));
        Tile tile = preparation.tile(program, shape, usual);
        return arguments(preparation.kernel(program, tile), op, splits).overTiles(tile, op::m, op.n(), splits);
    }

    /** The words of {@code struct Gemm}: sizes of one item where the batch counts. */
    private static int[] sizes(MatMul op) {
        boolean innerBatched = op.transposeA() && op.a().batched();
        int batched = op.output().batched() ? 1 : innerBatched ? 2 : 0;
        return sizes(op.m(1), op.n(), op.k(1), batched, op.transposeA(), op.transposeB(), 0, Integer.MAX_VALUE);
    }

    /**
     * The same for a product that is not a graph's.
     *
     * @param batched 1 where rows, 2 where inner is that of one item, 0 where neither is
     * @param firstItem the first item of the batch that counts
     * @param items how many of them count at most
     */
    static int[] sizes(
            long rows,
            int columns,
            long inner,
            int batched,
            boolean transposeA,
            boolean transposeB,
            int firstItem,
            int items) {
        return new int[] {
            Math.toIntExact(rows),
            columns,
            Math.toIntExact(inner),
            batched,
            transposeA ? 1 : 0,
            transposeB ? 1 : 0,
            firstItem,
            items
        };
    }

    /** {@code target = f(bias + sum of the parts in scratch)}, in order. */
    static Step sum(Preparation preparation, Operation op, Value bias, Value target, int splits, Activation f) {
        boolean vectors = preparation.style().vectors();
        KernelCall call = vectors
                ? preparation.kernel(VectorBlock.FILE, VectorBlock.OPTIONS, "gemm_sum")
                : preparation.kernel("tile_passes", "tile_sum");
        call.control().scratch(op, 0).arrayOr(bias, target).array(target);
        call.number(target.elements(1)).ints(target.batched() ? 1 : 0).ints(target.columns());
        call.ints(splits).activation(f).ints(bias == null ? 0 : 1);
        if (vectors) {
            return call.over(batch -> new long[] {divideUp(target.elements(batch), 1024)}, 1);
        }
        int lanes = Tuning.sumLanes(splits);
        return call.over(batch -> new long[] {target.elements(batch), lanes}, Style.LANES / lanes, lanes);
    }
}
