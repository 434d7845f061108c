package conv4j.callbacks;

import conv4j.model.BatchProgress;
import conv4j.model.CallbackState;
import conv4j.model.Model;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Saves the model, or its weights alone, after every epoch or only when a number has become better, as Keras' {@code
 * ModelCheckpoint}. The files are those of {@link Model#save} and {@link Model#saveWeights}; a training goes on from the
 * former, and the first file it writes must be better than the best one of before, too.
 *
 * <pre>{@code
 * new ModelCheckpoint("models/{epoch:02d}-{val_loss:.4f}").saveBestOnly(true)
 * }</pre>
 */
public final class ModelCheckpoint extends MonitorCallback<ModelCheckpoint> {

    private final FilePattern pattern;
    private boolean saveBestOnly;
    private boolean saveWeightsOnly;
    private int saveFreq;
    private Double best;
    private int batches;

    /**
     * Saves after every epoch.
     *
     * @param filePath a file name, with places such as {@code {epoch}}, counted from 1, {@code {epoch:02d}} or {@code
     *     {val_loss:.4f}} for numbers of the logs; folders are made
     * @throws IllegalArgumentException when a place cannot be read
     */
    public ModelCheckpoint(String filePath) {
        super(0);
        this.pattern = new FilePattern(filePath);
    }

    /**
     * Sets whether files are written only when what is watched has become better.
     *
     * @param bestOnly by default false
     * @return this
     */
    public ModelCheckpoint saveBestOnly(boolean bestOnly) {
        this.saveBestOnly = bestOnly;
        return this;
    }

    /**
     * Sets whether weights alone are written.
     *
     * @param weightsOnly by default false
     * @return this
     */
    public ModelCheckpoint saveWeightsOnly(boolean weightsOnly) {
        this.saveWeightsOnly = weightsOnly;
        return this;
    }

    /**
     * Saves after so many batches instead of after every epoch; {@code {batch}} is filled in then, too.
     *
     * @param count batches, 1 or more
     * @return this
     * @throws IllegalArgumentException when it is below 1
     */
    public ModelCheckpoint saveFreq(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("ModelCheckpoint saves after 1 batch or more, but was given " + count);
        }
        this.saveFreq = count;
        return this;
    }

    /**
     * Sets a value that must be beaten by the first file with {@link #saveBestOnly}.
     *
     * @param value by default none
     * @return this
     */
    public ModelCheckpoint initialValueThreshold(double value) {
        this.best = value;
        return this;
    }

    @Override
    public CallbackState state() {
        Map<String, Object> values = saveBestOnly ? remembered(best) : new LinkedHashMap<>();
        values.put("batches", batches);
        return CallbackState.of(values);
    }

    @Override
    public void restore(Model model, CallbackState state) {
        int counted = state.count("batches");
        if (saveBestOnly && state.has("monitor")) {
            Double before = bestOf(model, state);
            if (before != null && isImprovement(before, best)) {
                best = before;
            }
        }
        batches = counted;
    }

    @Override
    public void onBatchEnd(Model model, BatchProgress progress) {
        if (saveFreq > 0 && ++batches >= saveFreq) {
            batches = 0;
            Map<String, Integer> counts = Map.of("epoch", progress.epoch() + 1, "batch", progress.batch());
            save(model, progress.epoch(), counts, progress.means().get());
        }
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        if (saveFreq == 0) {
            save(model, epoch, Map.of("epoch", epoch + 1), logs);
        }
    }

    private void save(Model model, int epoch, Map<String, Integer> counts, Map<String, Double> logs) {
        Path file = Path.of(pattern.fill(counts, logs));
        if (saveBestOnly && !isBest(model, epoch, logs, file)) {
            return;
        }
        if (saveWeightsOnly) {
            model.saveWeights(file);
        } else {
            model.save(file);
        }
        say("Epoch " + (epoch + 1) + ": finished saving model to " + file);
    }

    /** As in Keras, what cannot be watched is saved every time. */
    private boolean isBest(Model model, int epoch, Map<String, Double> logs, Path file) {
        Double current = watched(model, logs, "Can save best model only with");
        if (current == null) {
            return true;
        }
        String before = fiveDigits(best);
        if (!isImprovement(current, best)) {
            say("Epoch " + (epoch + 1) + ": " + monitor() + " did not improve from " + before);
            return false;
        }
        say("Epoch " + (epoch + 1) + ": " + monitor() + " improved from " + before + " to " + fiveDigits(current)
                + ", saving model to " + file);
        best = current;
        return true;
    }
}
