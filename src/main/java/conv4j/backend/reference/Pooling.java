package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.AveragePool2d;
import conv4j.graph.MaxPool2d;
import conv4j.graph.Value;
import conv4j.shape.PoolGeometry;
import conv4j.shape.Window;
import java.util.Arrays;

/** Pooling: every window is turned into the list of input elements that it covers, padding left out. */
final class Pooling {

    private final Window rows;
    private final Window columns;
    private final int channels;

    private Pooling(PoolGeometry geometry) {
        this.rows = geometry.rows();
        this.columns = geometry.columns();
        this.channels = geometry.channels();
    }

    static Step max(MaxPool2d operation, Places places) {
        Pooling pooling = new Pooling(operation.geometry());
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        Floats noted = operation.places() == null ? null : places.of(operation.places());
        return run -> {
            for (int o = 0; o < operation.output().elements(run.batch()); o++) {
                int first = firstMaximum(x, pooling.covered(o));
                y.set(o, x.get(first));
                if (noted != null) {
                    noted.set(o, pooling.placeInPair(first));
                }
            }
        };
    }

    /** The place of an input element in its window of 2x2. */
    private int placeInPair(int input) {
        int pixel = input / channels;
        return pixel / columns.input() % rows.input() % 2 * 2 + pixel % columns.input() % 2;
    }

    static Step placesGradient(MaxPool2d.PlacesGradient operation, Places places) {
        Pooling pooling = new Pooling(operation.geometry());
        Floats noted = places.of(operation.places());
        Floats dy = places.of(operation.outputGradient());
        Floats dx = places.of(operation.inputGradient());
        int row = pooling.channels * pooling.columns.input();
        return run -> {
            double[] sums = new double[elements(operation.inputGradient(), run.batch())];
            for (int o = 0; o < operation.outputGradient().elements(run.batch()); o++) {
                int place = (int) noted.get(o);
                sums[pooling.covered(o)[0] + place / 2 * row + place % 2 * pooling.channels] = dy.get(o);
            }
            store(sums, dx);
        };
    }

    static Step maxGradient(MaxPool2d.Gradient operation, Places places) {
        Pooling pooling = new Pooling(operation.geometry());
        Floats x = places.of(operation.input());
        Floats dy = places.of(operation.outputGradient());
        Floats dx = places.of(operation.inputGradient());
        return run -> {
            double[] sums = new double[elements(operation.inputGradient(), run.batch())];
            for (int o = 0; o < operation.outputGradient().elements(run.batch()); o++) {
                sums[firstMaximum(x, pooling.covered(o))] += dy.get(o);
            }
            store(sums, dx);
        };
    }

    /** The first largest of some elements; the first NaN where there is one. */
    private static int firstMaximum(Floats x, int[] covered) {
        int best = covered[0];
        for (int i : covered) {
            boolean larger = x.get(i) > x.get(best) || Float.isNaN(x.get(i));
            if (larger && !Float.isNaN(x.get(best))) {
                best = i;
            }
        }
        return best;
    }

    static Step average(AveragePool2d operation, Places places) {
        Pooling pooling = new Pooling(operation.geometry());
        Floats x = places.of(operation.input());
        Floats y = places.of(operation.output());
        return run -> {
            for (int o = 0; o < operation.output().elements(run.batch()); o++) {
                int[] covered = pooling.covered(o);
                double sum = 0;
                for (int i : covered) {
                    sum += x.get(i);
                }
                y.set(o, sum / covered.length);
            }
        };
    }

    static Step averageGradient(AveragePool2d.Gradient operation, Places places) {
        Pooling pooling = new Pooling(operation.geometry());
        Floats dy = places.of(operation.outputGradient());
        Floats dx = places.of(operation.inputGradient());
        return run -> {
            double[] sums = new double[elements(operation.inputGradient(), run.batch())];
            for (int o = 0; o < operation.outputGradient().elements(run.batch()); o++) {
                int[] covered = pooling.covered(o);
                for (int i : covered) {
                    sums[i] += (double) dy.get(o) / covered.length;
                }
            }
            store(sums, dx);
        };
    }

    private static int elements(Value value, int batch) {
        return (int) value.elements(batch);
    }

    private static void store(double[] sums, Floats target) {
        for (int i = 0; i < sums.length; i++) {
            target.set(i, sums[i]);
        }
    }

    /** The flat indices of the input elements under the window of one output element, in row-major order. */
    private int[] covered(int output) {
        int channel = output % channels;
        int ox = output / channels % columns.output();
        int oy = output / channels / columns.output() % rows.output();
        int item = output / channels / columns.output() / rows.output();
        int[] covered = new int[rows.kernel() * columns.kernel()];
        int count = 0;
        for (int ky = 0; ky < rows.kernel(); ky++) {
            int iy = oy * rows.stride() + ky * rows.dilation() - rows.padLow();
            for (int kx = 0; kx < columns.kernel(); kx++) {
                int ix = ox * columns.stride() + kx * columns.dilation() - columns.padLow();
                if (iy >= 0 && iy < rows.input() && ix >= 0 && ix < columns.input()) {
                    covered[count++] = ((item * rows.input() + iy) * columns.input() + ix) * channels + channel;
                }
            }
        }
        return Arrays.copyOf(covered, count);
    }
}
