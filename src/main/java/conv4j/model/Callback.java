package conv4j.model;

import java.util.Map;

/**
 * Called by {@link Model#fit} as training goes on. Every method does nothing unless it is overridden.
 *
 * <p>A callback that remembers something from epoch to epoch gives it away in {@link #state} and takes it back in {@link
 * #restore}: it is saved with the model, and belongs to the training that is saved. {@link FitOptions#resume} goes on with
 * that training, so that a callback gets back what the one of the same class, and of the same place among those of its
 * class, remembered; any other {@link Model#fit} is a new training, in which callbacks begin anew. Model files of conv4j
 * hold it, those of other programs do not.
 */
public interface Callback {

    /**
     * Before the first epoch.
     *
     * @param model the model that is trained
     */
    default void onTrainBegin(Model model) {}

    /**
     * Before the first batch of an epoch.
     *
     * @param model the model that is trained
     * @param epoch the epoch, from 0
     */
    default void onEpochBegin(Model model, int epoch) {}

    /**
     * After a training step was started; on a device it may still be running.
     *
     * @param model the model that is trained
     * @param progress how far training is
     */
    default void onBatchEnd(Model model, BatchProgress progress) {}

    /**
     * After an epoch and its validation.
     *
     * @param model the model that is trained
     * @param epoch the epoch, from 0
     * @param logs means over the epoch: {@code loss}, the metrics, and the same with {@code val_} before them; what a
     *     callback puts in is seen by those after it and by the {@link History}
     */
    default void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {}

    /**
     * When the loss was found not to be a finite number.
     *
     * @param model the model that is trained
     * @param batch the first such batch of the epoch, from 0
     * @param failure what {@link Model#fit} throws unless a callback prevents it
     * @return true to prevent it; training then ends after the epoch's logs
     */
    default boolean onDivergence(Model model, int batch, DivergedException failure) {
        return false;
    }

    /**
     * After the last epoch, also when training was stopped early.
     *
     * @param model the model that was trained
     */
    default void onTrainEnd(Model model) {}

    /**
     * What this callback remembers, asked for whenever the model is saved during training and when training has ended.
     *
     * @return by default {@link CallbackState#NONE}, which is not saved
     */
    default CallbackState state() {
        return CallbackState.NONE;
    }

    /**
     * Remembers what {@link #state} returned when the training that now goes on was saved; called after {@link
     * #onTrainBegin}. If the model was saved after an epoch before this callback was told of its end, {@link #onEpochEnd}
     * follows for that epoch.
     *
     * @param model the model that is trained
     * @param state what was saved, never empty
     * @throws IllegalArgumentException when it does not fit the settings, saying why; nothing is changed then, and
     *     training goes on after a warning, with this callback as new
     */
    default void restore(Model model, CallbackState state) {}
}
