package conv4j.data;

import conv4j.shape.Shape;
import java.nio.file.Path;

/** One image file as the raw values that a network takes. */
public final class ImageBytes {

    private ImageBytes() {}

    /**
     * Whether a file's name is that of an image: it ends in jpg, jpeg, png, bmp or gif, and is not hidden.
     *
     * @param file any file
     * @return true when {@link #read} may be able to read it
     */
    public static boolean isImage(Path file) {
        return ImageFile.isImage(file);
    }

    /**
     * Decodes a JPEG, PNG, BMP or GIF file (its first frame) and scales it.
     *
     * @param file the file
     * @param shape (height, width, channels); 1 channel is grey, 3 are red, green, blue
     * @return shape.size() bytes, 0 to 255
     * @throws DataException when it is not there, no image, or damaged
     * @throws IllegalArgumentException when the shape is not that of grey or colour images
     */
    public static byte[] read(Path file, Shape shape) {
        if (shape.rank() != 3 || shape.dim(2) != 1 && shape.dim(2) != 3) {
            throw new IllegalArgumentException(
                    "an image file cannot become " + shape + "; needed is (height, width, 1) or (height, width, 3)");
        }
        byte[] out = new byte[shape.size()];
        LazyImages.decode(file, shape, out, 0);
        return out;
    }

    /**
     * Decodes and scales a file as {@link #read} does, to what a model predicts: {@code
     * model.predict(ImageBytes.readFloats(file, model.inputShape()))}.
     *
     * @param file the file
     * @param shape (height, width, channels); 1 channel is grey, 3 are red, green, blue
     * @return shape.size() raw values, 0 to 255
     * @throws DataException when it is not there, no image, or damaged
     * @throws IllegalArgumentException when the shape is not that of grey or colour images
     */
    public static float[] readFloats(Path file, Shape shape) {
        byte[] bytes = read(file, shape);
        float[] values = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            values[i] = bytes[i] & 0xFF;
        }
        return values;
    }
}
