package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.files.FileFormatException;
import conv4j.files.Safetensors;
import conv4j.files.SafetensorsWriter;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.shape.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsFileTest {

    @TempDir
    private Path folder;

    private static Model model(long seed) {
        return new Sequential(
                        "net",
                        new Input(4, 4, 2),
                        new Conv2D(3, 3),
                        new BatchNormalization(),
                        new Flatten(),
                        new Dense(2))
                .seed(seed);
    }

    @Test
    void weightsComeBackUnderTheirKerasNames() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        try (Model one = model(1);
                Model other = model(2)) {
            one.saveWeights(file);
            try (Safetensors tensors = Safetensors.open(file)) {
                Set<String> names = tensors.names();
                assertTrue(names.contains("conv2d/kernel") && names.contains("batch_normalization/moving_mean"));
                assertArrayEquals(
                        new long[] {3, 3, 2, 3}, tensors.entry("conv2d/kernel").shape());
                assertTrue(tensors.metadata("document").contains("(height, width, channels, filters)"));
            }
            other.loadWeights(file);
            for (String name : one.weights().names()) {
                assertArrayEquals(one.weights().get(name), other.weights().get(name), name);
            }
        }
    }

    @Test
    void everythingThatDoesNotFitIsNamedAtOnceAndNothingIsChanged() {
        Path file = folder.resolve("other.safetensors");
        new SafetensorsWriter()
                .floats("conv2d/kernel", Shape.of(3, 3, 2, 4), new float[72])
                .floats("conv2d/bias", Shape.of(3), new float[3])
                .floats("conv2d_1/kernel", Shape.of(1), new float[1])
                .write(file);
        try (Model model = model(1)) {
            float[] before = model.weights().get("conv2d/bias");
            String message = assertThrows(FileFormatException.class, () -> model.loadWeights(file))
                    .getMessage();
            assertTrue(message.contains("wrong shape: conv2d/kernel is (3, 3, 2, 4), but the model's is (3, 3, 2, 3)"));
            assertTrue(message.contains("missing: dense/kernel (12, 2)"), message);
            assertTrue(message.contains("missing: batch_normalization/gamma (3,)"), message);
            assertTrue(message.contains("unexpected: conv2d_1/kernel (1)"), message);
            assertArrayEquals(before, model.weights().get("conv2d/bias"));
        }
    }

    @Test
    void aFileThatIsNoneIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("text"), "these are not weights, but a text of some length");
        try (Model model = model(1)) {
            assertThrows(FileFormatException.class, () -> model.loadWeights(file));
            Path none = folder.resolve("none");
            String message = assertThrows(UncheckedIOException.class, () -> model.loadWeights(none))
                    .getMessage();
            assertEquals(true, message.contains("none"), message);
        }
    }
}
