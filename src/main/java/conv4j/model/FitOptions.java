package conv4j.model;

import conv4j.data.Dataset;
import conv4j.data.Split;
import java.util.ArrayList;
import java.util.List;

/** How {@link Model#fit} trains, with Keras' names and defaults. */
public final class FitOptions {

    private int epochs = 1;
    private int batchSize = 32;
    private boolean shuffle = true;
    private boolean resume;
    private double validationSplit;
    private Dataset validation;
    private final List<Callback> callbacks = new ArrayList<>();

    /** One epoch in shuffled batches of 32, without validation. */
    public FitOptions() {}

    /**
     * The number of epochs; a training that is resumed counts those that were done before.
     *
     * @param count 1 or more
     * @return this
     */
    public FitOptions epochs(int count) {
        this.epochs = positive(count, "epochs");
        return this;
    }

    /**
     * The number of items of a training step; the last step of an epoch takes what is left.
     *
     * @param items 1 or more
     * @return this
     */
    public FitOptions batchSize(int items) {
        this.batchSize = positive(items, "the batch size");
        return this;
    }

    /**
     * Whether every epoch visits the items in a new order.
     *
     * @param newOrder false to visit them as they come
     * @return this
     */
    public FitOptions shuffle(boolean newOrder) {
        this.shuffle = newOrder;
        return this;
    }

    /**
     * A data set that is evaluated after every epoch.
     *
     * @param dataset not trained on
     * @return this
     */
    public FitOptions validation(Dataset dataset) {
        this.validation = dataset;
        return this;
    }

    /**
     * Sets aside the last part of the training data for validation, before shuffling.
     *
     * @param fraction above 0 and below 1, or 0 for none
     * @return this
     */
    public FitOptions validationSplit(double fraction) {
        if (!(fraction >= 0 && fraction < 1)) {
            throw new IllegalArgumentException("the validation split must be in [0, 1), but is " + fraction);
        }
        this.validationSplit = fraction;
        return this;
    }

    /**
     * Adds callbacks, which are called in the order of adding.
     *
     * @param added what to call
     * @return this
     */
    public FitOptions callbacks(Callback... added) {
        callbacks.addAll(List.of(added));
        return this;
    }

    /**
     * Goes on where the training that the model was saved in stopped, in the middle of an epoch if need be. Otherwise
     * epochs are counted anew, while the optimizer keeps what it remembers.
     *
     * @param goOn whether to go on
     * @return this
     */
    public FitOptions resume(boolean goOn) {
        this.resume = goOn;
        return this;
    }

    private static int positive(int value, String what) {
        if (value < 1) {
            throw new IllegalArgumentException(what + " must be 1 or more, but is " + value);
        }
        return value;
    }

    int epochs() {
        return epochs;
    }

    int batchSize() {
        return batchSize;
    }

    boolean shuffle() {
        return shuffle;
    }

    boolean resumes() {
        return resume;
    }

    /** What to train on, and what to validate with, null for nothing. */
    Split split(Dataset data) {
        return validationSplit > 0 && validation == null ? data.split(validationSplit) : new Split(data, validation);
    }

    List<Callback> callbacks() {
        return callbacks;
    }
}
