package conv4j.cli;

import conv4j.data.ArraySet;
import conv4j.data.DataException;
import conv4j.data.ImageBytes;
import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds and reads the images that a user names. */
final class ImageList {

    private ImageList() {}

    /**
     * Images that were read, and those that could not be.
     *
     * @param files those that were
     * @param inputs their pixels, in the same order; null when there is none
     * @param problems what is wrong with the others
     */
    record Loaded(List<Path> files, ArraySet inputs, Map<Path, String> problems) {}

    /**
     * The files, with the images of folders, and of folders in them, by name in the place of each folder.
     *
     * @throws DataException when a folder cannot be listed or has no image
     */
    static List<Path> of(List<Path> named) {
        List<Path> files = new ArrayList<>();
        for (Path path : named) {
            if (Files.isDirectory(path)) {
                files.addAll(images(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    private static List<Path> images(Path folder) {
        try (Stream<Path> below = Files.walk(folder)) {
            List<Path> found = below.filter(Files::isRegularFile)
                    .filter(ImageBytes::isImage)
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new DataException("the folder " + folder + " has no image in it or below; needed are JPEG, PNG,"
                        + " BMP or GIF files");
            }
            return found;
        } catch (IOException | java.io.UncheckedIOException failed) {
            throw new DataException("cannot list the folder " + folder + "; check its permissions", failed);
        }
    }

    /**
     * Reads images with all processors.
     *
     * @param read is told by several threads how many were read so far, those that could not be among them
     */
    static Loaded load(List<Path> files, Shape shape, IntConsumer read) {
        AtomicInteger count = new AtomicInteger();
        String[] problems = new String[files.size()];
        byte[][] images = new byte[files.size()][];
        IntStream.range(0, files.size()).parallel().forEach(i -> {
            try {
                images[i] = ImageBytes.read(files.get(i), shape);
            } catch (DataException unreadable) {
                // The advice behind the semicolon is for training.
                problems[i] = unreadable.getMessage().split("; ", 2)[0] + "; check the file";
            }
            read.accept(count.incrementAndGet());
        });
        List<Path> good = new ArrayList<>();
        Map<Path, String> bad = new LinkedHashMap<>();
        for (int i = 0; i < images.length; i++) {
            if (images[i] == null) {
                bad.put(files.get(i), problems[i]);
            } else {
                good.add(files.get(i));
            }
        }
        return new Loaded(good, good.isEmpty() ? null : inputs(images, good.size(), shape), bad);
    }

    private static ArraySet inputs(byte[][] images, int count, Shape shape) {
        float[] pixels = new float[Math.multiplyExact(count, shape.size())];
        int offset = 0;
        for (byte[] image : images) {
            for (int k = 0; image != null && k < image.length; k++) {
                pixels[offset++] = image[k] & 0xFF;
            }
        }
        return new ArraySet(shape, pixels, Shape.SCALAR, new float[count]);
    }
}
