package conv4j.backend.reference;

import conv4j.backend.Run;
import conv4j.backend.Step;
import conv4j.graph.Augment;
import conv4j.graph.Rotation;
import conv4j.shape.Shape;

/** Random changes of images (height, width, channels), element by element. */
final class Augmentations {

    /** Where the elements of one image are, and what was drawn for it. */
    private record Image(Augment operation, Floats x, Floats fill, int item, int[] words) {

        int rows() {
            return operation.rows().draw(words[0]);
        }

        int columns() {
            return operation.columns().draw(words[1]);
        }

        private Shape shape() {
            return operation.input().shape();
        }

        /** The element at a position, which may lie outside. */
        double at(int row, int column, int channel) {
            int y = operation.edge().inside(row, shape().dim(0));
            int x = operation.edge().inside(column, shape().dim(1));
            return y < 0 || x < 0
                    ? fill.get(channel)
                    : this.x.get(((item * shape().dim(0) + y) * shape().dim(1) + x) * shape().dim(2) + channel);
        }

        double changed(int row, int column, int channel) {
            return switch (operation.kind()) {
                case FLIP -> at(
                        rows() == 1 ? shape().dim(0) - 1 - row : row,
                        columns() == 1 ? shape().dim(1) - 1 - column : column,
                        channel);
                case TRANSLATION -> at(row - rows(), column - columns(), channel);
                case CUTOUT -> isCutOut(row, rows(), words[2], shape().dim(0))
                                && isCutOut(column, columns(), words[3], shape().dim(1))
                        ? fill.get(channel)
                        : at(row, column, channel);
                case ROTATION -> rotated(row, column, channel);
            };
        }

        private static boolean isCutOut(int position, int length, int word, int extent) {
            int first = new Augment.Range(0, extent - 1).draw(word) - length / 2;
            return position >= first && position < first + length;
        }

        private double rotated(int row, int column, int channel) {
            Rotation rotation = Rotation.of(rows(), shape().dim(0), shape().dim(1));
            long y = rotation.row(row, column);
            long x = rotation.column(row, column);
            double share = Rotation.weight(y);
            double upper = between(Rotation.before(y), x, channel);
            return share == 0 ? upper : (1 - share) * upper + share * between(Rotation.before(y) + 1, x, channel);
        }

        private double between(int row, long x, int channel) {
            double share = Rotation.weight(x);
            double left = at(row, Rotation.before(x), channel);
            return share == 0 ? left : (1 - share) * left + share * at(row, Rotation.before(x) + 1, channel);
        }
    }

    private Augmentations() {}

    static Step move(Augment operation, Places places) {
        Floats x = places.of(operation.input());
        Floats fill = places.ofOptional(operation.fill());
        Floats y = places.of(operation.output());
        Shape shape = operation.input().shape();
        return run -> {
            for (int item = 0; item < run.batch(); item++) {
                Image image = new Image(operation, x, fill, item, words(run, item, operation.stream()));
                for (int i = 0; i < shape.size(); i++) {
                    int pixel = i / shape.dim(2);
                    y.set(
                            item * shape.size() + i,
                            image.changed(pixel / shape.dim(1), pixel % shape.dim(1), i % shape.dim(2)));
                }
            }
        };
    }

    private static int[] words(Run run, int item, int stream) {
        return Augment.words(run.seed(), run.step(), item, stream);
    }

    static Step colors(Augment.Colors operation, Places places) {
        Floats x = places.of(operation.input());
        Floats means = places.ofOptional(operation.means());
        Floats limits = places.of(operation.limits());
        Floats y = places.of(operation.output());
        int size = operation.input().shape().size();
        int channels = operation.input().columns();
        return run -> {
            for (int i = 0; i < run.batch() * size; i++) {
                int item = i / size;
                int c = i % channels;
                double factor = operation.factor(words(run, item, operation.stream())[0]);
                double mean = means == null ? 0 : means.get(item * channels + c);
                double value = means == null ? x.get(i) + factor * limits.get(c) : (x.get(i) - mean) * factor + mean;
                y.set(i, limited(value, limits.get(channels + c), limits.get(2 * channels + c)));
            }
        };
    }

    private static double limited(double value, float low, float high) {
        return value < low ? low : value > high ? high : value;
    }
}
