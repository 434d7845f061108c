package conv4j.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.layers.Add;
import conv4j.layers.BatchNormalization;
import conv4j.layers.Conv2D;
import conv4j.layers.Dense;
import conv4j.layers.Flatten;
import conv4j.layers.Input;
import conv4j.layers.MaxPooling2D;
import conv4j.layers.Tensor;
import conv4j.layers.UpSampling2D;
import conv4j.layers.ZeroPadding2D;
import conv4j.model.Model;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of which any bytes were cut or changed is read, or refused as a file. */
class OnnxFuzzTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("damaged.onnx");
    }

    private static byte[] healthy() {
        Tensor input = Input.of(6, 6, 2);
        Tensor stem =
                new BatchNormalization().apply(new Conv2D(2, 3).padding("same").apply(input));
        Tensor sum = new Add().apply(stem, new ZeroPadding2D(1, 1, 1, 1).apply(new Conv2D(2, 3).apply(input)));
        Tensor small = new MaxPooling2D(2).apply(new UpSampling2D(2).apply(new MaxPooling2D(2).apply(sum)));
        try (Model model = new Model("healthy", input, new Dense(3).apply(new Flatten().apply(small)))) {
            return ModelExport.file(model);
        }
    }

    @Test
    void aFileThatWasCutAnywhereIsRefused() throws IOException {
        byte[] whole = healthy();
        for (int length = 0; length < whole.length; length += length < 200 ? 1 : 23) {
            // Without what stands last, the version of the operators, the file still says all that is needed.
            OnnxFileCase.isRefused(file, Arrays.copyOf(whole, length), "a file cut at " + length);
        }
        assertTrue(OnnxFileCase.isRefused(file, Arrays.copyOf(whole, whole.length / 2), "half a file"));
        assertTrue(OnnxFileCase.isRefused(file, new byte[0], "an empty file"));
    }

    @Test
    void aFlippedBitIsReadOrRefused() throws IOException {
        byte[] whole = healthy();
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 1500; i++) {
            byte[] changed = whole.clone();
            changed[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
            refused += OnnxFileCase.isRefused(file, changed, "flip " + i) ? 1 : 0;
        }
        assertTrue(refused > 150, refused + " of 1500 were refused");
    }

    @Test
    void noiseIsRefused() throws IOException {
        Random random = new Random(4);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[random.nextInt(300)];
            random.nextBytes(noise);
            assertTrue(OnnxFileCase.isRefused(file, noise, "noise " + i));
        }
    }
}
