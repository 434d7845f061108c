package conv4j.pictures;

import conv4j.files.WholeFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes figures to files, each whole or not at all. */
public final class ArithmeticFiles {

    private static final int MILLISECONDS = 600;

    private ArithmeticFiles() {}

    /**
     * Writes the animation as a GIF that repeats for ever.
     *
     * @param figure what to draw
     * @param file its name; missing folders are made
     * @throws UncheckedIOException when it cannot be written
     */
    public static void writeGif(ArithmeticFigure figure, Path file) {
        try {
            write(file, AnimatedGif.encode(figure::frame, figure.frames(), MILLISECONDS));
        } catch (IOException failed) {
            throw new UncheckedIOException(file + " could not be encoded: " + failed.getMessage(), failed);
        }
    }

    /**
     * Writes the frames as {@code frame-000.png} and so on.
     *
     * @param figure what to draw
     * @param folder where; it is made if it is not there
     * @return the files, in order
     * @throws UncheckedIOException when one cannot be written
     */
    public static List<Path> writeFrames(ArithmeticFigure figure, Path folder) {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < figure.frames(); i++) {
            Path file = folder.resolve(String.format(Locale.ROOT, "frame-%03d.png", i));
            write(file, png(figure.frame(i)));
            files.add(file);
        }
        return files;
    }

    private static byte[] png(BufferedImage image) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", out);
        } catch (IOException failed) {
            throw new UncheckedIOException("a frame could not be encoded: " + failed.getMessage(), failed);
        }
        return bytes.toByteArray();
    }

    private static void write(Path file, byte[] content) {
        WholeFile.write(file, out -> Channels.newOutputStream(out).write(content));
    }
}
