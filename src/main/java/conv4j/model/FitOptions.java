package conv4j.model;

import conv4j.data.Dataset;
import conv4j.data.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How {@link Model#fit} trains, with Keras' names and defaults. */
public final class FitOptions {

    private int epochs = 1;
    private int batchSize = 32;
    private boolean shuffle = true;
    private boolean resume;
    private double validationSplit;
    private Dataset validation;
    private Map<Integer, Double> classWeight;
    private float[] sampleWeight;
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
     * Makes the items of some classes count more or less: their losses are multiplied by a weight before the mean over
     * the batch is taken, in training alone. Metrics and validation are without weights, as in Keras.
     *
     * @param weights the weight, 0 or more, by class index; classes that are not there have 1; null for none
     * @return this
     * @throws IllegalArgumentException when a weight is negative or not a number, or items have weights of their own
     */
    public FitOptions classWeight(Map<Integer, Double> weights) {
        if (weights != null) {
            weights.forEach((label, weight) -> checkWeight("class " + label, weight));
            checkAlone(sampleWeight != null);
        }
        this.classWeight = weights == null ? null : Map.copyOf(weights);
        return this;
    }

    /**
     * Makes single items count more or less, as {@link #classWeight} does classes. With {@link #validationSplit} the last
     * weights belong to the items that validate, as in Keras.
     *
     * @param weights one number of 0 or more per item of the data set that {@code fit} is given, null for none
     * @return this
     * @throws IllegalArgumentException when a weight is negative or not a number, or classes have weights
     */
    public FitOptions sampleWeight(float... weights) {
        if (weights != null) {
            for (int i = 0; i < weights.length; i++) {
                checkWeight("item " + i, weights[i]);
            }
            checkAlone(classWeight != null);
        }
        this.sampleWeight = weights == null ? null : weights.clone();
        return this;
    }

    private static void checkWeight(String what, double weight) {
        if (!(weight >= 0 && Double.isFinite(weight))) {
            throw new IllegalArgumentException("the weight of " + what + " must be 0 or more, but is " + weight);
        }
    }

    private static void checkAlone(boolean other) {
        if (other) {
            throw new IllegalArgumentException("weights can be given for classes or for items, not for both;"
                    + " multiply them into one array for sampleWeight");
        }
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
     * Goes on where the training that the model was saved in stopped, in the middle of an epoch if need be; callbacks get
     * back what those of the same class remembered. Otherwise epochs are counted anew and callbacks begin anew, while the
     * optimizer keeps what it remembers.
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

    /** Refuses weights that do not fit the whole data set, before it is split. */
    void checkWeights(Dataset all) {
        if (sampleWeight != null && sampleWeight.length != all.size()) {
            throw new IllegalArgumentException("there are " + sampleWeight.length + " sample weights for " + all.size()
                    + " items; give one for every item");
        }
    }

    /** The weights of the items that are trained on, which come first; null for none. */
    float[] trainingWeights(Dataset train, boolean sparse) {
        return classWeight != null
                ? ItemWeights.ofClasses(classWeight, train, sparse)
                : ItemWeights.part(sampleWeight, 0, train);
    }

    /** The weights of the items that validate when they were set aside from weighted ones; null for none. */
    float[] validationWeights(Dataset train, Dataset validating) {
        return validation == null ? ItemWeights.part(sampleWeight, train.size(), validating) : null;
    }

    List<Callback> callbacks() {
        return callbacks;
    }
}
