package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.augmentation.RandomFlip;
import conv4j.backend.Backend;
import conv4j.data.ArraySet;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.metrics.Accuracy;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Predictions that are means over augmented copies. */
class TestTimeAugmentationTest {

    private static final ArraySet IMAGES = new ArraySet(
            Shape.of(1, 2, 1), new float[] {1, 2, 3, 5, 8, 13, 21, 34, 55, 89}, Shape.SCALAR, new float[] {0, 1, 0, 1, 0
            });

    /** The two pixels of an image are its two outputs. Dropout must not act. */
    private static Sequential mirror(Backend backend) {
        Sequential model = new Sequential(
                "mirror",
                new Input(1, 2, 1),
                new Flatten(),
                new Dropout(0.5),
                new Dense(2).useBias(false).name("dense"));
        model.on(backend).seed(4);
        model.weights().set("dense/kernel", new float[] {1, 0, 0, 1});
        model.compile(new SGD(), new SparseCategoricalCrossentropy(true, 0), new Accuracy());
        return model;
    }

    @Test
    void everyPredictionIsTheMeanOfMirroredAndPlainCopies() {
        int copies = 64;
        try (Backend backend = Backends.open("cpu");
                Sequential model = mirror(backend)) {
            model.augmentation(new RandomFlip(RandomFlip.Mode.HORIZONTAL));
            float[][] rows = new TestTimeAugmentation(model, copies).predict(IMAGES, 2);
            float[] pixels = new float[2];
            boolean differ = false;
            for (int i = 0; i < rows.length; i++) {
                IMAGES.input(i, pixels, 0);
                double flipped = (rows[i][0] - pixels[0]) / (pixels[1] - pixels[0]) * copies;
                assertEquals(Math.rint(flipped), flipped, 1e-3, "flipped copies are counted in whole numbers");
                assertTrue(flipped > 12 && flipped < 52, flipped + " of 64 copies of image " + i + " are flipped");
                assertEquals(pixels[0] + pixels[1], rows[i][0] + rows[i][1], 1e-4);
                differ |= i > 0 && Math.abs(flipped - (rows[0][0] - 1) * copies) > 0.5;
            }
            assertTrue(differ, "every image has draws of its own");
            assertArrayEquals(
                    rows,
                    new TestTimeAugmentation(model, copies).predict(IMAGES, 2),
                    "the same seed gives the same bits");
            model.predict(IMAGES, 2);
        }
    }

    @Test
    void copiesAreTheSameOnEveryDevice() {
        float[][][] rows = new float[2][][];
        for (int i = 0; i < 2; i++) {
            try (Backend backend = Backends.open(i == 0 ? "reference" : "cpu");
                    Sequential model = mirror(backend)) {
                model.augmentation(new RandomFlip(RandomFlip.Mode.HORIZONTAL));
                rows[i] = new TestTimeAugmentation(model, 5).predict(IMAGES, 3);
            }
        }
        assertArrayEquals(rows[0], rows[1]);
    }

    @Test
    void evaluationMeasuresTheMeanPredictions() {
        try (Backend backend = Backends.open("cpu");
                Sequential model = mirror(backend)) {
            model.augmentation(new RandomFlip(RandomFlip.Mode.HORIZONTAL));
            float[][] rows = new TestTimeAugmentation(model, 3).predict(IMAGES, 5);
            double loss = 0;
            double right = 0;
            float[] target = new float[1];
            for (int i = 0; i < rows.length; i++) {
                IMAGES.target(i, target, 0);
                double wanted = rows[i][(int) target[0]];
                double other = rows[i][1 - (int) target[0]];
                loss += Math.log1p(Math.exp(other - wanted)) / rows.length;
                right += (target[0] == 0 ? wanted >= other : wanted > other) ? 1.0 / rows.length : 0;
            }
            Evaluation evaluation = new TestTimeAugmentation(model, 3).evaluate(IMAGES, 5);
            assertEquals(loss, evaluation.loss(), 1e-5 * loss);
            assertEquals(right, evaluation.metric("accuracy"), 1e-6);
            assertFalse(Arrays.deepEquals(rows, model.predict(IMAGES, 5)));
        }
    }

    @Test
    void aModelWithoutAugmentationIsRefused() {
        try (Backend backend = Backends.open("cpu");
                Sequential model = mirror(backend)) {
            String message = assertThrows(
                            IllegalStateException.class, () -> new TestTimeAugmentation(model, 3).predict(IMAGES, 2))
                    .getMessage();
            assertTrue(message.contains("has no augmentation"), message);
            model.augmentation(new RandomFlip(RandomFlip.Mode.HORIZONTAL));
            assertThrows(IllegalArgumentException.class, () -> new TestTimeAugmentation(model, 0).predict(IMAGES, 2));
        }
    }
}
