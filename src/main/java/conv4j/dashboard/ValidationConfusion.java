package conv4j.dashboard;

import conv4j.backend.OutOfMemoryException;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.evaluation.Classification;
import conv4j.evaluation.ConfusionMatrix;
import conv4j.model.Model;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The confusion matrix of the validation data after an epoch. The model predicts the data once more for it, and what that
 * takes on the device is freed at once. When that takes long beside the training, epochs are left out, but not the last.
 */
final class ValidationConfusion {

    private static final int BATCH = 64;
    private static final double SHARE = 0.1;

    private final Dataset data;
    private final LongSupplier nanos;
    private double cost;
    private double measuredAt;

    /** Of a data set with class labels, with a clock as {@link System#nanoTime} is one. */
    ValidationConfusion(Dataset data, LongSupplier nanos) {
        this.data = data;
        this.nanos = nanos;
    }

    /**
     * What the page shows.
     *
     * @param epoch from 1
     * @param classes their names
     * @param counts rows are labels, columns predictions; null when there is a problem
     * @param problem why there is no matrix, null when there is one
     */
    record Table(int epoch, List<String> classes, long[][] counts, String problem) {}

    /**
     * Looks at a model after an epoch.
     *
     * @param seconds since training began
     * @param last whether there will be no other epoch
     * @return null when this epoch is left out
     */
    Table afterEpoch(Model model, int epoch, double seconds, boolean last) {
        if (cost > SHARE * (seconds - measuredAt) && !last) {
            return null;
        }
        long begin = nanos.getAsLong();
        Table table = table(model, epoch);
        cost = (nanos.getAsLong() - begin) / 1e9;
        measuredAt = seconds;
        return table;
    }

    private Table table(Model model, int epoch) {
        try {
            ConfusionMatrix matrix =
                    Classification.of(model.predict(data, BATCH), data).confusion();
            long[][] counts = new long[matrix.classes()][matrix.classes()];
            for (int actual = 0; actual < counts.length; actual++) {
                for (int predicted = 0; predicted < counts.length; predicted++) {
                    counts[actual][predicted] = matrix.count(actual, predicted);
                }
            }
            return new Table(epoch, matrix.classNames(), counts, null);
        } catch (OutOfMemoryException | DataException | IllegalArgumentException e) {
            // No reason to end a training that goes well.
            return new Table(epoch, List.of(), null, e.getMessage());
        }
    }
}
