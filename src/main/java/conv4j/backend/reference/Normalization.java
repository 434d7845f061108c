package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.BatchNormalization;

/** Batch normalization, one channel after the other; element {@code r} of channel {@code c} is at {@code r * channels + c}. */
final class Normalization {

    private Normalization() {}

    static Step training(BatchNormalization operation, Places places) {
        Floats x = places.of(operation.input());
        Floats gamma = places.of(operation.gamma());
        Floats beta = places.of(operation.beta());
        Floats movingMean = places.of(operation.movingMean());
        Floats movingVariance = places.of(operation.movingVariance());
        Floats y = places.of(operation.output());
        Floats savedMean = places.of(operation.mean());
        Floats savedInverse = places.of(operation.inverseDeviation());
        int channels = operation.input().columns();
        double momentum = operation.momentum();
        return run -> {
            int rows = (int) operation.input().rows(run.batch());
            for (int c = 0; c < channels; c++) {
                double mean = mean(x, c, rows, channels);
                double variance = variance(x, mean, c, rows, channels);
                double inverse = 1 / Math.sqrt(variance + operation.epsilon());
                for (int i = c; i < rows * channels; i += channels) {
                    y.set(i, gamma.get(c) * (x.get(i) - mean) * inverse + beta.get(c));
                }
                savedMean.set(c, mean);
                savedInverse.set(c, inverse);
                movingMean.set(c, momentum * movingMean.get(c) + (1 - momentum) * mean);
                movingVariance.set(c, momentum * movingVariance.get(c) + (1 - momentum) * variance);
            }
        };
    }

    private static double mean(Floats x, int channel, int rows, int channels) {
        double sum = 0;
        for (int i = channel; i < rows * channels; i += channels) {
            sum += x.get(i);
        }
        return sum / rows;
    }

    private static double variance(Floats x, double mean, int channel, int rows, int channels) {
        double sum = 0;
        for (int i = channel; i < rows * channels; i += channels) {
            sum += (x.get(i) - mean) * (x.get(i) - mean);
        }
        return sum / rows;
    }

    static Step trainingGradient(BatchNormalization.Gradient operation, Places places) {
        Floats x = places.of(operation.input());
        Floats dy = places.of(operation.outputGradient());
        Floats gamma = places.of(operation.gamma());
        Floats mean = places.of(operation.mean());
        Floats inverse = places.of(operation.inverseDeviation());
        Floats dx = places.of(operation.inputGradient());
        Floats dgamma = places.of(operation.gammaGradient());
        Floats dbeta = places.of(operation.betaGradient());
        int channels = operation.input().columns();
        return run -> {
            int rows = (int) operation.input().rows(run.batch());
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                double sumNormal = 0;
                for (int i = c; i < rows * channels; i += channels) {
                    sum += dy.get(i);
                    sumNormal += dy.get(i) * ((double) x.get(i) - mean.get(c)) * inverse.get(c);
                }
                for (int i = c; i < rows * channels; i += channels) {
                    double normal = ((double) x.get(i) - mean.get(c)) * inverse.get(c);
                    double centered = (double) rows * dy.get(i) - sum - normal * sumNormal;
                    dx.set(i, (double) gamma.get(c) * inverse.get(c) / rows * centered);
                }
                dgamma.set(c, sumNormal);
                dbeta.set(c, sum);
            }
        };
    }

    static Step inference(BatchNormalization.Inference operation, Places places) {
        Floats x = places.of(operation.input());
        Floats gamma = places.of(operation.gamma());
        Floats beta = places.of(operation.beta());
        Floats mean = places.of(operation.mean());
        Floats variance = places.of(operation.variance());
        Floats y = places.of(operation.output());
        int channels = operation.input().columns();
        return run -> {
            long elements = operation.input().elements(run.batch());
            for (int i = 0; i < elements; i++) {
                int c = i % channels;
                double deviation = Math.sqrt((double) variance.get(c) + operation.epsilon());
                y.set(i, gamma.get(c) * ((double) x.get(i) - mean.get(c)) / deviation + beta.get(c));
            }
        };
    }

    static Step inferenceGradient(BatchNormalization.InferenceGradient operation, Places places) {
        Floats x = places.of(operation.input());
        Floats dy = places.of(operation.outputGradient());
        Floats gamma = places.of(operation.gamma());
        Floats mean = places.of(operation.mean());
        Floats variance = places.of(operation.variance());
        Floats dx = places.of(operation.inputGradient());
        Floats dgamma = places.of(operation.gammaGradient());
        Floats dbeta = places.of(operation.betaGradient());
        int channels = operation.input().columns();
        return run -> {
            int rows = (int) operation.input().rows(run.batch());
            for (int c = 0; c < channels; c++) {
                double inverse = 1 / Math.sqrt((double) variance.get(c) + operation.epsilon());
                double sum = 0;
                double sumNormal = 0;
                for (int i = c; i < rows * channels; i += channels) {
                    sum += dy.get(i);
                    sumNormal += dy.get(i) * ((double) x.get(i) - mean.get(c)) * inverse;
                    dx.set(i, (double) dy.get(i) * gamma.get(c) * inverse);
                }
                dgamma.set(c, sumNormal);
                dbeta.set(c, sum);
            }
        };
    }
}
