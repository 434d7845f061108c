package conv4j.data;

import conv4j.shape.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Image files with class labels that are decoded each time they are asked for. */
final class LazyImages implements Dataset {

    private final Shape shape;
    private final List<Path> files;
    private final int[] labels;
    private final List<String> classNames;

    LazyImages(Shape shape, List<Path> files, int[] labels, List<String> classNames) {
        this.shape = shape;
        this.files = files;
        this.labels = labels;
        this.classNames = classNames;
    }

    @Override
    public int size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return shape;
    }

    @Override
    public Shape targetShape() {
        return Shape.SCALAR;
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public boolean bytes() {
        return true;
    }

    @Override
    public boolean inMemory() {
        return false;
    }

    @Override
    public void input(int index, float[] out, int offset) {
        byte[] pixels = new byte[shape.size()];
        inputBytes(index, pixels, 0);
        for (int i = 0; i < pixels.length; i++) {
            out[offset + i] = pixels[i] & 0xFF;
        }
    }

    @Override
    public void inputBytes(int index, byte[] out, int offset) {
        decode(files.get(index), shape, out, offset);
    }

    @Override
    public void target(int index, float[] out, int offset) {
        out[offset] = labels[index];
    }

    /** Decodes and scales one file. */
    static void decode(Path file, Shape shape, byte[] out, int offset) {
        try {
            ImageFile.Pixels image = ImageFile.read(file, shape.dim(2));
            Resize.bilinear(
                    image.bytes(),
                    image.height(),
                    image.width(),
                    shape.dim(2),
                    out,
                    offset,
                    shape.dim(0),
                    shape.dim(1));
        } catch (IOException | ArithmeticException unreadable) {
            throw unreadable(file, unreadable);
        }
    }

    static DataException unreadable(Path file, Throwable reason) {
        return new DataException(
                "cannot read the image " + file + " (" + DataFiles.reason(reason)
                        + "); replace or remove it, or skip such images (--skip-unreadable)",
                reason);
    }
}
