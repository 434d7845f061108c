package conv4j.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.Backends;
import conv4j.backend.Backend;
import conv4j.backend.OutOfMemoryException;
import conv4j.data.ArraySet;
import conv4j.data.Dataset;
import conv4j.layers.Conv2D;
import conv4j.layers.GlobalAveragePooling2D;
import conv4j.layers.Input;
import conv4j.losses.MeanSquaredError;
import conv4j.optimizers.SGD;
import conv4j.shape.Shape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OutOfMemoryTest {

    private static final int ITEMS = 20_000;

    @Test
    void aBatchThatDoesNotFitNamesWhatIsNeededWhatIsThereAndTheLargestThatFits() {
        Shape image = Shape.of(64, 64, 1);
        Dataset data = new ArraySet(image, new float[ITEMS * image.size()], Shape.of(64), new float[ITEMS * 64]);
        try (Backend backend = Backends.open("reference");
                Sequential model = new Sequential(
                        "large", new Input(image), new Conv2D(64, 3).padding("same"), new GlobalAveragePooling2D())) {
            model.on(backend);
            model.compile(new SGD(0.1), new MeanSquaredError());
            OutOfMemoryException e =
                    assertThrows(OutOfMemoryException.class, () -> model.fit(data, new FitOptions().batchSize(ITEMS)));
            Matcher message = Pattern.compile(
                            "a batch of 20000 items .* (\\d+) bytes are needed, (\\d+) are available, at"
                                    + " most \\d+ in one piece; the largest batch that fits is (\\d+)")
                    .matcher(e.getMessage());
            assertTrue(message.find(), e.getMessage());
            int fits = Integer.parseInt(message.group(3));
            long available = Long.parseLong(message.group(2));
            assertTrue(fits(model, fits, available), e.getMessage());
            assertFalse(fits(model, fits + 1, available), e.getMessage());
            assertEquals(Long.parseLong(message.group(1)), e.neededBytes());
        }
    }

    private static boolean fits(Model model, int batch, long available) {
        try {
            return model.memoryUse(batch).activations() <= available;
        } catch (IllegalArgumentException oneValueIsTooLarge) {
            return false;
        }
    }
}
