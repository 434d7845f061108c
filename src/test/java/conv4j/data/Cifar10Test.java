package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {

    private static final int RECORD = 3073;

    @TempDir
    private Path folder;

    /** Records whose plane c has the value 10 * c + position % 7 + label. */
    private static byte[] records(int... labels) {
        byte[] bytes = new byte[RECORD * labels.length];
        for (int i = 0; i < labels.length; i++) {
            bytes[i * RECORD] = (byte) labels[i];
            for (int p = 0; p < 3072; p++) {
                bytes[i * RECORD + 1 + p] = (byte) (100 * (p / 1024) + p % 1024 % 7 + labels[i]);
            }
        }
        return bytes;
    }

    private void writeSet(Path target) throws IOException {
        Files.createDirectories(target);
        for (int i = 1; i <= 5; i++) {
            Files.write(target.resolve("data_batch_" + i + ".bin"), records(i, i - 1));
        }
        Files.write(target.resolve("test_batch.bin"), records(9, 0, 5));
    }

    private String failure() {
        return assertThrows(DataException.class, () -> Cifar10.test(folder)).getMessage();
    }

    @Test
    void planesBecomeChannelsAndTheFilesAreReadInOrder() throws IOException {
        writeSet(folder);
        ImageSet train = Cifar10.train(folder);
        assertEquals(10, train.size());
        for (int i = 0; i < 10; i++) {
            int label = i / 2 + 1 - i % 2;
            assertEquals(label, train.label(i));
            float[] image = new float[3072];
            train.input(i, image, 0);
            for (int p = 0; p < 3072; p++) {
                assertEquals(100 * (p % 3) + p / 3 % 7 + label, image[p], "value " + p);
            }
        }
        assertEquals("ship", train.classNames().get(8));
    }

    @Test
    void theFolderOfTheArchiveIsFoundAndItsClassNamesAreUsed() throws IOException {
        Path child = folder.resolve("cifar-10-batches-bin");
        writeSet(child);
        Files.write(child.resolve("batches.meta.txt"), List.of("q", "w", "e", "r", "t", "y", "u", "i", "o", "p", ""));
        ImageSet test = Cifar10.test(folder);
        assertEquals(3, test.size());
        assertEquals(List.of("q", "w", "e", "r", "t", "y", "u", "i", "o", "p"), test.classNames());
    }

    @Test
    void aMissingFileIsNamed() {
        String message = failure();
        assertTrue(message.startsWith(folder.resolve("test_batch.bin") + " is missing; "), message);
    }

    @Test
    void anEmptyOrTruncatedFileIsNamedWithBothSizes() throws IOException {
        for (int length : new int[] {0, 1, RECORD - 1, 2 * RECORD + 5}) {
            Files.write(folder.resolve("test_batch.bin"), Arrays.copyOf(records(1, 2, 3), length));
            String message = failure();
            assertTrue(
                    message.startsWith(folder.resolve("test_batch.bin") + " has " + length + " bytes; needed"),
                    message);
            assertTrue(message.contains("3073"), message);
        }
    }

    @Test
    void aLabelAboveNineIsNamed() throws IOException {
        for (int label : new int[] {10, 255}) {
            Files.write(folder.resolve("test_batch.bin"), records(1, label));
            assertTrue(failure().contains("test_batch.bin: image 1 has label " + label));
        }
    }

    /** CONV4J_TEST_DATA is a folder with the real sets. */
    @Test
    void theRealSetHasTheKnownCounts() {
        String data = System.getProperty("CONV4J_TEST_DATA", System.getenv("CONV4J_TEST_DATA"));
        Assumptions.assumeTrue(data != null, "CONV4J_TEST_DATA names no folder with real data sets");
        for (ImageSet set : List.of(Cifar10.train(Path.of(data)), Cifar10.test(Path.of(data)))) {
            int[] counts = new int[10];
            for (int i = 0; i < set.size(); i++) {
                counts[set.label(i)]++;
            }
            assertTrue(Arrays.stream(counts).allMatch(count -> count == set.size() / 10), Arrays.toString(counts));
        }
        assertEquals(50_000, Cifar10.train(Path.of(data)).size());
    }
}
