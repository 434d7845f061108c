package conv4j.backend.opencl;

import conv4j.backend.Step;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Operation;
import conv4j.graph.Value;

/** Steps of batch normalization. */
final class NormalizationSteps {

    private static final String FILE = "normalization";

    /** The per-channel numbers of a gradient; the deviation is an inverse deviation or a variance. */
    private record Channels(
            Value gamma,
            Value mean,
            Value deviation,
            Value gammaGradient,
            Value betaGradient,
            boolean isVariance,
            float epsilon) {}

    private NormalizationSteps() {}

    /** Two sums per part and channel. */
    static long scratch(Style style, Value input, int maxBatch) {
        return 2L * SumSteps.parts(style, input, maxBatch) * input.columns();
    }

    private static KernelCall kernel(Preparation preparation, Value x, String name) {
        return preparation.kernel(FILE, preparation.style().widthOption(x.columns()), name);
    }

    static Step training(Preparation preparation, BatchNormalization op) {
        Value x = op.input();
        int columns = x.columns();
        int parts = SumSteps.parts(preparation.style(), x, preparation.maxBatch());
        KernelCall moments = kernel(preparation, x, "moments").control();
        moments.array(x).scratch(op, 0).number(x.rows(1)).ints(columns).ints(parts);
        KernelCall join = kernel(preparation, x, "join_moments").control();
        join.scratch(op, 0).array(op.mean()).array(op.inverseDeviation());
        join.array(op.movingMean()).array(op.movingVariance());
        join.number(x.rows(1)).ints(columns).ints(parts).number(op.momentum()).number(op.epsilon());
        KernelCall apply = kernel(preparation, x, "normalize_all").control();
        apply.array(x).array(op.gamma()).array(op.beta());
        apply.array(op.mean()).array(op.inverseDeviation()).array(op.output());
        return Preparation.inOrder(
                SumSteps.overColumnsAndParts(moments, preparation.style(), columns, parts),
                SumSteps.overColumnsAndParts(join, preparation.style(), columns, 1),
                overVectors(preparation, apply, x, false, op.epsilon()));
    }

    static Step inference(Preparation preparation, BatchNormalization.Inference op) {
        KernelCall apply = kernel(preparation, op.input(), "normalize_all").control();
        apply.array(op.input()).array(op.gamma()).array(op.beta());
        apply.array(op.mean()).array(op.variance()).array(op.output());
        return overVectors(preparation, apply, op.input(), true, op.epsilon());
    }

    private static Step overVectors(
            Preparation preparation, KernelCall call, Value x, boolean isVariance, float epsilon) {
        call.number(x.rows(1)).ints(x.columns()).ints(isVariance ? 1 : 0).number(epsilon);
        return ElementSteps.overVectors(call, preparation.style(), x);
    }

    static Step trainingGradient(Preparation preparation, BatchNormalization.Gradient op) {
        Channels channels = new Channels(
                op.gamma(), op.mean(), op.inverseDeviation(), op.gammaGradient(), op.betaGradient(), false, 0);
        return gradient(preparation, op, op.input(), op.outputGradient(), op.inputGradient(), channels);
    }

    static Step inferenceGradient(Preparation preparation, BatchNormalization.InferenceGradient op) {
        Channels channels = new Channels(
                op.gamma(), op.mean(), op.variance(), op.gammaGradient(), op.betaGradient(), true, op.epsilon());
        return gradient(preparation, op, op.input(), op.outputGradient(), op.inputGradient(), channels);
    }

    private static Step gradient(Preparation preparation, Operation op, Value x, Value dy, Value dx, Channels c) {
        int columns = x.columns();
        int parts = SumSteps.parts(preparation.style(), x, preparation.maxBatch());
        KernelCall sums = kernel(preparation, x, "gradient_sums").control();
        sums.array(x).array(dy).array(c.mean).array(c.deviation).scratch(op, 0);
        sums.number(x.rows(1)).ints(columns).ints(parts);
        sums.ints(c.isVariance ? 1 : 0).number(c.epsilon);
        KernelCall join = kernel(preparation, x, "join_sums").scratch(op, 0);
        join.array(c.betaGradient).array(c.gammaGradient).ints(columns).ints(parts);
        KernelCall apply = kernel(preparation, x, "input_gradient").control();
        apply.array(x).array(dy).array(c.gamma).array(c.mean).array(c.deviation);
        apply.array(c.betaGradient).array(c.gammaGradient).array(dx);
        return Preparation.inOrder(
                SumSteps.overColumnsAndParts(sums, preparation.style(), columns, parts),
                SumSteps.overColumnsAndParts(join, preparation.style(), columns, 1),
                overVectors(preparation, apply, x, c.isVariance, c.epsilon));
    }
}
