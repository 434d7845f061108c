package conv4j.cli;

import conv4j.applications.Application;
import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Interval;
import conv4j.augmentation.RandomBrightness;
import conv4j.augmentation.RandomContrast;
import conv4j.augmentation.RandomCutout;
import conv4j.augmentation.RandomFlip;
import conv4j.augmentation.RandomRotation;
import conv4j.augmentation.RandomTranslation;
import conv4j.backend.Backend;
import conv4j.backend.cpu.CpuBackend;
import conv4j.backend.opencl.OpenClBackend;
import conv4j.backend.reference.ReferenceBackend;
import conv4j.data.Dataset;
import conv4j.data.Glyphs;
import conv4j.data.Normalization;
import conv4j.graph.Augment.Edge;
import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.List;

/**
 * Fifty steps of the first CNN with dropout and all augmentations, in epochs of 17 steps of which the last one is short.
 *
 * @param backend reference, cpu (with oneDNN), java (the cpu backend without it) or opencl
 * @param size height and width of the images
 * @param batch images of a step, 2 or more
 */
record FiftySteps(String backend, int size, int batch) {

    static final int STEPS = 50;

    private static final int STEPS_PER_EPOCH = 17;
    private static final Augmentation[] AUGMENTATION = {
        new RandomFlip(RandomFlip.Mode.HORIZONTAL),
        new RandomTranslation(Interval.around(0.125), Interval.around(0.125), Edge.CONSTANT, 0),
        new RandomRotation(0.05),
        new RandomCutout(0.25, 0.25),
        new RandomBrightness(0.2),
        new RandomContrast(0.2)
    };

    /**
     * Trains and prints the device's compute units.
     *
     * @param args backend, size, batch, threads, where kernels are kept, and the file to save the model to
     */
    public static void main(String[] args) {
        FiftySteps steps = new FiftySteps(args[0], Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        System.out.println(steps.train(Integer.parseInt(args[3]), Path.of(args[4]), Path.of(args[5]), 1));
    }

    /**
     * Trains and saves.
     *
     * @param threads of the cpu backend; an OpenCL driver has its own
     * @param kernels where built kernels are kept
     * @param file gets weights, optimizer state, position and totals
     * @param seed the model's
     * @return the device's compute units
     */
    int train(int threads, Path kernels, Path file, long seed) {
        try (Backend device = open(threads, kernels);
                Model model = Application.FIRST_CNN.build(Shape.of(size, size, 3), 10)) {
            model.on(device).seed(seed).normalization(Normalization.centered()).augmentation(AUGMENTATION);
            int items = (STEPS_PER_EPOCH - 1) * batch + 1;
            TrainingSettings.compile(model, TrainingSettings.FIRST_CNN_LEARNING_RATE, STEPS_PER_EPOCH);
            int epochs = STEPS / STEPS_PER_EPOCH + 1;
            model.fit(
                    images(items),
                    new FitOptions().epochs(epochs).batchSize(batch).callbacks(new StopAfterFifty()));
            model.save(file);
            return device.device().computeUnits();
        }
    }

    private Backend open(int threads, Path kernels) {
        return switch (backend) {
            case "reference" -> new ReferenceBackend();
            case "cpu" -> new CpuBackend(threads, true);
            case "java" -> new CpuBackend(threads, false);
            default -> OpenClBackend.open(0, kernels);
        };
    }

    /** Resident on the device, but for the cpu backend without oneDNN, where threads read them batch by batch. */
    private Dataset images(int items) {
        Dataset images = Glyphs.train(Shape.of(size, size, 3), items, 1);
        return backend.equals("java") ? new OnDisk(images) : images;
    }

    private static final class StopAfterFifty implements Callback {
        private int steps;

        @Override
        public void onBatchEnd(Model model, BatchProgress progress) {
            steps++;
            if (steps == STEPS) {
                model.stopTraining();
            }
        }
    }

    /** A data set that says that it has to be read. */
    private record OnDisk(Dataset images) implements Dataset {
        @Override
        public int size() {
            return images.size();
        }

        @Override
        public Shape inputShape() {
            return images.inputShape();
        }

        @Override
        public Shape targetShape() {
            return images.targetShape();
        }

        @Override
        public List<String> classNames() {
            return images.classNames();
        }

        @Override
        public boolean bytes() {
            return images.bytes();
        }

        @Override
        public void input(int index, float[] out, int offset) {
            images.input(index, out, offset);
        }

        @Override
        public void inputBytes(int index, byte[] out, int offset) {
            images.inputBytes(index, out, offset);
        }

        @Override
        public void target(int index, float[] out, int offset) {
            images.target(index, out, offset);
        }

        @Override
        public boolean inMemory() {
            return false;
        }
    }
}
