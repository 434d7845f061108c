package conv4j.callbacks;

import conv4j.model.CallbackState;
import conv4j.model.Model;
import java.util.Map;

/**
 * Makes the learning rate smaller when a number has not become better for some epochs, as Keras' {@code
 * ReduceLROnPlateau}. The rate of every epoch is put into the logs as {@code learning_rate}. A training that is resumed
 * goes on with the same best value, waiting and cooling epochs.
 */
public final class ReduceLROnPlateau extends MonitorCallback<ReduceLROnPlateau> {

    private double factor = 0.1;
    private int patience = 10;
    private int cooldown;
    private double minLr;
    private int wait;
    private int coolingEpochs;
    private Double best;

    /** Keras' defaults: watches val_loss, multiplies by 0.1 after 10 epochs without a change of 0.0001. */
    public ReduceLROnPlateau() {
        super(1e-4);
    }

    /**
     * Sets what the rate is multiplied by.
     *
     * @param share below 1, by default 0.1
     * @return this
     * @throws IllegalArgumentException when it is not in [0, 1)
     */
    public ReduceLROnPlateau factor(double share) {
        if (!(share >= 0 && share < 1)) {
            throw new IllegalArgumentException(
                    "ReduceLROnPlateau needs a factor of 0 or more and below 1, but was given " + share);
        }
        this.factor = share;
        return this;
    }

    /**
     * Sets how many epochs must pass that are not better.
     *
     * @param epochs by default 10
     * @return this
     */
    public ReduceLROnPlateau patience(int epochs) {
        this.patience = epochs;
        return this;
    }

    /**
     * Sets the least change that counts as better.
     *
     * @param least its absolute value, by default 0.0001
     * @return this
     */
    public ReduceLROnPlateau minDelta(double least) {
        return minDelta(least, this);
    }

    /**
     * Sets how many epochs after a change are not counted.
     *
     * @param epochs by default 0
     * @return this
     */
    public ReduceLROnPlateau cooldown(int epochs) {
        this.cooldown = epochs;
        return this;
    }

    /**
     * Sets the smallest rate.
     *
     * @param rate by default 0
     * @return this
     */
    public ReduceLROnPlateau minLr(double rate) {
        this.minLr = rate;
        return this;
    }

    @Override
    public void onTrainBegin(Model model) {
        wait = 0;
        coolingEpochs = 0;
        best = null;
    }

    @Override
    public CallbackState state() {
        Map<String, Object> values = remembered(best);
        values.put("wait", wait);
        values.put("cooldown", coolingEpochs);
        return CallbackState.of(values);
    }

    @Override
    public void restore(Model model, CallbackState state) {
        int waited = state.count("wait");
        int cooling = state.count("cooldown");
        best = bestOf(model, state);
        wait = waited;
        coolingEpochs = cooling;
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        logs.put("learning_rate", model.learningRate());
        Double current = watched(model, logs, "Learning rate reduction is conditioned on metric");
        if (current == null) {
            return;
        }
        if (coolingEpochs > 0) {
            coolingEpochs--;
            wait = 0;
        }
        if (isImprovement(current, best)) {
            best = current;
            wait = 0;
        } else if (coolingEpochs == 0 && ++wait >= patience && model.learningRate() > minLr) {
            double rate = Math.max(model.learningRate() * factor, minLr);
            model.learningRate(rate);
            say("Epoch " + (epoch + 1) + ": ReduceLROnPlateau reducing learning rate to " + rate + ".");
            coolingEpochs = cooldown;
            wait = 0;
        }
    }
}
