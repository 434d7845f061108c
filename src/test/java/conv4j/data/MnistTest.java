package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {

    @TempDir
    private Path folder;

    private static byte[] idx(int magic, int... extents) {
        int size = 1;
        for (int extent : extents) {
            size *= extent;
        }
        ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * extents.length + size);
        buffer.putInt(magic);
        for (int extent : extents) {
            buffer.putInt(extent);
        }
        for (int i = 0; i < size; i++) {
            buffer.put((byte) (i % 10));
        }
        return buffer.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        }
        return packed.toByteArray();
    }

    private void write(String images, byte[] imageBytes, String labels, byte[] labelBytes) throws IOException {
        Files.write(folder.resolve(images), imageBytes);
        Files.write(folder.resolve(labels), labelBytes);
    }

    private String failureWith(byte[] images, byte[] labels) throws IOException {
        write("t10k-images-idx3-ubyte", images, "t10k-labels-idx1-ubyte", labels);
        return assertThrows(DataException.class, () -> Mnist.DIGITS.test(folder))
                .getMessage();
    }

    @Test
    void packedAndUnpackedFilesAreToldApartByTheirContentNotTheirName() throws IOException {
        write("train-images-idx3-ubyte", gzip(idx(0x803, 12, 3, 2)), "train-labels.idx1-ubyte", idx(0x801, 12));
        write("t10k-images-idx3-ubyte.gz", idx(0x803, 11, 3, 2), "t10k-labels-idx1-ubyte.gz", gzip(idx(0x801, 11)));
        ImageSet train = Mnist.DIGITS.train(folder);
        assertEquals(12, train.size());
        assertEquals(Shape.of(3, 2, 1), train.inputShape());
        assertEquals(1, train.label(11));
        byte[] image = new byte[6];
        train.inputBytes(11, image, 0);
        assertEquals("[6, 7, 8, 9, 0, 1]", Arrays.toString(image));
        assertEquals("Ankle boot", Mnist.FASHION.test(folder).classNames().get(9));
        assertEquals(11, Mnist.FASHION.test(folder).size());
    }

    /** The folder that a download was told to use is the one to name later, too. */
    @Test
    void filesAreFoundWhereADownloadPutsThem() throws IOException {
        Path own = Files.createDirectory(folder.resolve("fashion-mnist"));
        for (String name : List.of("train", "t10k")) {
            Files.write(own.resolve(name + "-images-idx3-ubyte.gz"), gzip(idx(0x803, 10, 2, 2)));
            Files.write(own.resolve(name + "-labels-idx1-ubyte.gz"), gzip(idx(0x801, 10)));
        }
        assertEquals(own, Downloads.mnist(Mnist.FASHION, folder, DownloadProgress.SILENT));
        assertEquals(10, Mnist.FASHION.train(folder).size());
        assertEquals(10, Mnist.FASHION.test(own).size());
        String message = assertThrows(DataException.class, () -> Mnist.DIGITS.test(folder))
                .getMessage();
        assertTrue(message.contains(folder.resolve("t10k-images-idx3-ubyte.gz").toString()), message);
    }

    @Test
    void aWrongMagicIsShownWithTheRightOne() throws IOException {
        String message = failureWith(idx(0x801, 96), idx(0x801, 4));
        assertTrue(
                message.contains(
                        "t10k-images-idx3-ubyte begins with 00000801; an IDX file of images begins with 00000803"),
                message);
    }

    @Test
    void aTruncatedFileIsShownWithBothSizes() throws IOException {
        byte[] images = idx(0x803, 4, 3, 2);
        byte[] labels = idx(0x801, 4);
        assertTrue(failureWith(Arrays.copyOf(images, 39), labels).contains("has 39 bytes (unpacked), needed are 40"));
        assertTrue(failureWith(Arrays.copyOf(images, 7), labels).contains("has 7 bytes (unpacked), needed are 16"));
        assertTrue(failureWith(images, new byte[0]).contains("has 0 bytes (unpacked), needed are 8"));
        byte[] packed = gzip(images);
        assertTrue(failureWith(Arrays.copyOf(packed, packed.length - 9), labels).contains("truncated or damaged gzip"));
    }

    @Test
    void extentsThatNoFileCanHaveAreRefused() throws IOException {
        byte[] labels = idx(0x801, 4);
        byte[] images = idx(0x803, 4, 3, 2);
        Arrays.fill(images, 4, 16, (byte) 0x7F);
        assertTrue(failureWith(images, labels).contains("needed are more than"));
        Arrays.fill(images, 4, 8, (byte) -1);
        assertTrue(failureWith(images, labels).contains("extent -1"));
    }

    @Test
    void differentCountsAndWrongLabelsAreNamed() throws IOException {
        assertTrue(failureWith(idx(0x803, 4, 3, 2), idx(0x801, 5)).contains("has 4 images and"));
        byte[] labels = idx(0x801, 4);
        labels[10] = (byte) 200;
        assertTrue(failureWith(idx(0x803, 4, 3, 2), labels).contains("label 2 is 200"));
    }

    @Test
    void aMissingFileIsNamed() {
        String message = assertThrows(DataException.class, () -> Mnist.FASHION.train(folder))
                .getMessage();
        assertTrue(message.startsWith(folder.resolve("train-images-idx3-ubyte.gz") + " is missing; the Fashion-MNIST"));
    }

    /** CONV4J_TEST_DATA is a folder with the real sets. */
    @Test
    void theRealSetHasTheKnownCountsAndMean() {
        String data = System.getProperty("CONV4J_TEST_DATA", System.getenv("CONV4J_TEST_DATA"));
        Assumptions.assumeTrue(data != null, "CONV4J_TEST_DATA names no folder with real data sets");
        ImageSet train = Mnist.DIGITS.train(Path.of(data, "mnist"));
        assertEquals(60_000, train.size());
        assertEquals(10_000, Mnist.DIGITS.test(Path.of(data, "mnist")).size());
        double sum = 0;
        float[] image = new float[784];
        for (int i = 0; i < train.size(); i++) {
            train.input(i, image, 0);
            for (float value : image) {
                sum += value;
            }
        }
        assertEquals(0.1307, sum / 255 / 784 / 60_000, 5e-5, "the published mean");
    }
}
