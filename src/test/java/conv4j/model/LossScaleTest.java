package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.Adam;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training with a scaled loss, where operands are float32, so that scaling by a power of two changes nothing else. */
class LossScaleTest {

    private static final int ITEMS = 20;

    @TempDir
    Path folder;

    private static Dataset images() {
        Random random = new Random(4);
        float[] pixels = new float[ITEMS * 36];
        int[] labels = new int[ITEMS];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = random.nextFloat();
        }
        for (int i = 0; i < ITEMS; i++) {
            labels[i] = random.nextInt(3);
        }
        return ArraySet.labelled(Shape.of(6, 6, 1), pixels, labels, List.of("a", "b", "c"));
    }

    private static Sequential network(Backend backend, Optimizer optimizer) {
        Sequential model = new Sequential(
                "network",
                new Input(6, 6, 1),
                new Conv2D(4, 3).activation("relu").kernelRegularizer("l1_l2").name("conv"),
                new BatchNormalization().name("norm"),
                new Flatten(),
                new Dropout(0.25),
                new Dense(3).biasRegularizer("l2").name("dense"));
        model.on(backend).seed(2);
        model.compile(optimizer, new SparseCategoricalCrossentropy(true, 0));
        return model;
    }

    private static FitOptions options() {
        return new FitOptions().batchSize(6).epochs(4).classWeight(Map.of(0, 2.0, 1, 0.5));
    }

    private static Map<String, float[]> trained(Backend backend, Optimizer optimizer) {
        try (Model model = network(backend, optimizer)) {
            model.fit(images(), options());
            return all(model);
        }
    }

    private static Map<String, float[]> all(Model model) {
        Map<String, float[]> all = new LinkedHashMap<>();
        model.weights().names().forEach(name -> all.put(name, model.weights().get(name)));
        return all;
    }

    private static float scale(Model model) {
        return OptimizerMemory.of(model).slots().get(LossScaleOptimizer.SCALE)[0];
    }

    private static float steps(Model model) {
        return OptimizerMemory.of(model).slots().get(LossScaleOptimizer.STEPS)[0];
    }

    private static void assertSame(Map<String, float[]> wanted, Map<String, float[]> got) {
        assertEquals(wanted.keySet(), got.keySet());
        wanted.forEach((name, values) -> assertArrayEquals(values, got.get(name), name));
    }

    /** Penalties, weights of classes and clipped norms included; growth too, which comes after every third step here. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void aPowerOfTwoChangesNoBit(String device) {
        List<Supplier<Optimizer>> optimizers =
                List.of(() -> new Adam(0.01), () -> new SGD(0.1).momentum(0.9).clipNorm(0.05), () -> new SGD(0.1)
                        .globalClipNorm(0.05)
                        .weightDecay(0.01));
        try (Backend backend = Backends.open(device)) {
            for (Supplier<Optimizer> optimizer : optimizers) {
                Map<String, float[]> plain = trained(backend, optimizer.get());
                LossScaleOptimizer scaled = new LossScaleOptimizer(optimizer.get()).dynamicGrowthSteps(3);
                assertSame(plain, trained(backend, scaled));
            }
        }
    }

    /** Sixteen steps, of which every third doubles the scale. */
    @Test
    void theScaleGrowsWhileItTrains() {
        try (Backend backend = Backends.open("reference");
                Model model = network(backend, new LossScaleOptimizer(new SGD(0.01)).dynamicGrowthSteps(3))) {
            model.fit(images(), options());
            assertEquals(32768 * 32, scale(model));
            assertEquals(1, steps(model));
        }
    }

    /** One item, 1 and 2, whose target is 0: with weights (3, -1) the gradient is (2, 4), from 2^127 on infinite. */
    private static Sequential line(Backend backend, Optimizer optimizer) {
        Sequential model =
                new Sequential("line", new Input(2), new Dense(1).useBias(false).name("dense"));
        model.on(backend);
        model.weights().set("dense/kernel", new float[] {3, -1});
        model.compile(optimizer, new MeanSquaredError());
        return model;
    }

    private static final Dataset DATA = new ArraySet(Shape.of(2), new float[] {1, 2}, Shape.of(1), new float[] {0});

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu"})
    void aStepWithAnInfiniteGradientIsLeftOutAndHalvesTheScale(String device) {
        Optimizer optimizer =
                new LossScaleOptimizer(new SGD(0.125).momentum(0.5).weightDecay(0.5)).initialScale(0x1p127);
        try (Backend backend = Backends.open(device);
                Model model = line(backend, optimizer)) {
            model.fit(DATA, new FitOptions());
            assertArrayEquals(new float[] {3, -1}, model.weights().get("dense/kernel"));
            assertArrayEquals(
                    new float[] {0, 0}, OptimizerMemory.of(model).slots().get("dense/kernel/momentum"));
            assertEquals(0x1p126f, scale(model));
            model.fit(DATA, new FitOptions());
            assertEquals(0x1p125f, scale(model));
            assertEquals(0, steps(model));
            model.fit(DATA, new FitOptions());
            // w - 0.0625 w - 0.125 * (2, 4)
            assertArrayEquals(
                    new float[] {3 - 0.1875f - 0.25f, -1 + 0.0625f - 0.5f},
                    model.weights().get("dense/kernel"));
            assertEquals(0x1p125f, scale(model));
            assertEquals(1, steps(model));
            assertEquals(3, model.trainedSteps());
        }
    }

    @Test
    void trainingInFloat16ScalesItsLossByItself() {
        try (Backend backend = Backends.open("cpu");
                Model model = line(backend, new SGD(0.125))) {
            model.fit(DATA, new FitOptions());
            assertInstanceOf(SGD.class, model.optimizer());
            assertFalse(OptimizerMemory.of(model).slots().containsKey(LossScaleOptimizer.SCALE));
            model.precision("mixed").fit(DATA, new FitOptions());
            assertInstanceOf(SGD.class, model.optimizer());
            model.precision("mixed_float16").fit(DATA, new FitOptions());
            LossScaleOptimizer scaled = assertInstanceOf(LossScaleOptimizer.class, model.optimizer());
            assertInstanceOf(SGD.class, scaled.innerOptimizer());
            assertEquals(32768, scale(model));
            assertEquals(1, steps(model));
            assertEquals(3, model.trainedSteps());
            model.fit(DATA, new FitOptions());
            assertEquals(scaled, model.optimizer());
            assertEquals(2, steps(model));
        }
    }

    /** After a step in the middle of an epoch, two steps after the scale moved. */
    @Test
    void aResumedTrainingGoesOnWithItsScale() {
        Path file = folder.resolve("model");
        LossScaleOptimizer scaled = new LossScaleOptimizer(new Adam(0.01)).dynamicGrowthSteps(5);
        try (Backend backend = Backends.open("cpu")) {
            Map<String, float[]> whole;
            float scale;
            try (Model model = network(backend, scaled)) {
                model.fit(images(), options().callbacks(new SavingOnce(file, 7)));
                whole = all(model);
                scale = scale(model);
                assertEquals(32768 * 8, scale);
            }
            try (Model resumed = Model.load(file).on(backend)) {
                assertEquals(scaled.config(), resumed.optimizer().config());
                assertEquals(32768 * 2, scale(resumed));
                assertEquals(2, steps(resumed));
                resumed.fit(images(), options().resume(true));
                assertEquals(scale, scale(resumed));
                assertEquals(1, steps(resumed));
                assertSame(whole, all(resumed));
            }
        }
    }

    private record SavingOnce(Path file, int steps) implements Callback {
        @Override
        public void onBatchEnd(Model model, BatchProgress progress) {
            if (model.trainedSteps() == steps) {
                model.save(file);
            }
        }
    }

    @Test
    void aScaleThatCannotBeOneIsRefused() {
        try (Backend backend = Backends.open("cpu");
                Model model = line(backend, new LossScaleOptimizer(new SGD()))) {
            for (float wrong : new float[] {0.5f, Float.NaN, Float.POSITIVE_INFINITY, -1}) {
                assertRefused(model, "dynamic_scale is " + wrong, LossScaleOptimizer.SCALE, wrong);
            }
            assertRefused(model, "dynamic_scale has 2 numbers, but needs 1", LossScaleOptimizer.SCALE, 1, 2);
            assertRefused(model, "step_counter is -1.0", LossScaleOptimizer.STEPS, -1);
            new OptimizerMemory(0, 0, Map.of(LossScaleOptimizer.SCALE, new float[] {8})).into(model);
            model.fit(DATA, new FitOptions());
            assertEquals(8, scale(model));
        }
    }

    private static void assertRefused(Model model, String words, String name, float... values) {
        OptimizerMemory memory = new OptimizerMemory(0, 0, Map.of(name, values));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> memory.into(model));
        assertTrue(e.getMessage().contains(words), e.getMessage());
    }

    @Test
    void theSummaryPlansForAScaledLoss() {
        try (Backend backend = Backends.open("cpu");
                Model plain = network(backend, new Adam());
                Model scaled = network(backend, new LossScaleOptimizer(new Adam()))) {
            assertEquals(plain.memoryUse(4).optimizer(), scaled.memoryUse(4).optimizer());
            assertTrue(plain.memoryUse(4).activations() <= scaled.memoryUse(4).activations());
        }
    }
}
