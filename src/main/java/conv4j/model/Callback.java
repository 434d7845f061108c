package conv4j.model;

import java.util.Map;

/** Called by {@link Model#fit} as training goes on. Every method does nothing unless it is overridden. */
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
}
