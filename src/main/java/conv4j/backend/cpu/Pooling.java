package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.AveragePool2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Value;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.Arrays;

/**
 * Pooling. An output row is computed one axis after the other: the input rows under it are combined into one in vector
 * loops, then, for each column of the window, the pixels of that row under it are gathered into an array as long as the
 * output row, and these are combined.
 */
final class Pooling {

    private static final int ROW = 0;
    private static final int TAP = 1;
    private static final int OUTPUT = 2;
    private static final int GRADIENT = 3;
    private static final int IMAGE = 4;
    private static final int SAVED = 5;

    private final Blocks blocks;

    Pooling(Blocks blocks) {
        this.blocks = blocks;
    }

    Step max(MaxPool2d operation) {
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        PoolGeometry geometry = operation.geometry();
        int width = outputWidth(geometry);
        return forward(geometry, (item, oy, lane) -> {
            float[] output = combined(x.on(lane), geometry, item, oy, Float.NEGATIVE_INFINITY, lane, Pooling::larger);
            y.on(lane).put(((long) item * geometry.rows().output() + oy) * width, output, width);
        });
    }

    Step average(AveragePool2d operation) {
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        PoolGeometry geometry = operation.geometry();
        int width = outputWidth(geometry);
        return forward(geometry, (item, oy, lane) -> {
            float[] output = combined(x.on(lane), geometry, item, oy, 0, lane, Elementwise::add);
            divideByCounts(output, geometry, oy);
            y.on(lane).put(((long) item * geometry.rows().output() + oy) * width, output, width);
        });
    }

    private interface OutputRow {
        void run(int item, int oy, Lane lane);
    }

    private Step forward(PoolGeometry geometry, OutputRow body) {
        return blocks.partwise(geometry.rows().output(), (run, item, oy, lane) -> body.run(item, oy, lane));
    }

    /** {@code into[i]} becomes what it and {@code values[i]} are together. */
    private interface Combination {
        void run(float[] into, float[] values, int count);
    }

    static int outputWidth(PoolGeometry geometry) {
        return geometry.columns().output() * geometry.channels();
    }

    static float[] filled(Lane lane, int slot, int count, float value) {
        float[] array = lane.floats(slot, count);
        Arrays.fill(array, 0, count, value);
        return array;
    }

    private static void larger(float[] best, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            best[i] = Math.max(best[i], values[i]);
        }
    }

    /** The pixels under all taps of one output row together; those outside the image are {@code outside}. */
    private static float[] combined(
            Floats x, PoolGeometry geometry, int item, int oy, float outside, Lane lane, Combination combination) {
        float[] column = combinedRows(x, geometry, item, oy, outside, lane, combination);
        int width = outputWidth(geometry);
        float[] output = lane.floats(OUTPUT, width);
        float[] tap = lane.floats(TAP, width);
        gather(column, 0, output, geometry, 0, outside);
        for (int kx = 1; kx < geometry.columns().kernel(); kx++) {
            gather(column, 0, tap, geometry, kx, outside);
            combination.run(output, tap, width);
        }
        return output;
    }

    /** The input rows under an output row together; {@code outside} where a dilated window has none. */
    private static float[] combinedRows(
            Floats x, PoolGeometry geometry, int item, int oy, float outside, Lane lane, Combination combination) {
        Window rows = geometry.rows();
        int width = geometry.columns().input() * geometry.channels();
        float[] all = lane.floats(IMAGE, width);
        float[] row = lane.floats(ROW, width);
        boolean first = true;
        for (int ky = 0; ky < rows.kernel(); ky++) {
            int iy = position(rows, oy, ky);
            if (iy < 0 || iy >= rows.input()) {
                continue;
            }
            x.get(((long) item * rows.input() + iy) * width, first ? all : row, width);
            if (!first) {
                combination.run(all, row, width);
            }
            first = false;
        }
        if (first) {
            Arrays.fill(all, 0, width, outside);
        }
        return all;
    }

    private static int position(Window window, int output, int tap) {
        return output * window.stride() - window.padLow() + tap * window.dilation();
    }

    static void gather(float[] row, int at, float[] tap, PoolGeometry geometry, int kx, float outside) {
        Window columns = geometry.columns();
        int c = geometry.channels();
        for (int ox = 0; ox < columns.output(); ox++) {
            int ix = position(columns, ox, kx);
            if (ix >= 0 && ix < columns.input()) {
                System.arraycopy(row, at + ix * c, tap, ox * c, c);
            } else {
                Arrays.fill(tap, ox * c, (ox + 1) * c, outside);
            }
        }
    }

    private static void divideByCounts(float[] values, PoolGeometry geometry, int oy) {
        int c = geometry.channels();
        int inRows = count(geometry.rows(), oy);
        for (int ox = 0; ox < geometry.columns().output(); ox++) {
            float share = 1f / (inRows * count(geometry.columns(), ox));
            for (int i = ox * c; i < (ox + 1) * c; i++) {
                values[i] *= share;
            }
        }
    }

    /** Taps that lie on the input. */
    private static int count(Window window, int output) {
        int count = 0;
        for (int tap = 0; tap < window.kernel(); tap++) {
            int position = position(window, output, tap);
            count += position >= 0 && position < window.input() ? 1 : 0;
        }
        return count;
    }

    Step maxGradient(MaxPool2d.Gradient operation) {
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        Place dy = blocks.place(operation.outputGradient());
        PoolGeometry geometry = operation.geometry();
        int width = outputWidth(geometry);
        int inputs = geometry.inputShape().size();
        return backward(operation.inputGradient(), geometry, (item, oy, lane) -> {
            float[] image = lane.floats(SAVED, inputs);
            if (oy == 0) {
                x.on(lane).get((long) item * inputs, image, inputs);
            }
            long from = ((long) item * geometry.rows().output() + oy) * width;
            float[] best = lane.floats(OUTPUT, width);
            float[] gradient = lane.floats(GRADIENT, width);
            y.on(lane).get(from, best, width);
            dy.on(lane).get(from, gradient, width);
            passToFirst(geometry, oy, image, best, gradient, lane);
        });
    }

    private static void passToFirst(
            PoolGeometry geometry, int oy, float[] image, float[] best, float[] gradient, Lane lane) {
        int inputWidth = geometry.columns().input() * geometry.channels();
        int width = outputWidth(geometry);
        float[] tap = lane.floats(TAP, width);
        boolean finite = Functions.finite(best, 0, width) && Functions.finite(gradient, 0, width);
        for (int ky = 0; ky < geometry.rows().kernel(); ky++) {
            int iy = position(geometry.rows(), oy, ky);
            if (iy >= 0 && iy < geometry.rows().input()) {
                for (int kx = 0; kx < geometry.columns().kernel(); kx++) {
                    gather(image, iy * inputWidth, tap, geometry, kx, Float.NEGATIVE_INFINITY);
                    take(tap, best, gradient, width, finite);
                    scatter(tap, lane.floats(IMAGE, 0), iy * inputWidth, geometry, kx);
                }
            }
        }
    }

    /** Where a tap is the maximum it takes the gradient, so that a later equal one finds nothing left. */
    private static void take(float[] tap, float[] best, float[] gradient, int count, boolean finite) {
        if (finite) {
            takeWithoutBranches(tap, best, gradient, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            float value = tap[i];
            float maximum = best[i];
            if (value == maximum || (value != value && maximum != maximum)) {
                tap[i] = gradient[i];
                gradient[i] = 0;
            } else {
                tap[i] = 0;
            }
        }
    }

    /** The same for finite numbers: any distance from the maximum, however small, times a huge number is above 1. */
    static void takeWithoutBranches(float[] tap, float[] best, float[] gradient, int count) {
        for (int i = 0; i < count; i++) {
            float missed = Math.min(1f, (best[i] - tap[i]) * Functions.HUGE * Functions.HUGE);
            float rest = gradient[i] * missed;
            tap[i] = gradient[i] - rest;
            gradient[i] = rest;
        }
    }

    Step averageGradient(AveragePool2d.Gradient operation) {
        Place dy = blocks.place(operation.outputGradient());
        PoolGeometry geometry = operation.geometry();
        int width = outputWidth(geometry);
        int inputWidth = geometry.columns().input() * geometry.channels();
        return backward(operation.inputGradient(), geometry, (item, oy, lane) -> {
            float[] gradient = lane.floats(GRADIENT, width);
            dy.on(lane).get(((long) item * geometry.rows().output() + oy) * width, gradient, width);
            divideByCounts(gradient, geometry, oy);
            for (int ky = 0; ky < geometry.rows().kernel(); ky++) {
                int iy = position(geometry.rows(), oy, ky);
                if (iy >= 0 && iy < geometry.rows().input()) {
                    for (int kx = 0; kx < geometry.columns().kernel(); kx++) {
                        scatter(gradient, lane.floats(IMAGE, 0), iy * inputWidth, geometry, kx);
                    }
                }
            }
        });
    }

    /** Adds a row of gradients to the input pixels under one tap. */
    static void scatter(float[] tap, float[] image, int at, PoolGeometry geometry, int kx) {
        Window columns = geometry.columns();
        int c = geometry.channels();
        boolean disjoint = disjoint(columns) && disjoint(geometry.rows());
        for (int ox = 0; ox < columns.output(); ox++) {
            int ix = position(columns, ox, kx);
            if (ix >= 0 && ix < columns.input()) {
                int to = at + ix * c;
                int from = ox * c;
                if (disjoint) {
                    System.arraycopy(tap, from, image, to, c);
                    continue;
                }
                for (int i = 0; i < c; i++) {
                    image[to + i] += tap[from + i];
                }
            }
        }
    }

    /** Whether no position is under two windows. */
    private static boolean disjoint(Window window) {
        return window.stride() >= window.extent();
    }

    /** Output rows of an item in order, adding to one image in the lane, which is then stored. */
    private Step backward(Value inputGradient, PoolGeometry geometry, OutputRow body) {
        Place dx = blocks.place(inputGradient);
        int inputs = geometry.inputShape().size();
        return blocks.partwise(1, (run, item, whole, lane) -> {
            float[] image = filled(lane, IMAGE, inputs, 0);
            for (int oy = 0; oy < geometry.rows().output(); oy++) {
                body.run(item, oy, lane);
            }
            dx.on(lane).put((long) item * inputs, image, inputs);
        });
    }
}
