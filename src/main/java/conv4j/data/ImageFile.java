package conv4j.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes a JPEG, PNG, BMP or GIF file (its first frame) to bytes. The orientation tag of cameras is not followed. */
final class ImageFile {

    /** File name endings that are taken as images. */
    static final Set<String> ENDINGS = Set.of("jpg", "jpeg", "png", "bmp", "gif");

    /** The most pixels of one image: 400 megapixels, 1.2 GB as RGB; a larger claim in a header is damage or an attack. */
    private static final long MOST_PIXELS = 400_000_000L;

    private ImageFile() {}

    static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return !name.startsWith(".") && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
    }

    /** A decoded image: (height, width, channels) bytes. */
    record Pixels(int height, int width, byte[] bytes) {}

    /**
     * Decodes a file to grey (1 channel) or RGB (3 channels); what is transparent is laid over white.
     *
     * @throws IOException when it is no image, damaged or of a kind that Java does not read
     */
    static Pixels read(Path file, int channels) throws IOException {
        BufferedImage image = decode(file);
        int pixels = Math.multiplyExact(image.getWidth(), image.getHeight());
        byte[] out = new byte[Math.multiplyExact(pixels, channels)];
        boolean plainGrey = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(image.getColorModel() instanceof IndexColorModel);
        if (plainGrey) {
            copyGrey(image, channels, out);
        } else {
            copyColor(image, channels, out);
        }
        return new Pixels(image.getHeight(), image.getWidth(), out);
    }

    /** The size of an image, (height, width), from its header. */
    static int[] size(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
            ImageReader reader = reader(stream);
            try {
                reader.setInput(stream, true, true);
                return new int[] {reader.getHeight(0), reader.getWidth(0)};
            } catch (RuntimeException damaged) {
                throw new IOException("damaged: " + DataFiles.reason(damaged), damaged);
            } finally {
                reader.dispose();
            }
        }
    }

    /** ImageIO's own disk cache is left out: the stream is kept in memory, which costs only the file's bytes. */
    private static BufferedImage decode(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
            ImageReader reader = reader(stream);
            try {
                reader.setInput(stream, true, true);
                long pixels = (long) reader.getHeight(0) * reader.getWidth(0);
                if (pixels > MOST_PIXELS) {
                    throw new IOException("it says it has " + pixels + " pixels, more than " + MOST_PIXELS);
                }
                return reader.read(0);
            } catch (RuntimeException damaged) {
                // The decoders throw these, too, on damaged files.
                throw new IOException("damaged: " + DataFiles.reason(damaged), damaged);
            } finally {
                reader.dispose();
            }
        }
    }

    private static ImageReader reader(ImageInputStream stream) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
        if (!readers.hasNext()) {
            throw new IOException("no JPEG, PNG, BMP or GIF data in it");
        }
        return readers.next();
    }

    /** Samples as they are: Java's conversion to RGB takes grey values as linear light and makes them lighter. */
    private static void copyGrey(BufferedImage image, int channels, byte[] out) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int bits = image.getColorModel().getComponentSize(0);
        int most = (1 << bits) - 1;
        int bands = raster.getNumBands();
        int[] row = new int[width * bands];
        for (int y = 0; y < image.getHeight(); y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int value = (row[x * bands] * 255 + most / 2) / most;
                int alpha = bands > 1 ? (row[x * bands + 1] * 255 + most / 2) / most : 255;
                for (int c = 0; c < channels; c++) {
                    out[(y * width + x) * channels + c] = (byte) overWhite(value, alpha);
                }
            }
        }
    }

    private static void copyColor(BufferedImage image, int channels, byte[] out) {
        int width = image.getWidth();
        int[] row = new int[width];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int alpha = row[x] >>> 24;
                int red = overWhite(row[x] >> 16 & 0xFF, alpha);
                int green = overWhite(row[x] >> 8 & 0xFF, alpha);
                int blue = overWhite(row[x] & 0xFF, alpha);
                int to = (y * width + x) * channels;
                if (channels == 1) {
                    out[to] = (byte) luma(red, green, blue);
                } else {
                    out[to] = (byte) red;
                    out[to + 1] = (byte) green;
                    out[to + 2] = (byte) blue;
                }
            }
        }
    }

    private static int overWhite(int value, int alpha) {
        return (value * alpha + 255 * (255 - alpha) + 127) / 255;
    }

    /** ITU-R BT.601 with Pillow's integer weights. */
    private static int luma(int red, int green, int blue) {
        return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
}
