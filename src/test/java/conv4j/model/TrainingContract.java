package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.augmentation.RandomFlip;
import conv4j.augmentation.RandomTranslation;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.data.ImageSet;
import conv4j.data.Normalization;
import conv4j.graph.Activation;
import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Concatenate;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.Dense;
import conv4j.layers.DepthwiseConv2D;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.GroupNormalization;
import conv4j.layers.Input;
import conv4j.layers.LayerNormalization;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.SeparableConv2D;
import conv4j.layers.Tensor;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.SparseCategoricalAccuracy;
import conv4j.optimizers.Adam;
import conv4j.optimizers.SGD;
import conv4j.random.RandomStream;
import conv4j.regularizers.L1;
import conv4j.regularizers.L1L2;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What training must do on every backend. */
abstract class TrainingContract {

    private static final Shape IMAGE = Shape.of(8, 10, 3);

    @TempDir
    Path folder;

    private Backend backend;

    /** Opens the backend under test; the contract closes it. */
    abstract Backend open();

    /** What the backend takes for a small network beside the plan and what the contract knows of. */
    long bytesBesideThePlan() {
        return 0;
    }

    @BeforeEach
    void openBackend() {
        backend = open();
    }

    /** Whoever creates closes: after every test nothing may be left on the device. */
    @AfterEach
    void nothingIsLeftOnTheDevice() {
        long left = backend.allocatedBytes();
        backend.close();
        assertEquals(0, left, "bytes left on the device");
    }

    /** Noise images, each class with its own bright corner, so that they can be learnt. */
    private static ImageSet images(int count) {
        RandomStream random = new RandomStream(7, 1);
        byte[] pixels = new byte[count * IMAGE.size()];
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(128);
        }
        for (int n = 0; n < count; n++) {
            labels[n] = n % 3;
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 3; x++) {
                    int at = ((n * 8 + y + (labels[n] == 2 ? 5 : 0)) * 10 + x + (labels[n] == 1 ? 7 : 0)) * 3;
                    pixels[at] = (byte) 255;
                }
            }
        }
        return new ImageSet(IMAGE, pixels, labels, List.of("left", "right", "below"));
    }

    private Sequential network() {
        Sequential model = new Sequential(
                "small",
                new Input(8, 10, 3),
                new Conv2D(8, 3).padding(Padding.SAME).activation(Activation.leakyRelu(0.1f)),
                new BatchNormalization(),
                new MaxPooling2D(2),
                new Dropout(0.25),
                new Flatten(),
                new Dense(3));
        model.on(backend).seed(11).normalization(Normalization.centered());
        model.compile(new Adam(0.01), new SparseCategoricalCrossentropy(true, 0), new SparseCategoricalAccuracy());
        return model;
    }

    @Test
    void overfitsEightImages() {
        try (Sequential model = network()) {
            History history = model.fit(images(8), new FitOptions().epochs(60).batchSize(8));
            assertTrue(
                    history.series("loss").get(59) < 0.1,
                    "last loss " + history.series("loss").get(59));
            assertEquals(1.0, model.evaluate(images(8), 3).metric("sparse_categorical_accuracy"));
        }
    }

    /** Layers that are made of general operations, and settings that Keras has not. */
    private static List<Double> lossesOfRareLayers(Backend device) {
        try (Sequential model = new Sequential(
                "rare",
                new Input(8, 10, 3),
                new Conv2D(6, 3).activation("relu"),
                new GroupNormalization(3),
                new MaxPooling2D(2).strides(1).dilationRate(2, 3),
                new LayerNormalization(),
                new Conv2DTranspose(4, 3).groups(2).strides(2),
                new GroupNormalization(-1),
                new LayerNormalization().axis(1, 2, 3),
                new Flatten(),
                new Dense(3))) {
            model.on(device).seed(4).normalization(Normalization.centered());
            model.compile(new SGD(0.02), new SparseCategoricalCrossentropy(true, 0));
            FitOptions options = new FitOptions().epochs(4).batchSize(5);
            return model.fit(images(12), options).series("loss");
        }
    }

    @Test
    void normalizationsOfLayersAndGroupsTrainAsOnTheReference() {
        List<Double> losses = lossesOfRareLayers(backend);
        try (Backend reference = Backends.open("reference")) {
            List<Double> expected = lossesOfRareLayers(reference);
            for (int i = 0; i < expected.size(); i++) {
                assertEquals(expected.get(i), losses.get(i), 1e-3 * expected.get(i), "loss of epoch " + i);
            }
            assertTrue(expected.get(3) < 0.9 * expected.get(0), expected.toString());
        }
    }

    @Test
    void theSameSeedGivesTheSameBits() {
        Map<String, float[]> first = trained(3);
        Map<String, float[]> second = trained(3);
        first.forEach((name, values) -> assertArrayEquals(values, second.get(name), name));
    }

    private Map<String, float[]> trained(int epochs) {
        try (Sequential model = network()) {
            model.fit(images(20), new FitOptions().epochs(epochs).batchSize(8));
            return weights(model);
        }
    }

    private static Map<String, float[]> weights(Model model) {
        return model.weights().names().stream()
                .collect(java.util.stream.Collectors.toMap(name -> name, model.weights()::get));
    }

    @Test
    void anotherSeedGivesOtherWeights() {
        try (Sequential one = network();
                Sequential other = network()) {
            other.seed(12);
            assertNotEquals(
                    one.weights().get("conv2d/kernel")[0], other.weights().get("conv2d/kernel")[0]);
        }
    }

    @Test
    void aSavedModelPredictsTheSame() {
        Path file = folder.resolve("model");
        try (Sequential model = network()) {
            model.fit(images(20), new FitOptions().epochs(2).batchSize(8));
            model.save(file);
            try (Model loaded = Model.load(file).on(backend)) {
                assertEquals(List.of("left", "right", "below"), loaded.classNames());
                assertEquals(Normalization.centered(), loaded.normalization());
                assertArrayEquals(model.predict(images(5), 2), loaded.predict(images(5), 2));
                assertEquals(model.summary(4), loaded.summary(4));
            }
        }
    }

    @Test
    void resumingAfterAnEpochEqualsNeverHavingStopped() {
        Path file = folder.resolve("model");
        try (Sequential model = network()) {
            model.fit(images(20), new FitOptions().epochs(2).batchSize(8));
            model.save(file);
        }
        assertResumedEquals(file);
    }

    @Test
    void resumingInTheMiddleOfAnEpochEqualsNeverHavingStopped() {
        Path file = folder.resolve("model");
        AtomicInteger batches = new AtomicInteger();
        try (Sequential model = network()) {
            History history = model.fit(
                    images(20), new FitOptions().epochs(5).batchSize(8).callbacks(new Callback() {
                                @Override
                                public void onBatchEnd(Model trained, BatchProgress progress) {
                                    if (batches.incrementAndGet() == 4) {
                                        trained.stopTraining();
                                    }
                                }
                            }));
            assertTrue(history.stopped());
            assertEquals(1, history.epochs().size());
            model.save(file);
        }
        assertResumedEquals(file);
    }

    private void assertResumedEquals(Path file) {
        Map<String, float[]> whole = trained(5);
        try (Model resumed = Model.load(file).on(backend)) {
            resumed.fit(images(20), new FitOptions().epochs(5).batchSize(8).resume(true));
            whole.forEach((name, values) ->
                    assertArrayEquals(values, resumed.weights().get(name), name));
        }
    }

    @Test
    void theLastShortBatchCountsByItsItems() {
        try (Sequential model = network()) {
            double inOne = model.evaluate(images(20), 20).loss();
            assertEquals(inOne, model.evaluate(images(20), 8).loss(), 1e-6 * Math.abs(inOne));
            assertEquals(inOne, model.evaluate(images(20), 1).loss(), 1e-6 * Math.abs(inOne));
        }
    }

    @Test
    void aBranchingModelTrainsAndSaves() {
        Tensor input = Input.of(8, 10, 3);
        Tensor stem = new Conv2D(4, 3).padding(Padding.SAME).activation("relu").apply(input);
        Tensor branch = new Conv2D(4, 3).padding(Padding.SAME).apply(stem);
        Tensor sum = new Add().apply(stem, branch);
        Tensor joined = new Concatenate().apply(sum, stem);
        Tensor output = new Dense(3).apply(new GlobalAveragePooling2D().apply(joined));
        Path file = folder.resolve("branching");
        try (Model model = new Model("branching", input, output)) {
            model.on(backend).seed(3).normalization(Normalization.unit());
            model.compile(new Adam(0.02), new SparseCategoricalCrossentropy(true, 0));
            History history = model.fit(images(24), new FitOptions().epochs(30).batchSize(24));
            assertTrue(
                    history.series("loss").get(29)
                            < 0.8 * history.series("loss").get(0),
                    history.series("loss")::toString);
            model.save(file);
            try (Model loaded = Model.load(file).on(backend)) {
                assertArrayEquals(model.predict(images(4), 4), loaded.predict(images(4), 4));
            }
        }
    }

    @Test
    void depthwiseSeparableAndTransposedLayersTrain() {
        try (Sequential model = new Sequential(
                "other_convolutions",
                new Input(8, 10, 3),
                new DepthwiseConv2D(3).depthMultiplier(2).padding(Padding.SAME).activation("relu"),
                new SeparableConv2D(8, 3).padding(Padding.SAME).activation("relu"),
                new Conv2DTranspose(4, 3).strides(2).padding(Padding.SAME).activation("relu"),
                new GlobalAveragePooling2D(),
                new Dense(3))) {
            model.on(backend).seed(5).normalization(Normalization.unit());
            model.compile(new Adam(0.02), new SparseCategoricalCrossentropy(true, 0));
            Map<String, float[]> before = weights(model);
            History history = model.fit(images(24), new FitOptions().epochs(40).batchSize(24));
            assertTrue(
                    history.series("loss").get(39)
                            < 0.8 * history.series("loss").get(0),
                    history.series("loss")::toString);
            before.forEach((name, values) ->
                    assertFalse(java.util.Arrays.equals(values, model.weights().get(name)), name + " has not changed"));
        }
    }

    /** Penalties and weights of classes, with shuffled short batches, give the reference's weights. */
    @Test
    void penaltiesAndClassWeightsTrainAsOnTheReference() {
        Map<String, float[]> found = weighted(backend);
        Map<String, float[]> wanted;
        try (Backend reference = Backends.open("reference")) {
            wanted = weighted(reference);
        }
        wanted.forEach((name, values) -> assertArrayEquals(values, found.get(name), 1e-4f, name));
    }

    private static Map<String, float[]> weighted(Backend device) {
        try (Sequential model = new Sequential(
                "weighted",
                new Input(8, 10, 3),
                new Conv2D(4, 3).activation("tanh").kernelRegularizer(new L1L2(0.01, 0.1)),
                new Flatten(),
                new Dense(3).kernelRegularizer("l2").biasRegularizer(new L1(0.1)))) {
            model.on(device).seed(9).normalization(Normalization.centered());
            model.compile(new SGD(0.05).momentum(0.9), new SparseCategoricalCrossentropy(true, 0));
            model.fit(images(20), new FitOptions().epochs(3).batchSize(8).classWeight(Map.of(0, 3.0, 2, 0.25)));
            return weights(model);
        }
    }

    @Test
    void meansOverAugmentedCopiesAreThoseOfTheReference() {
        float[][] found = copies(backend);
        try (Backend reference = Backends.open("reference")) {
            float[][] wanted = copies(reference);
            for (int i = 0; i < wanted.length; i++) {
                assertArrayEquals(wanted[i], found[i], 1e-4f, "item " + i);
            }
        }
    }

    private static float[][] copies(Backend device) {
        try (Sequential model = new Sequential("copies", new Input(8, 10, 3), new Flatten(), new Dense(3))) {
            model.on(device).seed(9).normalization(Normalization.unit());
            model.augmentation(new RandomFlip(RandomFlip.Mode.HORIZONTAL), new RandomTranslation(0.2, 0.2));
            return new TestTimeAugmentation(model, 4).predict(images(7), 3);
        }
    }

    @Test
    void aFrozenLayerKeepsItsWeights() {
        Dense frozen = new Dense(4);
        frozen.trainable(false);
        try (Sequential model = new Sequential("frozen", new Input(8, 10, 3), new Flatten(), frozen, new Dense(3))) {
            model.on(backend).normalization(Normalization.unit());
            model.compile(new SGD(0.1), new SparseCategoricalCrossentropy(true, 0));
            float[] before = model.weights().get("dense/kernel");
            float[] other = model.weights().get("dense_1/kernel");
            model.fit(images(6), new FitOptions().epochs(2));
            assertArrayEquals(before, model.weights().get("dense/kernel"));
            assertFalse(java.util.Arrays.equals(other, model.weights().get("dense_1/kernel")));
        }
    }

    @Test
    void aRegressionOnVectorsFindsThem() {
        float[] inputs = {0, 1, 2, 3};
        float[] targets = {1, 3, 5, 7};
        Dataset line = new ArraySet(Shape.of(1), inputs, Shape.of(1), targets);
        try (Sequential model = new Sequential("line", new Input(1), new Dense(1))) {
            model.on(backend);
            model.compile(new SGD(0.1), new MeanSquaredError());
            model.fit(line, new FitOptions().epochs(300).batchSize(4));
            assertEquals(2, model.weights().get("dense/kernel")[0], 1e-3);
            assertEquals(1, model.weights().get("dense/bias")[0], 1e-3);
        }
    }

    @Test
    void aLossThatIsNotFiniteStopsTrainingAtItsStep() {
        try (Sequential model = new Sequential("wild", new Input(8, 10, 3), new Flatten(), new Dense(3))) {
            model.on(backend);
            model.compile(new SGD(3e38), new SparseCategoricalCrossentropy(true, 0));
            DivergedException e = assertThrows(
                    DivergedException.class,
                    () -> model.fit(images(20), new FitOptions().epochs(9).batchSize(2)));
            assertTrue(e.step() > 0 && e.step() < 90, "step " + e.step());
            assertTrue(
                    e.getMessage().contains("step " + e.step())
                            && e.getMessage().contains("nothing was saved"),
                    e.getMessage());
        }
    }

    @Test
    void validationIsTheLastPartAndIsReported() {
        try (Sequential model = network()) {
            History history = model.fit(
                    images(20), new FitOptions().epochs(2).batchSize(8).validationSplit(0.25));
            assertEquals(2, history.series("val_loss").size());
            assertEquals(2, history.series("val_sparse_categorical_accuracy").size());
        }
    }

    @Test
    void imagesOfAnotherSizeAreRefused() {
        try (Sequential model = new Sequential("other", new Input(9, 9, 3), new Flatten(), new Dense(3))) {
            model.on(backend);
            model.compile(new SGD(0.1), new SparseCategoricalCrossentropy());
            DataException e = assertThrows(DataException.class, () -> model.fit(images(4), new FitOptions()));
            assertTrue(e.getMessage().contains("(9, 9, 3)") && e.getMessage().contains("(8, 10, 3)"), e.getMessage());
        }
    }

    @Test
    void moreClassesThanOutputsAreRefused() {
        try (Sequential model = new Sequential("few", new Input(8, 10, 3), new Flatten(), new Dense(2))) {
            model.on(backend);
            model.compile(new SGD(0.1), new SparseCategoricalCrossentropy());
            DataException e = assertThrows(DataException.class, () -> model.fit(images(4), new FitOptions()));
            assertTrue(e.getMessage().contains("label 2"), e.getMessage());
        }
    }

    @Test
    void theSummaryTellsTheMemoryThatIsThenAllocated() {
        try (Sequential model = network()) {
            MemoryUse planned = model.memoryUse(8);
            long before = backend.peakBytes();
            model.fit(images(8), new FitOptions().batchSize(8));
            long data = ResidentFeed.bytes(images(8));
            // Beside the plan there are the data set, its normalization, the totals of two metrics and, with oneDNN,
            // the
            // kernels in its own layout.
            long rest = backend.peakBytes() - planned.total() - data;
            assertTrue(
                    before == 0 && rest >= 0 && rest <= 8192 + bytesBesideThePlan(),
                    "bytes beside plan and data: " + rest);
        }
    }
}
