package conv4j.graph;

import java.util.List;

/**
 * Batch normalization in training: {@code output = gamma * (input - mean) * inverseDeviation + beta} with the batch's own
 * mean and biased variance per channel (the last axis), {@code inverseDeviation = 1 / sqrt(variance + epsilon)}. The
 * moving averages follow: {@code moving = momentum * moving + (1 - momentum) * batch}. Ioffe and Szegedy 2015,
 * algorithm 1.
 *
 * @param input any shape with the channels last, batched
 * @param gamma (channels)
 * @param beta (channels)
 * @param movingMean (channels), updated
 * @param movingVariance (channels), updated with the biased variance
 * @param output the shape of the input
 * @param mean (channels), the batch's mean, kept for the gradient
 * @param inverseDeviation (channels), kept for the gradient
 * @param momentum how much of the moving averages stays
 * @param epsilon added to the variance
 */
public record BatchNormalization(
        Value input,
        Value gamma,
        Value beta,
        Value movingMean,
        Value movingVariance,
        Value output,
        Value mean,
        Value inverseDeviation,
        float momentum,
        float epsilon)
        implements Operation {

    public BatchNormalization {
        Check.shape("output", output, input.shape());
        for (Value perChannel : List.of(gamma, beta, movingMean, movingVariance, mean, inverseDeviation)) {
            Check.columns("per-channel value", perChannel, input.columns());
        }
    }

    private static void checkGradients(Value input, Value outputGradient, Value inputGradient, List<Value> perChannel) {
        Check.shape("output gradient", outputGradient, input.shape());
        Check.shape("input gradient", inputGradient, input.shape());
        for (Value value : perChannel) {
            Check.columns("per-channel value", value, input.columns());
        }
    }

    @Override
    public List<Value> inputs() {
        return List.of(input, gamma, beta, movingMean, movingVariance);
    }

    @Override
    public List<Value> outputs() {
        return List.of(output, mean, inverseDeviation, movingMean, movingVariance);
    }

    @Override
    public <T> T accept(Operations<T> operations) {
        return operations.batchNormalization(this);
    }

    @Override
    public void gradient(Gradients gradients) {
        gradients.emit(new Gradient(
                input,
                gradients.of(output),
                gamma,
                mean,
                inverseDeviation,
                gradients.contributionOrUnused(input),
                gradients.contributionOrUnused(gamma),
                gradients.contributionOrUnused(beta)));
    }

    /**
     * The gradients of batch normalization in training. With {@code normal = (input - mean) * inverseDeviation} and sums
     * over the m elements of a channel: {@code betaGradient = sum dy}, {@code gammaGradient = sum dy * normal}, {@code
     * inputGradient = gamma * inverseDeviation / m * (m * dy - betaGradient - normal * gammaGradient)}.
     *
     * @param input what was normalized
     * @param outputGradient {@code dy}
     * @param gamma (channels)
     * @param mean (channels), of the batch
     * @param inverseDeviation (channels), of the batch
     * @param inputGradient the gradient of the input
     * @param gammaGradient (channels)
     * @param betaGradient (channels)
     */
    public record Gradient(
            Value input,
            Value outputGradient,
            Value gamma,
            Value mean,
            Value inverseDeviation,
            Value inputGradient,
            Value gammaGradient,
            Value betaGradient)
            implements Operation {

        public Gradient {
            checkGradients(
                    input,
                    outputGradient,
                    inputGradient,
                    List.of(gamma, mean, inverseDeviation, gammaGradient, betaGradient));
        }

        @Override
        public List<Value> inputs() {
            return List.of(input, outputGradient, gamma, mean, inverseDeviation);
        }

        @Override
        public List<Value> outputs() {
            return List.of(inputGradient, gammaGradient, betaGradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.batchNormalizationGradient(this);
        }
    }

    /**
     * Batch normalization with the moving averages, as used after training: {@code output = gamma * (input - mean) /
     * sqrt(variance + epsilon) + beta}.
     *
     * @param input any shape with the channels last, batched
     * @param gamma (channels)
     * @param beta (channels)
     * @param mean (channels), the moving mean
     * @param variance (channels), the moving variance
     * @param output the shape of the input
     * @param epsilon added to the variance
     */
    public record Inference(
            Value input, Value gamma, Value beta, Value mean, Value variance, Value output, float epsilon)
            implements Operation {

        public Inference {
            Check.shape("output", output, input.shape());
            for (Value perChannel : List.of(gamma, beta, mean, variance)) {
                Check.columns("per-channel value", perChannel, input.columns());
            }
        }

        @Override
        public List<Value> inputs() {
            return List.of(input, gamma, beta, mean, variance);
        }

        @Override
        public List<Value> outputs() {
            return List.of(output);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.batchNormalizationInference(this);
        }

        @Override
        public void gradient(Gradients gradients) {
            gradients.emit(new InferenceGradient(
                    input,
                    gradients.of(output),
                    gamma,
                    mean,
                    variance,
                    gradients.contributionOrUnused(input),
                    gradients.contributionOrUnused(gamma),
                    gradients.contributionOrUnused(beta),
                    epsilon));
        }
    }

    /**
     * The gradients of {@link Inference}, where mean and variance are constants: {@code betaGradient = sum dy}, {@code
     * gammaGradient = sum dy * (input - mean) / sqrt(variance + epsilon)}, {@code inputGradient = dy * gamma /
     * sqrt(variance + epsilon)}.
     *
     * @param input what was normalized
     * @param outputGradient {@code dy}
     * @param gamma (channels)
     * @param mean (channels), the moving mean
     * @param variance (channels), the moving variance
     * @param inputGradient the gradient of the input
     * @param gammaGradient (channels)
     * @param betaGradient (channels)
     * @param epsilon added to the variance
     */
    public record InferenceGradient(
            Value input,
            Value outputGradient,
            Value gamma,
            Value mean,
            Value variance,
            Value inputGradient,
            Value gammaGradient,
            Value betaGradient,
            float epsilon)
            implements Operation {

        public InferenceGradient {
            checkGradients(
                    input, outputGradient, inputGradient, List.of(gamma, mean, variance, gammaGradient, betaGradient));
        }

        @Override
        public List<Value> inputs() {
            return List.of(input, outputGradient, gamma, mean, variance);
        }

        @Override
        public List<Value> outputs() {
            return List.of(inputGradient, gammaGradient, betaGradient);
        }

        @Override
        public <T> T accept(Operations<T> operations) {
            return operations.batchNormalizationInferenceGradient(this);
        }
    }
}
