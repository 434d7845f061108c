package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Conv2DTranspose;
import conv4j.layers.Dense;
import conv4j.layers.DepthwiseConv2D;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.Layer;
import conv4j.layers.Layers;
import conv4j.layers.SeparableConv2D;
import conv4j.losses.MeanSquaredError;
import conv4j.optimizers.SGD;
import conv4j.regularizers.L1;
import conv4j.regularizers.L1L2;
import conv4j.regularizers.L2;
import conv4j.regularizers.Regularizers;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Penalties on weights as layers have them, with numbers computed by hand. */
class RegularizationTest {

    @TempDir
    Path folder;

    /** One item, 1 and 2, whose target is 0: with weights (3, -1) the prediction and the loss are 1. */
    private static final Dataset DATA = new ArraySet(Shape.of(2), new float[] {1, 2}, Shape.of(1), new float[] {0});

    private static Sequential line(Backend backend, Dense dense) {
        Sequential model = new Sequential("line", new Input(2), dense.name("dense"));
        model.on(backend);
        model.weights().set("dense/kernel", new float[] {3, -1});
        model.weights().set("dense/bias", new float[] {0});
        model.compile(new SGD(0.125), new MeanSquaredError());
        return model;
    }

    @Test
    void thePenaltyIsPartOfTheLossInTrainingAndEvaluation() {
        for (String device : List.of("reference", "cpu")) {
            try (Backend backend = Backends.open(device);
                    Model model = line(backend, new Dense(1).kernelRegularizer(new L1L2(0.5, 0.25)))) {
                // 1 + 0.5 * (3 + 1) + 0.25 * (9 + 1)
                assertEquals(5.5, model.evaluate(DATA, 1).loss(), 1e-6);
                History history = model.fit(DATA, new FitOptions());
                assertEquals(5.5, history.series("loss").get(0), 1e-6);
                // The loss alone has the gradient (2, 4) for the kernel and 2 for the bias; the penalty adds
                // 0.5 * sign(w) + 0.5 * w = (2, -1).
                assertArrayEquals(
                        new float[] {3 - 0.125f * (2 + 2), -1 - 0.125f * (4 - 1)},
                        model.weights().get("dense/kernel"),
                        1e-6f);
                assertArrayEquals(new float[] {-0.25f}, model.weights().get("dense/bias"), 1e-6f);
            }
        }
    }

    @Test
    void aFrozenLayerHasNoPenalty() {
        try (Backend backend = Backends.open("cpu");
                Model model = line(backend, new Dense(1).kernelRegularizer("l2"))) {
            assertEquals(1.1, model.evaluate(DATA, 1).loss(), 1e-6);
            model.freeze("dense");
            assertEquals(1, model.evaluate(DATA, 1).loss(), 1e-6);
        }
    }

    @Test
    void thePenaltyIsClippedTogetherWithTheGradient() {
        try (Backend backend = Backends.open("cpu");
                Model model = line(backend, new Dense(1).biasRegularizer(new L1(4)))) {
            model.weights().set("dense/bias", new float[] {1});
            model.compile(new SGD(1).clipValue(0.5), new MeanSquaredError());
            model.fit(DATA, new FitOptions());
            assertArrayEquals(new float[] {0.5f}, model.weights().get("dense/bias"), 1e-6f);
        }
    }

    private static List<Layer> layers() {
        return List.of(
                new Dense(2).kernelRegularizer(new L2(1e-4)).biasRegularizer(new L1(0.5)),
                new Conv2D(2, 3).kernelRegularizer(new L1L2(0.1, 0.2)).biasRegularizer("l1"),
                new Conv2DTranspose(2, 3).kernelRegularizer("l2").biasRegularizer("l1_l2"),
                new DepthwiseConv2D(3).depthwiseRegularizer(new L1()).biasRegularizer(new L2()),
                new SeparableConv2D(2, 3)
                        .depthwiseRegularizer(new L1(0.1))
                        .pointwiseRegularizer(new L2(0.2))
                        .biasRegularizer(new L1(0.3)),
                new BatchNormalization().gammaRegularizer("l2").betaRegularizer(new L1(0.25)));
    }

    @Test
    void everyRegularizerComesBackFromItsConfiguration() {
        for (Layer layer : layers()) {
            Layer copy = Layers.fromConfig(layer.className(), layer.config());
            assertEquals(layer.config(), copy.config());
        }
        Map<String, Object> config = layers().get(0).config();
        assertEquals(Map.of("class_name", "L2", "config", Map.of("l2", 1e-4)), config.get("kernel_regularizer"));
        assertEquals(
                new L2(1e-4),
                Regularizers.fromConfig("L2", Map.of("l2", 1e-4)),
                "what Keras writes with module keras.regularizers");
    }

    @Test
    void everyRegularizerOfALayerReachesTheLossAndTheFile() {
        Path file = folder.resolve("model");
        Sequential model = new Sequential(
                "all",
                new Input(6, 6, 2),
                layers().get(1),
                layers().get(2),
                layers().get(3),
                layers().get(4),
                layers().get(5),
                new Flatten(),
                layers().get(0));
        try (Backend backend = Backends.open("cpu");
                model) {
            model.on(backend);
            model.compile(new SGD(), new MeanSquaredError());
            assertEquals(13, model.variables().trainable().size(), "parameters of six layers");
            double penalty = 0;
            for (Variables.Variable variable : model.variables().trainable()) {
                assertTrue(variable.regularizer() != null, variable.value().name());
                for (float w : model.weights().get(variable.value().name())) {
                    penalty += variable.regularizer().l1() * Math.abs(w)
                            + variable.regularizer().l2() * w * w;
                }
            }
            Dataset data = new ArraySet(Shape.of(6, 6, 2), new float[72], Shape.of(2), model.predict(new float[72]));
            assertEquals(penalty, model.evaluate(data, 1).loss(), 1e-5 * penalty);
            model.save(file);
            try (Model loaded = Model.load(file).on(backend)) {
                assertEquals(penalty, loaded.evaluate(data, 1).loss(), 1e-5 * penalty);
            }
        }
    }

    @Test
    void namesAreThoseOfKeras() {
        assertEquals(new L1(0.01), Regularizers.named("l1"));
        assertEquals(new L2(0.01), Regularizers.named("L2"));
        assertEquals(new L1L2(0.01, 0.01), Regularizers.named("l1_l2"));
        assertEquals(new L1L2(0, 0.5), Regularizers.fromConfig("L1L2", Map.of("l2", 0.5)));
        String message = assertThrows(IllegalArgumentException.class, () -> Regularizers.named("l3"))
                .getMessage();
        assertEquals("there is no regularizer 'l3'; there are l1, l2 and l1_l2", message);
        assertThrows(IllegalArgumentException.class, () -> new L2(-1));
        assertThrows(IllegalArgumentException.class, () -> new L1(Double.NaN));
    }
}
