package conv4j.backend.opencl;

import conv4j.graph.BatchNormalization;
import conv4j.graph.ClipByNorm;
import conv4j.graph.ColumnSums;
import conv4j.graph.Conv2d;
import conv4j.graph.Loss;
import conv4j.graph.MatMul;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Metric;
import conv4j.graph.Operation;
import conv4j.graph.Penalty;
import conv4j.graph.PooledConv2d;
import conv4j.graph.Unscale;

/** How much working memory operations want; most want none. */
final class OpenClScratch {

    private OpenClScratch() {}

    /** Floats of working memory. */
    static long of(Operation operation, Style style, int maxBatch) {
        if (operation instanceof MatMul op) {
            return MatMulSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof Conv2d op) {
            return ConvolutionSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof PooledConv2d op) {
            return ConvolutionSteps.scratch(style, op);
        }
        if (operation instanceof PooledConv2d.InputGradient op) {
            return ConvolutionSteps.scratch(style, op);
        }
        if (operation instanceof PooledConv2d.KernelGradient op) {
            return ConvolutionSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof Conv2d.InputGradient op) {
            return ConvolutionSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof Conv2d.KernelGradient op) {
            return ConvolutionSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof ColumnSums op) {
            return SumSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof MaxPool2d.Gradient op) {
            return PoolingSteps.scratch(style, op, maxBatch);
        }
        if (operation instanceof ClipByNorm op) {
            return SumSteps.scratch(op);
        }
        if (operation instanceof Unscale op) {
            return SumSteps.scratch(op);
        }
        if (operation instanceof Penalty op) {
            return PenaltySteps.scratch(op);
        }
        if (operation instanceof Loss op) {
            return LossSteps.scratch(op.prediction(), maxBatch);
        }
        if (operation instanceof Metric op) {
            return LossSteps.scratch(op.prediction(), maxBatch);
        }
        return ofNormalization(operation, style, maxBatch);
    }

    private static long ofNormalization(Operation operation, Style style, int maxBatch) {
        if (operation instanceof BatchNormalization op) {
            return NormalizationSteps.scratch(style, op.input(), maxBatch);
        }
        if (operation instanceof BatchNormalization.Gradient op) {
            return NormalizationSteps.scratch(style, op.input(), maxBatch);
        }
        return operation instanceof BatchNormalization.InferenceGradient op
                ? NormalizationSteps.scratch(style, op.input(), maxBatch)
                : 0;
    }
}
