package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.data.Normalization;
import conv4j.files.Safetensors;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.LeakyReLU;
import conv4j.layers.MaxPooling2D;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.Adamax;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The first CNN against PyTorch: same initial weights and images, then the first logits, the first gradients, the losses
 * of 20 steps and the final weights. PyTorch computed in float64.
 *
 * <p>The tolerances come from PyTorch itself, whose float32 run was compared with its float64 run (1 and 2 threads, with
 * and without oneDNN). Gradients above the last max-pooling differ by 1.7e-6 of the largest element; those below by up to
 * 2.4e-3, because a window with two almost equal elements may choose the other one. Each Adamax step then moves every
 * weight by up to 0.005 whatever the size of its gradient: the losses differ by up to 2.2e-3 of themselves within 20 steps,
 * the final weights by 1.3e-4 in the median and 0.028 at most. About twice as much is allowed here.
 */
abstract class FirstCnnContract {

    private static final int BATCH = 32;
    private static final double LOGITS_TOLERANCE = 1e-5;
    private static final double GRADIENT_TOLERANCE = 5e-6;
    private static final double GRADIENT_BELOW_POOLING_TOLERANCE = 5e-3;
    private static final double LOSS_TOLERANCE = 5e-3;
    private static final double MEDIAN_WEIGHT_TOLERANCE = 3e-4;
    private static final double LARGEST_WEIGHT_TOLERANCE = 0.06;
    private static final List<String> BELOW_POOLING = List.of("conv1", "conv2", "conv3");
    private static final List<String> PARAMETERS = List.of("conv1", "conv2", "conv3", "conv4", "dense1", "dense2");

    /** Opens the backend under test; the test closes it. */
    abstract Backend open();

    private static Path vectors() {
        String folder = System.getProperty("conv4j.vectors", "../shared/vectors");
        Path file = Path.of(folder, "pytorch", "seed_cnn_adamax.safetensors");
        assumeTrue(Files.exists(file), () -> "skipped: there is no " + file);
        return file;
    }

    static Sequential network() {
        return new Sequential(
                "first_cnn",
                new Input(32, 32, 3),
                conv(16, "conv1"),
                new LeakyReLU(0.1),
                conv(32, "conv2"),
                new LeakyReLU(0.1),
                new MaxPooling2D(2),
                conv(32, "conv3"),
                new LeakyReLU(0.1),
                conv(64, "conv4"),
                new LeakyReLU(0.1),
                new MaxPooling2D(2),
                new Flatten(),
                new Dense(256).name("dense1"),
                new LeakyReLU(0.1),
                new Dense(10).name("dense2"));
    }

    private static Conv2D conv(int filters, String name) {
        return new Conv2D(filters, 3).padding(Padding.SAME).name(name);
    }

    private static Sequential initialized(Backend backend, Safetensors vectors) {
        Sequential model = network();
        model.on(backend).normalization(Normalization.centered());
        for (String layer : PARAMETERS) {
            model.weights(layer + "/kernel", vectors.floats("init." + layer + ".kernel"));
            model.weights(layer + "/bias", vectors.floats("init." + layer + ".bias"));
        }
        return model;
    }

    private static Dataset images(Safetensors vectors) {
        float[] inputs = vectors.floats("images");
        int[] labels = vectors.ints("labels");
        return ArraySet.labelled(
                Shape.of(32, 32, 3),
                inputs,
                labels,
                IntStream.range(0, 10).mapToObj(i -> "class " + i).toList());
    }

    @Test
    void firstLogitsAreThoseOfPyTorch() throws IOException {
        try (Safetensors vectors = Safetensors.open(vectors());
                Backend backend = open();
                Sequential model = initialized(backend, vectors)) {
            float[][] rows = model.predict(images(vectors).take(BATCH), BATCH);
            float[] logits = new float[BATCH * 10];
            for (int i = 0; i < BATCH; i++) {
                System.arraycopy(rows[i], 0, logits, i * 10, 10);
            }
            assertClose("logits", vectors.floats("logits0"), logits, LOGITS_TOLERANCE);
        }
    }

    @Test
    void lossesAndFinalWeightsAreThoseOfPyTorch() throws IOException {
        try (Safetensors vectors = Safetensors.open(vectors());
                Backend backend = open();
                Sequential model = initialized(backend, vectors)) {
            model.compile(new Adamax(0.005), new SparseCategoricalCrossentropy(true, 0));
            float[] expected = vectors.floats("losses");
            List<Double> losses = new ArrayList<>();
            model.fit(
                    images(vectors),
                    new FitOptions().epochs(5).batchSize(BATCH).shuffle(false).callbacks(new Callback() {
                        private double sum;

                        @Override
                        public void onBatchEnd(Model trained, BatchProgress progress) {
                            double total = progress.means().get().get("loss") * progress.batch();
                            losses.add(total - (progress.batch() == 1 ? 0 : sum));
                            sum = total;
                        }
                    }));
            assertEquals(expected.length, losses.size());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], losses.get(i), LOSS_TOLERANCE * expected[i], "loss of step " + i);
            }
            for (String layer : PARAMETERS) {
                for (String kind : List.of("kernel", "bias")) {
                    String name = "final." + layer + "." + kind;
                    if (vectors.names().contains(name)) {
                        assertMostlyClose(name, vectors.floats(name), model.weights(layer + "/" + kind));
                    }
                }
            }
        }
    }

    /** A step of plain SGD with rate 1 shows the gradient itself. */
    @Test
    void firstGradientsAreThoseOfPyTorch() throws IOException {
        try (Safetensors vectors = Safetensors.open(vectors());
                Backend backend = open();
                Sequential model = initialized(backend, vectors)) {
            model.compile(new conv4j.optimizers.SGD(1.0), new SparseCategoricalCrossentropy(true, 0));
            model.fit(
                    images(vectors).take(BATCH),
                    new FitOptions().batchSize(BATCH).shuffle(false));
            for (String layer : PARAMETERS) {
                for (String kind : List.of("kernel", "bias")) {
                    String name = "grad0." + layer + "." + kind;
                    if (vectors.names().contains(name)) {
                        float[] gradient = vectors.floats("init." + layer + "." + kind);
                        float[] after = model.weights(layer + "/" + kind);
                        for (int i = 0; i < gradient.length; i++) {
                            gradient[i] -= after[i];
                        }
                        double tolerance =
                                BELOW_POOLING.contains(layer) ? GRADIENT_BELOW_POOLING_TOLERANCE : GRADIENT_TOLERANCE;
                        assertClose(name, vectors.floats(name), gradient, tolerance);
                    }
                }
            }
        }
    }

    /** Every element within a share of the largest one. */
    private static void assertClose(String what, float[] expected, float[] actual, double share) {
        assertEquals(expected.length, actual.length, what);
        double largest = largest(expected);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], share * largest, what + "[" + i + "]");
        }
    }

    private static void assertMostlyClose(String what, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, what);
        double[] errors = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(expected[i] - actual[i]))
                .sorted()
                .toArray();
        double median = errors[errors.length / 2];
        assertTrue(median < MEDIAN_WEIGHT_TOLERANCE, what + ": median error " + median);
        assertTrue(
                errors[errors.length - 1] < LARGEST_WEIGHT_TOLERANCE,
                what + ": largest error " + errors[errors.length - 1]);
    }

    private static double largest(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.abs(values[i]))
                .max()
                .orElse(0);
    }
}
