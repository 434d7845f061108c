package conv4j.callbacks;

import conv4j.model.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stops training when a number has not become better for some epochs, as Keras' {@code EarlyStopping}. The first epoch
 * never stops it.
 *
 * <pre>{@code
 * new EarlyStopping().monitor("val_accuracy").patience(3).restoreBestWeights(true)
 * }</pre>
 */
public final class EarlyStopping extends MonitorCallback<EarlyStopping> {

    private int patience;
    private Double baseline;
    private boolean restoreBestWeights;
    private int startFromEpoch;
    private int wait;
    private Integer stoppedEpoch;
    private Double best;
    private int bestEpoch;
    private Map<String, float[]> bestWeights;

    /** Keras' defaults: watches val_loss, without patience. */
    public EarlyStopping() {
        super(0);
    }

    /**
     * Sets the least change that counts as better.
     *
     * @param least its absolute value, by default 0
     * @return this
     */
    public EarlyStopping minDelta(double least) {
        return minDelta(least, this);
    }

    /**
     * Sets how many epochs may pass that are not better.
     *
     * @param epochs 0 or more, by default 0
     * @return this
     */
    public EarlyStopping patience(int epochs) {
        this.patience = epochs;
        return this;
    }

    /**
     * Sets a value that must be beaten as well for the waiting to begin anew.
     *
     * @param value by default none
     * @return this
     */
    public EarlyStopping baseline(double value) {
        this.baseline = value;
        return this;
    }

    /**
     * Sets whether the model gets the weights of its best epoch in the end, also when training was not stopped early.
     *
     * @param restores by default false, which leaves the weights of the last epoch
     * @return this
     */
    public EarlyStopping restoreBestWeights(boolean restores) {
        this.restoreBestWeights = restores;
        return this;
    }

    /**
     * Sets the first epoch that is looked at.
     *
     * @param epoch counted from 0, by default 0
     * @return this
     */
    public EarlyStopping startFromEpoch(int epoch) {
        this.startFromEpoch = epoch;
        return this;
    }

    @Override
    public void onTrainBegin(Model model) {
        wait = 0;
        stoppedEpoch = null;
        best = null;
        bestEpoch = 0;
        bestWeights = null;
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        Double current = watched(model, logs, "Early stopping conditioned on metric");
        if (current == null || epoch < startFromEpoch) {
            return;
        }
        wait++;
        if (isImprovement(current, best)) {
            best = current;
            bestEpoch = epoch;
            if (restoreBestWeights) {
                remember(model);
            }
            if (isImprovement(current, baseline)) {
                wait = 0;
            }
        } else if (wait >= patience) {
            stoppedEpoch = epoch;
            model.stopTraining();
        }
    }

    private void remember(Model model) {
        bestWeights = new LinkedHashMap<>();
        model.weights()
                .names()
                .forEach(name -> bestWeights.put(name, model.weights().get(name)));
    }

    @Override
    public void onTrainEnd(Model model) {
        if (stoppedEpoch != null) {
            say("Epoch " + (stoppedEpoch + 1) + ": early stopping");
        }
        if (bestWeights != null) {
            say("Restoring model weights from the end of the best epoch: " + (bestEpoch + 1) + ".");
            bestWeights.forEach(model.weights()::set);
            bestWeights = null;
        }
    }

    /**
     * The epoch after which training was stopped.
     *
     * @return counted from 0; 0 when it was not stopped, as in Keras
     */
    public int stoppedEpoch() {
        return stoppedEpoch == null ? 0 : stoppedEpoch;
    }

    /**
     * The epoch with the best value.
     *
     * @return counted from 0
     */
    public int bestEpoch() {
        return bestEpoch;
    }
}
