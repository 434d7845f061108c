package conv4j.cli;

import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.Model;
import conv4j.optimizers.Adamax;
import conv4j.schedules.ExponentialDecay;

/** How the command line trains: Adamax (Kingma and Ba 2015, section 7.1) with a rate that shrinks from epoch to epoch. */
final class TrainingSettings {

    /** The learning rate of the first epoch. */
    static final double FIRST_CNN_LEARNING_RATE = 0.005;

    private static final double DECAY_PER_EPOCH = 0.9;

    private TrainingSettings() {}

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
