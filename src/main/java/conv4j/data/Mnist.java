package conv4j.data;

import conv4j.shape.Shape;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The two sets that come as IDX files of 28 x 28 grey images: {@code train-images-idx3-ubyte}, {@code
 * train-labels-idx1-ubyte}, and the same with {@code t10k} for the test set; with or without {@code .gz}, packed or not.
 */
public enum Mnist {
    /** Handwritten digits, 60,000 and 10,000 (LeCun, Cortes, Burges 1998). */
    DIGITS("mnist", List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9")),
    /** Articles of clothing, 60,000 and 10,000 (Xiao, Rasul, Vollgraf 2017, "Fashion-MNIST"). */
    FASHION(
            "fashion-mnist",
            List.of(
                    "T-shirt/top",
                    "Trouser",
                    "Pullover",
                    "Dress",
                    "Coat",
                    "Sandal",
                    "Shirt",
                    "Sneaker",
                    "Bag",
                    "Ankle boot"));

    private static final int IMAGES_MAGIC = 0x803;
    private static final int LABELS_MAGIC = 0x801;
    private static final long MORE_THAN_ANY_FILE = 1L << 32;

    private final String folder;
    private final List<String> classNames;

    Mnist(String folder, List<String> classNames) {
        this.folder = folder;
        this.classNames = classNames;
    }

    /** {@return the ten class names} */
    public List<String> classNames() {
        return classNames;
    }

    /**
     * Reads the training images.
     *
     * @param directory the folder with the four files, or the one that holds a folder {@code mnist} or {@code
     *     fashion-mnist} with them, as downloads make it
     * @return the images, (28, 28, 1) in the official files
     * @throws DataException when a file is missing, truncated or not IDX, a label is above 9, or the counts differ
     */
    public ImageSet train(Path directory) {
        return read(directory, "train");
    }

    /**
     * Reads the test images.
     *
     * @param directory the folder with the four files, or the one that holds a folder {@code mnist} or {@code
     *     fashion-mnist} with them, as downloads make it
     * @return the images, (28, 28, 1) in the official files
     * @throws DataException when a file is missing, truncated or not IDX, a label is above 9, or the counts differ
     */
    public ImageSet test(Path directory) {
        return read(directory, "t10k");
    }

    /** What the folder of a downloaded set is called. */
    String folder() {
        return folder;
    }

    private ImageSet read(Path given, String part) {
        Path directory = Files.isDirectory(given.resolve(folder)) ? given.resolve(folder) : given;
        Path imageFile = find(directory, part + "-images-idx3-ubyte");
        Path labelFile = find(directory, part + "-labels-idx1-ubyte");
        int[] extents = new int[3];
        byte[] pixels = idx(imageFile, IMAGES_MAGIC, extents);
        int[] count = new int[1];
        byte[] labelBytes = idx(labelFile, LABELS_MAGIC, count);
        if (count[0] != extents[0]) {
            throw new DataException(imageFile + " has " + extents[0] + " images and " + labelFile + " has " + count[0]
                    + " labels; both must be of the same set: get both again");
        }
        int[] labels = new int[count[0]];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = labelBytes[i] & 0xFF;
            if (labels[i] >= classNames.size()) {
                throw new DataException(labelFile + ": label " + i + " is " + labels[i] + "; " + setName()
                        + " has labels 0 to 9: the file is damaged or another set, get it again");
            }
        }
        return new ImageSet(Shape.of(extents[1], extents[2], 1), pixels, labels, classNames);
    }

    /** The file under one of its usual names; the official one when there is none, for the message. */
    private static Path find(Path directory, String name) {
        for (String candidate : List.of(name, name + ".gz", name.replace("-idx", ".idx"))) {
            if (Files.exists(directory.resolve(candidate))) {
                return directory.resolve(candidate);
            }
        }
        return directory.resolve(name + ".gz");
    }

    /** The data of an IDX file of unsigned bytes: big-endian magic, extents, bytes. Fills in the extents. */
    private byte[] idx(Path file, int magic, int[] extents) {
        byte[] bytes = DataFiles.readMaybeGzip(
                file,
                "the " + setName() + " folder holds train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz,"
                        + " t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz (or the same unpacked)");
        int header = 4 + 4 * extents.length;
        if (bytes.length < header) {
            throw truncated(file, bytes.length, header);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int found = buffer.getInt();
        if (found != magic) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "%s begins with %08x; an IDX file of %s begins with %08x: it is another file, get it again",
                    file,
                    found,
                    magic == IMAGES_MAGIC ? "images" : "labels",
                    magic));
        }
        long size = 1;
        for (int i = 0; i < extents.length; i++) {
            extents[i] = buffer.getInt();
            if (extents[i] < 1) {
                throw new DataException(file + " says it has extent " + extents[i]
                        + "; needed is 1 or more: it is damaged, get it again");
            }
            size = Math.min(size * extents[i], MORE_THAN_ANY_FILE);
        }
        if (size != bytes.length - header) {
            throw truncated(file, bytes.length, header + size);
        }
        byte[] data = new byte[(int) size];
        buffer.get(data);
        return data;
    }

    private static DataException truncated(Path file, long found, long needed) {
        return new DataException(file + " has " + found + " bytes (unpacked), needed are "
                + (needed > MORE_THAN_ANY_FILE ? "more than " : "") + needed
                + "; it is empty, truncated or damaged: get it again");
    }

    private String setName() {
        return this == DIGITS ? "MNIST" : "Fashion-MNIST";
    }
}
