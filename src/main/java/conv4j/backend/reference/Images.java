package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Pad2d;
import conv4j.graph.UpSample2d;
import conv4j.graph.Value;
import conv4j.shape.Shape;

/** Padding, cropping and enlarging of images (height, width, channels). */
final class Images {

    private Images() {}

    static Step pad(Pad2d operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        Shape small = operation.input().shape();
        return run -> each(operation.output(), run.batch(), (index, item, row, column, c) -> {
            int iy = row - operation.top();
            int ix = column - operation.left();
            boolean inside = iy >= 0 && iy < small.dim(0) && ix >= 0 && ix < small.dim(1);
            y.set(index, inside ? x.get(index(small, item, iy, ix, c)) : 0);
        });
    }

    static Step crop(Pad2d.Crop operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        Shape large = operation.input().shape();
        return run -> each(
                operation.output(),
                run.batch(),
                (index, item, row, column, c) ->
                        y.set(index, x.get(index(large, item, row + operation.top(), column + operation.left(), c))));
    }

    static Step upSample(UpSample2d operation, Places places) {
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        Shape small = operation.input().shape();
        return run -> each(operation.output(), run.batch(), (index, item, row, column, c) -> {
            double sum = 0;
            for (Tap v : taps(row, operation.rows(), small.dim(0), operation.bilinear())) {
                for (Tap h : taps(column, operation.columns(), small.dim(1), operation.bilinear())) {
                    sum += v.weight * h.weight * x.get(index(small, item, v.source, h.source, c));
                }
            }
            y.set(index, sum);
        });
    }

    static Step upSampleGradient(UpSample2d.Gradient operation, Places places) {
        Floats dy = places.of(operation.outputGradient());
        Floats dx = places.of(operation.inputGradient());
        Shape small = operation.inputGradient().shape();
        return run -> {
            double[] sums = new double[(int) operation.inputGradient().elements(run.batch())];
            each(operation.outputGradient(), run.batch(), (index, item, row, column, c) -> {
                for (Tap v : taps(row, operation.rows(), small.dim(0), operation.bilinear())) {
                    for (Tap h : taps(column, operation.columns(), small.dim(1), operation.bilinear())) {
                        sums[index(small, item, v.source, h.source, c)] += v.weight * h.weight * dy.get(index);
                    }
                }
            });
            for (int i = 0; i < sums.length; i++) {
                dx.set(i, sums[i]);
            }
        };
    }

    /** A source position along one axis and the weight with which it goes into an enlarged position. */
    private record Tap(int source, double weight) {}

    private static Tap[] taps(int position, int factor, int extent, boolean bilinear) {
        if (!bilinear) {
            return new Tap[] {new Tap(position / factor, 1)};
        }
        double source = Math.min(Math.max((position + 0.5) / factor - 0.5, 0), extent - 1);
        int low = (int) source;
        int high = Math.min(low + 1, extent - 1);
        return new Tap[] {new Tap(low, 1 - (source - low)), new Tap(high, source - low)};
    }

    /** Is shown one element of a batch of images. */
    private interface Visitor {
        void visit(int index, int item, int row, int column, int channel);
    }

    private static void each(Value images, int batch, Visitor visitor) {
        Shape shape = images.shape();
        for (int i = 0; i < images.elements(batch); i++) {
            int pixel = i / shape.dim(2);
            visitor.visit(
                    i, i / shape.size(), pixel / shape.dim(1) % shape.dim(0), pixel % shape.dim(1), i % shape.dim(2));
        }
    }

    private static int index(Shape shape, int item, int row, int column, int channel) {
        return ((item * shape.dim(0) + row) * shape.dim(1) + column) * shape.dim(2) + channel;
    }
}
