package conv4j.callbacks;

import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.Model;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;

/**
 * A callback of functions, as Keras' {@code LambdaCallback}.
 *
 * <pre>{@code
 * new LambdaCallback().onEpochEnd((model, epoch, logs) -> System.out.println(epoch + " " + logs))
 * }</pre>
 */
public final class LambdaCallback implements Callback {

    /** What to do after an epoch. */
    @FunctionalInterface
    public interface EpochEnd {

        /**
         * Called after an epoch and its validation.
         *
         * @param model the model that is trained
         * @param epoch the epoch, from 0
         * @param logs the epoch's means
         */
        void accept(Model model, int epoch, Map<String, Double> logs);
    }

    private Consumer<Model> trainBegin = model -> {};
    private ObjIntConsumer<Model> epochBegin = (model, epoch) -> {};
    private BiConsumer<Model, BatchProgress> batchEnd = (model, progress) -> {};
    private EpochEnd epochEnd = (model, epoch, logs) -> {};
    private Consumer<Model> trainEnd = model -> {};

    /** Does nothing yet. */
    public LambdaCallback() {
        // Every function has a default.
    }

    /**
     * Sets what to do before the first epoch.
     *
     * @param action gets the model
     * @return this
     */
    public LambdaCallback onTrainBegin(Consumer<Model> action) {
        this.trainBegin = action;
        return this;
    }

    /**
     * Sets what to do before an epoch.
     *
     * @param action gets the model and the epoch, from 0
     * @return this
     */
    public LambdaCallback onEpochBegin(ObjIntConsumer<Model> action) {
        this.epochBegin = action;
        return this;
    }

    /**
     * Sets what to do after a training step.
     *
     * @param action gets the model and how far training is
     * @return this
     */
    public LambdaCallback onBatchEnd(BiConsumer<Model, BatchProgress> action) {
        this.batchEnd = action;
        return this;
    }

    /**
     * Sets what to do after an epoch.
     *
     * @param action gets the model, the epoch, from 0, and its logs
     * @return this
     */
    public LambdaCallback onEpochEnd(EpochEnd action) {
        this.epochEnd = action;
        return this;
    }

    /**
     * Sets what to do after the last epoch.
     *
     * @param action gets the model
     * @return this
     */
    public LambdaCallback onTrainEnd(Consumer<Model> action) {
        this.trainEnd = action;
        return this;
    }

    @Override
    public void onTrainBegin(Model model) {
        trainBegin.accept(model);
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
        epochBegin.accept(model, epoch);
    }

    @Override
    public void onBatchEnd(Model model, BatchProgress progress) {
        batchEnd.accept(model, progress);
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        epochEnd.accept(model, epoch, logs);
    }

    @Override
    public void onTrainEnd(Model model) {
        trainEnd.accept(model);
    }
}
