package conv4j.callbacks;

import conv4j.model.Callback;
import conv4j.model.CallbackState;
import conv4j.model.Model;
import java.io.PrintStream;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * Sets the learning rate at the beginning of every epoch, as Keras' {@code LearningRateScheduler}, and puts it into the
 * logs as {@code learning_rate}. A training that is resumed in the middle of an epoch keeps the rate of that epoch.
 *
 * <pre>{@code
 * new LearningRateScheduler((epoch, rate) -> epoch < 10 ? rate : rate * 0.9)
 * }</pre>
 */
public final class LearningRateScheduler implements Callback {

    /** A learning rate by epoch. */
    @FunctionalInterface
    public interface Schedule {

        /**
         * The rate of an epoch.
         *
         * @param epoch the epoch, from 0
         * @param rate the rate of the epoch before
         * @return the new rate, 0 or more
         */
        double at(int epoch, double rate);
    }

    private final Schedule schedule;
    private int scheduledEpochs;
    private boolean verbose;
    private PrintStream messages = System.err;

    /**
     * A schedule that goes on from the rate before.
     *
     * @param schedule the rate by epoch and by the rate before
     */
    public LearningRateScheduler(Schedule schedule) {
        this.schedule = schedule;
    }

    /**
     * A schedule by epoch alone.
     *
     * @param schedule the rate by epoch, from 0
     */
    public LearningRateScheduler(IntToDoubleFunction schedule) {
        this((epoch, rate) -> schedule.applyAsDouble(epoch));
    }

    /**
     * Sets whether the rate is said at the beginning of every epoch, in Keras' words.
     *
     * @param says by default false
     * @return this
     */
    public LearningRateScheduler verbose(boolean says) {
        this.verbose = says;
        return this;
    }

    /**
     * Sets where messages go.
     *
     * @param out by default {@code System.err}
     * @return this
     */
    public LearningRateScheduler messages(PrintStream out) {
        this.messages = out;
        return this;
    }

    @Override
    public void onTrainBegin(Model model) {
        scheduledEpochs = 0;
    }

    @Override
    public CallbackState state() {
        return CallbackState.of(Map.of("scheduled_epochs", scheduledEpochs));
    }

    @Override
    public void restore(Model model, CallbackState state) {
        scheduledEpochs = state.count("scheduled_epochs");
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
        if (epoch < scheduledEpochs) {
            return; // resumed within this epoch: its rate came with the model
        }
        scheduledEpochs = epoch + 1;
        model.learningRate(schedule.at(epoch, model.learningRate()));
        if (verbose) {
            messages.println("Epoch " + (epoch + 1) + ": LearningRateScheduler setting learning rate to "
                    + model.learningRate() + ".");
        }
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        logs.put("learning_rate", model.learningRate());
    }
}
