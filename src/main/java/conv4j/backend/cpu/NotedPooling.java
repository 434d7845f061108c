package conv4j.backend.cpu;

import conv4j.backend.Step;
import conv4j.graph.MaxPool2d;
import conv4j.shape.PoolGeometry;
import java.util.Arrays;

/**
 * Max pooling by windows of 2x2 side by side that notes the places of its maxima, and the gradient from these. Each of the
 * four taps of an output row's windows is an array of its own, so that all is done in vector loops.
 */
final class NotedPooling {

    private static final int ROW = 0;
    private static final int FIRST = 1;
    private static final int SECOND = 2;
    private static final int THIRD = 3;
    private static final int FOURTH = 4;
    private static final int BEST = 5;

    private final Blocks blocks;

    NotedPooling(Blocks blocks) {
        this.blocks = blocks;
    }

    /** The maxima and their places. */
    Step max(MaxPool2d operation) {
        Place x = blocks.place(operation.input());
        Place y = blocks.place(operation.output());
        Place places = blocks.place(operation.places());
        PoolGeometry geometry = operation.geometry();
        int width = Pooling.outputWidth(geometry);
        return blocks.partwise(geometry.rows().output(), (run, item, oy, lane) -> {
            float[] first = lane.floats(FIRST, width);
            float[] second = lane.floats(SECOND, width);
            float[] third = lane.floats(THIRD, width);
            float[] fourth = lane.floats(FOURTH, width);
            pair(x.on(lane), geometry, item, 2 * oy, first, second, lane);
            pair(x.on(lane), geometry, item, 2 * oy + 1, third, fourth, lane);
            float[] best = lane.floats(BEST, width);
            largest(first, second, third, fourth, best, width);
            if (Functions.finite(best, 0, width)) {
                place(first, second, third, best, width);
            } else {
                placeExactly(first, second, third, fourth, width);
            }
            long to = ((long) item * geometry.rows().output() + oy) * width;
            y.on(lane).put(to, best, width);
            places.on(lane).put(to, third, width);
        });
    }

    /** The two taps of an input row. */
    private static void pair(
            Floats x, PoolGeometry geometry, int item, int iy, float[] left, float[] right, Lane lane) {
        int width = Pooling.outputWidth(geometry);
        if (iy >= geometry.rows().input()) {
            Arrays.fill(left, 0, width, Float.NEGATIVE_INFINITY);
            Arrays.fill(right, 0, width, Float.NEGATIVE_INFINITY);
            return;
        }
        int inputWidth = geometry.columns().input() * geometry.channels();
        float[] row = lane.floats(ROW, inputWidth);
        x.get(((long) item * geometry.rows().input() + iy) * inputWidth, row, inputWidth);
        Pooling.gather(row, 0, left, geometry, 0, Float.NEGATIVE_INFINITY);
        Pooling.gather(row, 0, right, geometry, 1, Float.NEGATIVE_INFINITY);
    }

    private static void largest(float[] a, float[] b, float[] c, float[] d, float[] best, int count) {
        for (int i = 0; i < count; i++) {
            best[i] = Math.max(Math.max(a[i], b[i]), Math.max(c[i], d[i]));
        }
    }

    /** Places take the place of {@code c}; as {@link Pooling#takeWithoutBranches}, for finite maxima. */
    private static void place(float[] a, float[] b, float[] c, float[] best, int count) {
        for (int i = 0; i < count; i++) {
            float behindA = Math.min(1f, (best[i] - a[i]) * Functions.HUGE * Functions.HUGE);
            float behindB = Math.min(1f, (best[i] - b[i]) * Functions.HUGE * Functions.HUGE);
            float behindC = Math.min(1f, (best[i] - c[i]) * Functions.HUGE * Functions.HUGE);
            c[i] = behindA * (1f + behindB * (1f + behindC));
        }
    }

    /** The same for any numbers: the first NaN, or the first of the largest. */
    private static void placeExactly(float[] a, float[] b, float[] c, float[] d, int count) {
        for (int i = 0; i < count; i++) {
            float best = a[i];
            int place = 0;
            float[] others = {b[i], c[i], d[i]};
            for (int k = 0; k < others.length; k++) {
                if (!(others[k] <= best) && best == best) {
                    best = others[k];
                    place = k + 1;
                }
            }
            c[i] = place;
        }
    }

    /** Two rows of the input's gradient for each of the output's, and behind the last windows zeros. */
    Step gradient(MaxPool2d.PlacesGradient operation) {
        Place places = blocks.place(operation.places());
        Place dy = blocks.place(operation.outputGradient());
        Place dx = blocks.place(operation.inputGradient());
        PoolGeometry geometry = operation.geometry();
        int width = Pooling.outputWidth(geometry);
        int inputWidth = geometry.columns().input() * geometry.channels();
        int outputs = geometry.rows().output();
        int inputs = geometry.rows().input();
        return blocks.partwise(outputs, (run, item, oy, lane) -> {
            float[] place = lane.floats(FIRST, width);
            float[] gradient = lane.floats(SECOND, width);
            places.on(lane).get(((long) item * outputs + oy) * width, place, width);
            dy.on(lane).get(((long) item * outputs + oy) * width, gradient, width);
            boolean finite = Functions.finite(gradient, 0, width);
            float[] left = lane.floats(THIRD, width);
            float[] right = lane.floats(FOURTH, width);
            float[] row = lane.floats(ROW, inputWidth);
            for (int ky = 0; ky < 2 && 2 * oy + ky < inputs; ky++) {
                Arrays.fill(row, Math.min(inputWidth, 2 * width), inputWidth, 0);
                at(2 * ky, place, gradient, left, width, finite);
                at(2 * ky + 1, place, gradient, right, width, finite);
                Pooling.scatter(left, row, 0, geometry, 0);
                Pooling.scatter(right, row, 0, geometry, 1);
                dx.on(lane).put(((long) item * inputs + 2 * oy + ky) * inputWidth, row, inputWidth);
            }
            if (oy == outputs - 1 && 2 * outputs < inputs) {
                Arrays.fill(row, 0, inputWidth, 0);
                dx.on(lane).put(((long) item * inputs + 2 * outputs) * inputWidth, row, inputWidth);
            }
        });
    }

    /** What goes to one of the four places. */
    private static void at(int wanted, float[] place, float[] gradient, float[] tap, int count, boolean finite) {
        if (finite) {
            for (int i = 0; i < count; i++) {
                tap[i] = gradient[i] * (1f - Math.min(1f, Math.abs(place[i] - wanted)));
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            tap[i] = place[i] == wanted ? gradient[i] : 0;
        }
    }
}
