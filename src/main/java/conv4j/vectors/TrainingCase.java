package conv4j.vectors;

import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.files.Safetensors;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.model.BatchProgress;
import conv4j.model.Callback;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.Sequential;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A training that PyTorch computed in float64: from the same initial weights and images, the first logits, the first
 * gradients, the loss of every step and the final weights.
 *
 * <p>The tolerances come from PyTorch itself, whose float32 run was compared with its float64 run (1 and 2 threads, with
 * and without oneDNN). Gradients above the last max-pooling differ by 1.7e-6 of the largest element; those below by up to
 * 2.4e-3, because a window with two almost equal elements may choose the other one. Each Adamax step then moves every
 * weight by up to 0.005 whatever the size of its gradient: the losses differ by up to 2.2e-3 of themselves within 20 steps,
 * the final weights by 1.3e-4 in the median and 0.028 at most. About twice as much is allowed here.
 */
final class TrainingCase {

    private static final double LOGITS_TOLERANCE = 1e-5;
    private static final double GRADIENT_TOLERANCE = 5e-6;
    private static final double GRADIENT_BELOW_POOLING_TOLERANCE = 5e-3;
    private static final double LOSS_TOLERANCE = 5e-3;
    private static final double MEDIAN_WEIGHT_TOLERANCE = 3e-4;
    private static final double LARGEST_WEIGHT_TOLERANCE = 0.06;

    private final Safetensors file;
    private final NetworkText network;
    private final int batch;
    private final Dataset images;

    /**
     * A case.
     *
     * @throws IllegalArgumentException when its metadata describe no network that is known here
     */
    TrainingCase(Safetensors file) {
        this.file = file;
        network = new NetworkText(file.metadata("network"), slope());
        batch = Integer.parseInt(file.metadata("batch"));
        long[] shape = file.entry("images").shape();
        int[] item = Arrays.stream(shape).skip(1).mapToInt(Math::toIntExact).toArray();
        int classes = (int) file.entry("logits0").shape()[1];
        images = ArraySet.labelled(
                Shape.of(item),
                file.floats("images"),
                file.ints("labels"),
                IntStream.range(0, classes).mapToObj(i -> "class " + i).toList());
    }

    private double slope() {
        return Double.parseDouble(file.metadata().getOrDefault("negative_slope", "0.1"));
    }

    /** Fails unless the device trains as PyTorch did. */
    void check(Backend backend) {
        logits(backend);
        gradients(backend);
        losses(backend);
    }

    private Sequential initialized(Backend backend) {
        Sequential model = network.model(images.inputShape());
        model.on(backend).normalization(Normalization.centered());
        for (String layer : network.parameterLayers()) {
            model.weights().set(layer + "/kernel", file.floats("init." + layer + ".kernel"));
            model.weights().set(layer + "/bias", file.floats("init." + layer + ".bias"));
        }
        return model;
    }

    private void logits(Backend backend) {
        try (Sequential model = initialized(backend)) {
            float[] want = file.floats("logits0");
            int rows = (int) file.entry("logits0").shape()[0];
            float[][] predicted = model.predict(images.take(rows), rows);
            float[] got = new float[want.length];
            for (int i = 0; i < rows; i++) {
                System.arraycopy(predicted[i], 0, got, i * predicted[i].length, predicted[i].length);
            }
            close("logits0", want, got, LOGITS_TOLERANCE);
        }
    }

    /** A step of plain descent with rate 1 shows the gradient itself. */
    private void gradients(Backend backend) {
        try (Sequential model = initialized(backend)) {
            model.compile(new SGD(1.0), new SparseCategoricalCrossentropy(true, 0));
            model.fit(images.take(batch), new FitOptions().batchSize(batch).shuffle(false));
            for (String parameter : recorded("grad0.")) {
                float[] gradient = file.floats("init." + parameter);
                float[] after = model.weights().get(parameter.replace('.', '/'));
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] -= after[i];
                }
                boolean below = network.belowLastPooling(parameter.substring(0, parameter.indexOf('.')));
                double share = below ? GRADIENT_BELOW_POOLING_TOLERANCE : GRADIENT_TOLERANCE;
                close("grad0." + parameter, file.floats("grad0." + parameter), gradient, share);
            }
        }
    }

    private void losses(Backend backend) {
        try (Sequential model = initialized(backend)) {
            Optimizer optimizer = NetworkText.optimizer(file.metadata("optimizer"));
            model.compile(optimizer, new SparseCategoricalCrossentropy(true, 0));
            float[] want = file.floats("losses");
            LossOfEveryStep losses = new LossOfEveryStep();
            int epochs = (int) ((long) want.length * batch / images.size());
            model.fit(
                    images,
                    new FitOptions()
                            .epochs(epochs)
                            .batchSize(batch)
                            .shuffle(false)
                            .callbacks(losses));
            expect(want.length == losses.all.size(), want.length + " steps, but " + losses.all.size() + " were made");
            for (int i = 0; i < want.length; i++) {
                double off = Math.abs(want[i] - losses.all.get(i));
                expect(
                        off <= LOSS_TOLERANCE * want[i],
                        "the loss of step " + i + " is " + losses.all.get(i) + ", but PyTorch's " + want[i]);
            }
            for (String parameter : recorded("final.")) {
                mostlyClose(
                        parameter,
                        file.floats("final." + parameter),
                        model.weights().get(parameter.replace('.', '/')));
            }
        }
    }

    /** Takes the loss of a step out of the mean over the epoch so far. */
    private static final class LossOfEveryStep implements Callback {
        private final List<Double> all = new ArrayList<>();
        private double sum;

        @Override
        public void onBatchEnd(Model trained, BatchProgress progress) {
            double total = progress.means().get().get("loss") * progress.batch();
            all.add(total - (progress.batch() == 1 ? 0 : sum));
            sum = total;
        }
    }

    /** The parameters, as layer.kind, of which the file has a tensor with this prefix. */
    private List<String> recorded(String prefix) {
        return file.names().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    /** Every element within a share of the largest one. */
    private static void close(String what, float[] want, float[] got, double share) {
        double largest = 0;
        for (float one : want) {
            largest = Math.max(largest, Math.abs(one));
        }
        for (int i = 0; i < want.length; i++) {
            double off = Math.abs((double) want[i] - got[i]);
            expect(off <= share * largest, what + "[" + i + "] is " + got[i] + ", but PyTorch's " + want[i]);
        }
    }

    private static void mostlyClose(String what, float[] want, float[] got) {
        double[] errors = IntStream.range(0, want.length)
                .mapToDouble(i -> Math.abs((double) want[i] - got[i]))
                .sorted()
                .toArray();
        double median = errors[errors.length / 2];
        double largest = errors[errors.length - 1];
        expect(median <= MEDIAN_WEIGHT_TOLERANCE, "final " + what + ": the median error is " + median);
        expect(largest <= LARGEST_WEIGHT_TOLERANCE, "final " + what + ": the largest error is " + largest);
    }

    private static void expect(boolean condition, String message) {
        if (!condition) {
            throw new AssertionError(message);
        }
    }
}
