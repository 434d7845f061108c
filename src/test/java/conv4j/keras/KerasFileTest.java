package conv4j.keras;

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
import conv4j.data.Normalization;
import conv4j.graph.Binary;
import conv4j.graph.UnaryFunction;
import conv4j.graph.Value;
import conv4j.layers.Add;
import conv4j.layers.AveragePooling2D;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Concatenate;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.Dense;
import conv4j.layers.DepthwiseConv2D;
import conv4j.layers.Elementwise;
import conv4j.layers.Flatten;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.GroupNormalization;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.LayerContext;
import conv4j.layers.LayerNormalization;
import conv4j.layers.ReLU;
import conv4j.layers.SeparableConv2D;
import conv4j.layers.Tensor;
import conv4j.layers.Weighted;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.AdamW;
import conv4j.optimizers.Adamax;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Nadam;
import conv4j.optimizers.Optimizer;
import conv4j.optimizers.RMSprop;
import conv4j.optimizers.SGD;
import conv4j.random.RandomStream;
import conv4j.schedules.CosineDecay;
import conv4j.schedules.ExponentialDecay;
import conv4j.schedules.LinearWarmup;
import conv4j.shape.Padding;
import conv4j.shape.Shape;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models written as .keras archives and read again. */
class KerasFileTest {

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("model.keras");
    }

    static Dataset images(Shape shape) {
        int items = 8;
        float[] pixels = new float[items * shape.size()];
        float[] labels = new float[items];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (float) Math.sin(0.7 * i + i * (double) i % 13);
        }
        int[] order = RandomStream.permutation(items, 3, 1);
        for (int i = 0; i < items; i++) {
            labels[i] = order[i] % 3;
        }
        return new ArraySet(shape, pixels, Shape.SCALAR, labels);
    }

    static Sequential line() {
        return new Sequential(
                "line",
                new Input(8, 7, 3),
                new Conv2D(4, 3).activation("relu"),
                new BatchNormalization(),
                new SeparableConv2D(5, 3),
                new DepthwiseConv2D(2).useBias(false),
                new Flatten(),
                new Dense(3));
    }

    static Model residual() {
        Tensor input = Input.of(8, 8, 2);
        Tensor x = new Conv2D(4, 3).padding(Padding.SAME).apply(input);
        Tensor left = new BatchNormalization().scale(false).apply(new Conv2D(4, 1).apply(x));
        Tensor right = new ReLU().apply(new Conv2D(4, 3).padding(Padding.SAME).apply(x));
        Tensor sum = new Add().apply(left, right, x);
        Tensor joined = new Concatenate()
                .apply(sum, new Conv2DTranspose(2, 3).padding(Padding.SAME).apply(sum));
        return new Model("residual", input, new Dense(3).apply(new GlobalAveragePooling2D().apply(joined)));
    }

    static void compile(Model model, Optimizer optimizer) {
        model.compile(optimizer, new SparseCategoricalCrossentropy(true, 0), new Accuracy());
    }

    static List<Double> train(Model model, Backend backend, int epochs) {
        model.on(backend);
        Dataset data = images(model.inputShape());
        return model.fit(data, new FitOptions().epochs(epochs).batchSize(8).shuffle(false))
                .series("loss");
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(
                new SGD(0.05),
                new SGD(0.05).momentum(0.9).nesterov(true).weightDecay(0.01),
                new RMSprop(0.01),
                new RMSprop(0.01).momentum(0.5).centered(true),
                new Adam(0.01).clipNorm(1),
                new Adam(0.01).amsgrad(true).beta1(0.8),
                new AdamW(0.01).globalClipNorm(2),
                new Adamax(0.01).clipValue(0.3),
                new Nadam(0.01),
                new Adam().learningRate(new ExponentialDecay(0.01, 2, 0.5, true)),
                new LossScaleOptimizer(new Adam(0.01).clipNorm(1)).dynamicGrowthSteps(2),
                new LossScaleOptimizer(new SGD(0.05)).initialScale(100),
                new LossScaleOptimizer(new Nadam().learningRate(new ExponentialDecay(0.01, 2, 0.5))));
    }

    /** A model so small that a training of it takes no time. */
    private static Model tiny() {
        return new Sequential("tiny", new Input(2, 2, 1), new Flatten(), new Dense(3));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void whatAnOptimizerRemembersComesBack(Optimizer optimizer) {
        try (Backend backend = Backends.open("reference");
                Model model = tiny()) {
            compile(model, optimizer);
            train(model, backend, 3);
            KerasFile.save(model, file);
            OptimizerMemory memory = OptimizerMemory.of(model);
            try (Model loaded = KerasFile.load(file)) {
                OptimizerMemory again = OptimizerMemory.of(loaded);
                assertEquals(3, again.steps());
                assertEquals(3, loaded.trainedEpochs());
                assertEquals(memory.slots().keySet(), again.slots().keySet());
                memory.slots()
                        .forEach((slot, values) ->
                                assertArrayEquals(values, again.slots().get(slot), slot));
                assertEquals(model.optimizer().config(), loaded.optimizer().config());
            }
        }
    }

    @Test
    void everyWeightComesBackToTheBit() {
        for (Model model : List.of(line(), residual())) {
            try (model) {
                model.seed(5);
                KerasFile.save(model, file);
                try (Model loaded = KerasFile.load(file)) {
                    assertFalse(loaded.isCompiled());
                    assertEquals(
                            model.weights().names().size(),
                            loaded.weights().names().size());
                    for (String name : model.weights().names()) {
                        assertArrayEquals(
                                model.weights().get(name), loaded.weights().get(name), name);
                    }
                }
            }
        }
    }

    @Test
    void layersAreListedAsKerasListsThem() {
        Tensor input = new Input(6, 6, 1).name("in").tensor();
        Tensor near = new Conv2D(2, 1).name("near").apply(input);
        Tensor far = new Conv2D(2, 1)
                .name("far2")
                .apply(new Conv2D(2, 1).name("far1").apply(input));
        try (Model model = new Model("two ways", input, new Add().name("sum").apply(near, far))) {
            assertEquals(
                    List.of("in", "far1", "near", "far2", "sum"),
                    WrittenGraph.of(model).order().stream()
                            .map(WrittenGraph.Written::name)
                            .toList());
        }
    }

    @Test
    void groupsOfWeightsAreNamedAfterClassesAndNeverEmpty() {
        try (Model model = line()) {
            KerasFile.save(model, file);
        }
        try (H5File weights = new H5File(KerasArchive.read(file).weights(), "weights")) {
            assertTrue(weights.has("layers/conv2d/vars/1"));
            assertTrue(weights.has("layers/separable_conv2d/vars/2"));
            assertTrue(weights.has("layers/depthwise_conv2d/vars/0"));
            assertFalse(weights.has("layers/flatten"), "a group without arrays");
            assertFalse(weights.has("optimizer"), "an optimizer of a model without");
        }
    }

    @Test
    void theNormalizationBecomesARescalingLayerAndComesBack() {
        Normalization perChannel = new Normalization(new float[] {0.5f, 2, 1}, new float[] {0, -1, 0.25f});
        try (Model model = line()) {
            model.normalization(perChannel).classNames(List.of("a", "b", "c"));
            KerasFile.save(model, file);
        }
        assertTrue(KerasArchive.read(file).config().contains("\"Rescaling\""));
        try (Model loaded = KerasFile.load(file)) {
            assertEquals(perChannel, loaded.normalization());
            assertEquals(List.of("a", "b", "c"), loaded.classNames());
            assertInstanceOf(Sequential.class, loaded);
        }
    }

    @Test
    void normalizationsOfLayersAndGroupsComeBack() {
        try (Backend backend = Backends.open("cpu");
                Model model = new Sequential(
                        "normalized",
                        new Input(4, 3, 6),
                        new LayerNormalization().axis(1, 2, 3).epsilon(0.01),
                        new LayerNormalization().center(false),
                        new GroupNormalization(3),
                        new GroupNormalization(-1).scale(false),
                        new Flatten(),
                        new Dense(3))) {
            compile(model, new Adam(0.1));
            train(model, backend, 1);
            KerasFile.save(model, file);
            Dataset data = images(model.inputShape());
            float[][] expected = model.predict(data, 8);
            try (Model loaded = KerasFile.load(file)) {
                float[][] got = loaded.on(backend).predict(data, 8);
                for (int i = 0; i < got.length; i++) {
                    assertArrayEquals(expected[i], got[i]);
                }
                assertEquals(model.weights().names(), loaded.weights().names());
            }
        }
    }

    @Test
    void explicitPaddingBecomesALayerOfZeros() {
        try (Backend backend = Backends.open("reference");
                Model model = new Sequential(
                        "padded",
                        new Input(5, 5, 2),
                        new Conv2D(3, 3).padding(Padding.explicit(1, 2, 0, 3)),
                        new Conv2D(2, 2).padding(Padding.FULL))) {
            model.on(backend);
            Dataset data = images(model.inputShape());
            float[][] expected = model.predict(data, 8);
            KerasFile.save(model, file);
            assertTrue(KerasArchive.read(file).config().contains("\"ZeroPadding2D\""));
            try (Model loaded = KerasFile.load(file)) {
                float[][] got = loaded.on(backend).predict(data, 8);
                for (int i = 0; i < got.length; i++) {
                    assertArrayEquals(expected[i], got[i], 1e-6f);
                }
            }
        }
    }

    /** A layer of a user. */
    private static final class Same extends Layer {
        @Override
        protected Shape computeOutputShape(List<Shape> inputs) {
            return single(inputs);
        }

        @Override
        public Value call(LayerContext context, List<Value> inputs) {
            return inputs.get(0);
        }
    }

    @Test
    void whatKerasCannotSayIsRefusedWithAllItsLayers() {
        try (Model model = new Sequential(
                "odd",
                new Input(6, 6, 1),
                new Conv2DTranspose(2, 2).name("plain"),
                new Same().name("mine"),
                new Elementwise(new UnaryFunction(UnaryFunction.Kind.SHRINK, -1, 2)).name("own"),
                new Weighted(Binary.Function.KEEP, 2).name("kept"),
                new Conv2DTranspose(2, 2).groups(2).name("apart"),
                new AveragePooling2D(2).dilationRate(2).strides(1).name("wide"))) {
            IllegalArgumentException refused =
                    assertThrows(IllegalArgumentException.class, () -> KerasFile.save(model, file));
            assertTrue(refused.getMessage().contains("'mine' (Same)"), refused.getMessage());
            assertTrue(
                    refused.getMessage().contains("the negative threshold -1.0 of 'own' (Elementwise"),
                    refused.getMessage());
            assertTrue(refused.getMessage().contains("the function keep of 'kept' (Weighted)"), refused.getMessage());
            assertTrue(refused.getMessage().contains("groups 2 of 'apart'"), refused.getMessage());
            assertTrue(refused.getMessage().contains("dilation_rate [2, 2] of 'wide'"), refused.getMessage());
            assertFalse(refused.getMessage().contains("'plain'"), refused.getMessage());
        }
    }

    @Test
    void aWarmUpBeforeACosineIsWrittenAsKerasHasIt() {
        try (Model model = line()) {
            compile(model, new Adam().learningRate(new LinearWarmup(0.001, 4, new CosineDecay(0.1, 10))));
            KerasFile.save(model, file);
            try (Model loaded = KerasFile.load(file)) {
                for (int step = 0; step < 15; step++) {
                    assertEquals(
                            model.optimizer().learningRateAt(step),
                            loaded.optimizer().learningRateAt(step),
                            1e-12);
                }
            }
        }
    }

    @Test
    void aScheduleThatKerasLacksLeavesTheCompileSettingsOut() {
        try (Model model = line()) {
            compile(model, new Adam().learningRate(new LinearWarmup(0.001, 4, new ExponentialDecay(0.1, 10, 0.5))));
            KerasFile.save(model, file);
            try (Model loaded = KerasFile.load(file)) {
                assertFalse(loaded.isCompiled());
            }
        }
    }

    @Test
    void frozenLayersStayFrozenAndHaveNoSlots() {
        try (Backend backend = Backends.open("cpu");
                Model model = line()) {
            for (Layer layer : model.layers().subList(1, 3)) {
                layer.trainable(false);
            }
            compile(model, new Adam(0.01));
            train(model, backend, 1);
            KerasFile.save(model, file);
            try (Model loaded = KerasFile.load(file)) {
                assertEquals(model.weights().trainableNames(), loaded.weights().trainableNames());
                assertEquals(
                        OptimizerMemory.of(model).slots().keySet(),
                        OptimizerMemory.of(loaded).slots().keySet());
            }
        }
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        Path missing = folder.resolve("none.keras");
        Exception failed = assertThrows(UncheckedIOException.class, () -> KerasFile.load(missing));
        assertTrue(failed.getMessage().contains("there is no file " + missing), failed.getMessage());
    }
}
