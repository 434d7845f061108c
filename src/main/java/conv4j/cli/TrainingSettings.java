package conv4j.cli;

import conv4j.applications.Application;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.Model;
import conv4j.optimizers.Adamax;
import conv4j.schedules.ExponentialDecay;
import java.util.Map;

/** How the command line trains: Adamax (Kingma and Ba 2015, section 7.1) with a rate that shrinks from epoch to epoch. */
final class TrainingSettings {

    /** The learning rate of the first epoch. */
    static final double FIRST_CNN_LEARNING_RATE = 0.005;

    private static final double DECAY_PER_EPOCH = 0.9;

    /** How deep networks with batch normalization are usually trained, as by He, Zhang, Ren, Sun 2016, section 4.2. */
    private static final Map<String, String> LARGE_STEPS = Map.of(
            "batch_size", "128",
            "optimizer", "sgd,momentum=0.9,weight_decay=0.0005",
            "learning_rate", "0.1",
            "schedule", "cosine");

    private TrainingSettings() {}

    /** Options of {@code conv4j train}, without dashes, whose defaults are others for a network. */
    static Map<String, String> options(Application network) {
        return switch (network) {
            case FIRST_CNN, LENET -> Map.of();
            case RESNET_18, VGG_11 -> LARGE_STEPS;
        };
    }

    /**
     * Compiles a model for class indices: Adamax with learningRate * 0.9^epoch, cross-entropy, accuracy.
     *
     * @param model ends with a softmax
     * @param learningRate of the first epoch
     * @param batches training steps of an epoch
     */
    static void compile(Model model, double learningRate, int batches) {
        ExponentialDecay schedule = new ExponentialDecay(learningRate, batches, DECAY_PER_EPOCH, true);
        model.compile(
                new Adamax(learningRate).learningRate(schedule), new SparseCategoricalCrossentropy(), new Accuracy());
    }
}
