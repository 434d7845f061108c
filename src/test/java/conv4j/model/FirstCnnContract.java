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
 * <p>Tolerances: logits and gradients are single float32 passes through sums of at most 9216 terms, whose rounding errors
 * stay well below 1e-4 of the largest element; over 20 Adamax steps, each of which moves a weight by up to 0.005 whatever
 * the size of its gradient, errors grow, and losses are compared relatively to 2e-3.
 */
abstract class FirstCnnContract {

    private static final int BATCH = 32;
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
            assertClose("logits", vectors.floats("logits0"), logits, 1e-4);
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
                assertEquals(expected[i], losses.get(i), 2e-3 * expected[i], "loss of step " + i);
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

    /**
     * One Adamax step from zero slots moves every weight by the learning rate against its gradient's sign: m / u is
     * exactly the sign. A momentum-free SGD step with rate 1 instead shows the gradient itself.
     */
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
                        assertClose(name, vectors.floats(name), gradient, 2e-4);
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

    /**
     * Adamax divides by the largest gradient seen, so a weight whose gradient is all rounding error may go either way by
     * up to 20 steps of 0.005; such weights are rare. All others must agree.
     */
    private static void assertMostlyClose(String what, float[] expected, float[] actual) {
        assertEquals(expected.length, actual.length, what);
        double[] errors = IntStream.range(0, expected.length)
                .mapToDouble(i -> Math.abs(expected[i] - actual[i]))
                .sorted()
                .toArray();
        double median = errors[errors.length / 2];
        assertTrue(median < 2e-4, what + ": median error " + median);
        assertTrue(errors[errors.length - 1] < 20 * 0.005, what + ": largest error " + errors[errors.length - 1]);
    }

    private static double largest(float[] values) {
        return IntStream.range(0, values.length)
                .mapToDouble(i -> Math.abs(values[i]))
                .max()
                .orElse(0);
    }
}
