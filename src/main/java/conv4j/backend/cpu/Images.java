package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Pad2d;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import java.util.Arrays;

/** Padding, cropping and up-sampling of images. */
final class Images {

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;

    private final Blocks blocks;

    Images(Blocks blocks) {
        this.blocks = blocks;
    }

    /** Fills one output image from one input image, both (height, width, channels). */
    private interface Body {
        void run(float[] input, float[] output);
    }

    private Step perImage(Value from, Value to, Body body) {
        Floats x = blocks.floats(from);
        Floats y = blocks.floats(to);
        int inputs = from.shape().size();
        int outputs = to.shape().size();
        return run -> blocks.workers().run(run.batch(), (item, lane) -> {
            float[] input = lane.floats(INPUT, inputs);
            float[] output = lane.floats(OUTPUT, outputs);
            x.get((long) item * inputs, input, inputs);
            Arrays.fill(output, 0, outputs, 0);
            body.run(input, output);
            y.put((long) item * outputs, output, outputs);
        });
    }

    Step pad(Pad2d operation) {
        int height = operation.input().shape().dim(0);
        int run = operation.input().shape().dim(1) * operation.input().shape().dim(2);
        int outputRow =
                operation.output().shape().dim(1) * operation.output().shape().dim(2);
        int start = operation.top() * outputRow
                + operation.left() * operation.input().shape().dim(2);
        return perImage(operation.input(), operation.output(), (input, output) -> {
            for (int y = 0; y < height; y++) {
                System.arraycopy(input, y * run, output, start + y * outputRow, run);
            }
        });
    }

    Step crop(Pad2d.Crop operation) {
        int height = operation.output().shape().dim(0);
        int run = operation.output().shape().dim(1) * operation.output().shape().dim(2);
        int inputRow =
                operation.input().shape().dim(1) * operation.input().shape().dim(2);
        int start = operation.top() * inputRow
                + operation.left() * operation.output().shape().dim(2);
        return perImage(operation.input(), operation.output(), (input, output) -> {
            for (int y = 0; y < height; y++) {
                System.arraycopy(input, start + y * inputRow, output, y * run, run);
            }
        });
    }

    /** What one output position along an axis is made of: {@code (1 - share) * first + share * second}. */
    private record Source(int first, int second, float share) {

        static Source[] of(int input, int factor, boolean bilinear) {
            Source[] sources = new Source[input * factor];
            for (int i = 0; i < sources.length; i++) {
                sources[i] = bilinear ? between(i, input, factor) : new Source(i / factor, i / factor, 0);
            }
            return sources;
        }

        private static Source between(int output, int input, int factor) {
            double position = Math.max(0, Math.min(input - 1.0, (output + 0.5) / factor - 0.5));
            int first = (int) position;
            return new Source(first, Math.min(first + 1, input - 1), (float) (position - first));
        }
    }

    Step upSample(UpSample2d operation) {
        int c = operation.input().shape().dim(2);
        int width = operation.input().shape().dim(1);
        Source[] rows = Source.of(operation.input().shape().dim(0), operation.rows(), operation.bilinear());
        Source[] columns = Source.of(width, operation.columns(), operation.bilinear());
        return perImage(operation.input(), operation.output(), (input, output) -> {
            int to = 0;
            for (Source row : rows) {
                for (Source column : columns) {
                    mix(input, output, to, row, column, width, c);
                    to += c;
                }
            }
        });
    }

    private static void mix(float[] x, float[] y, int to, Source row, Source column, int width, int c) {
        int a = (row.first() * width + column.first()) * c;
        if (row.share() == 0 && column.share() == 0) {
            System.arraycopy(x, a, y, to, c);
            return;
        }
        int b = (row.first() * width + column.second()) * c;
        int d = (row.second() * width + column.first()) * c;
        int e = (row.second() * width + column.second()) * c;
        for (int i = 0; i < c; i++) {
            float upper = (1 - column.share()) * x[a + i] + column.share() * x[b + i];
            float lower = (1 - column.share()) * x[d + i] + column.share() * x[e + i];
            y[to + i] = (1 - row.share()) * upper + row.share() * lower;
        }
    }

    Step upSampleGradient(UpSample2d.Gradient operation) {
        int c = operation.inputGradient().shape().dim(2);
        int width = operation.inputGradient().shape().dim(1);
        Source[] rows = Source.of(operation.inputGradient().shape().dim(0), operation.rows(), operation.bilinear());
        Source[] columns = Source.of(width, operation.columns(), operation.bilinear());
        return perImage(operation.outputGradient(), operation.inputGradient(), (dy, dx) -> {
            int from = 0;
            for (Source row : rows) {
                for (Source column : columns) {
                    float low = 1 - row.share();
                    addScaled(dy, from, dx, (row.first() * width + column.first()) * c, low * (1 - column.share()), c);
                    addScaled(dy, from, dx, (row.first() * width + column.second()) * c, low * column.share(), c);
                    addScaled(
                            dy,
                            from,
                            dx,
                            (row.second() * width + column.first()) * c,
                            row.share() * (1 - column.share()),
                            c);
                    addScaled(
                            dy,
                            from,
                            dx,
                            (row.second() * width + column.second()) * c,
                            row.share() * column.share(),
                            c);
                    from += c;
                }
            }
        });
    }

    private static void addScaled(float[] from, int at, float[] into, int to, float scale, int count) {
        if (scale != 0) {
            for (int i = 0; i < count; i++) {
                into[to + i] += scale * from[at + i];
            }
        }
    }
}
