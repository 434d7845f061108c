package conv4j.backend.cpu;

import conv4j.graph.Metric;

/** The score of one row, {@link Metric.Kind}. */
final class MetricRows {

    private MetricRows() {}

    static double score(Metric metric, float[] predictions, float[] targets, int row) {
        int columns = metric.prediction().columns();
        int at = row * columns;
        return switch (metric.kind()) {
            case CATEGORICAL_ACCURACY -> right(
                    firstLargest(predictions, at, columns) == firstLargest(targets, at, columns)
                            && !hasNaN(predictions, at, columns));
            case SPARSE_CATEGORICAL_ACCURACY -> right(
                    firstLargest(predictions, at, columns) == targets[row] && !hasNaN(predictions, at, columns));
            case BINARY_ACCURACY -> binary(predictions, targets, at, columns);
            case TOP_K -> right(among(predictions, at, columns, firstLargest(targets, at, columns), metric.k()));
            case SPARSE_TOP_K -> right(among(predictions, at, columns, targets[row], metric.k()));
        };
    }

    private static double right(boolean isRight) {
        return isRight ? 1 : 0;
    }

    private static int firstLargest(float[] values, int at, int columns) {
        int best = 0;
        for (int c = 1; c < columns; c++) {
            if (values[at + c] > values[at + best]) {
                best = c;
            }
        }
        return best;
    }

    private static boolean hasNaN(float[] values, int at, int columns) {
        for (int c = at; c < at + columns; c++) {
            if (Float.isNaN(values[c])) {
                return true;
            }
        }
        return false;
    }

    private static double binary(float[] predictions, float[] targets, int at, int columns) {
        int right = 0;
        for (int c = at; c < at + columns; c++) {
            right += !Float.isNaN(predictions[c]) && predictions[c] > 0.5f == targets[c] > 0.5f ? 1 : 0;
        }
        return (double) right / columns;
    }

    private static boolean among(float[] predictions, int at, int columns, float target, int k) {
        int index = (int) target;
        if (index != target || index < 0 || index >= columns || hasNaN(predictions, at, columns)) {
            return false;
        }
        int above = 0;
        for (int c = at; c < at + columns; c++) {
            above += predictions[c] > predictions[at + index] ? 1 : 0;
        }
        return above < k;
    }
}
