package conv4j.model;

import conv4j.Backends;
import conv4j.augmentation.Augmentation;
import conv4j.backend.Backend;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.graph.Precision;
import conv4j.layers.Layer;
import conv4j.layers.Tensor;
import conv4j.losses.Loss;
import conv4j.metrics.Metric;
import conv4j.optimizers.Optimizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A network of layers with its weights, which can be trained, evaluated, used and saved: any directed acyclic graph from
 * one input to one output, as Keras' functional {@code Model}. {@link Sequential} is the form for layers in a line.
 *
 * <pre>{@code
 * Tensor input = Input.of(32, 32, 16);
 * Tensor branch = new Conv2D(16, 3).padding(Padding.SAME).apply(input);
 * try (Model model = new Model("residual", input, new Add().apply(input, branch))) {
 *     System.out.println(model.summary(32));
 * }
 * }</pre>
 *
 * <p>A model owns memory on its device and must be closed. It is used by one thread at a time, except for {@link
 * #stopTraining}.
 */
public non-sealed class Model extends LayerGraph implements AutoCloseable {

    private final Inference inference = new Inference(this);
    private final Training training = new Training(this);
    private Normalization normalization = Normalization.IDENTITY;
    private List<Augmentation> augmentation = List.of();
    private List<String> classNames = List.of();
    private Precision precision = Precision.FLOAT32;
    private Backend backend;
    private boolean ownsBackend;

    /**
     * A model from a graph of layers.
     *
     * @param name the model's name
     * @param input where items come in, made by {@link conv4j.layers.Input#of}
     * @param output the result, which depends on the input
     * @throws IllegalArgumentException when the output does not depend on the input alone, or two layers share a name
     */
    public Model(String name, Tensor input, Tensor output) {
        super(name, input, output);
    }

    /**
     * Chooses the device. Without this the first use takes {@link Backends#best()} and the model closes it in the end.
     *
     * @param device an open backend; the caller closes it after the model
     * @return this
     * @throws IllegalStateException when the model is on a device already
     */
    public Model on(Backend device) {
        if (backend != null) {
            throw new IllegalStateException("model " + name() + " is on "
                    + backend.device().describe() + " already; choose before the first use");
        }
        backend = device;
        return this;
    }

    /**
     * The seed of the initial weights, of dropout masks, of augmentation and of the order of items. The same seed on the
     * same device gives the same bits.
     *
     * @param newSeed any number; 0 if never set
     * @return this
     * @throws IllegalStateException when the weights were used already
     */
    public Model seed(long newSeed) {
        weights().seed(newSeed);
        return this;
    }

    /**
     * How raw inputs are scaled before the first layer, in training and ever after; saved with the model.
     *
     * @param scaling one factor and shift, or one per channel
     * @return this
     */
    public Model normalization(Normalization scaling) {
        scaling.check(inputShape().columns());
        this.normalization = scaling;
        return this;
    }

    /**
     * How images are changed at random in training, before the first layer; saved with the model. Evaluation, validation
     * and predictions see images as they are.
     *
     * @param steps applied one after the other; none to change nothing
     * @return this
     * @throws IllegalArgumentException when the model's input is no image
     */
    public Model augmentation(Augmentation... steps) {
        if (steps.length > 0 && inputShape().rank() != 3) {
            throw new IllegalArgumentException("model " + name() + " has inputs of shape " + inputShape()
                    + ", but augmentation needs images (height, width, channels)");
        }
        this.augmentation = List.of(steps);
        return this;
    }

    /**
     * The names of the classes, saved with the model. {@link #fit} takes them from the data set when none are set.
     *
     * @param names one per class, in the order of their indices
     * @return this
     */
    public Model classNames(List<String> names) {
        this.classNames = List.copyOf(names);
        return this;
    }

    /**
     * Says how to train and what to report, as in Keras. Forgets what an earlier optimizer remembered.
     *
     * @param optimizer changes the parameters
     * @param loss what is made small
     * @param metrics what else is reported
     */
    public void compile(Optimizer optimizer, Loss loss, Metric... metrics) {
        training.compile(new Compiled(optimizer, loss, List.of(metrics)));
        training.state(TrainingState.BEGINNING);
    }

    /**
     * Trains.
     *
     * @param data items of the model's input shape, with targets that fit the loss
     * @param options epochs, batch size, validation, callbacks
     * @return the losses and metrics of every epoch
     * @throws IllegalStateException when the model was not compiled, or is being trained already
     * @throws conv4j.data.DataException when shapes or labels do not fit
     * @throws DivergedException when the loss becomes NaN or infinite
     * @throws conv4j.backend.OutOfMemoryException when a batch does not fit the device
     */
    public History fit(Dataset data, FitOptions options) {
        return training.fit(data, options);
    }

    /**
     * Measures the loss and the metrics on a data set.
     *
     * @param data items of the model's input shape, with targets that fit the loss
     * @param batchSize items at a time; the result does not depend on it
     * @return the means over all items
     * @throws IllegalStateException when the model was not compiled
     */
    public Evaluation evaluate(Dataset data, int batchSize) {
        return inference.evaluate(data, batchSize);
    }

    /**
     * The model's outputs for a data set; its targets are not looked at.
     *
     * @param data items of the model's input shape
     * @param batchSize items at a time; the result does not depend on it
     * @return one row of output elements per item
     */
    public float[][] predict(Dataset data, int batchSize) {
        return inference.predict(data, batchSize);
    }

    /**
     * The model's output for one item.
     *
     * @param input the elements of one item, raw: they are normalized as in training
     * @return the output's elements
     */
    public float[] predict(float[] input) {
        return inference.predict(input);
    }

    /**
     * What a layer returns for a data set, without dropout and with moving averages, as in prediction.
     *
     * @param layer its name
     * @param data items of the model's input shape
     * @param batchSize items at a time; the result does not depend on it
     * @return the elements of the layer's output per item, in the order of {@link #layerShape}
     * @throws IllegalArgumentException when there is no such layer; the message names those that there are
     */
    public float[][] activations(String layer, Dataset data, int batchSize) {
        return inference.outputs(network().named(layer, name()), data, batchSize);
    }

    /**
     * Prepares the gradients of objectives with respect to images: saliency, maximum stimuli, adversarial examples.
     *
     * @param objectives one per image, channels of one layer
     * @return to be closed by the caller
     * @throws IllegalArgumentException when a layer or channel is not there
     */
    public InputGradient gradientOf(List<Objective> objectives) {
        return new InputGradient(this, objectives);
    }

    /**
     * The layers, their output shapes and parameters as Keras prints them, and what a training step costs.
     *
     * @param batchSize the batch for which memory is counted
     * @return a table of several lines
     */
    public String summary(int batchSize) {
        return new Summary(this, batchSize).toString();
    }

    /**
     * Plans the memory of a training step (of a prediction when the model is not compiled) without allocating it.
     *
     * @param batchSize the largest batch
     * @return bytes by purpose
     */
    public MemoryUse memoryUse(int batchSize) {
        return Summary.memoryUse(this, batchSize);
    }

    /**
     * How closely products may be computed in training, evaluation and prediction from now on: {@code float32}, {@code
     * 3xtf32}, {@code tf32}, {@code mixed} or {@code mixed_float16}, see {@link Precision}. Only devices that are faster for it
     * make use of it; it is a matter of the machine, so that it is not saved. Training in {@code mixed_float16} puts a {@link
     * conv4j.optimizers.LossScaleOptimizer} around the optimizer, which is saved.
     *
     * @param allowed its name; float32 if never set
     * @return this
     * @throws IllegalArgumentException when there is no such precision
     */
    public Model precision(String allowed) {
        this.precision = Precision.named(allowed);
        return this;
    }

    Precision precision() {
        return precision;
    }

    /**
     * Writes architecture, weights, optimizer state, position of the training, what callbacks remember, seed, normalization,
     * augmentation and class names to one file: first under a temporary name, which then takes the place of the file.
     *
     * @param file the file, replaced if it is there
     * @throws java.io.UncheckedIOException when it cannot be written; an earlier file is untouched then
     */
    public void save(Path file) {
        ModelFile.write(this, file);
        training.saved(file);
    }

    /**
     * Reads a model that {@link #save} wrote.
     *
     * @param file the file
     * @return the model, ready to predict, evaluate or train on
     * @throws conv4j.files.FileFormatException when it is not such a file, damaged or of a newer version
     */
    public static Model load(Path file) {
        return ModelFile.read(file);
    }

    /**
     * A new model of this model's layers up to a named one, with their weights, and of new layers on top: transfer
     * learning. The layers are copies, so that freezing them or training the new model leaves this one as it is. Seed,
     * normalization, augmentation and a device chosen by {@link #on} are taken over; class names are not.
     *
     * @param layer the last layer that is kept
     * @param newName the new model's name
     * @param top layers on top, in a line; unnamed ones get names that this model does not have
     * @return a {@link Sequential} when this model is one; the caller closes it
     * @throws IllegalArgumentException when there is no such layer, or a new one does not fit
     */
    public Model upTo(String layer, String newName, Layer... top) {
        return new Transfer(this, layer).to(newName, top);
    }

    /** Puts another model on the device that the user chose for this one; nothing when none was chosen. */
    void shareDevice(Model other) {
        if (backend != null && !ownsBackend) {
            other.on(backend);
        }
        other.precision = precision;
    }

    /**
     * Keeps the parameters of layers as they are in further training; a frozen {@code BatchNormalization} uses its moving
     * averages, as in Keras. The same as {@code layer.trainable(false)} for each, saved with the model.
     *
     * @param names the layers' names; none for all layers
     * @return this
     * @throws IllegalArgumentException when the model has no layer of a name
     * @throws IllegalStateException while the model is being trained
     */
    public Model freeze(String... names) {
        training.freeze(layers(names), true);
        return this;
    }

    /**
     * Lets further training change the parameters of layers again.
     *
     * @param names the layers' names; none for all layers
     * @return this
     * @throws IllegalArgumentException when the model has no layer of a name
     * @throws IllegalStateException while the model is being trained
     */
    public Model unfreeze(String... names) {
        training.freeze(layers(names), false);
        return this;
    }

    /** Asks a running {@link #fit} to return after the current step; from a callback or any thread. */
    public void stopTraining() {
        training.stop();
    }

    /** {@return the device that the model is on; the first call opens the best one if none was chosen} */
    public Backend backend() {
        if (backend == null) {
            backend = Backends.best();
            ownsBackend = true;
        }
        return backend;
    }

    DeviceState deviceState() {
        return weights().onDevice(backend());
    }

    /** {@return how raw inputs are scaled} */
    public Normalization normalization() {
        return normalization;
    }

    /** {@return how images are changed at random in training, in the order in which it is applied; empty for not at all} */
    public List<Augmentation> augmentation() {
        return augmentation;
    }

    /** {@return the names of the classes, empty when unknown} */
    public List<String> classNames() {
        return classNames;
    }

    /** {@return the epochs that were trained to their end, those before saving and loading included} */
    public int trainedEpochs() {
        return training.state().epoch();
    }

    /** {@return the epoch with which the running {@link #fit} ends, counted from 1; 0 when none runs} */
    public int plannedEpochs() {
        return training.plannedEpochs();
    }

    /** {@return the losses and metrics of the trained epochs, those before saving included; empty where a file kept none} */
    public List<Map<String, Double>> epochLogs() {
        return training.state().logs();
    }

    /** {@return the seed} */
    public long seed() {
        return weights().seed();
    }

    /**
     * The optimizer that the model was compiled with, for callbacks that change its learning rate.
     *
     * @return the optimizer
     * @throws IllegalStateException when the model was not compiled
     */
    public Optimizer optimizer() {
        return compiled().optimizer();
    }

    /**
     * The learning rate of the next step: the number that was set, or what the optimizer's schedule says.
     *
     * @return the rate
     * @throws IllegalStateException when the model was not compiled
     */
    public double learningRate() {
        return optimizer().learningRateAt(trainedSteps());
    }

    /**
     * Sets the learning rate of all further steps, also while the model is trained; saved with the model.
     *
     * @param rate 0 or more
     * @return this
     * @throws IllegalStateException when the model was not compiled, or its optimizer has a schedule
     */
    public Model learningRate(double rate) {
        if (optimizer().isScheduled()) {
            throw new IllegalStateException("the optimizer of model " + name()
                    + " was made with a schedule for its learning rate, so that the rate cannot be set; compile with a"
                    + " number as the learning rate");
        }
        optimizer().learningRate(rate);
        return this;
    }

    /** {@return the optimizer's steps that were done, those before saving included; Keras' {@code optimizer.iterations}} */
    public int trainedSteps() {
        return training.steps();
    }

    Inference inference() {
        return inference;
    }

    /** {@return whether {@link #compile} was called; without, the model can only predict} */
    public boolean isCompiled() {
        return training.isCompiled();
    }

    /**
     * What {@link #compile} was given.
     *
     * @return the optimizer, the loss and the metrics
     * @throws IllegalStateException when the model was not compiled
     */
    public Compiled compiled() {
        return training.compiled();
    }

    Training training() {
        return training;
    }

    /**
     * Notes that the model was saved in another format than {@link #save} writes, so that the message of a training that
     * diverges names the file.
     *
     * @param file where it was saved
     * @return whether the file was noted before, as after each epoch of a training
     */
    public boolean lastSaved(Path file) {
        return training.saved(file);
    }

    @Override
    public void close() {
        weights().leaveDevice();
        if (ownsBackend) {
            backend.close();
            ownsBackend = false;
        }
        backend = null;
    }
}
