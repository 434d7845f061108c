package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.BatchNormalization;
import conv4j.graph.Value;

/** Batch normalization: Ioffe and Szegedy 2015. Channels are columns, everything else rows. */
final class Normalization {

    private final Blocks blocks;
    private final Columns columns;

    Normalization(Blocks blocks) {
        this.blocks = blocks;
        this.columns = new Columns(blocks);
    }

    Step training(BatchNormalization operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        Floats mean = blocks.floats(operation.mean());
        Floats inverse = blocks.floats(operation.inverseDeviation());
        Floats movingMean = blocks.floats(operation.movingMean());
        Floats movingVariance = blocks.floats(operation.movingVariance());
        int c = operation.input().columns();
        return run -> {
            long rows = operation.input().rows(run.batch());
            double[] means = divided(sums(x, rows, c), rows);
            double[] variances = divided(squaredDistances(x, means, rows, c), rows);
            double[] inverses = inverseDeviations(variances, operation.epsilon());
            mean.put(0, Reductions.floats(means), c);
            inverse.put(0, Reductions.floats(inverses), c);
            follow(movingMean, means, operation.momentum());
            follow(movingVariance, variances, operation.momentum());
            Line line = line(operation.gamma(), operation.beta(), means, inverses);
            blocks.streamedRows(rows, c, (row, count, lane) -> normalize(x, y, line, row, count, c, lane));
        };
    }

    Step inference(BatchNormalization.Inference operation) {
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        int c = operation.input().columns();
        Line[] line = new Line[1];
        Runnable before = () -> line[0] = line(
                operation.gamma(),
                operation.beta(),
                doubles(blocks.floats(operation.mean()), c),
                inverseDeviations(doubles(blocks.floats(operation.variance()), c), operation.epsilon()));
        return blocks.streamedRowwise(
                operation.input(),
                c,
                before,
                (run, row, count, lane) -> normalize(x.on(lane), y.on(lane), line[0], row, count, c, lane));
    }

    Step gradient(BatchNormalization.Gradient operation) {
        Floats mean = blocks.floats(operation.mean());
        Floats inverse = blocks.floats(operation.inverseDeviation());
        Floats gamma = blocks.floats(operation.gamma());
        int c = operation.input().columns();
        return run -> {
            long rows = operation.input().rows(run.batch());
            double[] means = doubles(mean, c);
            double[] inverses = doubles(inverse, c);
            double[] gammas = doubles(gamma, c);
            double[][] sums = sums(operation.input(), operation.outputGradient(), means, inverses, rows);
            blocks.floats(operation.betaGradient()).put(0, Reductions.floats(sums[0]), c);
            blocks.floats(operation.gammaGradient()).put(0, Reductions.floats(sums[1]), c);
            double[] slope = new double[c];
            double[] pull = new double[c];
            for (int i = 0; i < c; i++) {
                slope[i] = gammas[i] * inverses[i];
                pull[i] = inverses[i] * sums[1][i] / rows;
            }
            combine(operation, means, slope, pull, divided(sums[0], rows), rows);
        };
    }

    Step inferenceGradient(BatchNormalization.InferenceGradient operation) {
        Floats mean = blocks.floats(operation.mean());
        Floats variance = blocks.floats(operation.variance());
        Floats gamma = blocks.floats(operation.gamma());
        int c = operation.input().columns();
        return run -> {
            long rows = operation.input().rows(run.batch());
            double[] inverses = inverseDeviations(doubles(variance, c), operation.epsilon());
            double[][] sums = sums(operation.input(), operation.outputGradient(), doubles(mean, c), inverses, rows);
            blocks.floats(operation.betaGradient()).put(0, Reductions.floats(sums[0]), c);
            blocks.floats(operation.gammaGradient()).put(0, Reductions.floats(sums[1]), c);
            double[] slope = doubles(gamma, c);
            for (int i = 0; i < c; i++) {
                slope[i] *= inverses[i];
            }
            scale(operation.outputGradient(), operation.inputGradient(), slope, rows);
        };
    }

    private double[] sums(Floats x, long rows, int c) {
        return columns.sum(1, rows, c, (row, count, into, lane) -> x.get(row * c, into[0], count * c))[0];
    }

    private double[] squaredDistances(Floats x, double[] means, long rows, int c) {
        float[] tiled = tiled(means);
        return columns.sum(1, rows, c, (row, count, into, lane) -> {
            x.get(row * c, into[0], count * c);
            squaredDistance(into[0], tiled, count * c);
        })[0];
    }

    private static void squaredDistance(float[] x, float[] mean, int count) {
        for (int i = 0; i < count; i++) {
            float distance = x[i] - mean[i];
            x[i] = distance * distance;
        }
    }

    /** The sums of dy and of dy * normal, per channel. */
    private double[][] sums(Value input, Value outputGradient, double[] means, double[] inverses, long rows) {
        Floats x = blocks.floats(input);
        Floats dy = blocks.floats(outputGradient);
        int c = input.columns();
        float[] mean = tiled(means);
        float[] inverse = tiled(inverses);
        return columns.sum(2, rows, c, (row, count, into, lane) -> {
            dy.get(row * c, into[0], count * c);
            x.get(row * c, into[1], count * c);
            timesNormal(into[0], into[1], mean, inverse, count * c);
        });
    }

    private static void timesNormal(float[] dy, float[] x, float[] mean, float[] inverse, int count) {
        for (int i = 0; i < count; i++) {
            x[i] = dy[i] * ((x[i] - mean[i]) * inverse[i]);
        }
    }

    /** {@code (x - mean) * slope + level}, per channel, repeated for every row of a block. */
    private record Line(float[] mean, float[] slope, float[] level) {}

    private Line line(Value gamma, Value beta, double[] means, double[] inverses) {
        double[] slopes = doubles(blocks.floats(gamma), means.length);
        for (int i = 0; i < slopes.length; i++) {
            slopes[i] *= inverses[i];
        }
        return new Line(tiled(means), tiled(slopes), tiled(doubles(blocks.floats(beta), means.length)));
    }

    private static void normalize(Floats x, Floats y, Line line, long row, int rows, int c, Lane lane) {
        float[] values = lane.floats(0, rows * c);
        x.get(row * c, values, rows * c);
        normalize(values, line.mean(), line.slope(), line.level(), rows * c);
        y.put(row * c, values, rows * c);
    }

    private static void normalize(float[] x, float[] mean, float[] slope, float[] level, int count) {
        for (int i = 0; i < count; i++) {
            x[i] = (x[i] - mean[i]) * slope[i] + level[i];
        }
    }

    /** {@code dx = slope * (dy - level - (x - mean) * pull)}, per channel; the mean goes first so that nothing cancels. */
    private void combine(
            BatchNormalization.Gradient operation,
            double[] means,
            double[] slopes,
            double[] pulls,
            double[] levels,
            long rows) {
        Floats x = blocks.floats(operation.input());
        Floats dy = blocks.floats(operation.outputGradient());
        Floats dx = blocks.floats(operation.inputGradient());
        int c = operation.input().columns();
        float[] mean = tiled(means);
        float[] slope = tiled(slopes);
        float[] pull = tiled(pulls);
        float[] level = tiled(levels);
        blocks.streamedRows(rows, c, (row, count, lane) -> {
            float[] values = lane.floats(0, count * c);
            float[] gradient = lane.floats(1, count * c);
            x.get(row * c, values, count * c);
            dy.get(row * c, gradient, count * c);
            combine(values, gradient, mean, slope, pull, level, count * c);
            dx.put(row * c, gradient, count * c);
        });
    }

    private static void combine(
            float[] x, float[] dy, float[] mean, float[] slope, float[] pull, float[] level, int count) {
        for (int i = 0; i < count; i++) {
            dy[i] = slope[i] * (dy[i] - level[i] - (x[i] - mean[i]) * pull[i]);
        }
    }

    private void scale(Value from, Value into, double[] slopes, long rows) {
        Floats dy = blocks.floats(from);
        Floats dx = blocks.floats(into);
        int c = from.columns();
        float[] slope = tiled(slopes);
        blocks.streamedRows(rows, c, (row, count, lane) -> {
            float[] values = lane.floats(0, count * c);
            dy.get(row * c, values, count * c);
            multiply(values, slope, count * c);
            dx.put(row * c, values, count * c);
        });
    }

    private static void multiply(float[] values, float[] factors, int count) {
        for (int i = 0; i < count; i++) {
            values[i] *= factors[i];
        }
    }

    /** One number per channel, repeated for every row of a block. */
    private static float[] tiled(double[] perChannel) {
        int c = perChannel.length;
        float[] tiled = new float[Blocks.rowsPerBlock(c) * c];
        for (int i = 0; i < tiled.length; i++) {
            tiled[i] = (float) perChannel[i % c];
        }
        return tiled;
    }

    private static double[] doubles(Floats values, int count) {
        float[] floats = new float[count];
        values.get(0, floats, count);
        double[] result = new double[count];
        for (int i = 0; i < count; i++) {
            result[i] = floats[i];
        }
        return result;
    }

    private static double[] divided(double[] sums, long rows) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= rows;
        }
        return sums;
    }

    private static double[] inverseDeviations(double[] variances, float epsilon) {
        double[] inverses = new double[variances.length];
        for (int i = 0; i < inverses.length; i++) {
            inverses[i] = 1 / Math.sqrt(variances[i] + epsilon);
        }
        return inverses;
    }

    private static void follow(Floats moving, double[] batch, float momentum) {
        float[] values = new float[batch.length];
        moving.get(0, values, batch.length);
        for (int i = 0; i < batch.length; i++) {
            values[i] = (float) (momentum * (double) values[i] + (1 - (double) momentum) * batch[i]);
        }
        moving.put(0, values, batch.length);
    }
}
