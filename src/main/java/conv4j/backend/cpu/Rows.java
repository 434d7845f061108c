package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Loss;
import conv4j.graph.LossFunction;
import conv4j.graph.Metric;
import conv4j.graph.Softmax;
import conv4j.graph.Value;

/** Operations on rows, the last axis: softmax, losses and metrics. Sums and logarithms are in double precision. */
final class Rows {

    private final Blocks blocks;

    Rows(Blocks blocks) {
        this.blocks = blocks;
    }

    Step softmax(Softmax operation) {
        Floats x = blocks.floats(operation.input());
        Floats y = blocks.floats(operation.output());
        int columns = operation.input().columns();
        return run -> blocks.rows(operation.input().rows(run.batch()), columns, (row, rows, lane) -> {
            float[] values = lane.floats(0, rows * columns);
            x.get(row * columns, values, rows * columns);
            softmax(values, rows, columns, lane);
            y.put(row * columns, values, rows * columns);
        });
    }

    private static void softmax(float[] values, int rows, int columns, Lane lane) {
        int count = rows * columns;
        float[] rest = Exponential.rest(lane, count);
        float[] scale = Exponential.scale(lane, count);
        for (int at = 0; at < count; at += columns) {
            float max = LossRows.max(values, at, columns);
            for (int c = at; c < at + columns; c++) {
                rest[c] = values[c] - max;
            }
        }
        Exponential.split(rest, scale, count);
        for (int i = 0; i < count; i++) {
            values[i] = Exponential.power(rest[i], scale[i]);
        }
        for (int at = 0; at < count; at += columns) {
            double sum = 0;
            for (int c = at; c < at + columns; c++) {
                sum += values[c];
            }
            float share = (float) (1 / sum);
            for (int c = at; c < at + columns; c++) {
                values[c] *= share;
            }
        }
    }

    Step softmaxGradient(Softmax.Gradient operation) {
        Floats dy = blocks.floats(operation.outputGradient());
        Floats y = blocks.floats(operation.output());
        Floats dx = blocks.floats(operation.inputGradient());
        int columns = operation.output().columns();
        return run -> blocks.rows(operation.output().rows(run.batch()), columns, (row, rows, lane) -> {
            float[] gradient = lane.floats(0, rows * columns);
            float[] output = lane.floats(1, rows * columns);
            dy.get(row * columns, gradient, rows * columns);
            y.get(row * columns, output, rows * columns);
            for (int r = 0; r < rows; r++) {
                softmaxGradient(gradient, output, r * columns, columns);
            }
            dx.put(row * columns, gradient, rows * columns);
        });
    }

    private static void softmaxGradient(float[] gradient, float[] output, int at, int columns) {
        double dot = 0;
        for (int c = at; c < at + columns; c++) {
            dot += (double) gradient[c] * output[c];
        }
        for (int c = at; c < at + columns; c++) {
            gradient[c] = (float) (output[c] * (gradient[c] - dot));
        }
    }

    /** Reads predictions and targets of some items into the lane's arrays 0 and 1. */
    private record Pair(Floats prediction, Floats target, int predictions, int targets) {

        void get(long item, int items, Lane lane) {
            prediction.get(item * predictions, lane.floats(0, items * predictions), items * predictions);
            target.get(item * targets, lane.floats(1, items * targets), items * targets);
        }
    }

    private Pair pair(Value prediction, Value target) {
        return new Pair(
                blocks.floats(prediction),
                blocks.floats(target),
                prediction.shape().size(),
                target.shape().size());
    }

    Step loss(Loss operation) {
        Pair pair = pair(operation.prediction(), operation.target());
        Floats perItem = blocks.floats(operation.perItem());
        LossRows function =
                new LossRows(operation.function(), operation.prediction().columns());
        int rows = pair.predictions() / operation.prediction().columns();
        return run -> blocks.rows(run.batch(), pair.predictions(), (item, items, lane) -> {
            pair.get(item, items, lane);
            float[] losses = lane.floats(2, items);
            for (int i = 0; i < items; i++) {
                double sum = 0;
                for (int r = i * rows; r < (i + 1) * rows; r++) {
                    sum += function.loss(lane.floats(0, 0), lane.floats(1, 0), r);
                }
                losses[i] = (float) (sum / rows);
            }
            perItem.put(item, losses, items);
        });
    }

    Step lossGradient(Loss.Gradient operation) {
        Pair pair = pair(operation.prediction(), operation.target());
        Floats gradient = blocks.floats(operation.predictionGradient());
        LossFunction kind = operation.function();
        LossRows function = new LossRows(kind, operation.prediction().columns());
        int rows = pair.predictions() / operation.prediction().columns();
        return run -> blocks.rows(run.batch(), pair.predictions(), (item, items, lane) -> {
            pair.get(item, items, lane);
            double scale = 1.0 / ((double) run.batch() * rows);
            for (int r = 0; r < items * rows; r++) {
                function.gradient(lane.floats(0, 0), lane.floats(1, 0), r, scale);
            }
            gradient.put(item * pair.predictions(), lane.floats(0, 0), items * pair.predictions());
        });
    }

    Step metric(Metric operation) {
        Pair pair = pair(operation.prediction(), operation.target());
        Floats perItem = blocks.floats(operation.perItem());
        int rows = pair.predictions() / operation.prediction().columns();
        return run -> blocks.rows(run.batch(), pair.predictions(), (item, items, lane) -> {
            pair.get(item, items, lane);
            float[] scores = lane.floats(2, items);
            for (int i = 0; i < items; i++) {
                double sum = 0;
                for (int r = i * rows; r < (i + 1) * rows; r++) {
                    sum += MetricRows.score(operation, lane.floats(0, 0), lane.floats(1, 0), r);
                }
                scores[i] = (float) (sum / rows);
            }
            perItem.put(item, scores, items);
        });
    }
}
