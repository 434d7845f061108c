package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.augmentation.Augmentation;
import conv4j.augmentation.Interval;
import conv4j.augmentation.RandomBrightness;
import conv4j.augmentation.RandomContrast;
import conv4j.augmentation.RandomCutout;
import conv4j.augmentation.RandomFlip;
import conv4j.augmentation.RandomRotation;
import conv4j.augmentation.RandomTranslation;
import conv4j.backend.Backend;
import conv4j.backend.opencl.TestDevice;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.data.Glyphs;
import conv4j.data.Normalization;
import conv4j.graph.Augment.Edge;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Dropout;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.MaxPooling2D;
import conv4j.losses.MeanSquaredError;
import conv4j.losses.SparseCategoricalCrossentropy;
import conv4j.optimizers.Adam;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Augmentation as a part of training: when it happens, what it sees, and that it survives a stop. */
class AugmentedTrainingTest {

    private static final Shape IMAGE = Shape.of(12, 10, 3);
    private static final Augmentation[] ALL = {
        new RandomFlip(RandomFlip.Mode.HORIZONTAL),
        new RandomTranslation(Interval.around(0.2), Interval.around(0.2), Edge.CONSTANT, 0),
        new RandomRotation(0.1),
        new RandomCutout(0.5, 0.5),
        new RandomBrightness(0.3),
        new RandomContrast(0.3)
    };

    @TempDir
    Path folder;

    private static Backend open(String name) {
        return name.equals("opencl") ? TestDevice.open() : Backends.open(name);
    }

    private static Model network(Backend backend, Augmentation... augmentation) {
        Sequential model = new Sequential(
                "augmented",
                new Input(IMAGE),
                new Conv2D(4, 3).activation("relu"),
                new MaxPooling2D(2),
                new Dropout(0.25),
                new Flatten(),
                new Dense(10));
        model.on(backend).seed(5).normalization(Normalization.centered()).augmentation(augmentation);
        model.compile(new Adam(0.01), new SparseCategoricalCrossentropy(true, 0));
        return model;
    }

    private static FitOptions options(int epochs) {
        return new FitOptions().epochs(epochs).batchSize(8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu", "opencl"})
    void resumingInTheMiddleOfAnEpochEqualsNeverHavingStopped(String name) {
        Dataset images = Glyphs.train(IMAGE, 20, 1);
        Path file = folder.resolve("model");
        try (Backend backend = open(name);
                Model whole = network(backend, ALL);
                Model stopped = network(backend, ALL)) {
            whole.fit(images, options(3));
            stopped.fit(images, options(3).callbacks(new Callback() {
                @Override
                public void onBatchEnd(Model model, BatchProgress progress) {
                    if (progress.epoch() == 1 && progress.batch() == 2) {
                        model.stopTraining();
                    }
                }
            }));
            stopped.save(file);
            try (Model resumed = Model.load(file).on(backend)) {
                assertEquals(List.of(ALL), resumed.augmentation());
                resumed.fit(images, options(3).resume(true));
                assertSameWeights(whole, resumed);
            }
            assertOtherWeights(whole, stopped);
        }
    }

    private static void assertSameWeights(Model want, Model got) {
        for (String weight : want.weights().names()) {
            assertArrayEquals(want.weights().get(weight), got.weights().get(weight), weight);
        }
    }

    private static void assertOtherWeights(Model one, Model other) {
        assertFalse(Arrays.equals(
                one.weights().get("conv2d/kernel"), other.weights().get("conv2d/kernel")));
    }

    /** Every single augmentation changes what is learnt, and none of them the evaluation. */
    @ParameterizedTest
    @ValueSource(strings = {"reference", "cpu", "opencl"})
    void onlyTrainingSeesChangedImages(String name) {
        Dataset images = Glyphs.train(IMAGE, 11, 1);
        try (Backend backend = open(name);
                Model plain = network(backend)) {
            double loss = plain.evaluate(images, 4).loss();
            float[][] predictions = plain.predict(images, 4);
            plain.fit(images, options(1));
            for (Augmentation one : ALL) {
                try (Model model = network(backend, one)) {
                    assertEquals(loss, model.evaluate(images, 4).loss(), one::toString);
                    assertArrayEquals(predictions, model.predict(images, 4), one::toString);
                    History history = model.fit(images, options(1).validation(images));
                    assertOtherWeights(plain, model);
                    assertEquals(
                            model.evaluate(images, 8).loss(),
                            history.series("val_loss").get(0),
                            "validation with " + one);
                }
            }
        }
    }

    /** A data set that is read batch by batch. */
    private static Dataset streamed(Dataset images) {
        return new Dataset() {
            @Override
            public int size() {
                return images.size();
            }

            @Override
            public Shape inputShape() {
                return images.inputShape();
            }

            @Override
            public Shape targetShape() {
                return images.targetShape();
            }

            @Override
            public List<String> classNames() {
                return images.classNames();
            }

            @Override
            public boolean bytes() {
                return false;
            }

            @Override
            public boolean inMemory() {
                return false;
            }

            @Override
            public void input(int index, float[] out, int offset) {
                images.input(index, out, offset);
            }

            @Override
            public void target(int index, float[] out, int offset) {
                images.target(index, out, offset);
            }
        };
    }

    /**
     * Images of 2 are shifted out as a whole, 6 comes in from outside; normalized by x / 2 - 1 that is 2, and 4 pixels with
     * weights of 1 make 8: the loss is 64. As they are, the images are 0.
     */
    @ParameterizedTest
    @CsvSource({"reference, false", "cpu, false", "opencl, false", "reference, true", "cpu, true", "opencl, true"})
    void whatComesInFromOutsideIsNormalizedToo(String name, boolean streamed) {
        float[] pixels = new float[5 * 4];
        Arrays.fill(pixels, 2);
        Dataset images = new ArraySet(Shape.of(2, 2, 1), pixels, Shape.of(1), new float[5]);
        Dataset data = streamed ? streamed(images) : images;
        Interval whole = Interval.of(1);
        try (Backend backend = open(name);
                Model model = new Sequential("sum", new Input(2, 2, 1), new Flatten(), new Dense(1)).on(backend)) {
            model.normalization(new Normalization(new float[] {0.5f}, new float[] {-1}))
                    .augmentation(new RandomTranslation(whole, whole, Edge.CONSTANT, 6));
            model.compile(new SGD(1e-30), new MeanSquaredError());
            model.weights().set("dense/kernel", new float[] {1, 1, 1, 1});
            assertEquals(64, model.fit(data, options(1)).series("loss").get(0));
            assertEquals(0, model.evaluate(data, 3).loss());
        }
    }

    @Test
    void aModelOfVectorsRefusesAugmentation() {
        try (Model model = new Sequential("vectors", new Input(7), new Dense(1))) {
            String message = assertThrows(IllegalArgumentException.class, () -> model.augmentation(new RandomFlip()))
                    .getMessage();
            assertTrue(message.contains("(7,)") && message.contains("height, width, channels"), message);
            model.augmentation();
        }
    }
}
