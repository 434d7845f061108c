package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Metric;
import conv4j.graph.Softmax;
import conv4j.graph.Value;
import java.util.List;
import java.util.stream.Stream;

/** Steps of softmax, losses and scores. */
final class LossSteps {

    static final String FILE = "loss";
    private static final int SHORT_ROW = 32;
    private static final int FEW_LANES = 16;
    private static final int VECTORS_OF_A_LANE = 4;

    private LossSteps() {}

    /** One number per row where items have several rows. */
    static long scratch(Value prediction, int maxBatch) {
        return prediction.shape().rows() == 1 ? 0 : prediction.rows(maxBatch);
    }

    static Step softmax(Preparation preparation, Softmax op) {
        KernelCall call = kernel(preparation, "softmax", lanes(preparation, op.input()), op.input());
        call.array(op.input()).array(op.output()).rows(op.input());
        return overRows(preparation, call.ints(op.input().columns()), op.input());
    }

    static Step softmaxGradient(Preparation preparation, Softmax.Gradient op) {
        KernelCall call = kernel(preparation, "softmax_gradient", lanes(preparation, op.output()), op.output());
        call.array(op.outputGradient()).array(op.output()).array(op.inputGradient());
        return overRows(preparation, call.rows(op.output()).ints(op.output().columns()), op.output());
    }

    static Step loss(Preparation preparation, Loss op) {
        Value p = op.prediction();
        boolean oneRow = p.shape().rows() == 1;
        KernelCall call = kernel(preparation, "row_losses", lanes(preparation, p), p);
        call.array(p).array(op.target());
        call = oneRow ? call.array(op.perItem()) : call.scratch(op, 0);
        call.ints(words(op.function())).number(p.rows(1)).ints(p.columns());
        Step rows = overRows(preparation, call, p);
        return oneRow
                ? rows
                : Preparation.inOrder(
                        rows,
                        SumSteps.itemMeans(
                                preparation, op, op.perItem(), p.shape().rows()));
    }

    static Step lossGradient(Preparation preparation, Loss.Gradient op) {
        Value p = op.prediction();
        KernelCall call = kernel(preparation, "loss_gradient", lanes(preparation, p), p);
        call.array(p).array(op.target()).array(op.predictionGradient());
        call.ints(words(op.function())).number(p.rows(1)).ints(p.columns());
        return overRows(preparation, call, p);
    }

    static Step metric(Preparation preparation, Metric op) {
        Value p = op.prediction();
        boolean oneRow = p.shape().rows() == 1;
        KernelCall call = kernel(preparation, "row_scores", 1, p);
        call.array(p).array(op.target());
        call = oneRow ? call.array(op.perItem()) : call.scratch(op, 0);
        call.ints(op.kind().ordinal()).ints(op.k()).number(p.rows(1)).ints(p.columns());
        Step rows = call.over(batch -> new long[] {p.rows(batch)});
        return oneRow
                ? rows
                : Preparation.inOrder(
                        rows,
                        SumSteps.itemMeans(
                                preparation, op, op.perItem(), p.shape().rows()));
    }

    private static KernelCall kernel(Preparation preparation, String name, int lanes, Value matrix) {
        String width = lanes == 1 ? "" : preparation.style().widthOption(matrix.columns());
        return preparation.kernel(FILE, options(lanes, width), name).control();
    }

    /** The build options of loss.cl beside the style's. */
    private static String options(int lanes, String width) {
        return ("-D LANES=" + lanes + " " + width).strip();
    }

    /** All of those that it may be given. */
    static List<String> options(Style style) {
        return Stream.of(1, FEW_LANES, Style.LANES)
                .filter(lanes -> lanes == 1 || !style.vectors())
                .flatMap(lanes -> style.widthOptions().stream()
                        .filter(width -> lanes > 1 || width.isEmpty())
                        .map(width -> options(lanes, width)))
                .toList();
    }

    /** Work-items of a row: many where GPUs have long ones. */
    private static int lanes(Preparation preparation, Value matrix) {
        Style style = preparation.style();
        if (style.vectors() || matrix.columns() <= SHORT_ROW) {
            return 1;
        }
        int vectors = matrix.columns() / style.width(matrix.columns());
        return vectors <= FEW_LANES * VECTORS_OF_A_LANE ? FEW_LANES : Style.LANES;
    }

    private static Step overRows(Preparation preparation, KernelCall call, Value matrix) {
        int lanes = lanes(preparation, matrix);
        KernelStep.Range range = batch -> new long[] {matrix.rows(batch) * lanes};
        return lanes == 1 ? call.over(range) : call.over(range, Style.LANES);
    }

    /** The words of {@code struct LossFunction}. */
    private static int[] words(LossFunction f) {
        return new int[] {
            f.kind().ordinal(),
            f.fromLogits() ? 1 : 0,
            Float.floatToRawIntBits(f.labelSmoothing()),
            Float.floatToRawIntBits(f.delta())
        };
    }
}
