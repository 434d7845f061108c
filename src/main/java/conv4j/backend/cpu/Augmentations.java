package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.Augment;
import conv4j.graph.Rotation;
import conv4j.graph.Value;

/** Random changes of images, one task per image. */
final class Augmentations {

    private static final int INPUT = 0;
    private static final int OUTPUT = 1;
    private static final int FILL = 2;
    private static final int MEANS = 3;
    private static final int ROWS = 0;
    private static final int COLUMNS = 1;

    private final Blocks blocks;

    Augmentations(Blocks blocks) {
        this.blocks = blocks;
    }

    /** Makes one output image (height, width, channels) of one input image. */
    private interface Body {
        void run(int item, int[] words, float[] input, float[] output, Lane lane);
    }

    private Step perImage(Value from, Value to, int stream, Body body) {
        Floats x = blocks.floats(from);
        Floats y = blocks.floats(to);
        int size = from.shape().size();
        return run -> blocks.workers().run(run.batch(), (item, lane) -> {
            float[] input = lane.floats(INPUT, size);
            float[] output = lane.floats(OUTPUT, size);
            x.get((long) item * size, input, size);
            body.run(item, Augment.words(run.seed(), run.step(), item, stream), input, output, lane);
            y.put((long) item * size, output, size);
        });
    }

    Step move(Augment operation) {
        Floats fill = operation.fill() == null ? null : blocks.floats(operation.fill());
        int channels = operation.input().columns();
        return perImage(operation.input(), operation.output(), operation.stream(), (item, words, x, y, lane) -> {
            float[] color = lane.floats(FILL, channels);
            if (fill != null) {
                fill.get(0, color, channels);
            }
            Picture picture = new Picture(operation, x, y, color);
            switch (operation.kind()) {
                case ROTATION -> picture.rotate(operation.rows().draw(words[0]));
                case CUTOUT -> picture.cutOut(words);
                default -> picture.move(words, lane);
            }
        });
    }

    Step colors(Augment.Colors operation) {
        int channels = operation.input().columns();
        int size = operation.input().shape().size();
        Floats means = operation.means() == null ? null : blocks.floats(operation.means());
        Floats limits = blocks.floats(operation.limits());
        return perImage(operation.input(), operation.output(), operation.stream(), (item, words, x, y, lane) -> {
            float factor = operation.factor(words[0]);
            float[] limit = lane.floats(FILL, 3 * channels);
            limits.get(0, limit, 3 * channels);
            if (means == null) {
                brighten(x, y, size, factor, limit, channels);
            } else {
                float[] mean = lane.floats(MEANS, channels);
                means.get((long) item * channels, mean, channels);
                contrast(x, y, size, factor, mean, limit, channels);
            }
        });
    }

    private static void brighten(float[] x, float[] y, int size, float factor, float[] limit, int channels) {
        for (int i = 0; i < size; i++) {
            int c = i % channels;
            y[i] = limited(x[i] + factor * limit[c], limit[channels + c], limit[2 * channels + c]);
        }
    }

    private static void contrast(
            float[] x, float[] y, int size, float factor, float[] mean, float[] limit, int channels) {
        for (int i = 0; i < size; i++) {
            int c = i % channels;
            y[i] = limited((x[i] - mean[c]) * factor + mean[c], limit[channels + c], limit[2 * channels + c]);
        }
    }

    private static float limited(float value, float low, float high) {
        return value < low ? low : value > high ? high : value;
    }

    /** One image that is changed from x to y; color is the fill, one number per channel. */
    private record Picture(Augment operation, float[] x, float[] y, float[] color) {

        private int height() {
            return operation.input().shape().dim(0);
        }

        private int width() {
            return operation.input().shape().dim(1);
        }

        private int channels() {
            return operation.input().shape().dim(2);
        }

        /** Flips and translations: every row and every column has a source of its own. */
        void move(int[] words, Lane lane) {
            int[] rows = lane.ints(ROWS, height());
            int[] columns = lane.ints(COLUMNS, width());
            sources(rows, height(), operation.rows().draw(words[0]));
            sources(columns, width(), operation.columns().draw(words[1]));
            int c = channels();
            for (int row = 0; row < height(); row++) {
                for (int column = 0; column < width(); column++) {
                    boolean inside = rows[row] >= 0 && columns[column] >= 0;
                    int from = inside ? (rows[row] * width() + columns[column]) * c : 0;
                    System.arraycopy(inside ? x : color, from, y, (row * width() + column) * c, c);
                }
            }
        }

        private void sources(int[] sources, int extent, int drawn) {
            boolean flip = operation.kind() == Augment.Kind.FLIP;
            for (int i = 0; i < extent; i++) {
                int source = !flip ? i - drawn : drawn == 1 ? extent - 1 - i : i;
                sources[i] = operation.edge().inside(source, extent);
            }
        }

        void cutOut(int[] words) {
            System.arraycopy(x, 0, y, 0, height() * width() * channels());
            int rows = operation.rows().draw(words[0]);
            int columns = operation.columns().draw(words[1]);
            int top = new Augment.Range(0, height() - 1).draw(words[2]) - rows / 2;
            int left = new Augment.Range(0, width() - 1).draw(words[3]) - columns / 2;
            for (int row = Math.max(0, top); row < Math.min(height(), top + rows); row++) {
                for (int column = Math.max(0, left); column < Math.min(width(), left + columns); column++) {
                    System.arraycopy(color, 0, y, (row * width() + column) * channels(), channels());
                }
            }
        }

        void rotate(int angle) {
            Rotation rotation = Rotation.of(angle, height(), width());
            int to = 0;
            for (int row = 0; row < height(); row++) {
                for (int column = 0; column < width(); column++) {
                    mix(rotation.row(row, column), rotation.column(row, column), to);
                    to += channels();
                }
            }
        }

        /** Bilinear; a pixel of weight 0 is not looked at. */
        private void mix(long row, long column, int to) {
            float down = Rotation.weight(row);
            float right = Rotation.weight(column);
            int top = Rotation.before(row);
            int left = Rotation.before(column);
            for (int c = 0; c < channels(); c++) {
                float upper = between(top, left, right, c);
                y[to + c] = down == 0 ? upper : (1 - down) * upper + down * between(top + 1, left, right, c);
            }
        }

        private float between(int row, int left, float right, int channel) {
            float first = at(row, left, channel);
            return right == 0 ? first : (1 - right) * first + right * at(row, left + 1, channel);
        }

        private float at(int row, int column, int channel) {
            int from = operation.edge().inside(row, height());
            int at = operation.edge().inside(column, width());
            return from < 0 || at < 0 ? color[channel] : x[(from * width() + at) * channels() + channel];
        }
    }
}
