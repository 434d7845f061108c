package conv4j.callbacks;

import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.CallbackState;
import conv4j.model.Model;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes what TensorBoard shows, as Keras' {@code TensorBoard}: the losses and metrics of every epoch as {@code
 * epoch_loss} and the like, in {@code train} and {@code validation} below a folder, so that both are drawn in one chart;
 * the learning rate; the graph of the model's layers; on demand numbers of batches, histograms of all weights, and pictures
 * of kernels.
 *
 * <pre>{@code
 * new TensorBoard(Path.of("logs")).histogramFreq(1)
 * }</pre>
 */
public final class TensorBoard implements Callback {

    private static final String VALIDATION = "val_";

    private final Path logDir;
    private boolean writeGraph = true;
    private int histogramFreq;
    private boolean writeImages;
    private boolean writeStepsPerSecond;
    private int updateFreq;
    private EventFile train;
    private EventFile validation;
    private int batches;
    private long epochBegin;
    private int epochSteps;

    /**
     * Writes the numbers of every epoch.
     *
     * @param logDir the folder that TensorBoard is started with; made when it is not there
     */
    public TensorBoard(Path logDir) {
        this.logDir = logDir;
    }

    /**
     * Sets whether the layers, their settings, output shapes and connections are written, which are seen under Graphs.
     *
     * @param graph by default true
     * @return this
     */
    public TensorBoard writeGraph(boolean graph) {
        this.writeGraph = graph;
        return this;
    }

    /**
     * Sets how often histograms of all weights are written.
     *
     * @param epochs every so many epochs, 0 for never; by default 0
     * @return this
     */
    public TensorBoard histogramFreq(int epochs) {
        this.histogramFreq = epochs;
        return this;
    }

    /**
     * Sets whether weights that can be drawn are written as pictures together with the histograms: kernels of 1, 3 or 4
     * input channels one beside the other, matrices and biases as grey pixels, the smallest number black.
     *
     * @param pictures by default false
     * @return this
     */
    public TensorBoard writeImages(boolean pictures) {
        this.writeImages = pictures;
        return this;
    }

    /**
     * Sets whether the training steps per second are written.
     *
     * @param steps by default false
     * @return this
     */
    public TensorBoard writeStepsPerSecond(boolean steps) {
        this.writeStepsPerSecond = steps;
        return this;
    }

    /**
     * Sets how often the running means are written as {@code batch_loss} and the like. The device is waited for then.
     *
     * @param everyBatches every so many batches, 0 for after epochs alone; by default 0
     * @return this
     */
    public TensorBoard updateFreq(int everyBatches) {
        this.updateFreq = everyBatches;
        return this;
    }

    @Override
    public void onTrainBegin(Model model) {
        batches = 0;
        validation = null;
        train = new EventFile(logDir.resolve("train"));
        if (writeGraph) {
            train.graph(GraphDef.of(model));
        }
    }

    @Override
    public CallbackState state() {
        return CallbackState.of(Map.of("batches", batches));
    }

    @Override
    public void restore(Model model, CallbackState state) {
        batches = state.count("batches");
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
        epochBegin = System.nanoTime();
        epochSteps = model.trainedSteps();
    }

    @Override
    public void onBatchEnd(Model model, BatchProgress progress) {
        batches++;
        if (updateFreq > 0 && batches % updateFreq == 0) {
            progress.means().get().forEach((name, value) -> train.scalar("batch_" + name, batches, value));
        }
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        logs.forEach((name, value) -> {
            if (!name.startsWith(VALIDATION)) {
                train.scalar("epoch_" + name, epoch, value);
            } else {
                validation("epoch_" + name.substring(VALIDATION.length()), epoch, value);
                validation(
                        "evaluation_" + name.substring(VALIDATION.length()) + "_vs_iterations",
                        model.trainedSteps(),
                        value);
            }
        });
        if (!logs.containsKey("learning_rate")) {
            train.scalar("epoch_learning_rate", epoch, model.learningRate());
        }
        if (writeStepsPerSecond) {
            double seconds = (System.nanoTime() - epochBegin) / 1e9;
            train.scalar("epoch_steps_per_second", epoch, (model.trainedSteps() - epochSteps) / seconds);
        }
        if (histogramFreq > 0 && epoch % histogramFreq == 0) {
            writeWeights(model, epoch);
        }
    }

    private void validation(String tag, long step, double value) {
        if (validation == null) {
            validation = new EventFile(logDir.resolve("validation"));
        }
        validation.scalar(tag, step, value);
    }

    private void writeWeights(Model model, int epoch) {
        for (String name : model.weights().names()) {
            String path = model.name() + "/" + name;
            float[] values = model.weights().get(name);
            train.histogram(path + "/histogram", epoch, values);
            if (writeImages) {
                WeightPicture.of(model.weights().shape(name), values)
                        .ifPresent(picture -> train.image(path + "/image", epoch, picture));
            }
        }
    }
}
