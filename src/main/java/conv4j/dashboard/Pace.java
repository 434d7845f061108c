package conv4j.dashboard;

import conv4j.model.BatchProgress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What happened between two looks at a training: loss and metrics of just the items in between, from running means; items
 * per second; and the time of a batch, divided into waiting for data and all the rest.
 */
final class Pace {

    private static final double MILLIS = 1e3;

    private boolean known;
    private long items;
    private int batches;
    private double dataSeconds;
    private double seconds;
    private double unusedSeconds;
    private Map<String, Double> means = Map.of();

    /**
     * A point of the curves over batches.
     *
     * @param at epochs since the beginning of training, with fractions
     * @param means loss and metrics of the items since the point before
     * @param learningRate of the next step
     * @param itemsPerSecond null when not known
     * @param dataMillis a batch's wait for data, null when not known
     * @param stepMillis the rest of a batch's time, null when not known
     */
    record Point(
            double at,
            Map<String, Double> means,
            double learningRate,
            Double itemsPerSecond,
            Double dataMillis,
            Double stepMillis) {}

    /**
     * Another epoch begins.
     *
     * @param first whether it is the first one of this training: its first step prepares things, and when it was resumed
     *     it may begin in the middle, so that the first look at it tells no speed
     */
    void beginEpoch(boolean first) {
        known = !first;
        items = 0;
        batches = 0;
        dataSeconds = 0;
        seconds = 0;
        unusedSeconds = 0;
        means = Map.of();
    }

    /** Time in which training stood still for this page: pauses and measurements. It counts nowhere. */
    void leaveOut(double stoodStill) {
        unusedSeconds += stoodStill;
    }

    /**
     * Looks.
     *
     * @param progress how far training is
     * @param now the means of the epoch so far, for which the device was waited for
     * @param secondsNow since the epoch began, taken after that
     * @param learningRate of the next step
     */
    Point look(BatchProgress progress, Map<String, Double> now, double secondsNow, double learningRate) {
        double at = progress.epoch() + (double) progress.batch() / progress.batches();
        int newBatches = progress.batch() - batches;
        double spent = Math.max(1e-9, secondsNow - seconds - unusedSeconds);
        double waited = Math.min(spent, progress.dataSeconds() - dataSeconds);
        Map<String, Double> newMeans = between(now, progress.items());
        Point point = known
                ? new Point(
                        at,
                        newMeans,
                        learningRate,
                        (progress.items() - items) / spent,
                        waited / newBatches * MILLIS,
                        (spent - waited) / newBatches * MILLIS)
                : new Point(at, newMeans, learningRate, null, null, null);
        known = true;
        items = progress.items();
        batches = progress.batch();
        dataSeconds = progress.dataSeconds();
        seconds = secondsNow;
        unusedSeconds = 0;
        means = now;
        return point;
    }

    private Map<String, Double> between(Map<String, Double> now, long itemsNow) {
        Map<String, Double> result = new LinkedHashMap<>();
        now.forEach((name, mean) -> {
            double before = means.getOrDefault(name, 0.0) * items;
            result.put(name, (mean * itemsNow - before) / (itemsNow - items));
        });
        return result;
    }
}
