package conv4j.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@link Model#fit} saw: the losses and metrics of every epoch, and how fast it was. */
public final class History {

    private final List<Map<String, Double>> epochs = new ArrayList<>();
    private long trainedItems;
    private double trainingSeconds;
    private double firstStepSeconds;
    private boolean stopped;

    History() {}

    void add(Map<String, Double> logs) {
        epochs.add(Collections.unmodifiableMap(new LinkedHashMap<>(logs)));
    }

    void addTime(long items, double seconds) {
        trainedItems += items;
        trainingSeconds += seconds;
    }

    void firstStep(double seconds) {
        firstStepSeconds = seconds;
    }

    void stop() {
        stopped = true;
    }

    /**
     * The means of every finished epoch.
     *
     * @return per epoch {@code loss}, the metrics, and the same of the validation with {@code val_} before them
     */
    public List<Map<String, Double>> epochs() {
        return Collections.unmodifiableList(epochs);
    }

    /**
     * One series over all epochs.
     *
     * @param name {@code loss}, {@code val_accuracy} ...
     * @return its values in the order of epochs, without epochs that lack it
     */
    public List<Double> series(String name) {
        return epochs.stream()
                .filter(logs -> logs.containsKey(name))
                .map(logs -> logs.get(name))
                .toList();
    }

    /**
     * The training speed, validation and the first step left out.
     *
     * @return items per second
     */
    public double itemsPerSecond() {
        return trainingSeconds == 0 ? 0 : trainedItems / trainingSeconds;
    }

    /**
     * From the beginning of {@code fit} to the end of the first training step, preparation included.
     *
     * @return seconds
     */
    public double firstStepSeconds() {
        return firstStepSeconds;
    }

    /**
     * Whether training was stopped before its last epoch ended.
     *
     * @return true after {@link Model#stopTraining}
     */
    public boolean stopped() {
        return stopped;
    }
}
