package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.Accumulate;
import conv4j.graph.ClipByNorm;
import conv4j.graph.ColumnSums;
import conv4j.graph.Operation;
import conv4j.graph.Value;

/** Steps of sums: over rows, over a batch, over squares. How sums are cut depends on shapes and the largest batch only. */
final class SumSteps {

    static final String FILE = "reduction";

    private static final int ROWS_PER_PART = 256;
    private static final int SQUARES_PER_PART = 1 << 14;
    private static final int MOST_PARTS = 256;
    private static final int COLUMN_LANES = 16;
    private static final int ROW_LANES = 4;
    private static final int COLUMNS_PER_ITEM = 64;

    private SumSteps() {}

    /** Parts into which the rows of a matrix are cut. */
    static int parts(Value matrix, int maxBatch) {
        return (int) Math.min(divideUp(matrix.rows(maxBatch), ROWS_PER_PART), MOST_PARTS);
    }

    /** One group, or with vectors one work-item, per vector of columns and part. */
    static Step overColumnsAndParts(KernelCall call, Style style, int columns, int parts) {
        return overGroups(call, style, divideUp(columns, style.vectors() ? style.vectorWidth() : COLUMN_LANES), parts);
    }

    private static Step overGroups(KernelCall call, Style style, long wide, long high) {
        int lanes = style.vectors() ? 1 : COLUMN_LANES;
        int rowLanes = style.vectors() ? 1 : ROW_LANES;
        return call.over(batch -> new long[] {wide * lanes, high * rowLanes}, lanes, rowLanes);
    }

    /** A few columns for each work-item. */
    static Step overColumns(KernelCall call, int columns) {
        return call.overUnits(batch -> columns, COLUMNS_PER_ITEM);
    }

    static long scratch(ColumnSums op, int maxBatch) {
        int parts = parts(op.input(), maxBatch);
        return parts == 1 ? 0 : (long) parts * op.input().columns();
    }

    static Step columnSums(Preparation preparation, ColumnSums op) {
        int parts = parts(op.input(), preparation.maxBatch());
        int columns = op.input().columns();
        KernelCall sums = preparation.kernel(FILE, "column_sums").control().array(op.input());
        sums = parts == 1 ? sums.array(op.output()) : sums.scratch(op, 0);
        sums.rows(op.input()).ints(columns).ints(parts);
        Step partial = overColumnsAndParts(sums, preparation.style(), columns, parts);
        if (parts == 1) {
            return partial;
        }
        KernelCall whole = preparation.kernel(FILE, "sum_parts").scratch(op, 0).array(op.output());
        return Preparation.inOrder(partial, overColumns(whole.ints(columns).ints(parts), columns));
    }

    /** The means of the rows of every item; {@code rows} numbers per item lie in the operation's working memory. */
    static Step itemMeans(Preparation preparation, Operation op, Value perItem, int rows) {
        Style style = preparation.style();
        KernelCall call = preparation
                .kernel(FILE, "item_means")
                .scratch(op, 0)
                .array(perItem)
                .ints(rows);
        int lanes = style.vectors() ? 1 : COLUMN_LANES;
        int rowLanes = style.vectors() ? 1 : ROW_LANES;
        return call.over(batch -> new long[] {(long) batch * lanes, rowLanes}, lanes, rowLanes);
    }

    /** Parts into which an array is cut whose squares are added. */
    static int squareParts(Value array) {
        return (int) Math.min(divideUp(array.elements(1), SQUARES_PER_PART), MOST_PARTS);
    }

    /** The sums of {@code l1 * |x| + l2 * x^2} over the parts of an array, into the operation's working memory. */
    static Step penaltySums(Preparation preparation, Operation op, Value array, float l1, float l2) {
        int parts = squareParts(array);
        KernelCall sums = preparation.kernel(FILE, "penalty_sums");
        sums.array(array).scratch(op, 0).number(array.elements(1)).ints(parts);
        return overGroups(sums.number(l1).number(l2), preparation.style(), 1, parts);
    }

    /** The sums of the parts, and the factor after them. */
    static long scratch(ClipByNorm op) {
        return squareParts(op.gradient()) + 1;
    }

    static Step clipByNorm(Preparation preparation, ClipByNorm op) {
        int parts = squareParts(op.gradient());
        long elements = op.gradient().elements(1);
        KernelCall factor = preparation.kernel(FILE, "clip_factor");
        factor.scratch(op, 0).ints(parts).number(op.limit());
        KernelCall scale = preparation.kernel(FILE, "clip_scale");
        scale.array(op.gradient()).scratch(op, 0).ints(parts).number(elements);
        return Preparation.inOrder(
                penaltySums(preparation, op, op.gradient(), 0, 1),
                factor.over(batch -> new long[] {1}, 1),
                scale.overUnits(batch -> elements, Style.CHUNK));
    }

    static Step accumulate(Preparation preparation, Accumulate op) {
        KernelCall call = preparation.kernel(FILE, "accumulate");
        return call.control().array(op.perItem()).array(op.total()).over(batch -> new long[] {1}, 1);
    }
}
