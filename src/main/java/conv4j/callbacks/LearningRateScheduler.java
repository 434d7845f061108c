package conv4j.callbacks;

import conv4j.model.Callback;
import conv4j.model.Model;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * Sets the learning rate at the beginning of every epoch, as Keras' {@code LearningRateScheduler}, and puts it into the
 * logs as {@code learning_rate}. A training that is resumed in the middle of an epoch begins that epoch again.
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

    @Override
    public void onEpochBegin(Model model, int epoch) {
        model.learningRate(schedule.at(epoch, model.learningRate()));
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        logs.put("learning_rate", model.learningRate());
    }
}
