package conv4j.data;

import conv4j.random.RandomStream;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one sub-folder of images per class. Classes are numbered by their names in alphabetical order; JPEG,
 * PNG, BMP and GIF files are images, other files are ignored, hidden ones too. All images are scaled to one size.
 *
 * <pre>{@code
 * Split flowers = new ImageFolder(path).size(64, 64).readSplit(0.2, seed);
 * }</pre>
 *
 * <p>When the decoded bytes fit the memory limit, all images are decoded at once, by several threads. Otherwise they are
 * decoded when they are asked for, which {@link Batches} does ahead of training.
 */
public final class ImageFolder {

    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private static final int NAMED_AT_MOST = 5;

    private final Path folder;
    private int height;
    private int width;
    private int channels = 3;
    private long memoryLimit = Runtime.getRuntime().maxMemory() / 2;
    private boolean skipUnreadable;
    private final List<Path> skipped = new ArrayList<>();

    /** The files of a folder before they are decoded; files and labels are of the same images. */
    private record Listing(List<String> classNames, List<Path> files, int[] labels) {}

    /**
     * Names the folder; nothing is read yet.
     *
     * @param folder the folder that holds one sub-folder per class, or {@code train} and {@code test} with those
     */
    public ImageFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Sets the size that images are scaled to; without it, the size of the first image.
     *
     * @param imageHeight pixels, 1 or more
     * @param imageWidth pixels, 1 or more
     * @return this
     */
    public ImageFolder size(int imageHeight, int imageWidth) {
        if (imageHeight < 1 || imageWidth < 1) {
            throw new IllegalArgumentException(
                    "an image size of " + imageHeight + " x " + imageWidth + " was given; give 1 or more of both");
        }
        height = imageHeight;
        width = imageWidth;
        return this;
    }

    /**
     * Reads images as grey, one channel, instead of red, green, blue.
     *
     * @return this
     */
    public ImageFolder grey() {
        channels = 1;
        return this;
    }

    /**
     * Sets how many bytes of decoded images are kept in memory; half the largest heap without it.
     *
     * @param bytes 0 or more; a larger set is decoded when it is used
     * @return this
     */
    public ImageFolder memoryLimit(long bytes) {
        memoryLimit = bytes;
        return this;
    }

    /**
     * Leaves images out that cannot be read instead of failing; {@link #skipped()} has them after reading.
     *
     * @return this
     */
    public ImageFolder skipUnreadable() {
        skipUnreadable = true;
        return this;
    }

    /** {@return the images that the last reading left out} */
    public List<Path> skipped() {
        return List.copyOf(skipped);
    }

    /**
     * Reads all classes of the folder as one set, ordered by class, then by file name.
     *
     * @return the images
     * @throws DataException when there are no classes, a class has no image, or an image cannot be read
     */
    public Dataset read() {
        skipped.clear();
        return images(folder);
    }

    /**
     * Reads a training and a test set: the sub-folders {@code train} and {@code test} when both are there, otherwise all
     * images, of which a random part is for testing.
     *
     * @param testFraction the part for testing when there are no such sub-folders, more than 0 and less than 1
     * @param seed chooses that part
     * @return both sets
     * @throws DataException as {@link #read()}, and when train and test do not have the same classes
     */
    public Split readSplit(double testFraction, long seed) {
        skipped.clear();
        Path train = folder.resolve("train");
        Path test = folder.resolve("test");
        if (!Files.isDirectory(train) || !Files.isDirectory(test)) {
            Dataset all = images(folder);
            return new Selection(all, RandomStream.permutation(all.size(), seed, 0)).split(testFraction);
        }
        List<String> trainClasses = names(classFolders(train));
        List<String> testClasses = names(classFolders(test));
        if (!trainClasses.equals(testClasses)) {
            throw new DataException(train + " has the classes " + trainClasses + " and " + test + " has " + testClasses
                    + "; both need the same sub-folders");
        }
        Dataset trainSet = images(train);
        return new Split(trainSet, load(list(test), trainSet.inputShape()));
    }

    private Dataset images(Path root) {
        Listing listing = list(root);
        return load(listing, shape(listing));
    }

    private Dataset load(Listing listing, Shape shape) {
        long bytes = (long) listing.files.size() * shape.size();
        boolean fits = bytes <= memoryLimit;
        if (!fits) {
            LOG.info(
                    "{} images of {} need {} bytes, the limit is {}: they are decoded while training",
                    listing.files.size(),
                    shape,
                    bytes,
                    memoryLimit);
        }
        if (!fits && !skipUnreadable) {
            return new LazyImages(shape, listing.files, listing.labels, listing.classNames);
        }
        List<byte[]> chunks = fits ? Glyphs.chunks(shape.size(), listing.files.size()) : List.of();
        boolean[] good = decodeAll(listing, shape, chunks);
        int[] kept = IntStream.range(0, good.length).filter(i -> good[i]).toArray();
        if (kept.length == 0) {
            throw new DataException(
                    "none of the " + good.length + " images can be read, the first is " + listing.files.get(0));
        }
        Dataset all = fits
                ? new ImageSet(shape, chunks, listing.labels, listing.classNames)
                : new LazyImages(shape, listing.files, listing.labels, listing.classNames);
        return kept.length == good.length ? all : new Selection(all, kept);
    }

    /** Decodes every image, into the chunks when there are any; says which could be read. */
    private boolean[] decodeAll(Listing listing, Shape shape, List<byte[]> chunks) {
        int perChunk = chunks.isEmpty() ? 1 : chunks.get(0).length / shape.size();
        boolean[] good = new boolean[listing.files.size()];
        IntStream.range(0, good.length).parallel().forEach(i -> {
            byte[] out = chunks.isEmpty() ? new byte[shape.size()] : chunks.get(i / perChunk);
            int offset = chunks.isEmpty() ? 0 : i % perChunk * shape.size();
            good[i] = decode(listing.files.get(i), shape, out, offset);
        });
        for (int i = 0; i < good.length; i++) {
            if (!good[i]) {
                skipped.add(listing.files.get(i));
            }
        }
        if (!skipped.isEmpty()) {
            LOG.warn("{} unreadable images are left out, the first is {}", skipped.size(), skipped.get(0));
        }
        return good;
    }

    private boolean decode(Path file, Shape shape, byte[] out, int offset) {
        try {
            LazyImages.decode(file, shape, out, offset);
            return true;
        } catch (DataException unreadable) {
            if (skipUnreadable) {
                return false;
            }
            throw unreadable;
        }
    }

    private Shape shape(Listing listing) {
        if (height > 0) {
            return Shape.of(height, width, channels);
        }
        for (Path file : listing.files) {
            try {
                int[] size = ImageFile.size(file);
                return Shape.of(size[0], size[1], channels);
            } catch (IOException unreadable) {
                if (!skipUnreadable) {
                    throw LazyImages.unreadable(file, unreadable);
                }
            }
        }
        throw new DataException("none of the " + listing.files.size() + " images in " + folder
                + " can be read, so no size is known; check the files");
    }

    private Listing list(Path root) {
        List<Path> classes = classFolders(root);
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            for (Path file : imageFiles(classes.get(label))) {
                files.add(file);
                labels.add(label);
            }
        }
        return new Listing(
                names(classes), files, labels.stream().mapToInt(i -> i).toArray());
    }

    private static List<Path> classFolders(Path root) {
        if (!Files.isDirectory(root)) {
            throw new DataException(
                    root + " is not a folder; needed is a folder with one sub-folder of images per class");
        }
        List<Path> folders = children(root).stream()
                .filter(Files::isDirectory)
                .filter(child -> !child.getFileName().toString().startsWith("."))
                .toList();
        if (folders.isEmpty()) {
            throw new DataException(root + " has no sub-folders but " + sample(children(root))
                    + "; needed is one sub-folder of images per class");
        }
        return folders;
    }

    private static List<Path> imageFiles(Path classFolder) {
        List<Path> all = children(classFolder);
        List<Path> images = all.stream()
                .filter(ImageFile::isImage)
                .filter(Files::isRegularFile)
                .toList();
        if (images.isEmpty()) {
            throw new DataException("the class folder " + classFolder + " has no image but " + sample(all)
                    + "; needed are JPEG, PNG, BMP or GIF files directly in it: add some or remove the folder");
        }
        return images;
    }

    private static String sample(List<Path> files) {
        String[] names = files.stream()
                .limit(NAMED_AT_MOST)
                .map(file -> file.getFileName().toString())
                .toArray(String[]::new);
        return files.size() + " other entries " + Arrays.toString(names);
    }

    private static List<Path> children(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted((a, b) ->
                            a.getFileName().toString().compareTo(b.getFileName().toString()))
                    .toList();
        } catch (IOException failed) {
            throw new DataException(
                    "cannot list the folder " + folder + " (" + DataFiles.reason(failed) + "); check its permissions",
                    failed);
        }
    }

    private static List<String> names(List<Path> folders) {
        return folders.stream().map(path -> path.getFileName().toString()).toList();
    }
}
