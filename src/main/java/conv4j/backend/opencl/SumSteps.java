package conv4j.backend.opencl;

import static conv4j.backend.opencl.KernelCall.divideUp;

import conv4j.backend.Step;
import conv4j.graph.Accumulate;
import conv4j.graph.ClipByNorm;
import conv4j.graph.ColumnSums;
import conv4j.graph.Operation;
import conv4j.graph.Unscale;
import conv4j.graph.Value;

/** Steps of sums: over rows, over a batch, over squares. How sums are cut depends on shapes and the largest batch only. */
final class SumSteps {

    static final String FILE = "reduction";

    private static final int ROWS_PER_PART = 256;
    private static final int SQUARES_PER_PART = 1 << 14;
    private static final int MOST_PARTS = 256;
    // The groups of columns.cl with tiles, and how many of them keep a large GPU busy. Joining parts takes a second
    // kernel, which so few rows are not worth.
    private static final int COLUMN_LANES = 8;
    private static final int ROW_LANES = 32;
    private static final int ENOUGH_GROUPS = 512;
    private static final int ROWS_OF_ONE_PART = 1024;

    private SumSteps() {}

    /** Parts into which the rows of a matrix are cut. */
    static int parts(Style style, Value matrix, int maxBatch) {
        long rows = matrix.rows(maxBatch);
        if (style.vectors()) {
            return (int) Math.min(divideUp(rows, ROWS_PER_PART), MOST_PARTS);
        }
        long wanted = Math.max(1, ENOUGH_GROUPS / groups(style, matrix.columns()));
        long most = Math.min(wanted, MOST_PARTS);
        return rows <= ROWS_OF_ONE_PART ? 1 : (int) Math.min(divideUp(rows, ROWS_PER_PART), most);
    }

    /** Groups, or with vectors work-items, over the columns. */
    private static long groups(Style style, int columns) {
        return divideUp(columns, (long) style.width(columns) * (style.vectors() ? 1 : COLUMN_LANES));
    }

    /** One group, or with vectors one work-item, per vector of columns and part. */
    static Step overColumnsAndParts(KernelCall call, Style style, int columns, int parts) {
        return overGroups(call, style, groups(style, columns), parts);
    }

    private static Step overGroups(KernelCall call, Style style, long wide, long high) {
        int lanes = style.vectors() ? 1 : COLUMN_LANES;
        int rowLanes = style.vectors() ? 1 : ROW_LANES;
        return call.over(batch -> new long[] {wide * lanes, high * rowLanes}, lanes, rowLanes);
    }

    static long scratch(Style style, ColumnSums op, int maxBatch) {
        int parts = parts(style, op.input(), maxBatch);
        return parts == 1 ? 0 : (long) parts * op.input().columns();
    }

    static Step columnSums(Preparation preparation, ColumnSums op) {
        Style style = preparation.style();
        int parts = parts(style, op.input(), preparation.maxBatch());
        int columns = op.input().columns();
        String width = style.widthOption(columns);
        KernelCall sums =
                preparation.kernel(FILE, width, "column_sums").control().array(op.input());
        sums = parts == 1 ? sums.array(op.output()) : sums.scratch(op, 0);
        sums.rows(op.input()).ints(columns).ints(parts);
        Step partial = overColumnsAndParts(sums, style, columns, parts);
        if (parts == 1) {
            return partial;
        }
        KernelCall whole = preparation.kernel(FILE, width, "sum_parts").scratch(op, 0);
        whole.array(op.output()).ints(columns).ints(parts);
        return Preparation.inOrder(partial, overColumnsAndParts(whole, style, columns, 1));
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
                scale.overElements(batch -> elements));
    }

    /** How many elements of each part are not finite. */
    static long scratch(Unscale op) {
        return squareParts(op.gradient());
    }

    static Step unscale(Preparation preparation, Unscale op) {
        int parts = squareParts(op.gradient());
        KernelCall divide = preparation.kernel(FILE, "unscale").array(op.gradient());
        divide.array(op.scale())
                .scratch(op, 0)
                .number(op.gradient().elements(1))
                .ints(parts);
        KernelCall move = preparation.kernel(FILE, "move_scale").scratch(op, 0);
        move.array(op.scale()).array(op.steps()).array(op.finite()).ints(parts).number((float) op.growthSteps());
        return Preparation.inOrder(
                overGroups(divide, preparation.style(), 1, parts), move.over(batch -> new long[] {1}, 1));
    }

    static Step accumulate(Preparation preparation, Accumulate op) {
        KernelCall call = preparation.kernel(FILE, "accumulate");
        int lanes = preparation.style().vectors() ? 1 : Style.LANES;
        return call.control().array(op.perItem()).array(op.total()).over(batch -> new long[] {lanes}, lanes);
    }
}
