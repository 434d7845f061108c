package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ImageSet;
import conv4j.data.Normalization;
import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Tensor;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.Adam;
import conv4j.random.RandomStream;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Freezing of layers, and new layers on top of those of a trained model. */
class TransferTest {

    private static final List<String> KEPT = List.of(
            "conv2d/kernel",
            "conv2d/bias",
            "batch_normalization/gamma",
            "batch_normalization/beta",
            "batch_normalization/moving_mean",
            "batch_normalization/moving_variance");

    @TempDir
    Path folder;

    private Backend backend;

    @BeforeEach
    void open() {
        backend = Backends.open("cpu");
    }

    @AfterEach
    void nothingIsLeftOnTheDevice() {
        long left = backend.allocatedBytes();
        backend.close();
        assertEquals(0, left, "bytes left on the device");
    }

    private static ImageSet images(int count, int classes) {
        RandomStream random = new RandomStream(3, 1);
        byte[] pixels = new byte[count * 4 * 4];
        int[] labels = new int[count];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt(256);
        }
        Arrays.setAll(labels, n -> n % classes);
        return new ImageSet(
                Shape.of(4, 4, 1),
                pixels,
                labels,
                List.of("a", "b", "c", "d", "e").subList(0, classes));
    }

    private Sequential base() {
        Sequential base = new Sequential(
                "base",
                new Input(4, 4, 1),
                new Conv2D(3, 3).activation("relu"),
                new BatchNormalization(),
                new Flatten(),
                new Dense(3));
        base.on(backend).seed(5).normalization(Normalization.unit());
        base.compile(new Adam(0.01), new SparseCategoricalCrossentropy(true, 0));
        base.fit(images(12, 3), new FitOptions().epochs(2).batchSize(6));
        return base;
    }

    private static void compile(Model model) {
        model.compile(new Adam(0.01), new SparseCategoricalCrossentropy(true, 0));
    }

    @Test
    void frozenWeightsKeepTheirBitsWhileOthersChange() {
        Path file = folder.resolve("pets");
        try (Model base = base();
                Model pets = base.upTo("flatten", "pets", new Dense(8).activation("relu"), new Dense(5))) {
            compile(pets.freeze("conv2d", "batch_normalization"));
            float[] top = pets.weights().get("dense_1/kernel");
            KEPT.forEach(name ->
                    assertArrayEquals(base.weights().get(name), pets.weights().get(name), name));
            pets.fit(images(20, 5), new FitOptions().epochs(3).batchSize(8));
            KEPT.forEach(name ->
                    assertArrayEquals(base.weights().get(name), pets.weights().get(name), name));
            assertFalse(Arrays.equals(top, pets.weights().get("dense_1/kernel")));
            assertEquals(List.of("a", "b", "c", "d", "e"), pets.classNames());
            assertInstanceOf(Sequential.class, pets);
            pets.save(file);
            try (Model loaded = Model.load(file).on(backend)) {
                assertEquals(
                        pets.layers().stream().map(layer -> layer.trainable()).toList(),
                        loaded.layers().stream().map(layer -> layer.trainable()).toList());
                assertFalse(loaded.layer("conv2d").trainable());
                assertArrayEquals(pets.predict(images(5, 5), 2), loaded.predict(images(5, 5), 2));
            }
        }
    }

    @Test
    void thawedLayersLearnAgain() {
        try (Model base = base();
                Model pets = base.upTo("flatten", "pets", new Dense(5))) {
            compile(pets.freeze("conv2d"));
            pets.fit(images(20, 5), new FitOptions().batchSize(8));
            assertArrayEquals(
                    base.weights().get("conv2d/kernel"), pets.weights().get("conv2d/kernel"));
            pets.unfreeze("conv2d");
            pets.fit(images(20, 5), new FitOptions().batchSize(8));
            assertFalse(Arrays.equals(
                    base.weights().get("conv2d/kernel"), pets.weights().get("conv2d/kernel")));
        }
    }

    @Test
    void onlyTrainableParametersHaveSlotsAndCountAsTrainable() {
        try (Model base = base();
                Model pets = base.upTo("flatten", "pets", new Dense(5))) {
            compile(pets.freeze("conv2d", "batch_normalization"));
            pets.fit(images(20, 5), new FitOptions().batchSize(8));
            // Flatten gives 2 * 2 * 3 = 12 numbers: 12 * 5 + 5 are learnt; 27 + 3 and 4 * 3 are not.
            String summary = pets.summary(8);
            assertTrue(summary.contains("Trainable params: 65 "), summary);
            assertTrue(summary.contains("Non-trainable params: 42 "), summary);
            assertTrue(summary.contains("Optimizer params: 130 "), summary);
            assertEquals(
                    List.of(
                            "dense_1/bias/momentum",
                            "dense_1/bias/velocity",
                            "dense_1/kernel/momentum",
                            "dense_1/kernel/velocity"),
                    pets.training().state().slots().keySet().stream().sorted().toList());
        }
    }

    @Test
    void theNewModelLeavesTheOldOneAsItIs() {
        try (Model base = base();
                Model pets = base.upTo("flatten", "pets", new Dense(5))) {
            float[] before = base.weights().get("conv2d/kernel");
            assertNotSame(base.layer("conv2d"), pets.layer("conv2d"));
            pets.freeze("batch_normalization");
            assertTrue(base.layer("batch_normalization").trainable());
            compile(pets);
            pets.fit(images(20, 5), new FitOptions().batchSize(8));
            assertArrayEquals(before, base.weights().get("conv2d/kernel"));
            assertFalse(Arrays.equals(before, pets.weights().get("conv2d/kernel")));
        }
    }

    @Test
    void aBranchingModelIsCutAtALayerAsWell() {
        Tensor input = Input.of(4, 4, 1);
        Tensor stem = new Conv2D(2, 3).padding(Padding.SAME).name("stem").apply(input);
        Tensor branch = new Conv2D(2, 3).padding(Padding.SAME).name("branch").apply(stem);
        Tensor sum = new Add().name("sum").apply(stem, branch);
        Tensor output = new Dense(3).name("top").apply(new Flatten().apply(sum));
        try (Model base = new Model("branching", input, output)) {
            base.on(backend);
            try (Model kept = base.upTo("sum", "kept", new Flatten(), new Dense(2).name("new_top"));
                    Model stemOnly = base.upTo("stem", "stem_only")) {
                assertEquals(Shape.of(2), kept.outputShape());
                assertArrayEquals(
                        base.weights().get("branch/kernel"), kept.weights().get("branch/kernel"));
                assertEquals(
                        List.of("stem/kernel", "stem/bias"), stemOnly.weights().names());
                assertArrayEquals(
                        base.weights().get("stem/kernel"), stemOnly.weights().get("stem/kernel"));
            }
        }
    }

    @Test
    void anUnknownLayerIsRefusedWithTheNamesThereAre() {
        try (Model base = base()) {
            String message = assertThrows(IllegalArgumentException.class, () -> base.freeze("conv1"))
                    .getMessage();
            assertEquals(
                    "model base has no layer 'conv1'; it has [input_layer, conv2d, batch_normalization, flatten, dense]",
                    message);
            assertThrows(IllegalArgumentException.class, () -> base.upTo("conv1", "new"));
        }
    }

    @Test
    void aModelThatIsFrozenAsAWholeHasNothingToTrain() {
        try (Model base = base()) {
            base.freeze();
            String message = assertThrows(IllegalStateException.class, () -> base.fit(images(12, 3), new FitOptions()))
                    .getMessage();
            assertTrue(message.contains("every layer is frozen"), message);
        }
    }
}
