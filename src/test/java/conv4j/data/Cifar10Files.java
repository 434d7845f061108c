package conv4j.data;

import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small set of images in the files that CIFAR-10 has: 160 to train, 40 to test, all of them glyphs. */
public final class Cifar10Files {

    private static final Shape IMAGE = Shape.of(32, 32, 3);
    private static final int PLANE = 32 * 32;
    private static final int RECORD = 1 + 3 * PLANE;

    private Cifar10Files() {}

    /** Writes the six files with images; those of an earlier call are replaced. */
    public static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        ImageSet images = Glyphs.train(IMAGE, 160, 1);
        for (int file = 1; file <= 5; file++) {
            Files.write(folder.resolve("data_batch_" + file + ".bin"), records(images, (file - 1) * 32, 32));
        }
        Files.write(folder.resolve("test_batch.bin"), records(Glyphs.test(IMAGE, 40, 1), 0, 40));
    }

    /** Images as the files have them: the label, then planes (3, 32, 32). */
    private static byte[] records(ImageSet images, int first, int count) {
        byte[] records = new byte[count * RECORD];
        byte[] pixels = new byte[RECORD - 1];
        for (int i = 0; i < count; i++) {
            images.inputBytes(first + i, pixels, 0);
            records[i * RECORD] = (byte) images.label(first + i);
            for (int p = 0; p < pixels.length; p++) {
                records[i * RECORD + 1 + p % 3 * PLANE + p / 3] = pixels[p];
            }
        }
        return records;
    }
}
