package conv4j.backend.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.Dense;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.model.FitOptions;
import conv4j.model.Model;
import conv4j.model.OptimizerMemory;
import conv4j.model.Sequential;
import conv4j.optimizers.Adam;
import conv4j.optimizers.LossScaleOptimizer;
import conv4j.optimizers.Optimizer;
import conv4j.shape.Shape;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Training whose products take operands in binary16, with tensor cores or with what plays them. Items have so little weight
 * that gradients of what layers return are about 2^-27, which binary16 takes for zero.
 */
class Float16TrainingTest {

    private static final int ITEMS = 32;
    private static final float WEIGHT = 0x1p-22f;

    private static OpenClBackend backend;

    @BeforeAll
    static void open() {
        backend = TestDevice.open("tiles-mixed_float16");
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            backend.close();
        }
    }

    /** What a linear function makes of random numbers. */
    private static Dataset data() {
        Random random = new Random(3);
        float[] x = new float[ITEMS * 8];
        float[] y = new float[ITEMS * 4];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        for (int i = 0; i < y.length; i++) {
            y[i] = x[i / 4 * 8 + i % 4] - 0.5f * x[i / 4 * 8 + i % 4 + 4];
        }
        return new ArraySet(Shape.of(8), x, Shape.of(4), y);
    }

    private static Model network(Optimizer optimizer) {
        Sequential model = new Sequential(
                "network",
                new Input(8),
                new Dense(16).activation("relu").useBias(false).name("first"),
                new Dense(4).useBias(false).name("second"));
        model.on(backend).seed(5);
        model.compile(optimizer, new MeanSquaredError());
        return model;
    }

    private static Adam adam() {
        return new Adam(0.02).epsilon(1e-14);
    }

    private static void train(Model model, int epochs) {
        float[] weights = new float[ITEMS];
        Arrays.fill(weights, WEIGHT);
        model.fit(data(), new FitOptions().batchSize(16).epochs(epochs).sampleWeight(weights));
    }

    private static float scale(Model model) {
        return OptimizerMemory.of(model).slots().get(LossScaleOptimizer.SCALE)[0];
    }

    @Test
    void smallGradientsAreLostWithoutALossScale() {
        try (Model model = network(adam())) {
            float[] first = model.weights().get("first/kernel");
            float[] second = model.weights().get("second/kernel");
            train(model, 4);
            assertArrayEquals(first, model.weights().get("first/kernel"));
            assertArrayEquals(second, model.weights().get("second/kernel"));
        }
    }

    @Test
    void aLossScaleKeepsSmallGradients() {
        try (Model model = network(adam())) {
            model.precision("mixed_float16");
            double before = model.evaluate(data(), ITEMS).loss();
            train(model, 40);
            double after = model.evaluate(data(), ITEMS).loss();
            assertTrue(after < before / 10, () -> "the loss went from " + before + " to " + after);
            assertEquals(32768, scale(model));
        }
    }

    /** From 2^60 on gradients are about 2^33 and infinite in binary16; steps are left out until the scale is small enough. */
    @Test
    void aScaleThatIsTooLargeFallsUntilGradientsAreFinite() {
        try (Model model = network(new LossScaleOptimizer(adam()).initialScale(0x1p60))) {
            float[] first = model.weights().get("first/kernel");
            train(model, 4);
            assertEquals(0x1p52f, scale(model), "eight steps were left out");
            assertArrayEquals(first, model.weights().get("first/kernel"));
            train(model, 20);
            float found = scale(model);
            assertTrue(found >= 0x1p36f && found <= 0x1p44f, () -> "the scale is " + found);
            double before = model.evaluate(data(), ITEMS).loss();
            train(model, 40);
            double after = model.evaluate(data(), ITEMS).loss();
            assertTrue(after < before / 4, () -> "the loss went from " + before + " to " + after);
        }
    }
}
