package conv4j.callbacks;

import conv4j.model.CallbackState;
import conv4j.model.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Stops training when a number has not become better for some epochs, as Keras' {@code EarlyStopping}. The first epoch
 * never stops it.
 *
 * <p>A training that is resumed goes on as if it had not stopped: with the same best value and as many epochs waited. With
 * {@link #restoreBestWeights} a model file has two sets of weights for that: while training runs, the model's and those of
 * its best epoch; after it, the model's, which are then those of the best epoch, and the last ones, with which a training
 * that is resumed goes on.
 *
 * <pre>{@code
 * new EarlyStopping().monitor("val_accuracy").patience(3).restoreBestWeights(true)
 * }</pre>
 */
public final class EarlyStopping extends MonitorCallback<EarlyStopping> {

    private static final String BEST = "best/";
    private static final String LAST = "last/";

    private int patience;
    private Double baseline;
    private boolean restoreBestWeights;
    private int startFromEpoch;
    private int wait;
    private Integer stoppedEpoch;
    private Double best;
    private int bestEpoch;
    private Map<String, float[]> bestWeights;
    private Map<String, float[]> lastWeights;

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
        lastWeights = null;
    }

    @Override
    public CallbackState state() {
        Map<String, Object> values = remembered(best);
        values.put("best_epoch", bestEpoch);
        values.put("wait", wait);
        Map<String, float[]> arrays = new LinkedHashMap<>();
        if (bestWeights != null) {
            bestWeights.forEach((name, numbers) -> arrays.put(BEST + name, numbers));
        }
        if (lastWeights != null) {
            lastWeights.forEach((name, numbers) -> arrays.put(LAST + name, numbers));
        }
        return new CallbackState(values, arrays);
    }

    @Override
    public void restore(Model model, CallbackState state) {
        int epoch = state.count("best_epoch");
        int waited = state.count("wait");
        Map<String, float[]> bestBefore = weights(model, state, BEST);
        Map<String, float[]> lastBefore = weights(model, state, LAST);
        if (restoreBestWeights && state.has("best") && bestBefore == null && lastBefore == null) {
            throw new IllegalArgumentException("it was saved without the weights of the best epoch, because"
                    + " restoreBestWeights was false, but now it is true");
        }
        best = bestOf(model, state);
        bestEpoch = epoch;
        wait = waited;
        if (lastBefore != null) {
            bestBefore = weightsOf(model);
            lastBefore.forEach(model.weights()::set);
        }
        bestWeights = restoreBestWeights ? bestBefore : null;
    }

    /** The weights in a state, null for none. */
    private static Map<String, float[]> weights(Model model, CallbackState state, String prefix) {
        if (state.arrays().keySet().stream().noneMatch(name -> name.startsWith(prefix))) {
            return null;
        }
        Map<String, float[]> weights = new LinkedHashMap<>();
        for (String name : model.weights().names()) {
            float[] numbers = state.arrays().get(prefix + name);
            int needed = model.weights().shape(name).size();
            if (numbers == null || numbers.length != needed) {
                throw new IllegalArgumentException("it has " + (numbers == null ? 0 : numbers.length) + " numbers of "
                        + name + ", but the model has " + needed);
            }
            weights.put(name, numbers);
        }
        return weights;
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
                bestWeights = weightsOf(model);
            }
            if (isImprovement(current, baseline)) {
                wait = 0;
            }
        } else if (wait >= patience) {
            stoppedEpoch = epoch;
            model.stopTraining();
        }
    }

    private static Map<String, float[]> weightsOf(Model model) {
        Map<String, float[]> weights = new LinkedHashMap<>();
        model.weights()
                .names()
                .forEach(name -> weights.put(name, model.weights().get(name)));
        return weights;
    }

    @Override
    public void onTrainEnd(Model model) {
        if (stoppedEpoch != null) {
            say("Epoch " + (stoppedEpoch + 1) + ": early stopping");
        }
        if (bestWeights != null) {
            say("Restoring model weights from the end of the best epoch: " + (bestEpoch + 1) + ".");
            lastWeights = weightsOf(model);
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
