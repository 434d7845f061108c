package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.data.DataException;
import conv4j.data.Dataset;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.CategoricalCrossentropy;
import conv4j.losses.Loss;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights of classes and items, with losses and steps computed by hand. */
class ItemWeightsTest {

    /** Inputs 1, 2, 4 with the classes 0, 1, 1. */
    private static final Dataset SPARSE =
            new ArraySet(Shape.of(1), new float[] {1, 2, 4}, Shape.SCALAR, new float[] {0, 1, 1});

    private static final Dataset ONE_HOT =
            new ArraySet(Shape.of(1), new float[] {1, 2, 4}, Shape.of(2), new float[] {1, 0, 0, 1, 0, 1});

    /** Logits are the weights 0, 0: both classes have the probability 1/2, every item the loss log 2. */
    private static Sequential undecided(Backend backend, Loss loss) {
        Sequential model = new Sequential(
                "undecided", new Input(1), new Dense(2).useBias(false).name("dense"));
        model.on(backend);
        model.weights().set("dense/kernel", new float[2]);
        model.compile(new SGD(0.5), loss);
        return model;
    }

    @Test
    void theLossOfAnItemIsMultipliedByTheWeightOfItsClass() {
        for (String device : List.of("reference", "cpu")) {
            try (Backend backend = Backends.open(device)) {
                assertStep(backend, SPARSE, new SparseCategoricalCrossentropy(true, 0));
                assertStep(backend, ONE_HOT, new CategoricalCrossentropy(true, 0));
            }
        }
    }

    private static void assertStep(Backend backend, Dataset data, Loss loss) {
        try (Sequential model = undecided(backend, loss)) {
            History history = model.fit(
                    data, new FitOptions().batchSize(3).validation(data).classWeight(Map.of(1, 3.0)));
            // (1 + 3 + 3) * log 2 / 3 items, divided by their number and not by the sum of the weights.
            assertEquals(7 * Math.log(2) / 3, history.series("loss").get(0), 1e-6);
            // The gradient of a logit is (p - t) * weight / 3: for class 0's logit
            // (-1/2 * 1 * 1 + 1/2 * 3 * 2 + 1/2 * 3 * 4) / 3 = 17/6.
            float moved = 0.5f * 17 / 6;
            assertArrayEquals(new float[] {-moved, moved}, model.weights().get("dense/kernel"), 1e-6f);
            assertEquals(
                    model.evaluate(data, 2).loss(), history.series("val_loss").get(0), 1e-6, "without weights");
        }
    }

    @Test
    void itemsKeepTheirWeightsWhenTheyAreShuffled() {
        float[] inputs = new float[40];
        float[] targets = new float[40];
        float[] weights = new float[40];
        for (int i = 0; i < 40; i++) {
            inputs[i] = i;
            targets[i] = i % 2;
            weights[i] = i % 2 == 0 ? 0 : 1;
        }
        Dataset data = new ArraySet(Shape.of(1), inputs, Shape.of(1), targets);
        for (String device : List.of("reference", "cpu")) {
            try (Backend backend = Backends.open(device);
                    Sequential model = new Sequential("line", new Input(1), new Dense(1).name("dense"))) {
                model.on(backend);
                model.weights().set("dense/kernel", new float[1]);
                model.weights().set("dense/bias", new float[] {1});
                model.compile(new SGD(0.001), new MeanSquaredError());
                // Only odd items count, whose target 1 is predicted already.
                History history =
                        model.fit(data, new FitOptions().epochs(2).batchSize(7).sampleWeight(weights));
                assertEquals(List.of(0.0, 0.0), history.series("loss"));
                assertArrayEquals(new float[] {0}, model.weights().get("dense/kernel"));
            }
        }
    }

    @Test
    void itemsThatAreSetAsideTakeTheirWeightsWithThem() {
        try (Backend backend = Backends.open("reference");
                Sequential model = undecided(backend, new SparseCategoricalCrossentropy(true, 0))) {
            model.compile(new SGD(0), new SparseCategoricalCrossentropy(true, 0));
            History history =
                    model.fit(SPARSE, new FitOptions().validationSplit(0.3).sampleWeight(2, 4, 5));
            assertEquals(3 * Math.log(2), history.series("loss").get(0), 1e-6);
            assertEquals(5 * Math.log(2), history.series("val_loss").get(0), 1e-6);
        }
    }

    @Test
    void weightsOfOneAreTheSameAsNone() {
        try (Backend backend = Backends.open("cpu");
                Sequential plain = undecided(backend, new SparseCategoricalCrossentropy(true, 0));
                Sequential weighted = undecided(backend, new SparseCategoricalCrossentropy(true, 0))) {
            plain.fit(SPARSE, new FitOptions().epochs(3).batchSize(2));
            weighted.fit(SPARSE, new FitOptions().epochs(3).batchSize(2).classWeight(Map.of(0, 1.0)));
            assertArrayEquals(
                    plain.weights().get("dense/kernel"), weighted.weights().get("dense/kernel"));
        }
    }

    @Test
    void weightsThatDoNotFitAreRefused() {
        FitOptions options = new FitOptions();
        assertThrows(IllegalArgumentException.class, () -> options.classWeight(Map.of(0, -1.0)));
        assertThrows(IllegalArgumentException.class, () -> options.sampleWeight(Float.NaN));
        options.classWeight(Map.of(0, 2.0));
        String both = assertThrows(IllegalArgumentException.class, () -> options.sampleWeight(1, 1, 1))
                .getMessage();
        assertTrue(both.contains("not for both"), both);
        try (Backend backend = Backends.open("reference");
                Sequential model = undecided(backend, new SparseCategoricalCrossentropy(true, 0))) {
            String message = assertThrows(
                            IllegalArgumentException.class,
                            () -> model.fit(SPARSE, new FitOptions().sampleWeight(1, 2)))
                    .getMessage();
            assertEquals("there are 2 sample weights for 3 items; give one for every item", message);
        }
        Dataset rows = new ArraySet(Shape.of(1), new float[] {1}, Shape.of(2, 2), new float[4]);
        assertThrows(DataException.class, () -> ItemWeights.ofClasses(Map.of(0, 2.0), rows, false));
        assertThrows(DataException.class, () -> ItemWeights.ofClasses(Map.of(0, 2.0), ONE_HOT, true));
    }
}
