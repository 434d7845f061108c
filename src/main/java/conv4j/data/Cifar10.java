package conv4j.data;

import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CIFAR-10: 50,000 training and 10,000 test images of 32 x 32 x 3 in 10 classes (Krizhevsky 2009, "Learning multiple
 * layers of features from tiny images"), read from the official binary files {@code data_batch_1.bin} to {@code
 * data_batch_5.bin} and {@code test_batch.bin}. A file may hold any whole number of records.
 */
public final class Cifar10 {

    /** The folder that the official archive unpacks to. */
    static final String FOLDER = "cifar-10-batches-bin";

    private static final Shape SHAPE = Shape.of(32, 32, 3);
    private static final int PLANE = 32 * 32;
    private static final int RECORD = 1 + 3 * PLANE;
    private static final int TRAIN_FILES = 5;
    private static final List<String> CLASSES =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private Cifar10() {}

    /**
     * Reads the training images.
     *
     * @param directory the folder with the binary files, or the one that holds {@code cifar-10-batches-bin}
     * @return the images of all five files in order
     * @throws DataException when a file is missing, empty, truncated or holds a label above 9
     */
    public static ImageSet train(Path directory) {
        Path folder = folder(directory);
        byte[][] files = new byte[TRAIN_FILES][];
        for (int i = 0; i < TRAIN_FILES; i++) {
            files[i] = records(folder.resolve("data_batch_" + (i + 1) + ".bin"));
        }
        return images(folder, files);
    }

    /**
     * Reads the test images.
     *
     * @param directory the folder with the binary files, or the one that holds {@code cifar-10-batches-bin}
     * @return the images of {@code test_batch.bin}
     * @throws DataException when the file is missing, empty, truncated or holds a label above 9
     */
    public static ImageSet test(Path directory) {
        Path folder = folder(directory);
        return images(folder, records(folder.resolve("test_batch.bin")));
    }

    private static Path folder(Path directory) {
        Path child = directory.resolve(FOLDER);
        return Files.isDirectory(child) ? child : directory;
    }

    private static byte[] records(Path file) {
        byte[] bytes = DataFiles.read(
                file,
                "the CIFAR-10 folder holds data_batch_1.bin to data_batch_5.bin and"
                        + " test_batch.bin (the binary version, cifar-10-binary.tar.gz, unpacked)");
        if (bytes.length == 0 || bytes.length % RECORD != 0) {
            throw new DataException(
                    file + " has " + bytes.length + " bytes; needed is a multiple, at least 1, of " + RECORD
                            + " bytes per image (the official file has " + 10_000 * RECORD
                            + "); it is empty, truncated or another file: get it again");
        }
        for (int record = 0; record < bytes.length / RECORD; record++) {
            int label = bytes[record * RECORD] & 0xFF;
            if (label >= CLASSES.size()) {
                throw new DataException(file + ": image " + record + " has label " + label
                        + "; CIFAR-10 has labels 0 to 9: the file is damaged or another set, get it again");
            }
        }
        return bytes;
    }

    private static ImageSet images(Path folder, byte[]... files) {
        int count = 0;
        for (byte[] file : files) {
            count += file.length / RECORD;
        }
        byte[] pixels = new byte[count * SHAPE.size()];
        int[] labels = new int[count];
        int image = 0;
        for (byte[] file : files) {
            for (int start = 0; start < file.length; start += RECORD, image++) {
                labels[image] = file[start];
                interleave(file, start + 1, pixels, image * SHAPE.size());
            }
        }
        return new ImageSet(SHAPE, pixels, labels, classNames(folder));
    }

    /** Planes (3, 32, 32) to (32, 32, 3). */
    private static void interleave(byte[] from, int start, byte[] to, int offset) {
        for (int position = 0; position < PLANE; position++) {
            for (int channel = 0; channel < 3; channel++) {
                to[offset + position * 3 + channel] = from[start + channel * PLANE + position];
            }
        }
    }

    /** The names in batches.meta.txt, one a line, when the file is there and has ten. */
    private static List<String> classNames(Path folder) {
        Path file = folder.resolve("batches.meta.txt");
        if (!Files.exists(file)) {
            return CLASSES;
        }
        try {
            List<String> names = Files.readAllLines(file).stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .distinct()
                    .toList();
            return names.size() == CLASSES.size() ? names : CLASSES;
        } catch (IOException notText) {
            return CLASSES;
        }
    }
}
