package conv4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import conv4j.shape.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    @TempDir
    private Path folder;

    private Path write(String name, int type, int height, int width, int argb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, argb);
            }
        }
        return write(name, image);
    }

    private Path write(String name, BufferedImage image) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        String format = name.substring(name.lastIndexOf('.') + 1);
        assertTrue(ImageIO.write(image, format, file.toFile()), name);
        return file;
    }

    private void writeColors() throws IOException {
        write("red/1.png", BufferedImage.TYPE_INT_RGB, 4, 6, 0xFFFF0000);
        write("red/2.bmp", BufferedImage.TYPE_INT_RGB, 4, 6, 0xFFFF0000);
        write("red/3.GIF", BufferedImage.TYPE_INT_RGB, 4, 6, 0xFFFF0000);
        write("blue/1.png", BufferedImage.TYPE_INT_ARGB, 8, 8, 0x800000FF);
        write("blue/2.jpg", BufferedImage.TYPE_INT_RGB, 8, 8, 0xFF7F7FFF);
    }

    private static int[] pixel(Dataset set, int index) {
        byte[] image = new byte[set.inputShape().size()];
        set.inputBytes(index, image, 0);
        int[] first = new int[set.inputShape().dim(2)];
        for (int c = 0; c < first.length; c++) {
            first[c] = image[c] & 0xFF;
        }
        return first;
    }

    private static int[] labels(Dataset set) {
        float[] target = new float[1];
        int[] labels = new int[set.size()];
        for (int i = 0; i < labels.length; i++) {
            set.target(i, target, 0);
            labels[i] = (int) target[0];
        }
        return labels;
    }

    private static String message(org.junit.jupiter.api.function.Executable action) {
        return assertThrows(DataException.class, action).getMessage();
    }

    @Test
    void everyFormatIsReadAndClassesAreSortedByName() throws IOException {
        writeColors();
        Files.writeString(folder.resolve("red/notes.txt"), "ignored");
        Files.createDirectories(folder.resolve(".hidden"));
        Dataset set = new ImageFolder(folder).size(5, 3).read();
        assertEquals(List.of("blue", "red"), set.classNames());
        assertArrayEquals(new int[] {0, 0, 1, 1, 1}, labels(set));
        assertEquals(Shape.of(5, 3, 3), set.inputShape());
        for (int i = 2; i < 5; i++) {
            assertArrayEquals(new int[] {255, 0, 0}, pixel(set, i));
        }
        assertArrayEquals(new int[] {127, 127, 255}, pixel(set, 0), "half transparent blue over white");
        int[] jpeg = pixel(set, 1);
        assertTrue(Math.abs(jpeg[0] - 127) < 4 && Math.abs(jpeg[2] - 255) < 4, Arrays.toString(jpeg));
    }

    @Test
    void withoutASizeTheFirstImageGivesIt() throws IOException {
        writeColors();
        assertEquals(Shape.of(8, 8, 3), new ImageFolder(folder).read().inputShape());
    }

    @Test
    void pixelsStayInPlace() throws IOException {
        BufferedImage image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        image.setRGB(2, 1, 0x010203);
        image.setRGB(1, 0, 0x0A0B0C);
        write("a/1.png", image);
        byte[] bytes = new byte[18];
        new ImageFolder(folder).read().inputBytes(0, bytes, 0);
        assertArrayEquals(new byte[] {0, 0, 0, 10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3}, bytes);
    }

    @Test
    void greyValuesAreReadAsTheyAreStored() throws IOException {
        BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setSample(0, 0, 0, 100);
        write("a/1.png", grey);
        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 100 * 257);
        write("a/2.png", deep);
        Dataset color = new ImageFolder(folder).read();
        assertArrayEquals(new int[] {100, 100, 100}, pixel(color, 0));
        assertArrayEquals(new int[] {100, 100, 100}, pixel(color, 1));
        assertArrayEquals(new int[] {100}, pixel(new ImageFolder(folder).grey().read(), 1));
    }

    @Test
    void colorsBecomeGreyWithTheWeightsOfTelevision() throws IOException {
        writeColors();
        Dataset set = new ImageFolder(folder).size(1, 1).grey().read();
        assertArrayEquals(new int[] {76}, pixel(set, 2), "0.299 * 255");
    }

    @Test
    void aSetOverTheLimitIsDecodedWhenUsedWithTheSameBytes() throws IOException {
        writeColors();
        Dataset kept = new ImageFolder(folder).size(5, 3).memoryLimit(5 * 45).read();
        Dataset lazy =
                new ImageFolder(folder).size(5, 3).memoryLimit(5 * 45 - 1).read();
        assertTrue(kept.inMemory());
        assertInstanceOf(ImageSet.class, kept);
        assertFalse(lazy.inMemory());
        for (int i = 0; i < 5; i++) {
            assertArrayEquals(pixel(kept, i), pixel(lazy, i));
            float[] values = new float[45];
            lazy.input(i, values, 0);
            assertEquals(pixel(kept, i)[2], values[2]);
        }
        assertArrayEquals(labels(kept), labels(lazy));
    }

    @Test
    void anUnreadableImageIsNamed() throws IOException {
        writeColors();
        for (byte[] content : new byte[][] {{}, {1, 2, 3}, "\u0089PNG\r\n\u001a\n????".getBytes("ISO-8859-1")}) {
            Path bad = Files.write(folder.resolve("red/0.png"), content);
            assertTrue(message(() -> new ImageFolder(folder).size(2, 2).read()).contains(bad.toString()));
            Dataset lazy = new ImageFolder(folder).size(2, 2).memoryLimit(0).read();
            try (Batches batches = Batches.inOrder(lazy, 1, Normalization.IDENTITY)) {
                batches.next();
                batches.next();
                String message = message(batches::next);
                assertTrue(message.contains(bad.toString()) && message.contains("--skip-unreadable"), message);
            }
        }
    }

    @Test
    void aTruncatedImageIsUnreadable() throws IOException {
        Path file = write("a/1.png", BufferedImage.TYPE_INT_RGB, 50, 50, 0xFF123456);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertTrue(message(() -> new ImageFolder(folder).read()).contains(file.toString()));
    }

    @Test
    void unreadableImagesAreSkippedAndCountedWhenAskedFor() throws IOException {
        writeColors();
        Path bad = Files.write(folder.resolve("blue/0.png"), new byte[] {1});
        for (long limit : new long[] {1 << 20, 0}) {
            ImageFolder images = new ImageFolder(folder).memoryLimit(limit).skipUnreadable();
            Dataset set = images.read();
            assertEquals(List.of(bad), images.skipped());
            assertEquals(5, set.size());
            assertEquals(Shape.of(8, 8, 3), set.inputShape(), "of the first image that can be read");
            assertArrayEquals(new int[] {0, 0, 1, 1, 1}, labels(set));
            assertArrayEquals(new int[] {127, 127, 255}, pixel(set, 0));
        }
        Path none = Files.createDirectories(folder.resolve("x/y"));
        Files.write(none.resolve("1.png"), new byte[] {1});
        assertTrue(
                message(() -> new ImageFolder(none.getParent()).skipUnreadable().read())
                        .contains("none of the 1"));
        assertTrue(message(() -> new ImageFolder(none.getParent())
                        .size(2, 2)
                        .skipUnreadable()
                        .read())
                .contains("none of the 1"));
    }

    @Test
    void foldersWithoutImagesAreNamedWithWhatIsInThem() throws IOException {
        assertTrue(message(() -> new ImageFolder(folder.resolve("no")).read()).contains("is not a folder"));
        Files.writeString(folder.resolve("1.webp"), "");
        assertTrue(
                message(() -> new ImageFolder(folder).read()).contains("no sub-folders but 1 other entries [1.webp]"));
        Files.createDirectories(folder.resolve("cats"));
        Files.writeString(folder.resolve("cats/1.webp"), "");
        String message = message(() -> new ImageFolder(folder).read());
        assertTrue(message.contains(folder.resolve("cats") + " has no image but 1 other entries [1.webp]"), message);
    }

    @Test
    void trainAndTestFoldersAreUsedWhenBothAreThere() throws IOException {
        for (String name : new String[] {"train/a/1.png", "train/b/1.png", "train/b/2.png", "test/a/1.png"}) {
            write(name, BufferedImage.TYPE_INT_RGB, name.startsWith("test") ? 9 : 3, 3, 0);
        }
        assertTrue(message(() -> new ImageFolder(folder).readSplit(0.5, 1)).contains("[a, b]"));
        write("test/b/1.png", BufferedImage.TYPE_INT_RGB, 7, 7, 0);
        Split split = new ImageFolder(folder).readSplit(0.5, 1);
        assertEquals(3, split.train().size());
        assertEquals(2, split.test().size());
        assertEquals(split.train().inputShape(), split.test().inputShape());
    }

    @Test
    void otherwiseTheSeedChoosesTheTestImages() throws IOException {
        for (int i = 0; i < 20; i++) {
            write("a/" + (char) ('a' + i) + ".png", BufferedImage.TYPE_INT_RGB, 1, 1, i << 16);
        }
        Split one = new ImageFolder(folder).readSplit(0.25, 1);
        int[] test = DatasetTest.firstValues(one.test());
        assertEquals(5, test.length);
        TreeSet<Integer> all = new TreeSet<>();
        Arrays.stream(test).forEach(all::add);
        Arrays.stream(DatasetTest.firstValues(one.train())).forEach(all::add);
        assertEquals(20, all.size());
        assertArrayEquals(
                test,
                DatasetTest.firstValues(
                        new ImageFolder(folder).readSplit(0.25, 1).test()));
        assertFalse(Arrays.equals(
                test,
                DatasetTest.firstValues(
                        new ImageFolder(folder).readSplit(0.25, 2).test())));
    }

    /** CONV4J_TEST_DATA is a folder with the real sets: the JPEG files and the binary file have the same pixels. */
    @Test
    void realImagesHaveTheSameBytesAsTheBinaryFile() {
        String data = System.getProperty("CONV4J_TEST_DATA", System.getenv("CONV4J_TEST_DATA"));
        Assumptions.assumeTrue(data != null, "CONV4J_TEST_DATA names no folder with real data sets");
        Dataset images = new ImageFolder(Path.of(data, "cifar10-images", "test")).read();
        ImageSet binary = Cifar10.test(Path.of(data));
        assertEquals(binary.size(), images.size());
        assertEquals(binary.classNames(), images.classNames());
        byte[] image = new byte[3072];
        TreeSet<String> seen = new TreeSet<>();
        for (int i = 0; i < images.size(); i++) {
            images.inputBytes(i, image, 0);
            seen.add(Arrays.toString(image));
        }
        for (int i = 0; i < binary.size(); i++) {
            binary.inputBytes(i, image, 0);
            assertTrue(seen.contains(Arrays.toString(image)), "image " + i);
        }
    }
}
