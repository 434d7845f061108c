package conv4j.backend.reference;

import conv4j.backend.Step;
import conv4j.graph.Metric;

/** Scores: the share of an item's rows that are right. */
final class Metrics {

    private Metrics() {}

    static Step metric(Metric operation, Places places) {
        Floats prediction = places.of(operation.prediction());
        Floats target = places.of(operation.target());
        Floats perItem = places.of(operation.perItem());
        int rows = operation.prediction().shape().rows();
        int columns = operation.prediction().columns();
        return run -> {
            for (int item = 0; item < run.batch(); item++) {
                double sum = 0;
                for (int r = item * rows; r < (item + 1) * rows; r++) {
                    double[] p = Probabilities.row(prediction, r, columns);
                    double[] t =
                            operation.sparse() ? new double[] {target.get(r)} : Probabilities.row(target, r, columns);
                    sum += score(operation, p, t);
                }
                perItem.set(item, sum / rows);
            }
        };
    }

    private static double score(Metric operation, double[] p, double[] t) {
        return switch (operation.kind()) {
            case CATEGORICAL_ACCURACY -> right(firstLargest(p) >= 0 && firstLargest(p) == firstLargest(t));
            case SPARSE_CATEGORICAL_ACCURACY -> right(firstLargest(p) >= 0 && firstLargest(p) == t[0]);
            case BINARY_ACCURACY -> binary(p, t);
            case TOP_K -> right(amongTheLargest(p, firstLargest(t), operation.k()));
            case SPARSE_TOP_K -> right(amongTheLargest(p, t[0], operation.k()));
        };
    }

    private static double right(boolean right) {
        return right ? 1 : 0;
    }

    /** The index of the first largest number; NaN is never the largest; -1 where nothing but NaN is there. */
    private static int firstLargest(double[] values) {
        int best = -1;
        for (int c = 0; c < values.length; c++) {
            boolean larger = best < 0 ? !Double.isNaN(values[c]) : values[c] > values[best];
            best = larger ? c : best;
        }
        return best;
    }

    private static double binary(double[] p, double[] t) {
        double sum = 0;
        for (int c = 0; c < p.length; c++) {
            sum += right(!Double.isNaN(p[c]) && p[c] > 0.5 == t[c] > 0.5);
        }
        return sum / p.length;
    }

    private static boolean amongTheLargest(double[] p, double index, int k) {
        if (!(index >= 0 && index < p.length)) {
            return false;
        }
        double candidate = p[(int) index];
        int above = 0;
        for (double value : p) {
            above += value > candidate ? 1 : 0;
        }
        return !Double.isNaN(candidate) && above < k;
    }
}
